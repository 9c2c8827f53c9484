//! What only one kind of database can be, or have done to it.

use tournament_any::MigrationGoal;
use tournament_any::migrations::Migration;

use crate::backend::{Backend, Subject, on_each, wait_for};

on_each![
    mysql:
    a_user_who_may_only_read_finds_no_drift,
    a_script_needs_no_autocommit,
    rows_stored_before_a_column_is_closed_are_filled_by_repair,
    a_down_that_stopped_says_what_it_goes_on_to_destroy,
    what_was_done_is_known_whichever_way_a_statement_goes,
    a_script_that_is_cut_off_anywhere_is_mended_as_advised
];

/// Whoever may only read is not told of all.
fn a_user_who_may_only_read_finds_no_drift(backend: Backend) {
    let subject = Subject::migrated(backend, "reader");
    let reader = format!("td_reader_{}", std::process::id());
    let hosts = ["localhost", "127.0.0.1"];
    let create = hosts.map(|host| {
        format!(
            "CREATE USER {reader}@'{host}' IDENTIFIED BY 'x'; \
             SET @grant = CONCAT('GRANT SELECT ON ', DATABASE(), '.* TO {reader}@\'\'{host}\'\''); \
             PREPARE statement FROM @grant; EXECUTE statement;"
        )
    });
    subject.sql(&create.concat());
    let (_, rest) = subject.url.split_once('@').unwrap();
    let url = format!("mysql://{reader}:x@{rest}");
    let check = subject.place.td(&["--db", &url, "migrate", "check"]);
    subject.sql(&hosts.map(|host| format!("DROP USER {reader}@'{host}';")).concat());
    check.succeeds();
}

fn a_script_needs_no_autocommit(backend: Backend) {
    let subject = Subject::new(backend, "autocommit");
    let script = subject.td(&["migrate", "sql", "up"]).succeeds().out;
    subject.sql(&format!("SET autocommit = 0;\n{script}"));
    subject.td(&["migrate", "check"]).succeeds();
}

/// As where JSON has no default: a program that does not know the column stores a row between the
/// statement that fills it and the one that makes it NOT NULL.
fn rows_stored_before_a_column_is_closed_are_filled_by_repair(backend: Backend) {
    let subject = Subject::new(backend, "meanwhile");
    subject.td(&["migrate", "up", "--to", "1"]).succeeds();
    let checksum = backend.known()[1].checksum();
    subject.sql(&format!(
        "ALTER TABLE players ADD COLUMN metadata JSON NULL; \
         INSERT INTO players (id, version, name, created_at) VALUES (UUID(), 1, 'Ada', NOW()); \
         INSERT INTO tournament_migrations \
             (version, name, checksum, applied_at, duration_ms, success, statements_done) \
         VALUES (2, 'metadata', '{checksum}', NOW(), 0, 0, 2);"
    ));
    subject.td(&["migrate", "repair", "--yes"]).succeeds();
    subject.is_sound();
    assert_eq!(subject.sql("SELECT CAST(metadata AS CHAR) FROM players;"), "{}");
}

fn a_down_that_stopped_says_what_it_goes_on_to_destroy(backend: Backend) {
    let subject = Subject::new(backend, "stopped_down");
    subject.td(&["migrate", "up", "--to", "1"]).succeeds();
    subject.sql(
        "INSERT INTO venues (id, version, name) VALUES (UUID(), 1, 'a'), (UUID(), 1, 'b'); \
         DROP TABLE matches; \
         UPDATE tournament_migrations SET success = 0, reverting = 1, statements_done = 1;",
    );
    let status = subject.td(&["migrate", "status"]).succeeds().out;
    assert!(status.contains("unfinished, undoing it: 1 statements done"), "{status}");
    let told = subject.td(&["migrate", "repair", "--dry-run"]).succeeds().out;
    assert!(told.contains("this would destroy what 2 rows hold: 2 in venues"), "{told}");
    let refused = subject.td_answering(&["migrate", "repair"], "").exits(3);
    assert!(refused.err.contains("this destroys what 2 rows hold: 2 in venues"), "{}", refused.err);
    assert_eq!(subject.sql("SELECT count(*) FROM venues;"), "2");
    subject.td_answering(&["migrate", "repair"], "yes\n").exits(0);
    assert_eq!(subject.sql("SELECT count(*) FROM tournament_migrations;"), "0");
    subject.td(&["migrate", "up"]).succeeds();
}

fn what_was_done_is_known_whichever_way_a_statement_goes(backend: Backend) {
    let subject = Subject::new(backend, "either_way");
    let parts = [
        ("DROP TABLE b;", "CREATE TABLE b (id INT);"),
        ("ALTER TABLE a DROP COLUMN x;", "ALTER TABLE a ADD COLUMN x INT;"),
        ("ALTER TABLE a ADD INDEX y_idx (y);", "ALTER TABLE a DROP INDEX y_idx;"),
        (
            "ALTER TABLE a ADD CONSTRAINT a_fk FOREIGN KEY (y) REFERENCES c (id);",
            "ALTER TABLE a DROP FOREIGN KEY a_fk;",
        ),
        ("ALTER TABLE a RENAME COLUMN z TO w;", "ALTER TABLE a RENAME COLUMN w TO z;"),
    ];
    let up: String = parts.iter().map(|(up, _)| *up).collect();
    let down: String = parts.iter().rev().map(|(_, down)| *down).collect();
    let base = "CREATE TABLE c (id INT PRIMARY KEY); CREATE TABLE b (id INT); \
                CREATE TABLE a (id INT, x INT, y INT, z INT, INDEX y2_idx (y));";
    let known =
        [(1, base, "DROP TABLE a; DROP TABLE b; DROP TABLE c;"), (2, up.leak(), down.leak())]
            .map(|(version, up, down)| Migration { version, name: "test", up, down, schema: "" });
    let known: &'static [Migration] = Vec::leak(known.to_vec());
    let migrator = subject.migrator().with_migrations(known);
    wait_for(migrator.run(MigrationGoal::Up { to: Some(1) })).unwrap();
    // It died after each statement, before that was recorded.
    for done in 0..parts.len() {
        let to_here: String = parts[..=done].iter().map(|(up, _)| *up).collect();
        let row = format!(
            "INSERT INTO tournament_migrations \
                 (version, name, checksum, applied_at, duration_ms, success, statements_done) \
             VALUES (2, 'test', '{}', NOW(), 0, 0, {done});",
            known[1].checksum()
        );
        subject.sql(&format!("{to_here} {row}"));
        wait_for(migrator.run(MigrationGoal::Repair)).unwrap();
        let (undone, rest) = (parts.len() - 1 - done, "reverting = 1, success = 0");
        let to_here: String = parts[done..].iter().rev().map(|(_, down)| *down).collect();
        subject.sql(&format!(
            "{to_here} UPDATE tournament_migrations SET {rest}, statements_done = {undone} \
             WHERE version = 2;"
        ));
        wait_for(migrator.run(MigrationGoal::Repair)).unwrap();
        assert_eq!(wait_for(migrator.status()).unwrap().current, 1);
    }
}

/// The client executes what it has read when its input ends.
fn a_script_that_is_cut_off_anywhere_is_mended_as_advised(backend: Backend) {
    let subject = Subject::new(backend, "cut_off");
    subject.td(&["migrate", "up", "--to", "1"]).succeeds();
    subject.sql("INSERT INTO venues (id, version, name) VALUES (UUID(), 1, 'a');");
    for (from, to, way) in [("1", "2", "up"), ("2", "1", "down")] {
        let arguments = ["migrate", "sql", way, "--from", from, "--to", to];
        let script = subject.td(&arguments).succeeds().out;
        let begin = script.find("-- V0002").unwrap();
        // At each line, and in the middle of each that writes to the history.
        let cuts = script.match_indices('\n').map(|(at, _)| at).filter(|at| *at > begin);
        let within =
            ["SET success", "SET statements", "tournament_migrations;", "tournament_migrations AS"];
        let within = within.iter().flat_map(|part| script.match_indices(part).map(|(at, _)| at));
        let ends = script.match_indices("tournament_migrations").map(|(at, part)| at + part.len());
        for cut in cuts.step_by(3).chain(within).chain(ends.filter(|at| *at > begin)) {
            subject.td(&["migrate", "up", "--to", from]).succeeds();
            subject.client(&script[..cut]);
            let status = subject.td(&["migrate", "status"]).succeeds().out;
            assert!(!status.contains("1  initial   unfinished"), "cut at {cut}: {status}");
            if status.contains("unfinished") {
                subject.td(&["migrate", "repair", "--yes"]).succeeds();
            }
            subject.is_sound();
            subject.td(&["migrate", "down", "--to", "1", "--yes"]).succeeds();
        }
    }
    assert_eq!(subject.sql("SELECT count(*) FROM venues;"), "1");
}

mod on_sqlite_alone {
    mod on_sqlite {
        use crate::backend::{Backend, Subject};

        /// What the tables of each migration are about is ours to look after, and nothing else.
        #[test]
        fn beside_tables_of_others_that_are_not_sound_it_migrates() {
            let subject = Subject::new(Backend::Sqlite, "unsound");
            subject.sql(
                "CREATE TABLE r (x REFERENCES gone (id)); INSERT INTO r VALUES (1); \
         CREATE TABLE parents (a, b); CREATE TABLE s (x REFERENCES parents (a)); \
         INSERT INTO s VALUES (1);",
            );
            subject.td(&["migrate", "baseline", "0"]).succeeds();
            subject.td(&["migrate", "up"]).succeeds();
            subject.td(&["migrate", "down", "--to", "0"]).succeeds();
            let script = subject.td(&["migrate", "sql", "up"]).succeeds().out;
            subject.sql(&script);
            subject.td(&["migrate", "check"]).succeeds();
        }

        #[test]
        fn no_wait_is_too_long() {
            let subject = Subject::new(Backend::Sqlite, "patient");
            subject.td(&["migrate", "up", "--wait", "4294967295"]).succeeds();
        }
    }
}

mod on_postgres_alone {
    mod on_postgres {
        use crate::backend::{Backend, Subject};

        /// Otherwise the history would be of other tables than those that are made.
        #[test]
        fn tables_in_another_schema_than_the_history_are_refused() {
            let subject = Subject::migrated(Backend::Postgres, "schemas_two");
            subject.sql("CREATE SCHEMA AUTHORIZATION CURRENT_USER;");
            for command in ["up", "check", "status", "down", "redo"] {
                let refused = subject.td(&["migrate", command]).exits(4);
                let sentence = refused.sentence();
                let expected = "the table tournament_migrations is in the schema public, and new tables \
                        would be made in ";
                assert!(sentence.contains(expected), "{sentence}");
            }
            // A store finds its tables all the same.
            subject.td(&["tournaments"]).succeeds();
        }
    }
}

mod on_mariadb_alone {
    mod on_mariadb {
        use crate::backend::{Backend, Subject};

        #[test]
        fn tables_that_keep_their_past_are_seen() {
            let subject = Subject::migrated(Backend::MariaDb, "versioned");
            subject.sql("ALTER TABLE venues ADD SYSTEM VERSIONING;");
            let check = subject.td(&["migrate", "check"]).exits(2).out;
            assert!(
                check
                    .contains("the table venues is InnoDB, utf8mb4_bin, dynamic, system versioned")
            );
        }
    }
}
