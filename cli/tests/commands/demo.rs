//! `td demo`

use serde_json::json;

use crate::support::Place;

#[test]
fn it_works_any_number_of_times_each_in_a_file_of_its_own() {
    let place = Place::new();
    let mut paths = Vec::new();
    for _ in 0..3 {
        let ended = place.td(&["demo"]).succeeds();
        for text in ["Swiss rounds, round 4", "Top 4, round 2", "(bye)", "1-1-1", "田中さくら"]
        {
            assert!(ended.out.contains(text), "{text}: {}", ended.out);
        }
        // The commands that it proposes work.
        let proposed = ended.out.lines().find(|line| line.ends_with("tournaments")).unwrap();
        let url = proposed.split_whitespace().nth(2).unwrap().to_owned();
        let listed = place.td(&["--db", &url, "tournaments", "--json"]).succeeds().json_lines();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0]["players"], json!(10));
        paths.push(url);
    }
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 3);
}

#[test]
fn its_standings_are_those_of_td_standings() {
    let place = Place::new();
    let ended = place.td(&["--db", "sqlite:demo.db", "demo"]).succeeds();
    let table = place.td(&["--db", "sqlite:demo.db", "standings", "Winter Cup"]).succeeds();
    let (_, rows) = table.out.split_once('\n').unwrap();
    assert!(ended.out.contains(rows), "{rows}");
    // Columns are straight although the names are of many scripts.
    assert!(rows.contains("   2  田中さくら          9  3-1-0  58.33  75.00  58.33\n"), "{rows}");
    assert!(rows.contains("   3  Zoë Ålund           9  3-1-0  54.17  75.00  54.58\n"), "{rows}");
}

#[test]
fn it_writes_to_no_file_that_exists() {
    let place = Place::new();
    place.write("taken.db", "mine");
    for url in ["sqlite:taken.db", "sqlite://taken.db", "sqlite:taken.db?synchronous=normal"] {
        let ended = place.td(&["demo", "--db", url]).exits(3);
        assert_eq!(
            ended.sentence(),
            "td: taken.db exists already, and the demo writes to a new database only"
        );
    }
    assert_eq!(std::fs::read(place.path("taken.db")).unwrap(), b"mine");
}

#[test]
fn it_does_not_look_at_the_environment() {
    let place = Place::migrated();
    let mut command = place.command(&["demo"]);
    let output = command.env("DATABASE_URL", "sqlite:tournaments.db").output().unwrap();
    crate::support::Ended::of(output).succeeds();
    assert_eq!(place.td(&["tournaments", "--json"]).succeeds().out, "");
}

#[test]
fn it_works_in_memory() {
    let place = Place::new();
    for url in ["memory:", "sqlite::memory:"] {
        let ended = place.td(&["demo", "--db", url]).succeeds();
        assert!(ended.out.ends_with("67.13\n"), "{}", ended.out);
    }
}
