//! Histories that are not what they should be, and how they are mended.

use serde_json::Value;

use crate::backend::{Backend, Subject, expect_same, on_each};

on_each![
    a_changed_checksum_is_told_and_repaired_once_agreed_to,
    what_a_newer_program_ran_is_left_alone,
    a_gap_is_told,
    what_did_not_end_is_told_and_ended_by_what_the_tables_are,
    a_history_of_another_make_is_refused,
    a_baseline_is_taken_where_the_schema_is_that_of_the_version,
    beside_other_tables_only_where_that_is_said,
];

fn verdict(subject: &Subject, code: i32) -> Value {
    subject.td(&["migrate", "check", "--json"]).exits(code).json_lines().remove(0)
}

fn a_changed_checksum_is_told_and_repaired_once_agreed_to(backend: Backend) {
    let subject = Subject::migrated(backend, "changed");
    subject.sql("UPDATE tournament_migrations SET checksum = 'x' WHERE version = 1;");
    let status = subject.td(&["migrate", "status"]).succeeds().out;
    assert!(status.contains("1  initial   changed"), "{status}");
    assert!(status.contains("run `td migrate repair`"), "{status}");
    assert_eq!(verdict(&subject, 2)["verdict"], "changed");
    for arguments in [&["migrate", "up"][..], &["migrate", "down"], &["tournaments"]] {
        let refused = subject.td(arguments).exits(4);
        let sentence = refused.sentence();
        assert!(sentence.contains("migration 1 (initial) is not the one that ran"), "{sentence}");
    }
    let plan = subject.td(&["migrate", "repair", "--dry-run"]).succeeds().out;
    let change = "V0001 initial would be recorded with the checksum that it has in this program\n";
    assert!(plan.starts_with(change), "{plan}");
    let refused = subject.td_answering(&["migrate", "repair"], "no\n").exits(3);
    assert!(refused.err.starts_with("V0001 initial will be recorded with"), "{}", refused.err);
    assert_eq!(verdict(&subject, 2)["verdict"], "changed");
    // What else is not as it should be is said too.
    subject.sql("CREATE INDEX players_email_idx ON players (email);");
    let refused = subject.td_answering(&["migrate", "repair"], "").exits(3);
    let but = "but the index players_email_idx of players should not be there\n";
    assert!(refused.err.contains(but), "{}", refused.err);
    subject.sql(match backend {
        Backend::Sqlite | Backend::Postgres => "DROP INDEX players_email_idx;",
        Backend::MariaDb | Backend::MySql => "DROP INDEX players_email_idx ON players;",
    });

    let done = subject.td_answering(&["migrate", "repair"], "yes\n").exits(0);
    assert!(done.out.starts_with("recorded the checksum of V0001 initial in "), "{}", done.out);
    subject.td(&["migrate", "check"]).succeeds();
    let again = subject.td(&["migrate", "repair", "--yes"]).succeeds().out;
    assert!(again.starts_with("there is nothing to do"), "{again}");
}

fn what_a_newer_program_ran_is_left_alone(backend: Backend) {
    let subject = Subject::migrated(backend, "newer");
    let (columns, values) = match backend {
        Backend::Postgres => {
            ("version, name, checksum, applied_at, duration_ms, success", "now(), 1, true")
        }
        _ => ("version, name, checksum, applied_at, duration_ms, success", "'2099-01-01', 1, 1"),
    };
    subject.sql(&format!(
        "INSERT INTO tournament_migrations ({columns}) VALUES (99, 'future', 'x', {values});"
    ));
    let newest = backend.known().len();
    let expected =
        format!("the schema is at version 99, this program knows {newest}: use a newer program");
    for arguments in [
        &["migrate", "up"][..],
        &["migrate", "down", "--yes"],
        &["migrate", "repair", "--yes"],
        &["migrate", "redo", "--yes"],
        &["tournaments"],
        &["import", "/dev/null"],
    ] {
        let refused = subject.td(arguments).exits(4);
        assert!(refused.sentence().contains(&expected), "{}", refused.err);
    }
    assert_eq!(verdict(&subject, 2)["verdict"], "unknown");
    let status = subject.td(&["migrate", "status"]).succeeds().out;
    assert!(status.contains("99  future    unknown"), "{status}");
    assert!(status.ends_with(": use a newer program\n"), "{status}");
}

fn a_gap_is_told(backend: Backend) {
    let subject = Subject::migrated(backend, "gap");
    subject.sql("DELETE FROM tournament_migrations WHERE version = 1;");
    for arguments in [&["migrate", "up"][..], &["migrate", "repair", "--yes"], &["tournaments"]] {
        let refused = subject.td(arguments).exits(4);
        let expected = "the history says 2 where version 1 should stand";
        assert!(refused.sentence().contains(expected), "{}", refused.err);
    }
    let check = verdict(&subject, 2);
    assert_eq!(check["verdict"], "refused");
    let status = subject.td(&["migrate", "status"]).succeeds().out;
    for told in [check["problem"].as_str().unwrap(), &status] {
        assert!(told.contains("the history says 2 where version 1 should stand"), "{told}");
    }
}

/// Only MySQL and MariaDB leave such rows; elsewhere something else wrote them.
fn what_did_not_end_is_told_and_ended_by_what_the_tables_are(backend: Backend) {
    let subject = Subject::new(backend, "unfinished");
    subject.td(&["migrate", "up", "--to", "2"]).succeeds();
    let unfinished = match backend {
        Backend::Sqlite => "UPDATE tournament_migrations SET success = 0 WHERE version = 2;",
        Backend::Postgres => "UPDATE tournament_migrations SET success = false WHERE version = 2;",
        // As if it was stopped after the last of them.
        _ => {
            "UPDATE tournament_migrations SET success = 0, statements_done = 11 WHERE version = 2;"
        }
    };
    subject.sql(unfinished);
    let status = subject.td(&["migrate", "status"]).succeeds().out;
    assert!(status.contains("2  metadata  unfinished"), "{status}");
    assert!(status.contains("run `td migrate repair`"), "{status}");
    assert_eq!(verdict(&subject, 2)["verdict"], "unfinished");
    for arguments in [&["migrate", "up"][..], &["migrate", "down"], &["tournaments"]] {
        let refused = subject.td(arguments).exits(4);
        let expected = "migration 2 (metadata) was started and did not end";
        assert!(refused.sentence().contains(expected), "{}", refused.err);
    }
    // All of it is there.
    subject.td(&["migrate", "repair", "--yes"]).succeeds();
    subject.is_sound();
    if !backend.is_transactional() {
        return;
    }
    // Nothing of it is there.
    subject.td(&["migrate", "down", "--to", "1"]).succeeds();
    subject.sql(&format!(
        "INSERT INTO tournament_migrations (version, name, checksum, applied_at, duration_ms, success) \
         SELECT 2, 'metadata', checksum, applied_at, 0, success FROM tournament_migrations; {unfinished}"
    ));
    let told = subject.td(&["migrate", "repair", "--yes"]).succeeds().out;
    assert!(told.starts_with("forgot V0002 metadata"), "{told}");
    subject.td(&["migrate", "up", "--to", "2"]).succeeds();
    // A part of it is there.
    subject.sql(unfinished);
    subject.sql("ALTER TABLE players DROP COLUMN metadata;");
    let refused = subject.td(&["migrate", "repair", "--yes"]).exits(4);
    let expected = "the schema is not that of version 2: the column players.metadata is missing";
    assert!(refused.sentence().contains(expected), "{}", refused.err);
}

fn a_history_of_another_make_is_refused(backend: Backend) {
    let subject = Subject::new(backend, "foreign");
    subject.sql("CREATE TABLE tournament_migrations (id INT PRIMARY KEY);");
    for command in ["up", "status", "check", "repair", "down", "redo"] {
        let refused = subject.td(&["migrate", command]).exits(4);
        let expected = "the table tournament_migrations cannot be read: it is not this program's";
        assert!(refused.sentence().contains(expected), "{}", refused.err);
    }
}

fn a_baseline_is_taken_where_the_schema_is_that_of_the_version(backend: Backend) {
    let subject = Subject::new(backend, "baseline");
    subject.sql(backend.known()[0].up);
    let refused = subject.td(&["migrate", "up"]).exits(4);
    assert!(refused.sentence().contains("td migrate baseline N"), "{}", refused.err);
    for (version, part) in [
        ("0", "the schema is not that of version 0: the table components should not be there; "),
        ("2", "the schema is not that of version 2: the column matches.metadata is missing; "),
        ("99", "there is no version 99"),
    ] {
        let refused = subject.td(&["migrate", "baseline", version]).exits(4);
        assert!(refused.sentence().contains(part), "{}", refused.err);
    }
    let before = subject.dump();
    let told = subject.td(&["migrate", "baseline", "1", "--dry-run"]).succeeds().out;
    assert!(told.starts_with("V0001 initial would be recorded as run"), "{told}");
    expect_same(&subject.dump(), &before);
    // One that stopped after it had made the history goes on.
    subject.td(&["migrate", "baseline", "1"]).succeeds();
    subject.sql("DELETE FROM tournament_migrations;");
    let told = subject.td(&["migrate", "baseline", "1"]).succeeds().out;
    assert!(told.starts_with("recorded V0001 initial in "), "{told}");
    subject.td(&["migrate", "up"]).succeeds();
    subject.td(&["migrate", "check"]).succeeds();
    expect_same(&subject.dump(), &Subject::migrated(backend, "baseline_beside").dump());
}

fn beside_other_tables_only_where_that_is_said(backend: Backend) {
    let subject = Subject::new(backend, "others");
    subject.sql("CREATE TABLE bookmarks (id INT PRIMARY KEY);");
    let before = subject.dump();
    for arguments in
        [&["migrate", "up"][..], &["migrate", "up", "--dry-run"], &["import", "--migrate", "-"]]
    {
        let refused = subject.td(arguments).exits(4);
        let sentence = refused.sentence();
        assert!(sentence.contains("the database is not this program's"), "{sentence}");
        assert!(sentence.contains("(bookmarks)"), "{sentence}");
        assert!(sentence.contains("run `td migrate baseline 0`"), "{sentence}");
    }
    expect_same(&subject.dump(), &before);
    let check = subject.td(&["migrate", "check"]).exits(2).out;
    assert!(check.contains("run `td migrate baseline 0`"), "{check}");
    subject.td(&["migrate", "baseline", "0"]).succeeds();
    subject.td(&["migrate", "up"]).succeeds();
    subject.td(&["migrate", "check"]).succeeds();
}
