//! `td import`: what is stored, refused and said.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tournament_core::{FormatFilter, Page};

use crate::support::Place;
use crate::support::published::{event, season};

fn lines(events: &[Value]) -> String {
    events.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

/// The standings of the only tournament, as (player, points).
fn points(place: &Place) -> Vec<(String, i64)> {
    let all = place.standings("sqlite:tournaments.db");
    assert_eq!(all.len(), 1);
    all[0]["standings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["player"].as_str().unwrap().to_owned(), row["points"].as_i64().unwrap()))
        .collect()
}

#[test]
fn each_event_is_answered_by_a_line() {
    let place = Place::migrated();
    let good = event("Winter Cup", &[("Ada", "Ben", "2-1-0"), ("Cleo", "-", "2-0-0")]);
    let bad = event("Spring Cup", &[("Ada", "Ben", "many")]);
    place.write("events.jsonl", lines(&[good, bad]));
    let ended = place.td(&["import", "--json", "events.jsonl"]).exits(3);
    let answers = ended.json_lines();
    assert_eq!(answers.len(), 2);
    let id = answers[0]["tournament_id"].as_str().unwrap();
    assert_eq!(
        ended.out.lines().next().unwrap(),
        format!(r#"{{"line":1,"tournament_id":"{id}","players":3,"matches":2}}"#)
    );
    assert_eq!(answers[1]["line"], 2);
    assert_eq!(answers[1]["error"]["code"], "validation");
    assert_eq!(answers[1]["error"]["problems"][0]["field"], "Rounds[0].Matches[0].Result");
    assert_eq!(answers[1].as_object().unwrap().len(), 2);
    assert_eq!(ended.sentence(), "td: 1 of 2 documents were refused");
}

#[test]
fn the_same_file_again_stores_nothing() {
    let place = Place::migrated();
    place.write("events.jsonl", season(5, 9, 3, 1));
    let first = place.td(&["import", "events.jsonl"]).succeeds();
    assert!(first.out.contains("stored          5\nalready stored  0\n"), "{}", first.out);
    let before = place.standings("sqlite:tournaments.db");
    let second = place.td(&["import", "events.jsonl"]).succeeds();
    assert!(second.out.contains("stored          0\nalready stored  5\n"), "{}", second.out);
    assert!(second.out.contains("rows            0,"), "{}", second.out);
    assert_eq!(place.standings("sqlite:tournaments.db"), before);

    let third = place.td(&["import", "--json", "events.jsonl"]).succeeds().json_lines();
    assert!(third.iter().all(|answer| answer["already_stored"] == true), "{third:?}");
    // Another store gets the same ids.
    let other = place.td(&["--db", "memory:", "import", "--json", "events.jsonl"]).succeeds();
    for (one, other) in third.iter().zip(other.json_lines()) {
        assert_eq!(one["tournament_id"], other["tournament_id"]);
        assert_eq!(other.get("already_stored"), None);
    }
}

#[test]
fn two_imports_at_once_both_succeed() {
    let place = Place::migrated();
    place.write("one.jsonl", season(25, 16, 4, 1));
    place.write("two.jsonl", season(25, 16, 4, 2));
    let imports: Vec<_> = ["one.jsonl", "two.jsonl", "one.jsonl"]
        .iter()
        .map(|file| place.spawn(&["import", file]))
        .collect();
    for import in imports {
        crate::support::Ended::of(import.wait_with_output().unwrap()).succeeds();
    }
    let listed = place.td(&["tournaments", "--json"]).succeeds().json_lines();
    assert_eq!(listed.len(), 50);
}

#[test]
fn a_drawn_match_listed_from_both_sides_counts_once() {
    let place = Place::migrated();
    let pairings = [("Ada", "Ben", "1-1-1"), (" Ben", "Ada", "1-1-1"), ("Cleo", "Dan", "0-0-0")];
    place.write("events.jsonl", lines(&[event("Winter Cup", &pairings)]));
    let answers = place.td(&["import", "--json", "events.jsonl"]).succeeds().json_lines();
    assert_eq!((&answers[0]["players"], &answers[0]["matches"]), (&json!(4), &json!(2)));
    let all_drew: Vec<_> =
        ["Ada", "Ben", "Cleo", "Dan"].map(|name| (name.to_owned(), 1)).into_iter().collect();
    let mut found = points(&place);
    found.sort();
    assert_eq!(found, all_drew);
}

#[test]
fn a_bye_on_either_side_is_won() {
    let place = Place::migrated();
    let pairings = [("-", "Ada", "0-2-0"), ("Ben", "Bye", "2-0-0"), ("", "Cleo", "0-0-0")];
    place.write("events.jsonl", lines(&[event("Winter Cup", &pairings)]));
    place.td(&["import", "events.jsonl"]).succeeds();
    assert!(points(&place).iter().all(|(_, points)| *points == 3), "{:?}", points(&place));
    assert_eq!(points(&place).len(), 3);
}

#[test]
fn strict_stops_at_the_first_refusal() {
    let place = Place::migrated();
    let good = |name| event(name, &[("Ada", "Ben", "2-1-0")]);
    let bad = event("", &[]);
    place.write("events.jsonl", lines(&[good("One"), bad, good("Two")]));
    let ended = place.td(&["import", "--strict", "events.jsonl"]).exits(3);
    assert!(ended.err.contains("events.jsonl:2: tournament: Tournament.Name must not be empty"));
    assert!(ended.err.ends_with("td: stopped as --strict asks: 1 document is stored whole\n"));
    let listed = place.td(&["tournaments", "--json"]).succeeds().json_lines();
    assert_eq!(listed.len(), 1);

    // Without it the others go on.
    let ended = place.td(&["import", "events.jsonl"]).exits(3);
    assert!(ended.out.contains("stored          1\nalready stored  1\nrefused         1\n"));
}

#[test]
fn packed_files_and_the_standard_input_are_read() {
    let text = season(2, 4, 1, 3);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let place = Place::migrated();
    place.write("a.jsonl", &text);
    place.write("b.jsonl.gz", &packed);
    // The name says nothing: the content does.
    place.write("c", &packed);
    let array: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    place.write("d.json", serde_json::to_vec_pretty(&array).unwrap());
    let files = ["import", "--json", "a.jsonl", "b.jsonl.gz", "c", "d.json", "-"];
    let answers = place.td_reading(&files, &packed).succeeds().json_lines();
    assert_eq!(answers.len(), 10);
    for (place, answer) in answers.iter().enumerate() {
        assert_eq!(answer["tournament_id"], answers[place % 2]["tournament_id"]);
        assert_eq!(answer["already_stored"] == true, place >= 2);
    }
    let files: Vec<_> = answers.iter().map(|answer| answer["file"].as_str().unwrap()).collect();
    assert_eq!(files[0], "a.jsonl");
    assert_eq!(files[9], "-");
    let plain = place.td_reading(&["import", "--json", "-"], text.as_bytes()).succeeds();
    assert!(plain.json_lines().iter().all(|answer| answer.get("file").is_none()));
}

#[test]
fn a_dataset_is_stored_once_and_whole() {
    let place = Place::migrated();
    let dataset = include_str!("../../demo/winter-cup.json");
    place.write("dataset.json", dataset);
    let answers = place.td(&["import", "--json", "dataset.json"]).succeeds().json_lines();
    assert_eq!(answers, [json!({"line": 1, "players": 11, "matches": 23, "rows": 55})]);
    let again = place.td(&["import", "--json", "dataset.json"]).exits(3).json_lines();
    assert_eq!(again[0]["error"]["code"], "already_exists");
    assert_eq!(points(&place).len(), 10);

    // One row that is wrong refuses all of it.
    let mut wrong: Value = serde_json::from_str(dataset).unwrap();
    wrong["matches"][22]["draws"] = json!(-1);
    place.write("wrong.json", wrong.to_string());
    let ended =
        place.td(&["--db", "sqlite:other.db", "import", "--migrate", "wrong.json"]).exits(3);
    assert!(ended.err.contains("wrong.json:1: match[22]: draws must be from 0"), "{}", ended.err);
    assert_eq!(place.standings("sqlite:other.db"), [] as [Value; 0]);
}

#[test]
fn a_format_that_the_store_has_already_is_used() {
    let place = Place::migrated();
    place.write(
        "own.json",
        json!({"formats": [{"name": "Pauper", "game_system": "magic_the_gathering",
            "base_format": "constructed", "card_pool": "Commons"}]})
        .to_string(),
    );
    place.td(&["import", "own.json"]).succeeds();
    place.write("events.jsonl", season(4, 4, 1, 5));
    place.td(&["import", "events.jsonl"]).succeeds();
    place.td(&["import", "events.jsonl"]).succeeds();
    assert_eq!(place.standings("sqlite:tournaments.db").len(), 4);
}

#[test]
fn a_format_that_was_renamed_since_is_still_used() {
    let place = Place::migrated();
    place.write("one.jsonl", lines(&[event("Winter Cup", &[("Ada", "Ben", "2-0-0")])]));
    place.write("two.jsonl", lines(&[event("Spring Cup", &[("Ada", "Ben", "2-0-0")])]));
    place.td(&["import", "one.jsonl"]).succeeds();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = crate::support::url(&place.path("tournaments.db"));
        let store = tournament_any::open(&url).await.unwrap();
        let page = store.formats().list(&FormatFilter::default(), &Page::new()).await.unwrap();
        let mut renamed = page.items[0].clone();
        "Commons only".clone_into(&mut renamed.name);
        store.formats().update(&renamed).await.unwrap();
        store.close().await.unwrap();
    });
    place.td(&["import", "two.jsonl"]).succeeds();
    assert_eq!(place.standings("sqlite:tournaments.db").len(), 2);
}

#[test]
fn what_is_wrong_in_a_document_of_several_lines_is_placed_in_it() {
    let place = Place::migrated();
    place.write(
        "x.json",
        "\n\n[\n{\"players\": []},\n{\n  \"players\": [{\n    \"name\": 5\n}]}]\n",
    );
    let ended = place.td(&["import", "x.json"]).exits(3);
    let reason = "x.json:5: tournament: players[0].name is not as it should be: \
                  invalid type: integer `5`, expected a string at its line 3, column 13\n";
    assert!(ended.err.starts_with(reason), "{}", ended.err);
}

#[test]
fn the_format_can_be_said() {
    let place = Place::migrated();
    place.write("events.jsonl", season(1, 4, 1, 5));
    place.td(&["import", "--format", "decklist-cache", "events.jsonl"]).succeeds();
    let ended = place.td(&["import", "--format", "dataset", "events.jsonl"]).exits(3);
    assert!(ended.err.contains("document is no dataset: unknown field `Rounds`"), "{}", ended.err);
    place.td(&["import", "--format", "spreadsheet", "events.jsonl"]).exits(2);
}

#[test]
fn a_file_that_cannot_be_read_is_refused_and_the_others_go_on() {
    let place = Place::migrated();
    place.write("events.jsonl", season(1, 4, 1, 5));
    let ended = place.td(&["import", "absent.jsonl", ".", "events.jsonl"]).exits(3);
    assert!(ended.err.contains("absent.jsonl:1: tournament: document cannot be read: "));
    assert!(ended.err.contains(".:1: tournament: document cannot be read: "));
    assert!(ended.err.ends_with("td: 2 of 3 documents were refused\n"), "{}", ended.err);
    assert_eq!(place.standings("sqlite:tournaments.db").len(), 1);

    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(season(50, 8, 3, 6).as_bytes()).unwrap();
    let mut packed = packed.finish().unwrap();
    packed.truncate(packed.len() / 2);
    place.write("torn.jsonl.gz", packed);
    let ended = place.td(&["import", "torn.jsonl.gz"]).exits(3);
    assert!(ended.err.contains("document cannot be read: "), "{}", ended.err);
    assert!(place.standings("sqlite:tournaments.db").len() > 1);
}
