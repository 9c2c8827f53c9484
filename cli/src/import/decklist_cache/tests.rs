//! What each part of an event becomes, and how what is wrong with one is named.

use serde_json::{Value, json};
use tournament_core::{ComponentType, Dataset, Error};

use super::dataset;

fn event(rounds: &Value) -> Value {
    json!({
        "Source": "The Copper Lantern",
        "Tournament": {"Date": "2025-01-04T17:00:00", "Name": "Winter Cup", "Formats": "Pauper"},
        "Rounds": rounds,
    })
}

fn pairing(player1: impl Into<Value>, player2: impl Into<Value>, result: &str) -> Value {
    json!({"Player1": player1.into(), "Player2": player2.into(), "Result": result})
}

fn round(name: &str, matches: &[Value]) -> Value {
    json!({"RoundName": name, "Matches": matches})
}

fn read(event: &Value) -> Result<Dataset, Error> {
    dataset(event.to_string().as_bytes())
}

/// The matches of an event of one round, as names and games.
fn matches(pairings: &[Value]) -> Vec<(String, Option<String>, [i64; 3])> {
    let dataset = read(&event(&json!([round("Round 1", pairings)]))).unwrap();
    let name = |id| {
        let player = dataset.players.iter().find(|player| player.id == id).unwrap();
        player.name.clone()
    };
    dataset
        .matches
        .iter()
        .map(|row| {
            let games = [row.player1_wins, row.player2_wins, row.draws];
            (name(row.player1_id), row.player2_id.map(name), games)
        })
        .collect()
}

#[test]
fn an_event_becomes_rows_that_a_store_takes() {
    let dataset = read(&event(&json!([
        round("Round 1", &[pairing("Ada", " Ben ", "2-1-0"), pairing("Cleo", "-", "2-0-0")]),
        round("2", &[pairing("Ada", "Cleo", "0-0-0"), pairing("Dan", "Ben", "0-2-0")]),
        round("Semifinals", &[pairing("Ada", "Dan", "2-0-0")]),
        round("Finals", &[pairing("Cleo", "Ada", "2-0-0")]),
    ])))
    .unwrap();
    let prepared = dataset.prepare().unwrap();
    assert_eq!(prepared, dataset);

    let names: Vec<_> = dataset.players.iter().map(|player| player.name.as_str()).collect();
    assert_eq!(names, ["td import", "Ada", "Ben", "Cleo", "Dan"]);
    let numbers: Vec<_> = dataset.registrations.iter().map(|row| row.sequence_id).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    let components: Vec<_> =
        dataset.components.iter().map(|row| (row.r#type, row.sequence_order)).collect();
    assert_eq!(components, [(ComponentType::Swiss, 1), (ComponentType::SingleElimination, 2)]);
    assert_eq!(
        Value::Object(dataset.components[1].config.clone()),
        json!({"round_names": ["Semifinals", "Finals"]})
    );
    let rounds: Vec<_> = dataset
        .rounds
        .iter()
        .map(|row| (row.component_id == dataset.components[0].id, row.round_number))
        .collect();
    assert_eq!(rounds, [(true, 1), (true, 2), (false, 1), (false, 2)]);
    let tables: Vec<_> = dataset.matches.iter().map(|row| row.table_number.unwrap()).collect();
    assert_eq!(tables, [1, 2, 1, 2, 1, 1]);
    assert!(dataset.matches.iter().all(|row| row.status.as_str() == "completed"));

    let tournament = &dataset.tournaments[0];
    assert_eq!(tournament.status.as_str(), "completed");
    assert_eq!(tournament.created_at.to_rfc3339(), "2025-01-04T17:00:00+00:00");
    assert_eq!(tournament.created_by, dataset.players[0].id);
    assert_eq!(dataset.venues[0].name, "The Copper Lantern");
    assert_eq!(dataset.formats[0].card_pool, "Pauper");
}

#[test]
fn byes_are_known_on_either_side_in_every_spelling() {
    for nobody in [json!("-"), json!("Bye"), json!("BYE"), json!(""), json!(" "), json!(null)] {
        let sides = [
            pairing("Ada", nobody.clone(), "2-0-0"),
            pairing(nobody.clone(), "Ben", "0-2-0"),
            pairing("Cleo", nobody.clone(), "0-0-1"),
            json!({"Player1": "Dan", "Player2": nobody, "Result": null}),
        ];
        let expected: Vec<_> =
            ["Ada", "Ben", "Cleo", "Dan"].map(|name| (name.to_owned(), None, [2, 0, 0])).into();
        assert_eq!(matches(&sides), expected);
    }
}

#[test]
fn a_match_listed_from_both_sides_is_one() {
    let names = |first: &str, second: &str| (first.to_owned(), Some(second.to_owned()));
    let cases = [
        (("1-1-1", "1-1-1"), 1),
        (("0-0-0", "0-0-0"), 1),
        (("2-1-0", "1-2-0"), 1),
        // These contradict one another: which is right cannot be told.
        (("0-0-0", "0-2-0"), 2),
    ];
    for ((one, other), count) in cases {
        let found = matches(&[pairing("Ada", "Ben", one), pairing("Ben", "Ada ", other)]);
        assert_eq!(found.len(), count, "{one} {other}");
        assert_eq!((found[0].0.clone(), found[0].1.clone()), names("Ada", "Ben"));
    }
    // From one side only, the same result twice is two matches.
    let twice = [pairing("Ada", "Ben", "2-1-0"), pairing("Ada", "Ben", "2-1-0")];
    assert_eq!(matches(&twice).len(), 2);
    let byes = [pairing("Ada", "-", "2-0-0"), pairing("-", "Ada", "0-2-0")];
    assert_eq!(matches(&byes).len(), 1);
}

#[test]
fn whoever_is_ranked_is_registered_after_those_who_played() {
    let mut event = event(&json!([round("Round 1", &[pairing("Ada", "Ben", "2-0-0")])]));
    event["Standings"] = json!([{"Player": "Cleo "}, {"Player": "Ada"}, {"Player": "-"}]);
    let dataset = read(&event).unwrap();
    let names: Vec<_> = dataset.players.iter().map(|player| player.name.as_str()).collect();
    assert_eq!(names, ["td import", "Ada", "Ben", "Cleo"]);
    assert_eq!(dataset.registrations.len(), 3);
}

#[test]
fn ids_follow_from_content_alone() {
    let base = event(&json!([round("Round 1", &[pairing("Ada", "Ben", "2-0-0")])]));
    let id = |event: &Value| read(event).unwrap().tournaments[0].id;
    let pretty = serde_json::to_vec_pretty(&base).unwrap();
    assert_eq!(dataset(&pretty).unwrap().tournaments[0].id, id(&base));

    let mut same = base.clone();
    same["Tournament"]["Date"] = json!("2025-01-04T18:00:00+01:00");
    same["Tournament"]["Name"] = json!(" Winter Cup ");
    same["Decks"] = json!([1, 2, 3]);
    assert_eq!(id(&same), id(&base));

    for (pointer, value) in [
        ("/Source", json!("Elsewhere")),
        ("/Tournament/Name", json!("Winter Cup 2")),
        ("/Tournament/Date", json!("2025-01-05T17:00:00")),
        ("/Tournament/Formats", json!(null)),
        ("/Rounds/0/RoundName", json!("Round 2")),
        ("/Rounds/0/Matches/0/Result", json!("2-1-0")),
        ("/Rounds/0/Matches/0/Player2", json!("-")),
        ("/Rounds/0/Matches/0/Player2", json!("Cleo")),
    ] {
        let mut other = base.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        assert_ne!(id(&other), id(&base), "{pointer}");
    }
    let players = |event: &Value| read(event).unwrap().players;
    let mut elsewhere = base.clone();
    elsewhere["Source"] = json!("Elsewhere");
    assert_eq!(players(&elsewhere), players(&base));
}

#[test]
fn no_format_is_called_unknown() {
    let mut event = event(&json!([round("1", &[])]));
    event["Tournament"]["Formats"] = json!(null);
    assert_eq!(read(&event).unwrap().formats[0].name, "Unknown");
}

#[test]
fn what_is_wrong_is_named_by_its_path() {
    let long = "x".repeat(201);
    let cases = [
        ("/Source", json!(null), "Source", "is missing"),
        ("/Source", json!("  "), "Source", "must not be empty"),
        ("/Source", json!(7), "Source", "expected a string"),
        ("/Source", json!(long), "Source", "at most 200"),
        ("/Tournament", json!([]), "Tournament", "invalid length 0"),
        ("/Tournament/Name", json!(null), "Tournament.Name", "is missing"),
        ("/Tournament/Name", json!(long), "Tournament.Name", "at most 200"),
        ("/Tournament/Name", json!("a\u{7}b"), "Tournament.Name", "control characters"),
        ("/Tournament/Date", json!("soon"), "Tournament.Date", "not \"soon\""),
        ("/Tournament/Date", json!("0999-01-01T00:00:00"), "Tournament.Date", "1000 to 9999"),
        ("/Tournament/Date", json!("2025-02-30T00:00:00"), "Tournament.Date", "such as"),
        ("/Tournament/Formats", json!(long), "Tournament.Formats", "at most 100"),
        ("/Rounds", json!(null), "Rounds", "at least one"),
        ("/Rounds", json!([]), "Rounds", "at least one"),
        ("/Rounds/0/RoundName", json!(null), "Rounds[0].RoundName", "is missing"),
        ("/Rounds/0/RoundName", json!("Round 0"), "Rounds[0].RoundName", "from 1"),
        ("/Rounds/0/RoundName", json!("99999999999"), "Rounds[0].RoundName", "from 1"),
        ("/Rounds/0/RoundName", json!("Round 2"), "Rounds[1].RoundName", "second round 2"),
        ("/Rounds/0/RoundName", json!("Top\u{0}8"), "Rounds", "NUL"),
        ("/Rounds/0/Matches", json!(null), "Rounds[0].Matches", "is missing"),
        ("/Rounds/0/Matches", json!({}), "Rounds[0].Matches", "expected a sequence"),
        ("/Rounds/1/Matches/0/Result", json!(null), "Rounds[1].Matches[0].Result", "is missing"),
        ("/Rounds/1/Matches/0/Result", json!("2-1"), "Rounds[1].Matches[0].Result", "\"2-1\""),
        ("/Rounds/1/Matches/0/Result", json!("2-1-0-0"), "Rounds[1].Matches[0].Result", "three"),
        ("/Rounds/1/Matches/0/Result", json!("+2-1-0"), "Rounds[1].Matches[0].Result", "three"),
        ("/Rounds/1/Matches/0/Result", json!("2--1-0"), "Rounds[1].Matches[0].Result", "three"),
        (
            "/Rounds/1/Matches/0/Result",
            json!("2-9999999999-0"),
            "Rounds[1].Matches[0].Result",
            "three",
        ),
        (
            "/Rounds/1/Matches/0/Result",
            json!(2),
            "Rounds[1].Matches[0].Result",
            "expected a string",
        ),
        (
            "/Rounds/1/Matches/0/Player1",
            json!("Dan"),
            "Rounds[1].Matches[0].Player2",
            "Player1 too",
        ),
        ("/Rounds/1/Matches/0/Player1", json!(long), "Rounds[1].Matches[0].Player1", "at most 100"),
        ("/Rounds/1/Matches/0/Player1", json!("a\nb"), "Rounds[1].Matches[0].Player1", "control"),
        ("/Rounds/0/Matches/0/Player1", json!(""), "Rounds[0].Matches[0].Player1", "nobody"),
        ("/Standings/0/Player", json!("a\tb"), "Standings[0].Player", "control"),
    ];
    for (pointer, value, path, reason) in cases {
        let mut event = event(&json!([
            round("Round 1", &[pairing("Ada", "-", "2-0-0")]),
            round("Round 2", &[pairing("Cleo", "Dan", "2-0-0")]),
        ]));
        event["Standings"] = json!([{"Player": "Ada"}]);
        *event.pointer_mut(pointer).unwrap() = value.clone();
        let error = read(&event).unwrap_err();
        assert_eq!(error.code(), "validation", "{pointer} {value}");
        assert_eq!(error.fields(), [path], "{pointer} {value}: {error}");
        assert!(error.to_string().contains(reason), "{pointer} {value}: {error}");
    }
}

#[test]
fn text_that_is_no_event_is_refused() {
    for text in ["", "{", "nonsense", "[1,2]", "5", "{}", "\u{0}", "{\"Tournament\":5}"] {
        assert_eq!(dataset(text.as_bytes()).unwrap_err().code(), "validation", "{text:?}");
    }
    assert_eq!(dataset(&[0xff, 0xfe]).unwrap_err().code(), "validation");
    let deep = "[".repeat(100_000);
    assert_eq!(dataset(deep.as_bytes()).unwrap_err().code(), "validation");
}
