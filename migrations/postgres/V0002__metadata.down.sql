-- Its check goes with the column.
ALTER TABLE matches DROP COLUMN metadata;
ALTER TABLE tournament_registrations DROP COLUMN metadata;
ALTER TABLE tournaments DROP COLUMN metadata;
ALTER TABLE players DROP COLUMN metadata;
