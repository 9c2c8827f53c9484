-- What services keep with these: a JSON object, empty unless they give one.

ALTER TABLE players ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE tournaments ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE tournament_registrations ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE matches ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
