//! Up, down and how it stands.

use serde_json::{Value, json};

use crate::backend::{Backend, Subject, expect_same, on_each};
use crate::support::published::season;

on_each![
    a_dry_run_changes_nothing,
    up_goes_to_the_newest_or_as_far_as_said,
    down_asks_before_it_destroys_rows_and_says_how_many,
    up_and_down_and_up_leave_the_same_schema,
    redo_takes_back_and_brings_up_again,
    what_leads_nowhere_is_refused,
    status_and_check_say_how_it_stands,
];

fn newest(backend: Backend) -> u64 {
    backend.known().len().try_into().unwrap()
}

fn json(subject: &Subject, arguments: &[&str]) -> Value {
    let lines = subject.td(&[arguments, &["--json"]].concat()).succeeds().json_lines();
    assert_eq!(lines.len(), 1);
    lines.into_iter().next().unwrap()
}

/// What the database is, byte by byte where it is a file.
fn state(subject: &Subject) -> Vec<u8> {
    if subject.backend == Backend::Sqlite {
        std::fs::read(subject.file()).unwrap_or_default()
    } else {
        subject.dump().into_bytes()
    }
}

fn a_dry_run_changes_nothing(backend: Backend) {
    let subject = Subject::new(backend, "dry_run");
    let before = state(&subject);
    let told = subject.td(&["migrate", "up", "--dry-run"]).succeeds().out;
    assert!(told.starts_with("V0001 initial would be run\n"), "{told}");
    assert!(told.ends_with("; nothing was changed\n"), "{told}");
    let plan = json(&subject, &["migrate", "up", "--to", "1", "--dry-run"]);
    let step = json!({ "version": 1, "name": "initial", "action": "apply" });
    assert_eq!(plan, json!({ "from": 0, "to": 1, "steps": [step], "destroys": {} }));
    assert!(state(&subject) == before, "a dry run changed something");
    if backend == Backend::Sqlite {
        assert!(!subject.file().exists(), "a dry run made the file");
    }

    subject.td(&["migrate", "up"]).succeeds();
    let events = subject.place.write("season.jsonl", season(2, 8, 3, 1));
    subject.td(&["import", events.to_str().unwrap(), "--json"]).succeeds();
    let before = state(&subject);
    let told = subject.td(&["migrate", "up", "--dry-run"]).succeeds().out;
    assert!(told.starts_with("there is nothing to do"), "{told}");
    let plan = json(&subject, &["migrate", "down", "--to", "0", "--dry-run"]);
    assert_eq!(plan["steps"].as_array().unwrap().len(), backend.known().len());
    assert_eq!(plan["destroys"]["tournaments"], 2);
    let told = subject.td(&["migrate", "down", "--to", "0", "--dry-run"]).succeeds().out;
    assert!(
        told.contains("this would destroy what ") && told.contains("2 in tournaments"),
        "{told}"
    );
    subject.td(&["migrate", "redo", "--dry-run"]).succeeds();
    let told = subject.td(&["migrate", "repair", "--dry-run"]).succeeds().out;
    assert!(told.starts_with("there is nothing to do"), "{told}");
    assert!(state(&subject) == before, "a dry run changed something");
}

fn up_goes_to_the_newest_or_as_far_as_said(backend: Backend) {
    let subject = Subject::new(backend, "up");
    let told = subject.td(&["migrate", "up", "--to", "0"]).succeeds().out;
    assert_eq!(told, "the schema is at version 0\n");
    let told = subject.td(&["migrate", "up", "--to", "1"]).succeeds().out;
    assert!(told.starts_with("ran V0001 initial in "), "{told}");
    assert!(told.ends_with("the schema is at version 1\n"), "{told}");
    let error = subject.td(&["tournaments"]).exits(4);
    let newest = newest(backend);
    let expected = format!("the schema is at version 1, this program needs {newest}");
    assert!(error.sentence().contains(&expected), "{}", error.err);
    let report = json(&subject, &["migrate", "up"]);
    assert_eq!((&report["from"], &report["to"]), (&json!(1), &json!(newest)));
    assert_eq!(report["ran"].as_array().unwrap().len(), backend.known().len() - 1);
    assert_eq!(report["ran"][0]["action"], "apply");
    let report = json(&subject, &["migrate", "up"]);
    assert_eq!(report, json!({ "from": newest, "to": newest, "ran": [] }));
}

fn down_asks_before_it_destroys_rows_and_says_how_many(backend: Backend) {
    let subject = Subject::migrated(backend, "down");
    let events = subject.place.write("season.jsonl", season(3, 8, 3, 1));
    subject.td(&["import", events.to_str().unwrap(), "--json"]).succeeds();
    let (before, standings) = (state(&subject), subject.place.standings(&subject.url));
    let players: u64 = subject.sql("SELECT count(*) FROM players;").parse().unwrap();
    let back = ["migrate", "down", "--to", "0"];
    for answer in ["", "\n", "no\n", "y\n", "yes please\n"] {
        let refused = subject.td_answering(&back, answer).exits(3);
        assert!(refused.err.contains("V0001 initial will be undone\n"), "{}", refused.err);
        let each = format!(", {players} in players, ");
        assert!(refused.err.contains("this destroys what "), "{}", refused.err);
        assert!(refused.err.contains(&each) && refused.err.contains("3 in tournaments"));
        assert!(refused.err.contains("nothing was changed"), "{}", refused.err);
        assert_eq!(refused.err.contains("--yes"), answer.is_empty(), "{}", refused.err);
        assert_eq!(refused.out, "");
    }
    assert!(state(&subject) == before, "a refused command changed something");
    assert_eq!(subject.place.standings(&subject.url), standings);

    let done = subject.td_answering(&back, "yes\n").exits(0);
    assert!(done.out.contains("undid V0001 initial in "), "{}", done.out);
    assert!(done.out.ends_with("the schema is at version 0\n"), "{}", done.out);
    assert_eq!(subject.sql("SELECT count(*) FROM tournament_migrations;"), "0");
    // Of what holds no row nothing is destroyed.
    subject.td(&["migrate", "up"]).succeeds();
    let report = json(&subject, &["migrate", "down", "--steps", "7"]);
    assert_eq!(report["to"], 0);
    assert_eq!(report["ran"][0]["action"], "revert");
    subject.td(&["migrate", "up"]).succeeds();
    subject.td(&["import", events.to_str().unwrap(), "--json"]).succeeds();
    subject.td(&["migrate", "down", "--to", "0", "--yes"]).succeeds();
}

fn up_and_down_and_up_leave_the_same_schema(backend: Backend) {
    let subject = Subject::new(backend, "up_down_up");
    let mut dumps = Vec::new();
    subject.td(&["migrate", "up", "--to", "0"]).succeeds();
    for version in 0..=newest(backend) {
        subject.td(&["migrate", "up", "--to", &version.to_string()]).succeeds();
        dumps.push(subject.dump());
    }
    for version in (0..newest(backend)).rev() {
        subject.td(&["migrate", "down"]).succeeds();
        let place: usize = version.try_into().unwrap();
        expect_same(&subject.dump(), &dumps[place]);
        let verdict = json_of_check(&subject, 1);
        assert_eq!(verdict["verdict"], "pending");
        assert_eq!(verdict["differences"], json!([]));
    }
    subject.td(&["migrate", "up"]).succeeds();
    expect_same(&subject.dump(), dumps.last().unwrap());
    subject.td(&["migrate", "check"]).succeeds();
}

fn json_of_check(subject: &Subject, code: i32) -> Value {
    subject.td(&["migrate", "check", "--json"]).exits(code).json_lines().remove(0)
}

fn redo_takes_back_and_brings_up_again(backend: Backend) {
    let subject = Subject::migrated(backend, "redo");
    let dump = subject.dump();
    let last = backend.known().last().unwrap();
    let told = subject.td(&["migrate", "redo"]).succeeds().out;
    let lines: Vec<_> = told.lines().collect();
    let name = format!("V{:04} {}", last.version, last.name);
    assert!(lines[0].starts_with(&format!("undid {name} in ")), "{told}");
    assert!(lines[1].starts_with(&format!("ran {name} in ")), "{told}");
    expect_same(&subject.dump(), &dump);
    subject.td(&["migrate", "check"]).succeeds();
    // It goes by the version that the database is at, not by the newest.
    subject.td(&["migrate", "down", "--to", "1"]).succeeds();
    let report = json(&subject, &["migrate", "redo"]);
    assert_eq!((&report["from"], &report["to"]), (&json!(1), &json!(1)));
    subject.td(&["migrate", "down", "--to", "0"]).succeeds();
    let told = subject.td(&["migrate", "redo"]).succeeds().out;
    assert_eq!(told, "the schema is at version 0\n");
}

fn what_leads_nowhere_is_refused(backend: Backend) {
    let subject = Subject::migrated(backend, "nowhere");
    let before = state(&subject);
    let newest = newest(backend);
    for (arguments, code, part) in [
        (
            &["up", "--to", "99"][..],
            4,
            format!("there is no version 99: this program knows 0 to {newest}"),
        ),
        (&["up", "--to", "0"], 4, format!("at version {newest} already: use `td migrate down`")),
        (&["down", "--to", "99"], 4, "there is no version 99".to_owned()),
        (&["baseline", "1"], 4, format!("has a history already, and it says version {newest}")),
        (&["sql", "up", "--to", "99"], 3, "there is no version 99".to_owned()),
        (&["sql", "up", "--from", "1", "--to", "0"], 3, "say down".to_owned()),
        (&["sql", "down", "--from", "0", "--to", "1"], 3, "say up".to_owned()),
    ] {
        let refused = subject.td(&[&["migrate"], arguments].concat()).exits(code);
        assert!(refused.sentence().contains(&part), "{}", refused.err);
        assert_eq!(refused.out, "");
    }
    subject.td(&["migrate", "down", "--to", "1"]).succeeds();
    let refused = subject.td(&["migrate", "down", "--to", "2"]).exits(4);
    assert!(refused.sentence().contains("at version 1: use `td migrate up`"), "{}", refused.err);
    subject.td(&["migrate", "down", "--to", "1", "--steps", "1"]).exits(2);
    subject.td(&["migrate", "down", "--to", "-1"]).exits(2);
    if backend != Backend::Sqlite {
        subject.td(&["migrate", "up"]).succeeds();
        assert!(state(&subject) == before);
    }
}

fn status_and_check_say_how_it_stands(backend: Backend) {
    let subject = Subject::new(backend, "status");
    let newest = newest(backend);
    if backend == Backend::Sqlite {
        for command in ["status", "check"] {
            let missing = subject.td(&["migrate", command]).exits(4);
            assert!(missing.sentence().contains("run `td migrate up`"), "{}", missing.err);
        }
        subject.sql("VACUUM;");
    }
    let check = subject.td(&["migrate", "check"]).exits(1);
    let expected = format!(
        "pending: the schema is at version 0, this program needs {newest}: run `td migrate up`\n"
    );
    assert_eq!((check.out, check.err), (expected, String::new()));
    subject.td(&["migrate", "up", "--to", "1"]).succeeds();
    let status = json(&subject, &["migrate", "status"]);
    assert_eq!((&status["current"], &status["required"]), (&json!(1), &json!(newest)));
    let steps = status["steps"].as_array().unwrap();
    assert_eq!((&steps[0]["state"], &steps[1]["state"]), (&json!("applied"), &json!("pending")));
    let at = steps[0]["applied_at"].as_str().unwrap();
    let at: tournament_core::Time = at.parse().unwrap();
    assert!((tournament_core::now() - at).num_seconds().abs() < 600, "{at}");
    assert_eq!(steps[1]["applied_at"], Value::Null);
    let told = subject.td(&["migrate", "status"]).succeeds().out;
    assert!(
        told.contains("1  initial   applied  ") && told.contains(": run `td migrate up`"),
        "{told}"
    );
    assert_eq!(json_of_check(&subject, 1)["verdict"], "pending");
    subject.td(&["migrate", "up"]).succeeds();
    let check = subject.td(&["migrate", "check"]).succeeds().out;
    let expected =
        format!("current: the schema is at version {newest}, this program needs {newest}\n");
    assert_eq!(check, expected);
    assert_eq!(json_of_check(&subject, 0)["verdict"], "current");
}
