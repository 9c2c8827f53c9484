-- The eight tables of the data model, for MySQL 5.7 and MariaDB 10.2 and later.
--
-- Text is utf8mb4 with the collation utf8mb4_bin, which compares by code point; ids and enumerations
-- are ASCII. Both are said for each column or table, because a database may have other defaults.
--
-- There is no CHECK: MySQL before 8.0.16 reads over it, and then it would hold on some servers alone.
--
-- Each unique key and each foreign key's columns are the beginning of an index; the others hold the
-- orders of lists. InnoDB has the primary key at the end of every index. Foreign keys restrict:
-- nothing is deleted or nulled behind anybody's back.

CREATE TABLE players (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT NOT NULL,
    name VARCHAR(100) NOT NULL,
    discord_id VARCHAR(100),
    email VARCHAR(255),
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT players_discord_id_key UNIQUE KEY (discord_id),
    INDEX players_name_idx (name, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE venues (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT NOT NULL,
    name VARCHAR(200) NOT NULL,
    address VARCHAR(1000),
    -- 20,000 characters may be 80,000 bytes, more than TEXT holds.
    description MEDIUMTEXT,
    PRIMARY KEY (id),
    INDEX venues_name_idx (name, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE formats (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT NOT NULL,
    name VARCHAR(100) NOT NULL,
    game_system VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    base_format VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    sub_format VARCHAR(100),
    card_pool VARCHAR(200) NOT NULL,
    match_structure VARCHAR(20),
    description MEDIUMTEXT,
    PRIMARY KEY (id),
    CONSTRAINT formats_name_key UNIQUE KEY (game_system, name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE tournaments (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT NOT NULL,
    name VARCHAR(200) NOT NULL,
    status VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    visibility VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    registration JSON NOT NULL,
    start_time DATETIME(6),
    end_time DATETIME(6),
    format_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    venue_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_by CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    description MEDIUMTEXT,
    registration_deadline DATETIME(6),
    auto_advance_rounds TINYINT(1) NOT NULL,
    -- The highest number ever given to a registration. No field of the entity.
    last_sequence_id INT NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    INDEX tournaments_created_at_idx (created_at, id),
    INDEX tournaments_status_idx (status, created_at, id),
    INDEX tournaments_visibility_idx (visibility, created_at, id),
    INDEX tournaments_format_idx (format_id, created_at, id),
    INDEX tournaments_venue_idx (venue_id, created_at, id),
    INDEX tournaments_created_by_idx (created_by, created_at, id),
    CONSTRAINT tournaments_format_fk FOREIGN KEY (format_id) REFERENCES formats (id),
    CONSTRAINT tournaments_venue_fk FOREIGN KEY (venue_id) REFERENCES venues (id),
    CONSTRAINT tournaments_created_by_fk FOREIGN KEY (created_by) REFERENCES players (id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE tournament_registrations (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT NOT NULL,
    tournament_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    player_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    sequence_id INT NOT NULL,
    status VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    registration_time DATETIME(6) NOT NULL,
    drop_time DATETIME(6),
    -- 5,000 characters are at most 20,000 bytes.
    notes TEXT,
    PRIMARY KEY (id),
    CONSTRAINT tournament_registrations_player_key UNIQUE KEY (tournament_id, player_id),
    CONSTRAINT tournament_registrations_sequence_key UNIQUE KEY (tournament_id, sequence_id),
    INDEX tournament_registrations_player_idx (player_id, id),
    -- Lists one status in order, and counts the places taken without reading the rows.
    INDEX tournament_registrations_status_idx (tournament_id, status, sequence_id),
    CONSTRAINT tournament_registrations_tournament_fk
        FOREIGN KEY (tournament_id) REFERENCES tournaments (id),
    CONSTRAINT tournament_registrations_player_fk
        FOREIGN KEY (player_id) REFERENCES players (id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE components (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT NOT NULL,
    tournament_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name VARCHAR(200) NOT NULL,
    sequence_order INT NOT NULL,
    status VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    config JSON NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT components_sequence_order_key UNIQUE KEY (tournament_id, sequence_order),
    -- What rounds refer to, so that their tournament agrees.
    CONSTRAINT components_tournament_key UNIQUE KEY (id, tournament_id),
    CONSTRAINT components_tournament_fk FOREIGN KEY (tournament_id) REFERENCES tournaments (id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE rounds (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT NOT NULL,
    tournament_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    component_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    round_number INT NOT NULL,
    start_time DATETIME(6),
    end_time DATETIME(6),
    time_limit_minutes INT,
    scheduled_start DATETIME(6),
    scheduled_end DATETIME(6),
    auto_advance TINYINT(1) NOT NULL,
    status VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT rounds_round_number_key UNIQUE KEY (component_id, round_number),
    -- What matches refer to, so that their tournament, component and round number agree.
    CONSTRAINT rounds_parents_key UNIQUE KEY (id, component_id, tournament_id, round_number),
    INDEX rounds_component_idx (component_id, tournament_id),
    CONSTRAINT rounds_component_fk
        FOREIGN KEY (component_id, tournament_id) REFERENCES components (id, tournament_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE matches (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT NOT NULL,
    tournament_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    component_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    round_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    round_number INT NOT NULL,
    table_number INT,
    player1_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    player2_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
    player1_wins INT NOT NULL,
    player2_wins INT NOT NULL,
    draws INT NOT NULL,
    status VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    start_time DATETIME(6),
    end_time DATETIME(6),
    notes TEXT,
    PRIMARY KEY (id),
    CONSTRAINT matches_table_number_key UNIQUE KEY (round_id, table_number),
    -- An index for each foreign key, which begins with the key's columns in their order.
    INDEX matches_round_idx (round_id, component_id, tournament_id, round_number),
    INDEX matches_component_idx (component_id, round_number, table_number),
    INDEX matches_player1_idx (player1_id, id),
    INDEX matches_player2_idx (player2_id, id),
    CONSTRAINT matches_round_fk
        FOREIGN KEY (round_id, component_id, tournament_id, round_number)
        REFERENCES rounds (id, component_id, tournament_id, round_number),
    CONSTRAINT matches_player1_fk FOREIGN KEY (player1_id) REFERENCES players (id),
    CONSTRAINT matches_player2_fk FOREIGN KEY (player2_id) REFERENCES players (id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
