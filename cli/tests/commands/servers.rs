//! Every command on the database of a server.

use serde_json::json;

use crate::support::published::season;
use crate::support::servers::{Database, Server};
use crate::support::{Place, step};

#[test]
fn every_command_works_on_mariadb() {
    every_command_works(Server::MariaDb);
}

#[test]
fn every_command_works_on_mysql() {
    every_command_works(Server::MySql);
}

#[test]
fn every_command_works_on_postgres() {
    every_command_works(Server::Postgres);
}

fn every_command_works(server: Server) {
    let (place, database) = (Place::new(), Database::new(server, "commands"));
    let td = |arguments: &[&str]| place.td(&[&["--db", &database.url], arguments].concat());

    let told = td(&["tournaments"]).exits(4);
    assert!(told.sentence().contains("run `td migrate up`"), "{}", told.err);
    let status = td(&["migrate", "status"]).succeeds().out;
    assert_eq!(step(&status, "initial")[2], "pending");
    let up = td(&["migrate", "up", "--json"]).succeeds().json_lines();
    let status = td(&["migrate", "status", "--json"]).succeeds().json_lines();
    let newest = &status[0]["required"];
    assert_eq!((&up[0]["from"], &up[0]["to"]), (&json!(0), newest));
    let up = td(&["migrate", "up"]).succeeds().out;
    assert_eq!(up, format!("the schema is at version {newest}\n"));
    assert_eq!(status[0]["steps"][0]["state"], "applied");

    let health = td(&["health", "--json"]).succeeds().json_lines();
    assert_eq!(health[0]["healthy"], true);
    assert_eq!(health[0]["backend"], server.adapter());
    assert_eq!(&health[0]["schema_version"], newest);
    let version = health[0]["server_version"].as_str().unwrap();
    assert_eq!(version.contains("MariaDB"), server == Server::MariaDb, "{version}");
    let shown = td(&["health"]).succeeds().out;
    assert!(shown.contains(&format!("backend     {} {version}", server.adapter())), "{shown}");

    let events = place.write("season.jsonl", season(7, 12, 3, 1));
    let import = td(&["import", "--json", events.to_str().unwrap()]).succeeds().json_lines();
    assert_eq!(import.len(), 7);
    let again = td(&["import", "--json", events.to_str().unwrap()]).succeeds().json_lines();
    assert!(again.iter().all(|answer| answer["already_stored"] == true), "{again:?}");
    let tournaments = td(&["tournaments", "--json"]).succeeds().json_lines();
    assert_eq!(tournaments.len(), 7);
    assert_eq!(database.ask("SELECT count(*) FROM tournaments"), "7");

    // The same as in a file.
    place.td(&["import", "--migrate", events.to_str().unwrap()]).succeeds();
    let in_a_file = place.standings("sqlite:tournaments.db");
    assert_eq!(place.standings(&database.url), in_a_file);
    let one = td(&["standings", "Friday 3"]).succeeds().out;
    assert_eq!(one, place.td(&["standings", "Friday 3"]).succeeds().out);

    let refused = td(&["demo"]).exits(3);
    assert!(refused.sentence().contains("there are rows in this database"), "{}", refused.err);
}

#[test]
fn the_demo_runs_in_an_empty_database_on_mariadb() {
    the_demo_runs(Server::MariaDb);
}

#[test]
fn the_demo_runs_in_an_empty_database_on_mysql() {
    the_demo_runs(Server::MySql);
}

#[test]
fn the_demo_runs_in_an_empty_database_on_postgres() {
    the_demo_runs(Server::Postgres);
}

fn the_demo_runs(server: Server) {
    let (place, database) = (Place::new(), Database::new(server, "demo"));
    let shown = place.td(&["--db", &database.url, "demo"]).succeeds().out;
    assert!(shown.contains("Winter Cup"), "{shown}");
    assert_eq!(database.ask("SELECT count(*) FROM tournaments"), "1");
}

#[test]
fn a_server_that_is_not_there_is_told_in_a_sentence_without_its_password() {
    let place = Place::new();
    for scheme in ["mariadb", "mysql", "postgres"] {
        // Nothing listens at port 1. This runs with or without a server.
        let url = format!("{scheme}://bot:hunter2@127.0.0.1:1/cup");
        for arguments in [
            &["tournaments"][..],
            &["health"],
            &["migrate", "up"],
            &["migrate", "status"],
            &["import", "--migrate", "x"],
            &["standings", "--all"],
            &["demo"],
        ] {
            let ended = place.td(&[&["--db", &url], arguments].concat()).exits(4);
            let sentence = ended.sentence();
            assert!(sentence.contains("127.0.0.1:1: the server cannot be reached"), "{sentence}");
            assert!(!sentence.contains("hunter2") && !ended.out.contains("hunter2"), "{sentence}");
        }
    }
    for (url, part) in [
        ("postgres://bot:hunter2@host/x?sslmode=on", "sslmode is disable"),
        ("mysql://bot:hunter2@host/x?ssl-mode=on", "ssl-mode is DISABLED"),
    ] {
        let ended = place.td(&["--db", url, "health"]).exits(4);
        assert!(ended.sentence().contains(part), "{}", ended.err);
        assert!(!ended.err.contains("hunter2"), "{}", ended.err);
    }
}
