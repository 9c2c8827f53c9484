-- The eight tables of the data model.
--
-- Text has the collation "C", which compares UTF-8 by code point whatever the database's locale.
--
-- Each unique key and each foreign key's columns are the beginning of an index; the others hold the
-- orders of lists. Foreign keys restrict: nothing is deleted or nulled behind anybody's back.

CREATE TABLE players (
    id uuid NOT NULL,
    version integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    discord_id text COLLATE "C",
    email text COLLATE "C",
    created_at timestamptz NOT NULL,
    CONSTRAINT players_pk PRIMARY KEY (id),
    CONSTRAINT players_discord_id_key UNIQUE (discord_id),
    CONSTRAINT players_version_check CHECK (version >= 1)
);

CREATE INDEX players_name_idx ON players (name, id);

CREATE TABLE venues (
    id uuid NOT NULL,
    version integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    address text COLLATE "C",
    description text COLLATE "C",
    CONSTRAINT venues_pk PRIMARY KEY (id),
    CONSTRAINT venues_version_check CHECK (version >= 1)
);

CREATE INDEX venues_name_idx ON venues (name, id);

CREATE TABLE formats (
    id uuid NOT NULL,
    version integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    game_system text COLLATE "C" NOT NULL,
    base_format text COLLATE "C" NOT NULL,
    sub_format text COLLATE "C",
    card_pool text COLLATE "C" NOT NULL,
    match_structure text COLLATE "C",
    description text COLLATE "C",
    CONSTRAINT formats_pk PRIMARY KEY (id),
    CONSTRAINT formats_name_key UNIQUE (game_system, name),
    CONSTRAINT formats_version_check CHECK (version >= 1)
);

CREATE TABLE tournaments (
    id uuid NOT NULL,
    version integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    visibility text COLLATE "C" NOT NULL,
    registration jsonb NOT NULL,
    start_time timestamptz,
    end_time timestamptz,
    format_id uuid NOT NULL,
    venue_id uuid NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    description text COLLATE "C",
    registration_deadline timestamptz,
    auto_advance_rounds boolean NOT NULL,
    -- The highest number ever given to a registration. No field of the entity.
    last_sequence_id integer NOT NULL DEFAULT 0,
    CONSTRAINT tournaments_pk PRIMARY KEY (id),
    CONSTRAINT tournaments_format_fk FOREIGN KEY (format_id) REFERENCES formats (id),
    CONSTRAINT tournaments_venue_fk FOREIGN KEY (venue_id) REFERENCES venues (id),
    CONSTRAINT tournaments_created_by_fk FOREIGN KEY (created_by) REFERENCES players (id),
    CONSTRAINT tournaments_version_check CHECK (version >= 1),
    CONSTRAINT tournaments_registration_check CHECK (jsonb_typeof(registration) = 'object'),
    CONSTRAINT tournaments_last_sequence_id_check CHECK (last_sequence_id >= 0)
-- Each registration writes its tournament anew. Room in the page keeps the new row beside the old,
-- where no index has to be told of it.
) WITH (fillfactor = 80);

CREATE INDEX tournaments_created_at_idx ON tournaments (created_at, id);
CREATE INDEX tournaments_status_idx ON tournaments (status, created_at, id);
CREATE INDEX tournaments_visibility_idx ON tournaments (visibility, created_at, id);
CREATE INDEX tournaments_format_idx ON tournaments (format_id, created_at, id);
CREATE INDEX tournaments_venue_idx ON tournaments (venue_id, created_at, id);
CREATE INDEX tournaments_created_by_idx ON tournaments (created_by, created_at, id);

CREATE TABLE tournament_registrations (
    id uuid NOT NULL,
    version integer NOT NULL,
    tournament_id uuid NOT NULL,
    player_id uuid NOT NULL,
    sequence_id integer NOT NULL,
    status text COLLATE "C" NOT NULL,
    registration_time timestamptz NOT NULL,
    drop_time timestamptz,
    notes text COLLATE "C",
    CONSTRAINT tournament_registrations_pk PRIMARY KEY (id),
    CONSTRAINT tournament_registrations_player_key UNIQUE (tournament_id, player_id),
    CONSTRAINT tournament_registrations_sequence_key UNIQUE (tournament_id, sequence_id),
    CONSTRAINT tournament_registrations_tournament_fk
        FOREIGN KEY (tournament_id) REFERENCES tournaments (id),
    CONSTRAINT tournament_registrations_player_fk
        FOREIGN KEY (player_id) REFERENCES players (id),
    CONSTRAINT tournament_registrations_version_check CHECK (version >= 1),
    CONSTRAINT tournament_registrations_sequence_check CHECK (sequence_id >= 1)
);

CREATE INDEX tournament_registrations_player_idx ON tournament_registrations (player_id, id);
-- Lists one status in order, and counts the places taken without reading the rows.
CREATE INDEX tournament_registrations_status_idx
    ON tournament_registrations (tournament_id, status, sequence_id);

CREATE TABLE components (
    id uuid NOT NULL,
    version integer NOT NULL,
    tournament_id uuid NOT NULL,
    type text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    sequence_order integer NOT NULL,
    status text COLLATE "C" NOT NULL,
    config jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT components_pk PRIMARY KEY (id),
    CONSTRAINT components_sequence_order_key UNIQUE (tournament_id, sequence_order),
    -- What rounds refer to, so that their tournament agrees.
    CONSTRAINT components_tournament_key UNIQUE (id, tournament_id),
    CONSTRAINT components_tournament_fk FOREIGN KEY (tournament_id) REFERENCES tournaments (id),
    CONSTRAINT components_version_check CHECK (version >= 1),
    CONSTRAINT components_sequence_order_check CHECK (sequence_order >= 1),
    CONSTRAINT components_config_check CHECK (jsonb_typeof(config) = 'object')
);

CREATE TABLE rounds (
    id uuid NOT NULL,
    version integer NOT NULL,
    tournament_id uuid NOT NULL,
    component_id uuid NOT NULL,
    round_number integer NOT NULL,
    start_time timestamptz,
    end_time timestamptz,
    time_limit_minutes integer,
    scheduled_start timestamptz,
    scheduled_end timestamptz,
    auto_advance boolean NOT NULL,
    status text COLLATE "C" NOT NULL,
    CONSTRAINT rounds_pk PRIMARY KEY (id),
    CONSTRAINT rounds_round_number_key UNIQUE (component_id, round_number),
    -- What matches refer to, so that their tournament, component and round number agree.
    CONSTRAINT rounds_parents_key UNIQUE (id, component_id, tournament_id, round_number),
    CONSTRAINT rounds_component_fk
        FOREIGN KEY (component_id, tournament_id) REFERENCES components (id, tournament_id),
    CONSTRAINT rounds_version_check CHECK (version >= 1),
    CONSTRAINT rounds_round_number_check CHECK (round_number >= 1)
);

CREATE TABLE matches (
    id uuid NOT NULL,
    version integer NOT NULL,
    tournament_id uuid NOT NULL,
    component_id uuid NOT NULL,
    round_id uuid NOT NULL,
    round_number integer NOT NULL,
    table_number integer,
    player1_id uuid NOT NULL,
    player2_id uuid,
    player1_wins integer NOT NULL,
    player2_wins integer NOT NULL,
    draws integer NOT NULL,
    status text COLLATE "C" NOT NULL,
    start_time timestamptz,
    end_time timestamptz,
    notes text COLLATE "C",
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
);

-- The order of play: by round, then table. PostgreSQL puts those without one last.
CREATE INDEX matches_play_idx ON matches (component_id, round_number, table_number, id);
CREATE INDEX matches_player1_idx ON matches (player1_id, id);
CREATE INDEX matches_player2_idx ON matches (player2_id, id);
