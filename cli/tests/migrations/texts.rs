//! What stands in a migration's file.

use tournament_any::MigrationGoal;
use tournament_any::MigrationState;
use tournament_any::migrations::Migration;
use tournament_core::Error;

use crate::backend::{Backend, Subject, expect_same, on_each, wait_for};

on_each![
    semicolons_end_statements_only_where_they_do,
    line_endings_are_no_change_and_all_else_is,
    a_statement_that_fails_is_told_with_its_cause_and_what_to_do,
    what_refers_to_nothing_afterwards_is_refused,
    a_redo_that_stops_is_undone_or_says_how_to_go_on,
];

/// Migrations of a test's own live as long as it does.
fn migrations(texts: &[(&'static str, &'static str)]) -> &'static [Migration] {
    let migrations: Vec<_> = (1..)
        .zip(texts)
        .map(|(version, &(up, down))| {
            let schema = "table a\ntable b\n";
            Migration { version, name: "test", up, down, schema }
        })
        .collect();
    Vec::leak(migrations)
}

const UP: MigrationGoal = MigrationGoal::Up { to: None };

fn semicolons_end_statements_only_where_they_do(backend: Backend) {
    let (up, down) = match backend {
        Backend::Sqlite => (
            "-- one; two\n\
             CREATE TABLE notes (id INTEGER, \"a;b\" TEXT DEFAULT 'x;''y'); /* three; */\n\
             CREATE TRIGGER notes_trigger AFTER INSERT ON notes WHEN NEW.id > 0 BEGIN\n\
                 INSERT INTO notes VALUES (-NEW.id, 'from; it');\n\
                 UPDATE notes SET \"a;b\" = CASE WHEN id < 0 THEN 'end;' ELSE \"a;b\" END;\n\
             END;\n\
             INSERT INTO notes (id) VALUES (1); -- four;",
            "DROP TRIGGER notes_trigger; DROP TABLE notes",
        ),
        Backend::Postgres => (
            "-- one; two\n\
             CREATE TABLE notes (id int, \"a;b\" text DEFAULT E'x;\\'y'); /* three; /* four; */ ; */\n\
             CREATE FUNCTION notes_function() RETURNS trigger LANGUAGE plpgsql AS $body$\n\
             BEGIN\n\
                 IF NEW.id > 0 THEN INSERT INTO notes VALUES (-NEW.id, 'end;'); END IF;\n\
                 RETURN NEW;\n\
             END;\n\
             $body$;\n\
             CREATE TRIGGER notes_trigger AFTER INSERT ON notes\n\
                 FOR EACH ROW EXECUTE FUNCTION notes_function();\n\
             INSERT INTO notes (id) VALUES (1); -- five;",
            "DROP TABLE notes; DROP FUNCTION notes_function()",
        ),
        Backend::MariaDb | Backend::MySql => (
            "-- one; two\n# three;\n\
             CREATE TABLE notes (id INT, `a;b` VARCHAR(20) DEFAULT 'x;\\'y') ENGINE = InnoDB; /* 4; */\n\
             CREATE TRIGGER notes_trigger BEFORE INSERT ON notes FOR EACH ROW BEGIN\n\
                 IF NEW.id > 0 THEN SET NEW.`a;b` = 'end;'; END IF;\n\
                 CASE NEW.id WHEN 2 THEN SET NEW.id = -1; ELSE BEGIN END; END CASE;\n\
             END;\n\
             INSERT INTO notes (id) VALUES (1), (2); -- five;",
            "DROP TRIGGER notes_trigger; DROP TABLE notes",
        ),
    };
    let subject = Subject::new(backend, "texts");
    let migrator = subject.migrator().with_migrations(migrations(&[(up, down)]));
    let column = if backend.is_transactional() { "\"a;b\"" } else { "`a;b`" };
    for _ in 0..2 {
        wait_for(migrator.run(UP)).unwrap();
        assert_eq!(subject.sql(&format!("SELECT {column} FROM notes WHERE id = -1;")).len(), 4);
        assert_eq!(subject.sql("SELECT count(*) FROM notes;"), "2");
        wait_for(migrator.run(MigrationGoal::Down { to: 0 })).unwrap();
    }
}

fn line_endings_are_no_change_and_all_else_is(backend: Backend) {
    let subject = Subject::new(backend, "endings");
    let unix = "CREATE TABLE notes (\n    id INT\n);\n-- end\n";
    let windows = "CREATE TABLE notes (\r\n    id INT\r\n);\r\n-- end\r\n";
    let changed = "CREATE TABLE notes (\n    id  INT\n);\n-- end\n";
    let down = "DROP TABLE notes;";
    let with = |up| subject.migrator().with_migrations(migrations(&[(up, down)]));
    wait_for(async {
        with(windows).run(UP).await.unwrap();
        for same in [unix, windows] {
            let status = with(same).status().await.unwrap();
            assert_eq!(status.steps[0].state, MigrationState::Applied);
            assert!(with(same).run(UP).await.unwrap().ran.is_empty());
        }
        let status = with(changed).status().await.unwrap();
        assert_eq!(status.steps[0].state, MigrationState::Changed);
        let refused = with(changed).run(UP).await.unwrap_err().to_string();
        assert!(refused.contains("migration 1 (test) is not the one that ran"), "{refused}");
        // The file of what has run is deleted.
        let gone = subject.migrator().with_migrations(&[]);
        let status = gone.status().await.unwrap();
        assert_eq!(status.steps[0].state, MigrationState::Unknown);
        let refused = gone.run(UP).await.unwrap_err();
        assert!(
            matches!(refused, Error::SchemaTooNew { current: 1, supported: 0, .. }),
            "{refused}"
        );
        with(unix).run(MigrationGoal::Down { to: 0 }).await.unwrap();
    });
}

fn a_statement_that_fails_is_told_with_its_cause_and_what_to_do(backend: Backend) {
    let subject = Subject::new(backend, "failing");
    let first = ("CREATE TABLE one (id INT);", "DROP TABLE one;");
    let broken = "CREATE TABLE two (id INT);\nCREATE TABLE two\n    (name INT);\nCREATE TABLE three (id INT);";
    let mended = "CREATE TABLE two (id INT);\nCREATE TABLE four\n    (name INT);\nCREATE TABLE three (id INT);";
    let down = "DROP TABLE three; DROP TABLE four; DROP TABLE two;";
    let with = |second: &'static str| {
        subject.migrator().with_migrations(migrations(&[first, (second, down)]))
    };
    let before = subject.dump();
    let error = wait_for(with(broken).run(UP)).unwrap_err();
    let text = error.to_string();
    let what = "migration 2 (test) failed at statement 2 of 3, \"CREATE TABLE two (name INT)\"";
    assert!(text.contains(what), "{text}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("already exists"), "{cause}");
    if backend.is_transactional() {
        // The migration before it is not kept either: one run is done or not.
        assert!(
            text.ends_with("nothing of it was kept; mend this and run the same again"),
            "{text}"
        );
        expect_same(&subject.dump(), &before);
        wait_for(with(mended).run(UP)).unwrap();
        return;
    }
    assert!(text.ends_with("is kept; mend this and run `td migrate repair`"), "{text}");
    let status = wait_for(with(broken).status()).unwrap();
    assert_eq!(status.steps[1].state, MigrationState::Unfinished);
    let progress = status.steps[1].progress.unwrap();
    assert_eq!((progress.statements, progress.failed), (1, true));
    let refused = wait_for(with(broken).run(UP)).unwrap_err().to_string();
    assert!(refused.contains("run `td migrate repair`"), "{refused}");
    // It is known what was done of the text that it had, not of another.
    let refused = wait_for(with(mended).run(MigrationGoal::Repair)).unwrap_err().to_string();
    assert!(refused.contains("with the program that started it"), "{refused}");
    // Nothing was mended: what failed because another has the name is not taken for done.
    let failed = wait_for(with(broken).run(MigrationGoal::Repair)).unwrap_err().to_string();
    assert!(failed.contains(what), "{failed}");
    subject.sql("DROP TABLE two;");
    let report = wait_for(with(broken).run(MigrationGoal::Repair)).unwrap();
    assert_eq!((report.from, report.to, report.ran.len()), (2, 2, 1));
    assert_eq!(subject.sql("SELECT count(name) FROM two;"), "0");
    subject.sql("CREATE TABLE four (id INT);");
    // One whose first statement fails did nothing.
    let worse =
        migrations(&[first, (broken, down), ("CREATE TABLE one (id INT);", "DROP TABLE x;")]);
    let worse = subject.migrator().with_migrations(worse);
    let error = wait_for(worse.run(UP)).unwrap_err().to_string();
    assert!(
        error.ends_with("nothing of it was kept; mend this and run `td migrate up`"),
        "{error}"
    );
    assert_eq!(wait_for(with(broken).status()).unwrap().current, 2);
    // Nor one whose first statement fails when it is undone: the history is as before.
    subject.sql("DROP TABLE one;");
    wait_for(worse.run(UP)).unwrap();
    let history = subject.sql("SELECT * FROM tournament_migrations WHERE version = 3;");
    let error = wait_for(worse.run(MigrationGoal::Down { to: 2 })).unwrap_err().to_string();
    assert!(error.contains("undoing migration 3 (test) failed at statement 1 of 1"), "{error}");
    assert_eq!(subject.sql("SELECT * FROM tournament_migrations WHERE version = 3;"), history);
}

/// Foreign keys are checked when the migration has run: a table may be rebuilt that others refer to.
fn what_refers_to_nothing_afterwards_is_refused(backend: Backend) {
    let subject = Subject::new(backend, "references");
    let (keys, rebuild) = match backend {
        Backend::Sqlite => (
            "CREATE TABLE a (id INTEGER PRIMARY KEY); \
             CREATE TABLE b (a INTEGER REFERENCES a (id)); \
             INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);",
            "CREATE TABLE c (id INTEGER PRIMARY KEY); INSERT INTO c SELECT id FROM a; \
             DROP TABLE a; ALTER TABLE c RENAME TO a;",
        ),
        _ => (
            "CREATE TABLE a (id INT PRIMARY KEY); \
             CREATE TABLE b (a INT, CONSTRAINT b_fk FOREIGN KEY (a) REFERENCES a (id)); \
             INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);",
            "ALTER TABLE a ADD COLUMN x INT;",
        ),
    };
    let orphan = "DELETE FROM a WHERE id = 1;";
    let all = migrations(&[(keys, ""), (rebuild, ""), (orphan, "")]);
    let migrator = subject.migrator().with_migrations(all);
    wait_for(migrator.run(MigrationGoal::Up { to: Some(2) })).unwrap();
    let error = wait_for(migrator.run(UP)).unwrap_err().to_string();
    assert!(error.contains("migration 3 (test)"), "{error}");
    assert_eq!(subject.sql("SELECT count(*) FROM a;"), "1");
    assert_eq!(wait_for(migrator.status()).unwrap().current, 2);
}

fn a_redo_that_stops_is_undone_or_says_how_to_go_on(backend: Backend) {
    let subject = Subject::new(backend, "redo_stops");
    let first = ("CREATE TABLE a (id INT);", "DROP TABLE a;");
    // It leaves something behind that is in its own way.
    let second = ("CREATE TABLE c (id INT); CREATE TABLE b (id INT);", "DROP TABLE b;");
    let migrator = subject.migrator().with_migrations(migrations(&[first, second]));
    wait_for(migrator.run(UP)).unwrap();
    subject.sql("INSERT INTO a VALUES (1); INSERT INTO b VALUES (2);");
    let error = wait_for(migrator.run(MigrationGoal::Redo)).unwrap_err().to_string();
    assert!(error.contains("migration 2 (test) failed at statement 1 of 2"), "{error}");
    assert_eq!(subject.sql("SELECT count(*) FROM a;"), "1");
    let status = wait_for(migrator.status()).unwrap();
    if backend.is_transactional() {
        assert!(error.ends_with("run the same again"), "{error}");
        assert_eq!(status.current, 2);
        assert_eq!(subject.sql("SELECT count(*) FROM b;"), "1");
    } else {
        // To do the same again would undo the migration before.
        assert!(error.ends_with("run `td migrate up`"), "{error}");
        assert_eq!(status.current, 1);
    }
    subject.sql("DROP TABLE c;");
    wait_for(migrator.run(UP)).unwrap();
    assert_eq!(wait_for(migrator.status()).unwrap().current, 2);
}
