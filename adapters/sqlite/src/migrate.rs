//! Runs migrations on a file.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior, params};
use tournament_core::{Error, Result, now};
use tournament_migrations::{
    Applied, Dialect, HISTORY_TABLE, Migration, MigrationReport, MigrationRun, MigrationStatus,
    PlanError, migrations, plan,
};

use crate::connection::{Missing, connect};
use crate::error::failure;
use crate::values::time;

const CREATE_HISTORY: &str = "\
    CREATE TABLE IF NOT EXISTS tournament_migrations (
        version INTEGER NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        checksum TEXT NOT NULL,
        applied_at TEXT NOT NULL,
        duration_ms INTEGER NOT NULL,
        success INTEGER NOT NULL
    ) STRICT";

const SELECT_HISTORY: &str = "\
    SELECT version, name, checksum, applied_at, duration_ms, success
    FROM tournament_migrations ORDER BY version";

const INSERT_HISTORY: &str = "\
    INSERT INTO tournament_migrations (version, name, checksum, applied_at, duration_ms, success)
    VALUES (?1, ?2, ?3, ?4, ?5, 1)";

/// Makes the file if it is missing and brings its schema up to date.
pub(crate) fn up(path: &Path, wait: Duration) -> Result<MigrationReport> {
    let mut connection = connect(path, Missing::Create, wait)?;
    // Where there is nothing to do, or it is refused, nobody is waited for and nothing is changed.
    match check(&connection) {
        Err(Error::SchemaOutdated { .. }) => {}
        Ok(current) => {
            return Ok(MigrationReport { from: current, to: current, ran: Vec::new() });
        }
        Err(error) => return Err(error),
    }
    // A migration may rebuild a table that others refer to. References are checked before each
    // commit instead.
    connection
        .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL;")
        .map_err(failure)?;
    let mut report = MigrationReport { from: 0, to: 0, ran: Vec::new() };
    loop {
        let (current, run) = step(&mut connection)?;
        if report.ran.is_empty() {
            report.from = current;
        }
        report.to = current;
        match run {
            Some(run) => report.ran.push(run),
            None => return Ok(report),
        }
    }
}

/// Runs the next migration, and tells the version before it. What is pending is decided under the
/// lock: another process may have migrated while this one waited.
fn step(connection: &mut Connection) -> Result<(u32, Option<MigrationRun>)> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure)?;
    transaction.execute_batch(CREATE_HISTORY).map_err(failure)?;
    let history = history(&transaction)?;
    let plan = plan(migrations(Dialect::Sqlite), &history).map_err(refusal)?;
    let run = match plan.pending.first() {
        Some(migration) => Some(run(&transaction, migration)?),
        None => None,
    };
    transaction.commit().map_err(failure)?;
    Ok((plan.current, run))
}

fn run(connection: &Connection, migration: &Migration) -> Result<MigrationRun> {
    let began = Instant::now();
    let failed = |error: rusqlite::Error| {
        Error::backend(
            format!(
                "migration {} ({}) failed and nothing of it was kept",
                migration.version, migration.name
            ),
            Some(error.into()),
        )
    };
    connection.execute_batch(migration.up).map_err(failed)?;
    let broken = connection
        .prepare("PRAGMA foreign_key_check")
        .and_then(|mut statement| statement.exists([]))
        .map_err(failed)?;
    if broken {
        return Err(Error::backend(
            format!(
                "migration {} ({}) would leave rows whose parents are absent",
                migration.version, migration.name
            ),
            None,
        ));
    }
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    connection
        .execute(
            INSERT_HISTORY,
            params![
                migration.version,
                migration.name,
                migration.checksum(),
                time(now()),
                i64::try_from(duration_ms).unwrap_or(i64::MAX),
            ],
        )
        .map_err(failed)?;
    Ok(MigrationRun { version: migration.version, name: migration.name.to_owned(), duration_ms })
}

/// How the file's schema stands.
pub(crate) fn status(path: &Path, wait: Duration) -> Result<MigrationStatus> {
    let connection = connect(path, Missing::Refuse, wait)?;
    let history = history(&connection)?;
    Ok(tournament_migrations::status(migrations(Dialect::Sqlite), &history))
}

/// Whether the schema is the one that this program needs.
pub(crate) fn check(connection: &Connection) -> Result<u32> {
    let history = history(connection)?;
    let plan = plan(migrations(Dialect::Sqlite), &history).map_err(refusal)?;
    if plan.pending.is_empty() {
        Ok(plan.current)
    } else {
        Err(Error::schema_outdated(plan.current, plan.required))
    }
}

/// What has run; nothing where there is no history yet.
fn history(connection: &Connection) -> Result<Vec<Applied>> {
    let kept = connection.table_exists(None, HISTORY_TABLE).map_err(failure)?;
    if !kept {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare(SELECT_HISTORY).map_err(failure)?;
    let rows = statement
        .query_map([], |row| {
            Ok(Applied {
                version: row.get(0)?,
                name: row.get(1)?,
                checksum: row.get(2)?,
                applied_at: row.get(3)?,
                duration_ms: row.get::<_, i64>(4)?.unsigned_abs(),
                success: row.get(5)?,
            })
        })
        .map_err(failure)?;
    rows.collect::<rusqlite::Result<_>>().map_err(|error| {
        Error::backend(format!("the table {HISTORY_TABLE} cannot be read"), Some(error.into()))
    })
}

fn refusal(error: PlanError) -> Error {
    match error {
        PlanError::Newer { current, supported } => Error::schema_too_new(current, supported),
        other => {
            Error::backend(format!("the schema's history is not this program's: {other}"), None)
        }
    }
}
