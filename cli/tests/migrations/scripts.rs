//! Scripts for the databases' own clients.

use crate::backend::{Backend, Subject, expect_same, on_each};

on_each![
    a_script_gives_the_same_schema_as_up_and_down,
    a_script_stops_where_the_database_is_at_another_version,
    a_script_stops_where_a_statement_fails,
    a_script_stops_in_a_database_of_others,
];

fn script(subject: &Subject, arguments: &[&str]) -> String {
    subject.td(&[&["migrate", "sql"], arguments].concat()).succeeds().out
}

fn a_script_gives_the_same_schema_as_up_and_down(backend: Backend) {
    let (by_script, by_td) = (Subject::new(backend, "script"), Subject::new(backend, "no_script"));
    by_td.td(&["migrate", "up", "--to", "0"]).succeeds();
    let version_0 = by_td.dump();
    by_td.td(&["migrate", "up", "--to", "1"]).succeeds();
    let version_1 = by_td.dump();
    by_td.td(&["migrate", "up"]).succeeds();
    let newest = by_td.dump();

    by_script.sql(&script(&by_script, &["up"]));
    expect_same(&by_script.dump(), &newest);
    by_script.td(&["migrate", "check"]).succeeds();
    let status = by_script.td(&["migrate", "status", "--json"]).succeeds().json_lines();
    for step in status[0]["steps"].as_array().unwrap() {
        let at: tournament_core::Time = step["applied_at"].as_str().unwrap().parse().unwrap();
        assert!((tournament_core::now() - at).num_seconds().abs() < 600, "{at}");
    }

    by_script.sql(&script(&by_script, &["down", "--to", "1"]));
    expect_same(&by_script.dump(), &version_1);
    assert_eq!(by_script.sql("SELECT version FROM tournament_migrations;"), "1");
    by_script.sql(&script(&by_script, &["up", "--from", "1"]));
    expect_same(&by_script.dump(), &newest);
    by_script.sql(&script(&by_script, &["down", "--to", "0"]));
    expect_same(&by_script.dump(), &version_0);
    assert_eq!(by_script.sql("SELECT count(*) FROM tournament_migrations;"), "0");
    by_script.td(&["migrate", "up"]).succeeds();
    expect_same(&by_script.dump(), &newest);
}

fn a_script_stops_where_the_database_is_at_another_version(backend: Backend) {
    let subject = Subject::new(backend, "other_version");
    let (whole, second) = (script(&subject, &["up"]), script(&subject, &["up", "--from", "1"]));
    let back = script(&subject, &["down", "--from", "1", "--to", "0"]);
    subject.td(&["migrate", "up", "--to", "0"]).succeeds();
    let dump = subject.dump();
    for wrong in [&second, &back] {
        let ended = subject.client(wrong);
        assert!(!ended.status.success(), "{}", ended.out);
        let said = ended.err.replace('_', " ");
        assert!(said.contains("at version 1"), "{said}");
        expect_same(&subject.dump(), &dump);
    }
    subject.td(&["migrate", "up"]).succeeds();
    let dump = subject.dump();
    for wrong in [&whole, &second, &back] {
        assert!(!subject.client(wrong).status.success());
        expect_same(&subject.dump(), &dump);
    }
    subject.td(&["migrate", "check"]).succeeds();
}

fn a_script_stops_where_a_statement_fails(backend: Backend) {
    let subject = Subject::new(backend, "failing");
    subject.td(&["migrate", "up", "--to", "1"]).succeeds();
    let script = script(&subject, &["up", "--from", "1"]);
    subject.sql("ALTER TABLE tournaments ADD COLUMN metadata INT;");
    let before = subject.dump();
    assert!(!subject.client(&script).status.success());
    if backend.is_transactional() {
        expect_same(&subject.dump(), &before);
        subject.td(&["migrate", "check", "--json"]).exits(2);
    } else {
        let status = subject.td(&["migrate", "status"]).succeeds().out;
        assert!(
            status.contains("unfinished, running it: 3 statements done, the next may be done"),
            "{status}"
        );
    }
    subject.sql("ALTER TABLE tournaments DROP COLUMN metadata;");
    if backend.is_transactional() {
        subject.sql(&script);
    } else {
        subject.td(&["migrate", "repair", "--yes"]).succeeds();
    }
    subject.is_sound();
}

fn a_script_stops_in_a_database_of_others(backend: Backend) {
    let subject = Subject::new(backend, "of_others");
    let script = script(&subject, &["up"]);
    subject.sql("CREATE TABLE bookmarks (id INT PRIMARY KEY);");
    let before = subject.dump();
    let ended = subject.client(&script);
    assert!(!ended.status.success(), "{}", ended.out);
    let said = ended.err.replace('_', " ");
    assert!(said.contains("this program"), "{said}");
    expect_same(&subject.dump(), &before);
    subject.td(&["migrate", "baseline", "0"]).succeeds();
    subject.sql(&script);
    subject.td(&["migrate", "check"]).succeeds();
}
