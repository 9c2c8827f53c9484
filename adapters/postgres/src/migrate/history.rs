//! What has run on a database.

use tokio_postgres::Row;
use tournament_core::{BoxError, Error, Result, now};
use tournament_migrations::{
    Applied, Dialect, HISTORY_TABLE, MigrationAction, PlanError, PlannedStep, current_version,
    migrations, required_version,
};

use crate::error::{Class, Failure};
use crate::wire::Wire;

const HAS_HISTORY: &str = "SELECT to_regclass('tournament_migrations') IS NOT NULL";

/// Where tables are made, and where the history was found, if it is elsewhere.
const ELSEWHERE: &str = "\
    SELECT current_schema()::text, nspname::text
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE pg_class.oid = to_regclass('tournament_migrations')
        AND nspname IS DISTINCT FROM current_schema()";

const SELECT_HISTORY: &str = "\
    SELECT version, name, checksum, \
        to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), \
        duration_ms, success
    FROM tournament_migrations ORDER BY version";

const INSERT_HISTORY: &str = "\
    INSERT INTO tournament_migrations (version, name, checksum, applied_at, duration_ms, success)
    VALUES ($1, $2, $3, $4, $5, true)
    ON CONFLICT (version) DO UPDATE SET success = true, checksum = excluded.checksum";

const UPDATE_CHECKSUM: &str = "UPDATE tournament_migrations SET checksum = $2 WHERE version = $1";

const DELETE_HISTORY: &str = "DELETE FROM tournament_migrations WHERE version = $1";

/// Whether the schema is the one that this program needs.
pub(crate) async fn check(wire: Wire<'_>) -> Result<u32> {
    let history = read(wire).await?.unwrap_or_default();
    let current = current_version(migrations(Dialect::Postgres), &history).map_err(refusal)?;
    let required = required_version(Dialect::Postgres);
    if current == required { Ok(current) } else { Err(Error::schema_outdated(current, required)) }
}

/// `None` where there is no history.
pub(super) async fn read(wire: Wire<'_>) -> Result<Option<Vec<Applied>>> {
    let kept = wire.query(HAS_HISTORY, &[]).await.map_err(Failure::into_error)?;
    if !kept.first().is_some_and(|row| row.try_get(0).unwrap_or(false)) {
        return Ok(None);
    }
    let rows = wire.query(SELECT_HISTORY, &[]).await.map_err(|failure| match failure.class() {
        Class::Other(_) => unreadable(failure.source()),
        _ => failure.into_error(),
    })?;
    rows.iter()
        .map(applied)
        .collect::<Result<_, tokio_postgres::Error>>()
        .map(Some)
        .map_err(|error| unreadable(Some(error.into())))
}

/// Refuses to look after tables in another schema than new ones would be made in.
pub(super) async fn check_place(wire: Wire<'_>) -> Result<()> {
    let rows = wire.query(ELSEWHERE, &[]).await.map_err(Failure::into_error)?;
    let Some(row) = rows.first() else { return Ok(()) };
    let made: Option<String> = row.try_get(0).unwrap_or_default();
    let found: Option<String> = row.try_get(1).unwrap_or_default();
    Err(Error::backend(
        format!(
            "the table {HISTORY_TABLE} is in the schema {}, and new tables would be made in {}: set \
             the user's search_path to the former",
            found.unwrap_or_default(),
            made.unwrap_or_else(|| "none".to_owned())
        ),
        None,
    ))
}

fn applied(row: &Row) -> Result<Applied, tokio_postgres::Error> {
    Ok(Applied {
        version: row.try_get::<_, i32>(0)?.unsigned_abs(),
        name: row.try_get(1)?,
        checksum: row.try_get(2)?,
        applied_at: row.try_get(3)?,
        duration_ms: row.try_get::<_, i64>(4)?.unsigned_abs(),
        success: row.try_get(5)?,
        progress: None,
    })
}

fn unreadable(source: Option<BoxError>) -> Error {
    Error::backend(
        format!("the table {HISTORY_TABLE} cannot be read: it is not this program's"),
        source,
    )
}

pub(super) fn refusal(error: PlanError) -> Error {
    match error {
        PlanError::Newer { current, supported } => Error::schema_too_new(current, supported),
        other => Error::backend(other.to_string(), None),
    }
}

/// Writes what was done.
pub(super) async fn write(
    wire: Wire<'_>,
    step: &PlannedStep,
    duration_ms: u64,
) -> Result<(), Failure> {
    let migration = &step.migration;
    let version = i64::from(migration.version).into();
    let checksum = migration.checksum().into();
    match step.action {
        MigrationAction::Apply | MigrationAction::Record => {
            let duration = i64::try_from(duration_ms).unwrap_or(i64::MAX).into();
            let row = [version, migration.name.into(), checksum, now().into(), duration];
            wire.execute(INSERT_HISTORY, &row).await
        }
        MigrationAction::UpdateChecksum => {
            wire.execute(UPDATE_CHECKSUM, &[version, checksum]).await
        }
        // Nothing stops half-way here, so that nothing goes on.
        _ => wire.execute(DELETE_HISTORY, &[version]).await,
    }
    .map(drop)
}
