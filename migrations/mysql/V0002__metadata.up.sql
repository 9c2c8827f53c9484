-- What services keep with these: a JSON object, empty unless they give one.
--
-- JSON has no default in MySQL before 8.0.13, so a column is added, filled and only then NOT NULL.
-- Where there are defaults it has one from the beginning: a program that does not know the column can go
-- on inserting meanwhile. Each comment is read by one kind of server and from that version on, MariaDB's
-- by MariaDB alone, and MariaDB reads over MySQL's.

ALTER TABLE players ADD COLUMN metadata JSON NULL
    /*!80013 DEFAULT (JSON_OBJECT()) */ /*M!100201 DEFAULT '{}' */;
UPDATE players SET metadata = '{}' WHERE metadata IS NULL;
ALTER TABLE players MODIFY COLUMN metadata JSON NOT NULL
    /*!80013 DEFAULT (JSON_OBJECT()) */ /*M!100201 DEFAULT '{}' */;

ALTER TABLE tournaments ADD COLUMN metadata JSON NULL
    /*!80013 DEFAULT (JSON_OBJECT()) */ /*M!100201 DEFAULT '{}' */;
UPDATE tournaments SET metadata = '{}' WHERE metadata IS NULL;
ALTER TABLE tournaments MODIFY COLUMN metadata JSON NOT NULL
    /*!80013 DEFAULT (JSON_OBJECT()) */ /*M!100201 DEFAULT '{}' */;

ALTER TABLE tournament_registrations ADD COLUMN metadata JSON NULL
    /*!80013 DEFAULT (JSON_OBJECT()) */ /*M!100201 DEFAULT '{}' */;
UPDATE tournament_registrations SET metadata = '{}' WHERE metadata IS NULL;
ALTER TABLE tournament_registrations MODIFY COLUMN metadata JSON NOT NULL
    /*!80013 DEFAULT (JSON_OBJECT()) */ /*M!100201 DEFAULT '{}' */;

ALTER TABLE matches ADD COLUMN metadata JSON NULL
    /*!80013 DEFAULT (JSON_OBJECT()) */ /*M!100201 DEFAULT '{}' */;
UPDATE matches SET metadata = '{}' WHERE metadata IS NULL;
ALTER TABLE matches MODIFY COLUMN metadata JSON NOT NULL
    /*!80013 DEFAULT (JSON_OBJECT()) */ /*M!100201 DEFAULT '{}' */;
