//! `td migrate`, `td health`, and stores that cannot be used.

use serde_json::json;
use tournament_core::{Player, UnitOptions};

use crate::support::published::season;
use crate::support::{Place, step};

#[test]
fn the_schema_is_made_on_request_only() {
    let place = Place::new();
    for arguments in [&["tournaments"][..], &["import", "x"], &["standings", "--all"]] {
        let ended = place.td(arguments).exits(4);
        assert!(ended.sentence().contains("td migrate up"), "{}", ended.err);
        assert!(!place.path("tournaments.db").exists());
    }
    place.td(&["migrate", "status"]).exits(4);
    assert!(!place.path("tournaments.db").exists());

    let up = place.td(&["migrate", "up", "--json"]).succeeds().json_lines();
    let newest = &up[0]["to"];
    assert_eq!(up[0]["from"], 0);
    assert_eq!(up[0]["ran"][0]["version"], 1);
    assert_eq!(up[0]["ran"][0]["name"], "initial");
    let again = place.td(&["migrate", "up", "--json"]).succeeds().json_lines();
    assert_eq!(again, [json!({"from": newest, "to": newest, "ran": []})]);
    let told = place.td(&["migrate", "up"]).succeeds().out;
    assert_eq!(told, format!("the schema is at version {newest}\n"));

    let status = place.td(&["migrate", "status", "--json"]).succeeds().json_lines();
    assert_eq!((&status[0]["current"], &status[0]["required"]), (newest, newest));
    assert_eq!(status[0]["steps"][0]["state"], "applied");
    let table = place.td(&["migrate", "status"]).succeeds().out;
    assert_eq!(step(&table, "initial")[2], "applied");
    assert_eq!(place.td(&["tournaments"]).succeeds().out.lines().count(), 1);
}

#[test]
fn an_empty_file_is_told_to_be_migrated() {
    let place = Place::new();
    place.write("tournaments.db", "");
    for arguments in [&["tournaments"][..], &["health"], &["import", "x"]] {
        let ended = place.td(arguments).exits(4);
        assert!(ended.sentence().contains("run `td migrate up`"), "{}", ended.err);
    }
    let status = place.td(&["migrate", "status"]).succeeds().out;
    assert_eq!(step(&status, "initial")[2], "pending");
    let json = place.td(&["migrate", "status", "--json"]).succeeds().json_lines();
    let advice = format!("this program needs {}: run `td migrate up`\n", json[0]["required"]);
    assert!(status.ends_with(&advice), "{status}");
    place.td(&["import", "--migrate", "-"]).succeeds();
}

#[test]
fn what_is_no_database_is_left_alone() {
    let place = Place::new();
    let text = "This is a diary, not a database. ".repeat(200);
    place.write("diary.txt", &text);
    for arguments in [
        &["tournaments"][..],
        &["health"],
        &["migrate", "up"],
        &["migrate", "status"],
        &["import", "--migrate", "x"],
    ] {
        let all: Vec<_> = ["--db", "sqlite:diary.txt"].iter().chain(arguments).copied().collect();
        let ended = place.td(&all).exits(4);
        assert!(ended.sentence().starts_with("td: "), "{}", ended.err);
    }
    assert_eq!(std::fs::read_to_string(place.path("diary.txt")).unwrap(), text);
}

#[test]
fn a_wrong_url_is_explained_and_shows_no_secret() {
    let place = Place::new();
    let cases = [
        (
            "tournaments.db",
            "a store's URL begins with `memory:`, `mysql:`, `postgres:` or `sqlite:`",
        ),
        ("oracle:x", "no adapter serves `oracle:`"),
        ("memory:x", "nothing may follow `memory:`"),
        ("sqlite:x.db?colour=red", "colour"),
        ("sqlite:", ""),
        ("sqlite:no/such/folder/x.db", ""),
        ("oracle://me:hunter2@host/x", "no adapter serves `oracle:`"),
        ("my hunter2:x", "no adapter serves this URL"),
    ];
    for (url, part) in cases {
        for arguments in [&["tournaments"][..], &["health"], &["migrate", "up"], &["demo"]] {
            let all: Vec<_> = ["--db", url].iter().chain(arguments).copied().collect();
            let ended = place.td(&all).exits(4);
            assert!(ended.sentence().contains(part), "{url}: {}", ended.err);
            assert!(!ended.err.contains("hunter2"), "{}", ended.err);
        }
    }
}

#[test]
fn health_is_told_in_both_forms() {
    let place = Place::migrated();
    let health = place.td(&["health", "--json"]).succeeds().json_lines();
    assert_eq!(health[0]["healthy"], true);
    assert_eq!(health[0]["backend"], "sqlite");
    let status = place.td(&["migrate", "status", "--json"]).succeeds().json_lines();
    assert_eq!(health[0]["schema_version"], status[0]["required"]);
    assert!(health[0]["round_trip_ms"].as_f64().unwrap() >= 0.0);
    let text = place.td(&["health"]).succeeds().out;
    assert!(text.starts_with("healthy\nbackend     sqlite 3."), "{text}");

    let absent = place.td(&["--db", "sqlite:absent.db", "health", "--json"]).exits(4);
    let lines = absent.json_lines();
    assert_eq!(lines[0]["healthy"], false);
    assert_eq!(format!("td: {}", lines[0]["problem"].as_str().unwrap()), absent.sentence());
    place.td(&["--db", "memory:", "health"]).succeeds();
}

#[test]
fn a_store_that_stays_busy_ends_an_import_and_leaves_it_whole() {
    let place = Place::migrated();
    place.write("events.jsonl", season(3, 4, 1, 1));
    let url = "sqlite:tournaments.db?busy_timeout=20";
    let arguments = ["--db", url, "import", "--json", "events.jsonl"];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(async {
        let database = crate::support::url(&place.path("tournaments.db"));
        let store = tournament_any::open(&database).await.unwrap();
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        unit.players().create(&Player::new("Ada")).await.unwrap();
        let ended = place.td(&arguments).exits(4);
        // Reading goes on meanwhile, and health is told.
        place.td(&["tournaments"]).succeeds();
        place.td(&["health"]).succeeds();
        unit.rollback().await.unwrap();
        store.close().await.unwrap();
        ended
    });
    assert!(ended.sentence().starts_with("td: the store is busy: "), "{}", ended.err);
    let answers = ended.json_lines();
    assert_eq!(answers.len(), 1, "it stops at the first: the next would fail too");
    assert_eq!(answers[0]["error"]["code"], "busy");
    let answers = place.td(&arguments).succeeds().json_lines();
    assert!(answers.iter().all(|answer| answer.get("already_stored").is_none()), "{answers:?}");
}
