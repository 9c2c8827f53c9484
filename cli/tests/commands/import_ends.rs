//! `td import` when it is stopped, or nobody listens.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tournament_core::{Player, UnitOptions};

use crate::support::published::season;
use crate::support::{Ended, Place};

#[cfg(unix)]
#[test]
fn interrupted_it_ends_with_whole_events() {
    let place = Place::migrated();
    let mut child = place
        .command(&["import", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    input.write_all(season(3, 8, 3, 1).as_bytes()).unwrap();
    input.flush().unwrap();
    let mut line = String::new();
    for _ in 0..3 {
        // A line stands for an event that is stored: it comes before the input ends.
        assert_ne!(output.read_line(&mut line).unwrap(), 0);
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let ended = Ended::of(child.wait_with_output().unwrap()).exits(130);
    assert_eq!(ended.sentence(), "td: interrupted: 3 documents are stored whole");
    drop(input);
    assert_eq!(place.standings("sqlite:tournaments.db").len(), 3);
}

#[cfg(unix)]
#[test]
fn interrupted_while_another_holds_the_store_it_does_not_try_on() {
    let place = Place::migrated();
    place.write("events.jsonl", season(1, 4, 1, 1));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(async {
        let database = crate::support::url(&place.path("tournaments.db"));
        let store = tournament_any::open(&database).await.unwrap();
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        unit.players().create(&Player::new("Ada")).await.unwrap();
        // Left alone, it would try for ten seconds and then say that the store is busy.
        let url = "sqlite:tournaments.db?busy_timeout=1000";
        let child = place.spawn(&["--db", url, "import", "events.jsonl"]);
        sleep(Duration::from_millis(700));
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let ended = Ended::of(child.wait_with_output().unwrap());
        unit.rollback().await.unwrap();
        store.close().await.unwrap();
        ended
    });
    assert_eq!(ended.exits(130).sentence(), "td: interrupted: 0 documents are stored whole");
}

#[test]
fn it_goes_on_where_nobody_reads_its_lines() {
    let place = Place::migrated();
    place.write("events.jsonl", season(40, 8, 3, 1));
    let mut child = place.spawn(&["import", "--json", "events.jsonl"]);
    drop(child.stdout.take());
    Ended::of(child.wait_with_output().unwrap()).succeeds();
    assert_eq!(place.standings("sqlite:tournaments.db").len(), 40);
}

#[test]
fn a_reader_that_has_had_enough_is_no_failure() {
    let place = Place::migrated();
    place.write("events.jsonl", season(60, 32, 3, 1));
    place.td(&["import", "events.jsonl"]).succeeds();
    for arguments in [
        &["standings", "--all"][..],
        &["standings", "--all", "--json"],
        &["tournaments"],
        &["tournaments", "--json"],
        &["--help"],
        &["demo"],
    ] {
        let mut child = place.spawn(arguments);
        let mut output = child.stdout.take().unwrap();
        if arguments != ["demo"] {
            output.read_exact(&mut [0]).unwrap();
        }
        drop(output);
        Ended::of(child.wait_with_output().unwrap()).succeeds();
    }
}

#[test]
fn no_bar_is_drawn_where_there_is_no_terminal() {
    let place = Place::migrated();
    place.write("events.jsonl", season(2, 8, 3, 1));
    let ended = place.td(&["import", "events.jsonl"]).succeeds();
    assert!(!ended.out.contains('\u{1b}'), "{:?}", ended.out);
}
