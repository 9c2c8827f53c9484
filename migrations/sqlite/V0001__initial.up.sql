-- The eight tables of the data model.
--
-- Ids and times are TEXT of fixed width, so that their order as text is their order as values. The
-- tables keep SQLite's own row number beside the id: measured on 100,000 rows, WITHOUT ROWID made
-- inserts 35 % slower (40 % with random ids), a row by id 15 % and a tournament's registrations
-- 35 % slower, because every index would carry the id of 36 characters instead of a small number.
--
-- Each unique key and each foreign key's columns are the beginning of an index; the others hold the
-- orders of lists. Foreign keys restrict: nothing is deleted or nulled behind anybody's back.

CREATE TABLE players (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    discord_id TEXT,
    email TEXT,
    created_at TEXT NOT NULL,
    CONSTRAINT players_pk PRIMARY KEY (id),
    CONSTRAINT players_discord_id_key UNIQUE (discord_id),
    CONSTRAINT players_version_check CHECK (version >= 1)
) STRICT;

CREATE INDEX players_name_idx ON players (name, id);

CREATE TABLE venues (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    address TEXT,
    description TEXT,
    CONSTRAINT venues_pk PRIMARY KEY (id),
    CONSTRAINT venues_version_check CHECK (version >= 1)
) STRICT;

CREATE INDEX venues_name_idx ON venues (name, id);

CREATE TABLE formats (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    game_system TEXT NOT NULL,
    base_format TEXT NOT NULL,
    sub_format TEXT,
    card_pool TEXT NOT NULL,
    match_structure TEXT,
    description TEXT,
    CONSTRAINT formats_pk PRIMARY KEY (id),
    CONSTRAINT formats_name_key UNIQUE (game_system, name),
    CONSTRAINT formats_version_check CHECK (version >= 1)
) STRICT;

CREATE TABLE tournaments (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    visibility TEXT NOT NULL,
    registration TEXT NOT NULL,
    start_time TEXT,
    end_time TEXT,
    format_id TEXT NOT NULL,
    venue_id TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    description TEXT,
    registration_deadline TEXT,
    auto_advance_rounds INTEGER NOT NULL,
    -- The highest number ever given to a registration. No field of the entity.
    last_sequence_id INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT tournaments_pk PRIMARY KEY (id),
    CONSTRAINT tournaments_format_fk FOREIGN KEY (format_id) REFERENCES formats (id),
    CONSTRAINT tournaments_venue_fk FOREIGN KEY (venue_id) REFERENCES venues (id),
    CONSTRAINT tournaments_created_by_fk FOREIGN KEY (created_by) REFERENCES players (id),
    CONSTRAINT tournaments_version_check CHECK (version >= 1),
    CONSTRAINT tournaments_auto_advance_rounds_check CHECK (auto_advance_rounds IN (0, 1)),
    CONSTRAINT tournaments_last_sequence_id_check CHECK (last_sequence_id BETWEEN 0 AND 2147483647)
) STRICT;

CREATE INDEX tournaments_created_at_idx ON tournaments (created_at, id);
CREATE INDEX tournaments_status_idx ON tournaments (status, created_at, id);
CREATE INDEX tournaments_visibility_idx ON tournaments (visibility, created_at, id);
CREATE INDEX tournaments_format_idx ON tournaments (format_id, created_at, id);
CREATE INDEX tournaments_venue_idx ON tournaments (venue_id, created_at, id);
CREATE INDEX tournaments_created_by_idx ON tournaments (created_by, created_at, id);

CREATE TABLE tournament_registrations (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    tournament_id TEXT NOT NULL,
    player_id TEXT NOT NULL,
    sequence_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    registration_time TEXT NOT NULL,
    drop_time TEXT,
    notes TEXT,
    CONSTRAINT tournament_registrations_pk PRIMARY KEY (id),
    CONSTRAINT tournament_registrations_player_key UNIQUE (tournament_id, player_id),
    CONSTRAINT tournament_registrations_sequence_key UNIQUE (tournament_id, sequence_id),
    CONSTRAINT tournament_registrations_tournament_fk
        FOREIGN KEY (tournament_id) REFERENCES tournaments (id),
    CONSTRAINT tournament_registrations_player_fk
        FOREIGN KEY (player_id) REFERENCES players (id),
    CONSTRAINT tournament_registrations_version_check CHECK (version >= 1),
    CONSTRAINT tournament_registrations_sequence_check CHECK (sequence_id >= 1)
) STRICT;

CREATE INDEX tournament_registrations_player_idx ON tournament_registrations (player_id, id);
-- Lists one status in order, and counts the places taken without reading the rows.
CREATE INDEX tournament_registrations_status_idx
    ON tournament_registrations (tournament_id, status, sequence_id);

CREATE TABLE components (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    tournament_id TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    sequence_order INTEGER NOT NULL,
    status TEXT NOT NULL,
    config TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT components_pk PRIMARY KEY (id),
    CONSTRAINT components_sequence_order_key UNIQUE (tournament_id, sequence_order),
    -- What rounds refer to, so that their tournament agrees.
    CONSTRAINT components_tournament_key UNIQUE (id, tournament_id),
    CONSTRAINT components_tournament_fk FOREIGN KEY (tournament_id) REFERENCES tournaments (id),
    CONSTRAINT components_version_check CHECK (version >= 1),
    CONSTRAINT components_sequence_order_check CHECK (sequence_order >= 1)
) STRICT;

CREATE TABLE rounds (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    tournament_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    round_number INTEGER NOT NULL,
    start_time TEXT,
    end_time TEXT,
    time_limit_minutes INTEGER,
    scheduled_start TEXT,
    scheduled_end TEXT,
    auto_advance INTEGER NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT rounds_pk PRIMARY KEY (id),
    CONSTRAINT rounds_round_number_key UNIQUE (component_id, round_number),
    -- What matches refer to, so that their tournament, component and round number agree.
    CONSTRAINT rounds_parents_key UNIQUE (id, component_id, tournament_id, round_number),
    CONSTRAINT rounds_component_fk
        FOREIGN KEY (component_id, tournament_id) REFERENCES components (id, tournament_id),
    CONSTRAINT rounds_version_check CHECK (version >= 1),
    CONSTRAINT rounds_round_number_check CHECK (round_number >= 1),
    CONSTRAINT rounds_auto_advance_check CHECK (auto_advance IN (0, 1))
) STRICT;

CREATE TABLE matches (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    tournament_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    round_id TEXT NOT NULL,
    round_number INTEGER NOT NULL,
    table_number INTEGER,
    player1_id TEXT NOT NULL,
    player2_id TEXT,
    player1_wins INTEGER NOT NULL,
    player2_wins INTEGER NOT NULL,
    draws INTEGER NOT NULL,
    status TEXT NOT NULL,
    start_time TEXT,
    end_time TEXT,
    notes TEXT,
    CONSTRAINT matches_pk PRIMARY KEY (id),
    CONSTRAINT matches_table_number_key UNIQUE (round_id, table_number),
    CONSTRAINT matches_round_fk
        FOREIGN KEY (round_id, component_id, tournament_id, round_number)
        REFERENCES rounds (id, component_id, tournament_id, round_number),
    CONSTRAINT matches_player1_fk FOREIGN KEY (player1_id) REFERENCES players (id),
    CONSTRAINT matches_player2_fk FOREIGN KEY (player2_id) REFERENCES players (id),
    CONSTRAINT matches_version_check CHECK (version >= 1),
    CONSTRAINT matches_players_check CHECK (player1_id <> player2_id),
    CONSTRAINT matches_table_number_check CHECK (table_number >= 1),
    CONSTRAINT matches_games_check CHECK (player1_wins >= 0 AND player2_wins >= 0 AND draws >= 0)
) STRICT;

-- The order of play: by round, then table, those without one last.
CREATE INDEX matches_play_idx
    ON matches (component_id, round_number, (table_number IS NULL), table_number, id);
CREATE INDEX matches_player1_idx ON matches (player1_id, id);
CREATE INDEX matches_player2_idx ON matches (player2_id, id);
