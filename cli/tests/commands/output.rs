//! `td tournaments` and `td standings`: what they print.

use serde_json::json;

use crate::support::Place;
use crate::support::published::event;

/// Two tournaments, of which one is the demo's.
fn place() -> Place {
    let place = Place::migrated();
    place.write("dataset.json", include_str!("../../demo/winter-cup.json"));
    place.write("event.json", event("Spring\u{2003}Cup", &[("Ada", "陈", "2-0-0")]).to_string());
    place.td(&["import", "dataset.json", "event.json"]).succeeds();
    place
}

#[test]
fn tournaments_are_listed_by_date() {
    let place = place();
    let table = place.td(&["tournaments"]).succeeds().out;
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(
        lines[0],
        "Id                                    Date        Status     Players  Name"
    );
    assert!(lines[1].ends_with("  2025-01-04  completed        2  Spring\u{2003}Cup"), "{table}");
    assert!(lines[2].ends_with("  2025-01-18  completed       10  Winter Cup"), "{table}");
    assert_eq!(lines.len(), 3);

    let listed = place.td(&["tournaments", "--json"]).succeeds().json_lines();
    assert_eq!(
        listed[1],
        json!({
            "tournament_id": "0194785a-bc8e-7671-88ed-5f0344f758cd",
            "name": "Winter Cup",
            "date": "2025-01-18T09:00:00Z",
            "status": "completed",
            "players": 10,
        })
    );
}

#[test]
fn standings_are_printed_at_full_precision() {
    let place = place();
    let lines = place.td(&["standings", "Winter Cup", "--json"]).succeeds();
    assert!(lines.out.starts_with(
        r#"{"tournament_id":"0194785a-bc8e-7671-88ed-5f0344f758cd","name":"Winter Cup","standings":[{"rank":1,"player":"Νίκη Παππά","points":9,"wins":3,"losses":1,"draws":0,"omw":0.64583333333333"#
    ), "{}", lines.out);
    let standings = &lines.json_lines()[0]["standings"];
    assert_eq!(standings.as_array().unwrap().len(), 10);
    let last = &standings[9];
    assert_eq!((&last["player"], &last["points"]), (&json!("Amara Okafor"), &json!(0)));

    let table = place.td(&["standings", "Winter Cup"]).succeeds().out;
    assert!(
        table.starts_with("Winter Cup (0194785a-bc8e-7671-88ed-5f0344f758cd)\nRank  Player "),
        "{table}"
    );
}

#[test]
fn a_tournament_is_found_by_id_or_name() {
    let place = place();
    let id = "0194785a-bc8e-7671-88ed-5f0344f758cd";
    let by_id = place.td(&["standings", id, "--json"]).succeeds().out;
    let by_name = place.td(&["standings", "Winter Cup", "--json"]).succeeds().out;
    assert_eq!(by_id, by_name);

    let ended = place.td(&["standings", "Autumn Cup"]).exits(3);
    assert_eq!(ended.sentence(), "td: no tournament has the id or name \"Autumn Cup\"");
    let absent = "0194785a-bc8e-7671-88ed-000000000000";
    place.td(&["standings", absent]).exits(3);
    place.td(&["standings", ""]).exits(3);
}

#[test]
fn one_name_of_several_tournaments_is_not_guessed() {
    let place = place();
    place.write("other.json", event("Winter Cup", &[("Ada", "Ben", "2-0-0")]).to_string());
    let answers = place.td(&["import", "--json", "other.json"]).succeeds().json_lines();
    let ended = place.td(&["standings", "Winter Cup"]).exits(3);
    let other = answers[0]["tournament_id"].as_str().unwrap();
    assert_eq!(
        ended.sentence(),
        format!(
            "td: 2 tournaments are named \"Winter Cup\"; choose by id: {other}, \
             0194785a-bc8e-7671-88ed-5f0344f758cd"
        )
    );
    assert_eq!(ended.out, "");
}

#[test]
fn all_standings_are_a_line_or_a_table_each() {
    let place = place();
    let lines = place.td(&["standings", "--all", "--json"]).succeeds().json_lines();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["standings"][0]["player"], "Ada");
    let tables = place.td(&["standings", "--all"]).succeeds().out;
    assert_eq!(tables.matches("Rank  Player").count(), 2);
}
