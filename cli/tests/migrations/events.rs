//! Published events as they are, there and back: `REAL_EVENTS=FILE cargo test -- --include-ignored`.

use std::path::PathBuf;

use serde_json::json;

use crate::backend::{Backend, Subject, on_each};

on_each![
    #[ignore = "REAL_EVENTS names no file of published events"]
    there_and_back_nothing_is_lost_but_the_new_column
];

const TABLES: [&str; 4] = ["players", "tournaments", "tournament_registrations", "matches"];

fn there_and_back_nothing_is_lost_but_the_new_column(backend: Backend) {
    let file = std::env::var("REAL_EVENTS").expect("REAL_EVENTS names a file of events");
    let file = std::path::absolute(PathBuf::from(file)).unwrap();
    let subject = Subject::migrated(backend, "events");
    let import = subject.td(&["import", "--json", file.to_str().unwrap()]);
    assert!(import.json_lines().len() > 100, "{}", import.err);
    let (first, standings) = (rows(&subject), subject.place.standings(&subject.url));
    let matches: u64 = subject.sql("SELECT count(*) FROM matches;").parse().unwrap();
    let up_again = |expected: &str| {
        subject.td(&["migrate", "down", "--to", "1", "--yes"]).succeeds();
        assert!(rows(&subject) == expected, "going back changed more than the column");
        subject.td(&["migrate", "up"]).succeeds();
        assert!(rows(&subject) == expected, "going up changed more than the column");
        for table in TABLES {
            let filled =
                format!("SELECT count(*) FROM {table} WHERE CAST(metadata AS CHAR(30)) <> '{{}}';");
            assert_eq!(subject.sql(&filled), "0", "{table}");
        }
        subject.td(&["migrate", "check"]).succeeds();
    };
    up_again(&first);

    // What the new column holds is counted, and is all that goes.
    let deck =
        "UPDATE matches SET metadata = '{\"deck\":\"https://example.org\"}' WHERE draws = 0;";
    subject.sql(deck);
    let decks = subject.sql("SELECT count(*) FROM matches WHERE draws = 0;");
    let decks: u64 = decks.parse().unwrap();
    assert!(decks > 0 && decks <= matches);
    let plan = subject.td(&["migrate", "down", "--dry-run", "--json"]).succeeds().json_lines();
    assert_eq!(plan[0]["destroys"], json!({ "matches.metadata": decks }));
    up_again(&first);
    assert!(subject.place.standings(&subject.url) == standings);
    println!("real events, there and back on {backend:?}: {matches} matches, all rows the same");
}

/// What the columns of the first version hold.
fn rows(subject: &Subject) -> String {
    let mut sql = String::new();
    let mut columns: Vec<&str> = Vec::new();
    let mut table = "";
    for line in subject.backend.known()[0].schema.lines().chain(["table end"]) {
        if let Some(name) = line.strip_prefix("table ") {
            if !table.is_empty() {
                let columns = columns.join(", ");
                sql.extend(["SELECT ", &columns, " FROM ", table, " ORDER BY id;\n"]);
            }
            table = name.split(':').next().unwrap();
            columns.clear();
        } else if let Some(column) = line.strip_prefix("  column ") {
            columns.push(column.split(':').next().unwrap());
        }
    }
    assert_eq!(sql.lines().count(), 8);
    subject.sql(&sql)
}
