//! What SQLite's errors mean.

use rusqlite::ffi;
use tournament_core::Error;

/// The classes that matter to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A unique key is taken.
    Unique,
    /// A parent is absent, or a child is still there: which of them, the operation tells.
    ForeignKey,
    /// Somebody else holds a lock.
    Busy,
    /// The file cannot be read or written.
    Unavailable(&'static str),
    /// No fault of the caller's or the file's.
    Other(&'static str),
}

/// By SQLite's extended result code (<https://sqlite.org/rescode.html>).
pub(crate) const fn classify(extended: i32) -> Class {
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => return Class::Unique,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return Class::ForeignKey,
        _ => {}
    }
    // The low byte is the primary code, whatever a later SQLite adds above it.
    match extended & 0xff {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Class::Busy,
        ffi::SQLITE_NOTADB => Class::Unavailable("the file is not an SQLite database"),
        ffi::SQLITE_CORRUPT => Class::Unavailable("the database file is damaged"),
        ffi::SQLITE_IOERR => Class::Unavailable("the database file cannot be read or written"),
        ffi::SQLITE_FULL => Class::Unavailable("there is no space left for the database file"),
        ffi::SQLITE_CANTOPEN => Class::Unavailable("the database file cannot be opened"),
        ffi::SQLITE_READONLY => Class::Unavailable("the database file cannot be written to"),
        ffi::SQLITE_PERM | ffi::SQLITE_AUTH => {
            Class::Unavailable("the database file may not be used")
        }
        ffi::SQLITE_PROTOCOL => Class::Unavailable("the database file's locks do not answer"),
        ffi::SQLITE_NOMEM => Class::Unavailable("there is not enough memory"),
        ffi::SQLITE_CONSTRAINT => Class::Other("a constraint of the schema was broken"),
        ffi::SQLITE_SCHEMA => Class::Other("the schema changed meanwhile"),
        ffi::SQLITE_TOOBIG => Class::Other("a value is too big"),
        ffi::SQLITE_INTERRUPT => Class::Other("the operation was interrupted"),
        _ => Class::Other("SQLite refused a statement"),
    }
}

/// [`classify`], of any error that rusqlite gives.
pub(crate) fn class_of(error: &rusqlite::Error) -> Class {
    error
        .sqlite_error()
        .map_or(Class::Other("SQLite could not be used"), |code| classify(code.extended_code))
}

/// The error of an operation that breaks no constraint of its own.
pub(crate) fn failure(error: rusqlite::Error) -> Error {
    match class_of(&error) {
        Class::Busy => Error::busy("another writer holds the database file", Some(error.into())),
        Class::Unavailable(reason) => Error::unavailable(reason, Some(error.into())),
        Class::Other(reason) => Error::backend(reason, Some(error.into())),
        Class::Unique | Class::ForeignKey => {
            Error::backend("a constraint of the schema was broken", Some(error.into()))
        }
    }
}

/// The error of a COMMIT. SQLite may have written the whole transaction before it failed.
pub(crate) fn commit_failure(error: rusqlite::Error) -> Error {
    match class_of(&error) {
        Class::Unavailable(reason) => Error::outcome_unknown(reason, Some(error.into())),
        _ => failure(error),
    }
}

/// The field that a broken unique key is known by: its last column, as `AlreadyExists` says.
///
/// SQLite names them all: `UNIQUE constraint failed: rounds.component_id, rounds.round_number`.
pub(crate) fn unique_field(error: &rusqlite::Error) -> Option<&'static str> {
    const FIELDS: &[&str] = &[
        "discord_id",
        "name",
        "player_id",
        "sequence_id",
        "sequence_order",
        "round_number",
        "table_number",
    ];
    let rusqlite::Error::SqliteFailure(_, Some(message)) = error else {
        return None;
    };
    let (_, columns) = message.split_once(": ")?;
    let mut names =
        columns.split(", ").map(|column| column.rsplit_once('.').map_or(column, |(_, name)| name));
    let first = names.next()?;
    // A key that begins with the id is broken by the id alone: the rest of it is there for
    // references to agree with.
    if first == "id" {
        return Some("id");
    }
    let last = names.last().unwrap_or(first);
    FIELDS.iter().copied().find(|field| *field == last)
}

#[cfg(test)]
mod tests {
    use super::{Class, classify, commit_failure, failure, unique_field};
    use rusqlite::ffi;

    fn sqlite(extended: i32, message: &str) -> rusqlite::Error {
        rusqlite::Error::SqliteFailure(ffi::Error::new(extended), Some(message.to_owned()))
    }

    #[test]
    fn codes_have_their_class() {
        for (code, class) in [
            (1555, "unique"),
            (2067, "unique"),
            (787, "foreign key"),
            (275, "other"),
            (1299, "other"),
            (1811, "other"),
            (5, "busy"),
            (261, "busy"),
            (517, "busy"),
            (773, "busy"),
            (6, "busy"),
            (262, "busy"),
            (518, "busy"),
            (26, "unavailable"),
            (11, "unavailable"),
            (267, "unavailable"),
            (10, "unavailable"),
            (1034, "unavailable"),
            (4106, "unavailable"),
            (13, "unavailable"),
            (14, "unavailable"),
            (270, "unavailable"),
            (8, "unavailable"),
            (264, "unavailable"),
            (1032, "unavailable"),
            (3, "unavailable"),
            (23, "unavailable"),
            (15, "unavailable"),
            (7, "unavailable"),
            (1, "other"),
            (17, "other"),
            (18, "other"),
            (9, "other"),
        ] {
            let found = match classify(code) {
                Class::Unique => "unique",
                Class::ForeignKey => "foreign key",
                Class::Busy => "busy",
                Class::Unavailable(_) => "unavailable",
                Class::Other(_) => "other",
            };
            assert_eq!(found, class, "{code}");
        }
    }

    #[test]
    fn errors_keep_the_drivers_words_to_the_source() {
        let error = failure(sqlite(266, "disk I/O error at /secret/place"));
        assert_eq!(error.code(), "unavailable");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(std::error::Error::source(&error).is_some());
        assert_eq!(failure(sqlite(5, "database is locked")).code(), "busy");
        assert_eq!(failure(sqlite(1, "no such table: x")).code(), "backend");
        assert_eq!(failure(rusqlite::Error::QueryReturnedNoRows).code(), "backend");
    }

    #[test]
    fn only_a_commit_that_could_not_write_leaves_the_outcome_open() {
        let unknown = |error: &tournament_core::Error| {
            matches!(error, tournament_core::Error::Unavailable { outcome_unknown: true, .. })
        };
        assert!(unknown(&commit_failure(sqlite(1034, "disk I/O error"))));
        assert!(unknown(&commit_failure(sqlite(13, "full"))));
        assert!(!unknown(&failure(sqlite(1034, "disk I/O error"))));
        assert_eq!(commit_failure(sqlite(5, "locked")).code(), "busy");
    }

    #[test]
    fn a_unique_key_is_known_by_its_last_column() {
        for (columns, field) in [
            ("players.id", Some("id")),
            ("players.discord_id", Some("discord_id")),
            ("formats.game_system, formats.name", Some("name")),
            (
                "tournament_registrations.tournament_id, tournament_registrations.sequence_id",
                Some("sequence_id"),
            ),
            ("components.id, components.tournament_id", Some("id")),
            (
                "rounds.id, rounds.component_id, rounds.tournament_id, rounds.round_number",
                Some("id"),
            ),
            ("elsewhere.unheard_of", None),
        ] {
            let error = sqlite(2067, &format!("UNIQUE constraint failed: {columns}"));
            assert_eq!(unique_field(&error), field, "{columns}");
        }
    }
}
