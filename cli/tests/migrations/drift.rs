//! A schema that somebody changed.

use serde_json::Value;

use crate::backend::{Backend, Subject, on_each};

on_each![
    each_difference_is_found_and_told_in_a_sentence,
    what_is_beside_the_tables_is_no_drift,
    what_means_the_same_is_no_drift,
];

/// What somebody does to the schema, and what is said of it.
type Change = (&'static str, &'static [&'static str]);

fn changes(backend: Backend) -> Vec<Change> {
    let own = match backend {
        Backend::Sqlite => of_sqlite(),
        Backend::Postgres => of_postgres(),
        Backend::MariaDb | Backend::MySql => of_mysql(),
    };
    let mut all = of_all();
    all.extend(own);
    all
}

fn of_all() -> Vec<Change> {
    vec![
        ("DROP TABLE matches;", &["the table matches is missing"]),
        (
            "ALTER TABLE players ADD COLUMN shirt INT;",
            &["the column players.shirt should not be there"],
        ),
        (
            "CREATE INDEX players_email_idx ON players (email);",
            &["the index players_email_idx of players should not be there"],
        ),
    ]
}

fn of_sqlite() -> Vec<Change> {
    vec![
        (
            "DROP INDEX venues_name_idx; \
             CREATE INDEX venues_name_idx ON venues (name COLLATE NOCASE, id);",
            &["the index venues_name_idx of venues is (name COLLATE NOCASE, id), and should be \
               (name, id)"],
        ),
        (
            "DROP TABLE venues; CREATE TABLE venues (\
                id TEXT NOT NULL, version INTEGER NOT NULL, name TEXT COLLATE NOCASE NOT NULL, \
                address TEXT, description TEXT, \
                CONSTRAINT venues_pk PRIMARY KEY (id COLLATE NOCASE) ON CONFLICT REPLACE, \
                CONSTRAINT venues_version_check CHECK (version >= 1)) STRICT; \
             CREATE INDEX venues_name_idx ON venues (name COLLATE BINARY, id ASC);",
            &[
                "the table venues is STRICT, ON CONFLICT, and should be STRICT",
                "the column venues.name has the type TEXT COLLATE NOCASE, and should have TEXT",
                "the primary key of venues is (id COLLATE NOCASE), and should be (id)",
            ],
        ),
        ("ALTER TABLE venues DROP COLUMN address;", &["the column venues.address is missing"]),
        ("DROP INDEX venues_name_idx;", &["the index venues_name_idx of venues is missing"]),
        (
            "DROP INDEX venues_name_idx; CREATE INDEX venues_name_idx ON venues (name DESC);",
            &["the index venues_name_idx of venues is (name DESC), and should be (name, id)"],
        ),
        (
            "PRAGMA foreign_keys = OFF; DROP TABLE venues; CREATE TABLE venues (\
                    id TEXT, version TEXT NOT NULL, name TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE, \
                    address TEXT, description TEXT NOT NULL, \
                    CONSTRAINT venues_pk PRIMARY KEY (id, name), UNIQUE (name)); \
                 CREATE INDEX venues_name_idx ON venues (name, id);",
            &[
                "the table venues is a plain table, and should be STRICT",
                "the column venues.description may not be null, and should",
                "the column venues.id may be null, and should not",
                "the column venues.name has the type TEXT COLLATE NOCASE, and should have TEXT",
                "the column venues.name has the default 'x', and should have none",
                "the column venues.version has the type TEXT, and should have INTEGER",
                "the check venues_version_check of venues is missing",
                "the index venues_name_idx of venues is (name COLLATE NOCASE, id), and should be \
                 (name, id)",
                "the primary key of venues is (id, name COLLATE NOCASE), and should be (id)",
                "the unique key (name COLLATE NOCASE) of venues should not be there",
            ],
        ),
        (
            "DROP INDEX players_name_idx; ALTER TABLE players RENAME COLUMN name TO title;",
            &[
                "the column players.name is missing",
                "the column players.title should not be there",
                "the index players_name_idx of players is missing",
            ],
        ),
    ]
}

fn of_postgres() -> Vec<Change> {
    vec![
        (
            "ALTER TABLE rounds DISABLE TRIGGER ALL; ALTER TABLE rounds ENABLE ROW LEVEL SECURITY;",
            &[
                "the foreign key matches_round_fk of matches is FOREIGN KEY (round_id, component_id, \
                 tournament_id, round_number) REFERENCES rounds(id, component_id, tournament_id, \
                 round_number) (disabled), and should be FOREIGN KEY (round_id, component_id, \
                 tournament_id, round_number) REFERENCES rounds(id, component_id, tournament_id, \
                 round_number)",
                "the table rounds is row security, and should be a plain table",
                "the foreign key rounds_component_fk of rounds is FOREIGN KEY (component_id, \
                 tournament_id) REFERENCES components(id, tournament_id) (disabled), and should be \
                 FOREIGN KEY (component_id, tournament_id) REFERENCES components(id, tournament_id)",
            ],
        ),
        ("ALTER TABLE venues DROP COLUMN address;", &["the column venues.address is missing"]),
        (
            "ALTER TABLE venues ALTER name TYPE varchar(50);",
            &["the column venues.name has the type character varying(50), and should have \
                   text COLLATE \"C\""],
        ),
        (
            "ALTER TABLE venues ALTER address SET NOT NULL, ALTER name DROP NOT NULL;",
            &[
                "the column venues.address may not be null, and should",
                "the column venues.name may be null, and should not",
            ],
        ),
        (
            "ALTER TABLE tournaments ALTER last_sequence_id SET DEFAULT 1;",
            &["the column tournaments.last_sequence_id has the default 1, and should have 0"],
        ),
        (
            "DROP INDEX venues_name_idx; CREATE UNIQUE INDEX venues_name_idx ON venues (name);",
            &[
                "the index venues_name_idx of venues is missing",
                "the unique index venues_name_idx of venues should not be there",
            ],
        ),
        (
            "DROP INDEX venues_name_idx; CREATE INDEX venues_name_idx ON venues (id, name);",
            &["the index venues_name_idx of venues is btree (id, name), and should be \
                   btree (name, id)"],
        ),
        (
            "ALTER TABLE players DROP CONSTRAINT players_discord_id_key;",
            &["the unique key players_discord_id_key of players is missing"],
        ),
        (
            "ALTER TABLE matches DROP CONSTRAINT matches_player2_fk;",
            &["the foreign key matches_player2_fk of matches is missing"],
        ),
        (
            "ALTER TABLE matches DROP CONSTRAINT matches_player2_fk, \
                 ADD CONSTRAINT matches_player2_fk FOREIGN KEY (player2_id) REFERENCES players (id) \
                 ON DELETE CASCADE;",
            &["the foreign key matches_player2_fk of matches is FOREIGN KEY (player2_id) \
                   REFERENCES players(id) ON DELETE CASCADE, and should be FOREIGN KEY (player2_id) \
                   REFERENCES players(id)"],
        ),
        (
            "ALTER TABLE rounds DROP CONSTRAINT rounds_version_check;",
            &["the check rounds_version_check of rounds is missing"],
        ),
    ]
}

fn of_mysql() -> Vec<Change> {
    vec![
        (
            "ALTER TABLE venues MODIFY version INT UNSIGNED NOT NULL;",
            &["the column venues.version has the type int unsigned, and should have int"],
        ),
        (
            "ALTER TABLE players MODIFY metadata JSON NOT NULL;",
            &["the column players.metadata has the default none, and should have {}"],
        ),
        (
            "ALTER TABLE venues MODIFY address VARCHAR(1000) DEFAULT 'here';",
            &["the column venues.address has the default here, and should have none"],
        ),
        (
            "ALTER TABLE players ADD CONSTRAINT players_check CHECK (json_valid(metadata) AND name <> '');",
            &["the check players_check of players should not be there"],
        ),
        (
            "ALTER TABLE venues /*!80000 ALTER INDEX venues_name_idx INVISIBLE */ \
             /*M!100600 ALTER INDEX venues_name_idx IGNORED */;",
            &["the index venues_name_idx of venues is (name, id) HIDDEN, and should be (name, id)"],
        ),
        ("ALTER TABLE venues DROP COLUMN address;", &["the column venues.address is missing"]),
        (
            "ALTER TABLE venues MODIFY name VARCHAR(50) NOT NULL;",
            &["the column venues.name has the type varchar(50) utf8mb4_bin, and should have \
                   varchar(200) utf8mb4_bin"],
        ),
        (
            "ALTER TABLE venues MODIFY name VARCHAR(200) COLLATE utf8mb4_general_ci;",
            &[
                "the column venues.name has the type varchar(200) utf8mb4_general_ci, and should \
                     have varchar(200) utf8mb4_bin",
                "the column venues.name may be null, and should not",
            ],
        ),
        (
            "ALTER TABLE tournaments ALTER last_sequence_id SET DEFAULT 1;",
            &["the column tournaments.last_sequence_id has the default 1, and should have 0"],
        ),
        (
            "ALTER TABLE components MODIFY config LONGTEXT COLLATE utf8mb4_bin NOT NULL;",
            &["the column components.config has the type longtext utf8mb4_bin, and should have \
                   json"],
        ),
        (
            "ALTER TABLE venues DROP INDEX venues_name_idx, ADD INDEX venues_name_idx (id, name);",
            &["the index venues_name_idx of venues is (id, name), and should be (name, id)"],
        ),
        (
            "ALTER TABLE players DROP INDEX players_discord_id_key;",
            &["the unique key players_discord_id_key of players is missing"],
        ),
        (
            "ALTER TABLE matches DROP FOREIGN KEY matches_player2_fk;",
            &["the foreign key matches_player2_fk of matches is missing"],
        ),
        (
            "ALTER TABLE rounds DROP FOREIGN KEY rounds_component_fk, \
                 ADD CONSTRAINT rounds_component_2_fk FOREIGN KEY (component_id, tournament_id) \
                 REFERENCES components (id, tournament_id) ON DELETE CASCADE;",
            &[
                "the foreign key rounds_component_fk of rounds is missing",
                "the foreign key rounds_component_2_fk of rounds should not be there",
            ],
        ),
        (
            "ALTER TABLE venues DEFAULT COLLATE utf8mb4_general_ci;",
            &["the table venues is InnoDB, utf8mb4_general_ci, dynamic, and should be InnoDB, \
                   utf8mb4_bin, dynamic"],
        ),
    ]
}

fn each_difference_is_found_and_told_in_a_sentence(backend: Backend) {
    let subject = Subject::new(backend, "drift");
    for (change, sentences) in changes(backend) {
        subject.td(&["migrate", "up"]).succeeds();
        subject.td(&["migrate", "check"]).succeeds();
        subject.sql(change);
        let check = subject.td(&["migrate", "check", "--json"]).exits(2).json_lines();
        assert_eq!(check[0]["verdict"], "drifted", "{change}");
        let found: Vec<_> = check[0]["differences"].as_array().unwrap().iter().collect();
        let hidden = if backend == Backend::MySql { "invisible" } else { "ignored" };
        let sentences: Vec<_> = sentences.iter().map(|one| one.replace("HIDDEN", hidden)).collect();
        let expected: Vec<_> = sentences.iter().map(|one| Value::from(one.as_str())).collect();
        assert_eq!(found, expected.iter().collect::<Vec<_>>(), "{change}");
        let told = subject.td(&["migrate", "check"]).exits(2).out;
        let told: Vec<_> = told.lines().collect();
        assert!(told[0].starts_with("drifted: the schema is at version "), "{told:?}");
        assert_eq!(told[1..], sentences);
        // A store opens all the same: an index more is for an operator to decide.
        start_anew(&subject);
    }
}

/// What was changed and changed back, and what is written otherwise.
fn what_means_the_same_is_no_drift(backend: Backend) {
    let subject = Subject::migrated(backend, "same");
    subject.sql(match backend {
        Backend::Sqlite => {
            "DROP INDEX venues_name_idx; \
             CREATE INDEX venues_name_idx ON venues (\"name\" COLLATE BINARY, id ASC); \
             ALTER TABLE matches RENAME COLUMN draws TO ties; \
             ALTER TABLE matches RENAME COLUMN ties TO draws; VACUUM;"
        }
        Backend::Postgres => {
            "DROP INDEX venues_name_idx; \
             CREATE INDEX venues_name_idx ON public.venues USING btree (\"name\", id ASC); \
             ALTER TABLE matches RENAME COLUMN draws TO ties; \
             ALTER TABLE matches RENAME COLUMN ties TO draws; \
             DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET quote_all_identifiers = on', \
             current_database()); END $$;"
        }
        Backend::MariaDb | Backend::MySql => {
            "ALTER TABLE matches RENAME COLUMN draws TO ties; \
             ALTER TABLE matches RENAME COLUMN ties TO draws; \
             ALTER TABLE venues ALTER address SET DEFAULT NULL; \
             ALTER TABLE venues MODIFY version INT(5) NOT NULL;"
        }
    });
    subject.td(&["migrate", "check"]).succeeds();
}

fn start_anew(subject: &Subject) {
    match subject.backend {
        Backend::Sqlite => std::fs::remove_file(subject.file()).unwrap(),
        Backend::Postgres => {
            subject.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public;");
        }
        Backend::MariaDb | Backend::MySql => {
            let name = subject.sql("SELECT DATABASE();");
            subject.sql(&format!("DROP DATABASE {name}; CREATE DATABASE {name};"));
        }
    }
}

fn what_is_beside_the_tables_is_no_drift(backend: Backend) {
    let subject = Subject::migrated(backend, "beside");
    subject.sql("CREATE TABLE bookmarks (id INT PRIMARY KEY, url VARCHAR(100));");
    subject.sql("CREATE VIEW names AS SELECT name FROM players;");
    subject.td(&["migrate", "check"]).succeeds();
    // Nor does it keep from going on.
    subject.sql("DROP VIEW names;");
    subject.td(&["migrate", "down", "--to", "0"]).succeeds();
    subject.td(&["migrate", "up"]).succeeds();
    subject.td(&["migrate", "check"]).succeeds();
    assert_eq!(subject.sql("SELECT count(*) FROM bookmarks;"), "0");
}
