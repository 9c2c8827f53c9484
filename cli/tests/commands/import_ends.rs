//! `td import` when it is stopped, or nobody listens.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

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
