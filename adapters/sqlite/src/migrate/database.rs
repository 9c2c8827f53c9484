//! A file that migrations run on.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use tournament_core::{Error, Result, now};
use tournament_migrations::{
    Applied, Database, Dialect, Direction, HISTORY_TABLE, IfMissing, Migration, MigrationAction,
    PlanError, PlannedStep, Schema, create_history, current_version, failed_at, migrations,
    required_version,
};

use super::{holder, schema};
use crate::access::blocking;
use crate::connection::connect;
use crate::error::{Class, class_of, commit_failure, failure};
use crate::values::time;

/// A migration may rebuild a table that others refer to, so references are checked when it has.
const BEGIN: &str = "PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL; BEGIN IMMEDIATE";

/// Of a table that may be gone.
const FIND_ORPHAN: &str = "\
    SELECT 1 FROM sqlite_schema AS made, pragma_foreign_key_check(made.name)
    WHERE made.type = 'table' AND made.name = ?1";

const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

const SELECT_HISTORY: &str = "\
    SELECT version, name, checksum, applied_at, duration_ms, success
    FROM tournament_migrations ORDER BY version";

const INSERT_HISTORY: &str = "\
    INSERT INTO tournament_migrations (version, name, checksum, applied_at, duration_ms, success)
    VALUES (?1, ?2, ?3, ?4, ?5, 1)
    ON CONFLICT (version) DO UPDATE SET success = 1, checksum = excluded.checksum";

const UPDATE_CHECKSUM: &str = "UPDATE tournament_migrations SET checksum = ?2 WHERE version = ?1";

const DELETE_HISTORY: &str = "DELETE FROM tournament_migrations WHERE version = ?1";

/// A connection to a file, for a [`SqliteMigrator`](crate::SqliteMigrator). What it began ends with it.
#[derive(Debug)]
pub struct SqliteDatabase {
    connection: Arc<Mutex<Connection>>,
    path: PathBuf,
    wait: Duration,
    /// It was missing, so the connection leads to an empty one in its stead.
    is_absent: bool,
}

impl SqliteDatabase {
    pub(super) async fn connect(
        path: PathBuf,
        if_missing: IfMissing,
        wait: Duration,
    ) -> Result<Self> {
        // SQLite counts in milliseconds of 31 bits.
        let wait = wait.min(LONGEST_WAIT);
        blocking(move || {
            let is_absent =
                if_missing == IfMissing::Create && matches!(path.try_exists(), Ok(false));
            let connection = if is_absent {
                Connection::open_in_memory().map_err(failure)?
            } else {
                connect(&path, IfMissing::Refuse, wait)?
            };
            Ok(Self { connection: Arc::new(Mutex::new(connection)), path, wait, is_absent })
        })
        .await
    }

    async fn make(&mut self) -> Result<()> {
        let (path, wait) = (self.path.clone(), self.wait);
        let connection = blocking(move || connect(&path, IfMissing::Create, wait)).await?;
        self.connection = Arc::new(Mutex::new(connection));
        self.is_absent = false;
        Ok(())
    }

    /// Does it on a thread that may wait for the file.
    async fn on<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        blocking(move || work(&connection.lock().unwrap_or_else(PoisonError::into_inner))).await
    }
}

fn run(connection: &Connection, migration: &Migration, direction: Direction) -> Result<()> {
    let statements = migration.statements(Dialect::Sqlite, direction);
    for (number, statement) in (1..).zip(&statements) {
        connection.execute_batch(statement).map_err(|error| {
            in_context(
                &failed_at(migration, direction, number, &statements, false, "the same again"),
                error,
            )
        })?;
    }
    check_references(connection, migration)
}

/// Whether rows of the tables that the migration knows have their parents. Others' are not ours to
/// judge.
fn check_references(connection: &Connection, migration: &Migration) -> Result<()> {
    let schema = migration.schema().map_err(refusal)?;
    for table in schema.tables() {
        let orphan = connection
            .prepare(FIND_ORPHAN)
            .and_then(|mut statement| statement.exists([table]))
            .map_err(failure)?;
        if orphan {
            let Migration { version, name, .. } = migration;
            return Err(Error::backend(
                format!(
                    "migration {version} ({name}) would leave rows in {table} whose parents are absent"
                ),
                None,
            ));
        }
    }
    Ok(())
}

/// [`failure`] of what is told here.
fn in_context(what: &str, error: rusqlite::Error) -> Error {
    match class_of(&error) {
        Class::Busy => Error::busy(what.to_owned(), Some(error.into())),
        Class::Unavailable(reason) => {
            Error::unavailable(format!("{what}: {reason}"), Some(error.into()))
        }
        _ => Error::backend(what.to_owned(), Some(error.into())),
    }
}

impl Database for SqliteDatabase {
    type Error = Error;

    const DIALECT: Dialect = Dialect::Sqlite;

    fn refusal(error: PlanError) -> Error {
        refusal(error)
    }

    async fn history(&mut self) -> Result<Option<Vec<Applied>>> {
        self.on(history).await
    }

    async fn schema(&mut self) -> Result<Schema> {
        self.on(|connection| schema::schema(connection).map_err(failure)).await
    }

    async fn count(&mut self, sql: &str) -> Result<u64> {
        let sql = sql.to_owned();
        self.on(move |connection| {
            let count = connection.query_row(&sql, [], |row| row.get::<_, i64>(0));
            Ok(count.map_err(failure)?.unsigned_abs())
        })
        .await
    }

    async fn begin(&mut self) -> Result<()> {
        if self.is_absent {
            self.make().await?;
        }
        let path = self.path.clone();
        self.on(move |connection| {
            connection.execute_batch(BEGIN).map_err(|error| match class_of(&error) {
                Class::Busy => {
                    let holder = holder::holder(&path);
                    let holder = holder.as_deref().unwrap_or("another process");
                    Error::busy(format!("{holder} holds the database file"), Some(error.into()))
                }
                _ => failure(error),
            })
        })
        .await
    }

    async fn create_history(&mut self) -> Result<()> {
        self.on(|connection| {
            connection.execute_batch(create_history(Dialect::Sqlite)).map_err(failure)
        })
        .await
    }

    async fn execute(&mut self, step: &PlannedStep) -> Result<u64> {
        let step = *step;
        self.on(move |connection| execute(connection, &step)).await
    }

    async fn commit(&mut self) -> Result<()> {
        self.on(|connection| connection.execute_batch("COMMIT").map_err(commit_failure)).await
    }
}

fn execute(connection: &Connection, step: &PlannedStep) -> Result<u64> {
    let began = Instant::now();
    let migration = &step.migration;
    let version = migration.version;
    match step.action {
        MigrationAction::Apply => run(connection, migration, Direction::Up)?,
        MigrationAction::Revert => run(connection, migration, Direction::Down)?,
        _ => {}
    }
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let written = match step.action {
        MigrationAction::Apply | MigrationAction::Record => connection.execute(
            INSERT_HISTORY,
            params![
                version,
                migration.name,
                migration.checksum(),
                time(now()),
                i64::try_from(duration_ms).unwrap_or(i64::MAX),
            ],
        ),
        MigrationAction::UpdateChecksum => {
            connection.execute(UPDATE_CHECKSUM, params![version, migration.checksum()])
        }
        // Nothing stops half-way here, so that nothing goes on.
        _ => connection.execute(DELETE_HISTORY, [version]),
    };
    written.map_err(failure)?;
    Ok(duration_ms)
}

/// Whether the schema is the one that this program needs.
pub(crate) fn check(connection: &Connection) -> Result<u32> {
    let history = history(connection)?.unwrap_or_default();
    let current = current_version(migrations(Dialect::Sqlite), &history).map_err(refusal)?;
    let required = required_version(Dialect::Sqlite);
    if current == required { Ok(current) } else { Err(Error::schema_outdated(current, required)) }
}

fn history(connection: &Connection) -> Result<Option<Vec<Applied>>> {
    let kept = connection.table_exists(None, HISTORY_TABLE).map_err(failure)?;
    if !kept {
        return Ok(None);
    }
    let unreadable = |error: rusqlite::Error| match class_of(&error) {
        Class::Other(_) => Error::backend(
            format!("the table {HISTORY_TABLE} cannot be read: it is not this program's"),
            Some(error.into()),
        ),
        _ => failure(error),
    };
    let mut statement = connection.prepare(SELECT_HISTORY).map_err(unreadable)?;
    let rows = statement
        .query_map([], |row| {
            Ok(Applied {
                version: row.get(0)?,
                name: row.get(1)?,
                checksum: row.get(2)?,
                applied_at: row.get(3)?,
                duration_ms: row.get::<_, i64>(4)?.unsigned_abs(),
                success: row.get(5)?,
                progress: None,
            })
        })
        .map_err(unreadable)?;
    rows.collect::<rusqlite::Result<_>>().map(Some).map_err(unreadable)
}

fn refusal(error: PlanError) -> Error {
    match error {
        PlanError::Newer { current, supported } => Error::schema_too_new(current, supported),
        other => Error::backend(other.to_string(), None),
    }
}
