//! Whatever is given to `td import`, it answers: no panic, and nothing half stored.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::Place;
use crate::support::published::event;

#[test]
fn nasty_documents_are_refused_each_for_a_reason() {
    let place = Place::migrated();
    let deep = "[".repeat(200_000);
    let deep_object = "{\"Tournament\":".repeat(100_000);
    let long_name = event(&"x".repeat(5_000_000), &[("Ada", "Ben", "2-0-0")]).to_string();
    let number = r#"{"Source":"X","Tournament":{"Date":1e999,"Name":"x"},"Rounds":[]}"#;
    let cases: Vec<Vec<u8>> = vec![
        b"\0".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        b"null".to_vec(),
        b"true".to_vec(),
        b"-".to_vec(),
        b"\"text\"".to_vec(),
        b"{}".to_vec(),
        b"{\"Tournament\":null}".to_vec(),
        b"{\"Rounds\":{}}".to_vec(),
        b"{\"Rounds\":[],\"Rounds\":[]}".to_vec(),
        b"{\"players\":5}".to_vec(),
        b"{\"players\":[{}]}".to_vec(),
        b"{\"players\":[],\"extra\":1}".to_vec(),
        b"{\"last_sequence_ids\":{\"x\":1}}".to_vec(),
        b"{\"last_sequence_ids\":{\"0194785a-bc8e-7671-88ed-5f0344f758cd\":1}}".to_vec(),
        b"{\"players\":[{\"name\":\"\\ud800\"}]}".to_vec(),
        b"{\"players\":[{\"name\":\"a\",\"version\":99999999999999999999}]}".to_vec(),
        b"{} {}".to_vec(),
        b"\x1f".to_vec(),
        number.into(),
        deep.into(),
        deep_object.into(),
        long_name.into(),
    ];
    for document in cases {
        let shown = String::from_utf8_lossy(&document[..document.len().min(60)]).into_owned();
        for file in ["x.jsonl", "x.json", "x"] {
            place.write(file, &document);
            let answers = place.td(&["import", "--json", file]).exits(3).json_lines();
            assert!(!answers.is_empty(), "{shown}");
            for answer in answers {
                assert!(answer["error"]["code"].is_string(), "{shown}: {answer}");
            }
        }
    }
    assert_eq!(place.td(&["tournaments"]).succeeds().out.lines().count(), 1);
}

#[test]
fn a_refusal_names_the_field_and_is_short_whatever_it_quotes() {
    let place = Place::migrated();
    let long = "x".repeat(1_000_000);
    let cases = [
        (json!({"players": [{"name": "Ada"}, {"name": [long]}]}), "players[1].name"),
        (json!({"tournaments": [{"name": "Cup", "status": long}]}), "tournaments[0].status"),
        (json!({"players": [], &long: 1}), "document"),
        (json!({"Source": "X", "Tournament": long}), "Tournament"),
        (json!(long), "document"),
    ];
    let lines: Vec<_> = cases.iter().map(|(document, _)| document.to_string()).collect();
    place.write("x.jsonl", lines.join("\n"));
    let ended = place.td(&["import", "--json", "x.jsonl"]).exits(3);
    assert!(ended.out.len() < 10_000, "{} bytes", ended.out.len());
    let answers = ended.json_lines();
    assert_eq!(answers.len(), cases.len());
    for (answer, (_, field)) in answers.iter().zip(cases) {
        assert_eq!(answer["error"]["problems"][0]["field"], field, "{answer}");
    }
}

#[test]
fn what_looks_packed_and_is_not_is_refused() {
    let place = Place::migrated();
    for bytes in [&b"\x1f\x8b"[..], b"\x1f\x8b\x08\x00garbage garbage", b"\x1f\x8b\x08"] {
        place.write("x.gz", bytes);
        let ended = place.td(&["import", "x.gz"]).exits(3);
        assert!(ended.err.contains("cannot be read"), "{}", ended.err);
    }
}

/// An event in which anything may be in the place of anything.
fn damaged() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("2-1-0")),
        Just(json!("-")),
        Just(json!([])),
        Just(json!({})),
    ];
    let pointers = prop::sample::select(vec![
        "/Source",
        "/Tournament",
        "/Tournament/Date",
        "/Tournament/Name",
        "/Tournament/Formats",
        "/Rounds",
        "/Rounds/0",
        "/Rounds/0/RoundName",
        "/Rounds/0/Matches",
        "/Rounds/0/Matches/0",
        "/Rounds/0/Matches/0/Player1",
        "/Rounds/0/Matches/1/Player2",
        "/Rounds/0/Matches/1/Result",
        "/Standings",
    ]);
    prop::collection::vec((pointers, leaf), 1..4).prop_map(|changes| {
        let mut event = event("Winter Cup", &[("Ada", "Ben", "2-1-0"), ("Cleo", "Dan", "0-2-0")]);
        for (pointer, value) in changes {
            if let Some(place) = event.pointer_mut(pointer) {
                *place = value;
            }
        }
        event
    })
}

/// Texts of any kind: most are no JSON.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\\[\\]{}\",:0-9a-z \n-]{0,60}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    // Many documents to a run: starting a program costs more than reading a file.
    #[test]
    fn damaged_events_are_stored_or_refused(events in prop::collection::vec(damaged(), 20)) {
        let place = Place::new();
        let text = events.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        place.write("x.jsonl", text);
        let ended = place.td(&["--db", "memory:", "import", "--json", "x.jsonl"]);
        let code = ended.status.code();
        let answers = ended.json_lines();
        prop_assert_eq!(answers.len(), events.len(), "{}", &ended.err);
        let refused = answers.iter().any(|answer| answer.get("error").is_some());
        prop_assert_eq!(code, Some(if refused { 3 } else { 0 }), "{}", &ended.err);
    }

    #[test]
    fn any_text_is_answered(text in any_text()) {
        let place = Place::new();
        let ended = place.td_reading(&["--db", "memory:", "import", "-"], text.as_bytes());
        prop_assert!(matches!(ended.status.code(), Some(0 | 3)), "{}", &ended.err);
        prop_assert!(!ended.err.contains("panicked"), "{}", &ended.err);
    }
}
