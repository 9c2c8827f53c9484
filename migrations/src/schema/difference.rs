//! In what a schema is not what it should be.

use std::collections::BTreeMap;
use std::fmt;

use super::{Column, Schema, Table};

/// One thing in which a schema is not what the migrations make. Displays as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table that it is of.
    pub table: String,
    sentence: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Schema {
    /// In what this schema, found in a database, is not the expected one. Of tables that are not
    /// expected only those count that are `ours`: a database may hold others.
    #[must_use]
    pub fn differences(&self, expected: &Self, ours: impl Fn(&str) -> bool) -> Vec<Difference> {
        let mut all = Vec::new();
        for (name, table) in &expected.tables {
            let mut say = |sentence: String| all.push(Difference { table: name.clone(), sentence });
            match self.tables.get(name) {
                Some(found) => table.compare(name, found, self.without_default, &mut say),
                None => say(format!("the table {name} is missing")),
            }
        }
        for name in self.tables.keys() {
            if !expected.tables.contains_key(name) && ours(name) {
                let sentence = format!("the table {name} should not be there");
                all.push(Difference { table: name.clone(), sentence });
            }
        }
        all
    }
}

impl Table {
    fn compare(
        &self,
        name: &str,
        found: &Self,
        without_default: Option<&str>,
        say: &mut impl FnMut(String),
    ) {
        if self.options != found.options {
            say(format!(
                "the table {name} is {}, and should be {}",
                or_plain(&found.options),
                or_plain(&self.options)
            ));
        }
        for (column, state) in compare(&self.columns, &found.columns) {
            let column = format!("the column {name}.{column}");
            match state {
                State::Missing => say(format!("{column} is missing")),
                State::Unexpected => say(format!("{column} should not be there")),
                State::Other { expected, found } => {
                    expected.compare(&column, found, without_default, say);
                }
            }
        }
        for (key, state) in compare(&self.keys, &found.keys) {
            let key = format!("the {key} of {name}");
            match state {
                State::Missing => say(format!("{key} is missing")),
                State::Unexpected => say(format!("{key} should not be there")),
                State::Other { expected, found } => {
                    say(format!("{key} is {found}, and should be {expected}"));
                }
            }
        }
    }
}

impl Column {
    fn compare(
        &self,
        name: &str,
        found: &Self,
        without_default: Option<&str>,
        say: &mut impl FnMut(String),
    ) {
        if self.data_type != found.data_type {
            let (is, should) = (&found.data_type, &self.data_type);
            say(format!("{name} has the type {is}, and should have {should}"));
        }
        if self.nullable != found.nullable {
            say(if found.nullable {
                format!("{name} may be null, and should not")
            } else {
                format!("{name} may not be null, and should")
            });
        }
        if self.default != found.default && without_default != Some(&*self.data_type) {
            let [is, should] = [&found.default, &self.default]
                .map(|default| default.as_deref().map_or("none", |default| default));
            say(format!("{name} has the default {is}, and should have {should}"));
        }
    }
}

fn or_plain(options: &str) -> &str {
    if options.is_empty() { "a plain table" } else { options }
}

enum State<'s, T> {
    Missing,
    Unexpected,
    Other { expected: &'s T, found: &'s T },
}

/// What is not the same in two maps.
fn compare<'s, T: PartialEq>(
    expected: &'s BTreeMap<String, T>,
    found: &'s BTreeMap<String, T>,
) -> Vec<(&'s str, State<'s, T>)> {
    let mut all = Vec::new();
    for (name, value) in expected {
        match found.get(name) {
            None => all.push((name.as_str(), State::Missing)),
            Some(other) if other != value => {
                all.push((name.as_str(), State::Other { expected: value, found: other }));
            }
            Some(_) => {}
        }
    }
    let unexpected = found.keys().filter(|name| !expected.contains_key(*name));
    all.extend(unexpected.map(|name| (name.as_str(), State::Unexpected)));
    all
}

#[cfg(test)]
mod tests {
    use crate::Schema;

    const SEATS: &str = "\
table seats: STRICT
  column id: TEXT not null
  column name: TEXT
  column row: INTEGER not null default 0
  index seats_name_idx: (name, id)
  primary key: (id)
";

    fn sentences(found: &str) -> Vec<String> {
        let expected: Schema = SEATS.parse().unwrap();
        let found: Schema = found.parse().unwrap();
        let differences = found.differences(&expected, |table| table.starts_with("our"));
        differences.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_difference_is_a_sentence() {
        for (from, to, sentence) in [
            (SEATS, "", "the table seats is missing"),
            ("table seats: STRICT", "table seats", "is a plain table, and should be STRICT"),
            ("  column name: TEXT\n", "", "the column seats.name is missing"),
            (
                "  column name: TEXT\n",
                "  column name: TEXT\n  column x: TEXT\n",
                "the column seats.x should not be there",
            ),
            ("id: TEXT", "id: BLOB", "the column seats.id has the type BLOB, and should have TEXT"),
            ("TEXT not null", "TEXT", "the column seats.id may be null, and should not"),
            (
                "name: TEXT",
                "name: TEXT not null",
                "the column seats.name may not be null, and should",
            ),
            ("default 0", "default 1", "the column seats.row has the default 1, and should have 0"),
            (" default 0", "", "the column seats.row has the default none, and should have 0"),
            (
                "  index seats_name_idx: (name, id)\n",
                "",
                "the index seats_name_idx of seats is missing",
            ),
            (
                "(name, id)",
                "(name)",
                "the index seats_name_idx of seats is (name), and should be (name, id)",
            ),
            (
                "  primary key: (id)\n",
                "  primary key: (id)\n  unique: (name)\n",
                "the unique of seats should not be there",
            ),
            (
                "  primary key: (id)\n",
                "  primary key: (id)\ntable ours\n",
                "the table ours should not be there",
            ),
        ] {
            let found = SEATS.replacen(from, to, 1);
            let said = sentences(&found);
            assert_eq!(said.len(), 1, "{found}: {said:?}");
            assert!(said[0].ends_with(sentence), "{said:?}");
        }
    }

    #[test]
    fn a_default_that_cannot_be_is_not_missed() {
        let expected: Schema = SEATS.parse().unwrap();
        let mut found: Schema = SEATS.replace(" default 0", "").parse().unwrap();
        assert_eq!(found.differences(&expected, |_| true).len(), 1);
        found.set_without_default("INTEGER");
        assert_eq!(found.differences(&expected, |_| true), []);
    }

    #[test]
    fn what_is_the_same_or_not_ours_is_no_difference() {
        assert_eq!(sentences(SEATS), [""; 0]);
        assert_eq!(sentences(&format!("{SEATS}table bookmarks\n  column url: TEXT\n")), [""; 0]);
    }
}
