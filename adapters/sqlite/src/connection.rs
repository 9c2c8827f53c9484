//! Opening connections.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use tournament_core::{Error, Result};
use tournament_migrations::IfMissing;

use crate::error::{Class, class_of, failure};

/// How many statements each connection keeps prepared: more than there are.
const STATEMENTS: usize = 256;

/// How often an operation that SQLite does not wait for itself is tried again.
const RETRY_EVERY: Duration = Duration::from_millis(10);

/// A connection to a file that is found to be a database, and changed in nothing.
pub(crate) fn connect(path: &Path, if_missing: IfMissing, wait: Duration) -> Result<Connection> {
    // Each connection has one user at a time, so SQLite's own mutexes would only cost.
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if if_missing == IfMissing::Create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    } else if matches!(path.try_exists(), Ok(false)) {
        return Err(Error::unavailable(
            format!("there is no database at {}: run `td migrate up`", path.display()),
            None,
        ));
    }
    let connection = Connection::open_with_flags(path, flags).map_err(|e| at(path, e))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(wait).map_err(failure)?;
    connection
        .execute_batch(
            "PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -16000;
             SELECT 1 FROM sqlite_schema LIMIT 1;",
        )
        .map_err(|error| at(path, error))?;
    Ok(connection)
}

/// Turns the write-ahead log on, if it is not.
pub(crate) fn use_wal(connection: &Connection, wait: Duration) -> Result<()> {
    let deadline = Instant::now() + wait;
    loop {
        // SQLite does not wait for the exclusive lock that this needs.
        match connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))
        {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                return Err(Error::unavailable(
                    format!("the file cannot have a write-ahead log, only journal mode {mode}"),
                    None,
                ));
            }
            Err(error) if class_of(&error) == Class::Busy && Instant::now() < deadline => {
                std::thread::sleep(RETRY_EVERY);
            }
            Err(error) => return Err(failure(error)),
        }
    }
}

/// A connection that only reads. It waits for nothing unless told to: it is used on callers'
/// threads.
pub(crate) fn reader(path: &Path, wait: Duration) -> Result<Connection> {
    let connection = connect(path, IfMissing::Refuse, wait)?;
    connection
        .pragma_update(None, "query_only", true)
        .and_then(|()| connection.busy_timeout(Duration::ZERO))
        .map_err(failure)?;
    Ok(connection)
}

/// [`failure`] that names the file: there is no store yet whose user would know which it is.
fn at(path: &Path, error: rusqlite::Error) -> Error {
    match class_of(&error) {
        Class::Unavailable(reason) => {
            Error::unavailable(format!("{}: {reason}", path.display()), Some(error.into()))
        }
        _ => failure(error),
    }
}
