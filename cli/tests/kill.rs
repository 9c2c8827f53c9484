//! Killed at any moment of an import, the file holds whole events only, and the same import then
//! completes it.
//!
//! `SEED=N` repeats the moments of a run; `REAL_EVENTS=FILE` takes the events from there.
#![allow(clippy::unwrap_used, clippy::expect_used)] // Helpers are tests too.

mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use support::published::{Random, season};
use support::{Place, url};
use tournament_core::{Dataset, Id, Tournament};
use tournament_director::import::{Documents, Source};

const KILLS: usize = 24;
const EVENTS: usize = 20;

/// A kill falls at most this long after a line: about as long as an event takes.
const LONGEST_WAIT: usize = 20_000;

fn events() -> String {
    let Ok(file) = std::env::var("REAL_EVENTS") else {
        return season(EVENTS, 40, 5, 1);
    };
    Documents::of(Source::open(Path::new(&file)).unwrap())
        .take(EVENTS)
        .map(|document| String::from_utf8(document.unwrap().json.unwrap()).unwrap() + "\n")
        .collect()
}

fn seed() -> u64 {
    match std::env::var("SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into(),
    }
}

/// All that the file holds.
fn contents(path: &Path) -> Dataset {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = tournament_any::open(&url(path)).await.unwrap();
        let contents = store.export().await.unwrap();
        store.close().await.unwrap();
        contents
    })
}

/// What belongs to one tournament.
fn event(all: &Dataset, id: Id<Tournament>) -> Dataset {
    let mut event = Dataset::new();
    event.tournaments.extend(all.tournaments.iter().filter(|row| row.id == id).cloned());
    event
        .registrations
        .extend(all.registrations.iter().filter(|row| row.tournament_id == id).cloned());
    event.components.extend(all.components.iter().filter(|row| row.tournament_id == id).cloned());
    event.rounds.extend(all.rounds.iter().filter(|row| row.tournament_id == id).cloned());
    event.matches.extend(all.matches.iter().filter(|row| row.tournament_id == id).cloned());
    event.last_sequence_ids.extend(all.last_sequence_ids.get(&id).map(|last| (id, *last)));
    event
}

/// Starts an import, kills it a moment after a line, and gives the number of lines.
fn import_and_kill(place: &Place, path: &Path, lines: usize, wait: Duration) -> usize {
    let mut child = place
        .command(&["--db", &url(path), "import", "--json", "events.jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    for _ in 0..lines {
        output.read_line(&mut said).unwrap();
    }
    sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    while output.read_line(&mut said).unwrap() > 0 {}
    said.matches("\"tournament_id\"").count()
}

#[test]
fn killed_at_any_moment_it_leaves_whole_events_and_can_be_completed() {
    let seed = seed();
    println!("SEED={seed}");
    let mut random = Random::new(seed);
    let place = Place::migrated();
    place.write("events.jsonl", events());
    let empty = std::fs::read(place.path("tournaments.db")).unwrap();
    place.td(&["import", "events.jsonl"]).succeeds();
    let reference = contents(&place.path("tournaments.db"));
    let all = reference.tournaments.len();
    assert!(all > EVENTS / 2, "{all} events were stored");

    let mut midway = 0;
    for kill in 0..KILLS {
        let path = place.write(&format!("killed-{kill}.db"), &empty);
        let lines = random.below(all);
        let wait = u64::try_from(random.below(LONGEST_WAIT)).unwrap();
        let said = import_and_kill(&place, &path, lines, Duration::from_micros(wait));

        let left = contents(&path);
        let count = left.tournaments.len();
        println!(
            "killed {wait} µs after line {lines}: {said} events were confirmed, {count} are stored"
        );
        assert!(count >= said, "a confirmed event is lost");
        midway += usize::from(0 < count && count < all);
        for tournament in &left.tournaments {
            assert_eq!(event(&left, tournament.id), event(&reference, tournament.id));
        }
        let whole: usize = left.tournaments.iter().map(|row| event(&reference, row.id).len()).sum();
        let shared = left.players.len() + left.venues.len() + left.formats.len();
        assert_eq!(left.len(), whole + shared, "a row belongs to no event");
        assert!(left.players.iter().all(|row| reference.players.contains(row)));

        let database = url(&path);
        place.td(&["--db", &database, "import", "events.jsonl"]).succeeds();
        assert_eq!(contents(&path), reference);
    }
    assert!(midway * 2 > KILLS, "only {midway} kills fell into the middle of an import");
}
