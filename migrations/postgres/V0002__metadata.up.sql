-- What services keep with these: a JSON object, empty unless they give one. The default is constant,
-- so no table is written anew.

ALTER TABLE players
    ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT players_metadata_check CHECK (jsonb_typeof(metadata) = 'object');

ALTER TABLE tournaments
    ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT tournaments_metadata_check CHECK (jsonb_typeof(metadata) = 'object');

ALTER TABLE tournament_registrations
    ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT tournament_registrations_metadata_check CHECK (jsonb_typeof(metadata) = 'object');

ALTER TABLE matches
    ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT matches_metadata_check CHECK (jsonb_typeof(metadata) = 'object');
