//! Runs migrations on a database.

use std::time::Instant;

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;
use tournament_core::{Error, Result, now};
use tournament_migrations::{
    Applied, Dialect, HISTORY_TABLE, Migration, MigrationReport, MigrationRun, MigrationStatus,
    PlanError, migrations, plan,
};

use crate::error::{Class, Failure};
use crate::step::{begin_writing, not_begun};
use crate::target::{Settings, Target};
use crate::values::Value;
use crate::wire::Wire;

/// The key of the lock that keeps two from migrating one database at once: "tourname" in ASCII.
const LOCK: i64 = 0x746f_7572_6e61_6d65;

const CREATE_HISTORY: &str = "\
    CREATE TABLE IF NOT EXISTS tournament_migrations (
        version integer NOT NULL,
        name text COLLATE \"C\" NOT NULL,
        checksum text COLLATE \"C\" NOT NULL,
        applied_at timestamptz NOT NULL,
        duration_ms bigint NOT NULL,
        success boolean NOT NULL,
        CONSTRAINT tournament_migrations_pk PRIMARY KEY (version)
    )";

const HAS_HISTORY: &str = "SELECT to_regclass('tournament_migrations') IS NOT NULL";

const SELECT_HISTORY: &str = "\
    SELECT version, name, checksum, \
        to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), \
        duration_ms, success
    FROM tournament_migrations ORDER BY version";

const INSERT_HISTORY: &str = "\
    INSERT INTO tournament_migrations (version, name, checksum, applied_at, duration_ms, success)
    VALUES ($1, $2, $3, $4, $5, true)";

/// Brings the schema up to date.
pub(crate) async fn up(target: &Target) -> Result<MigrationReport> {
    let client = target.connect().await?;
    let wire = Wire::new(&client, &target.settings);
    let patient = target.settings.patient();
    let patient = Wire::new(&client, &patient);
    check_encoding(wire).await?;
    // Where there is nothing to do, or it is refused, nobody is waited for and nothing is changed.
    match check(wire).await {
        Err(Error::SchemaOutdated { .. }) => {}
        Ok(current) => {
            return Ok(MigrationReport { from: current, to: current, ran: Vec::new() });
        }
        Err(error) => return Err(error),
    }
    let mut report = MigrationReport { from: 0, to: 0, ran: Vec::new() };
    loop {
        let (current, run) = step(wire, patient, &target.settings).await?;
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

/// Runs the next migration in a transaction, and tells the version before it. What is pending is
/// decided under the lock: another may have migrated while this one waited.
async fn step(
    wire: Wire<'_>,
    patient: Wire<'_>,
    settings: &Settings,
) -> Result<(u32, Option<MigrationRun>)> {
    wire.batch(&begin_writing(settings)).await.map_err(not_begun)?;
    // Where that fails, the connection ends with this run, and the transaction with it.
    let done = step_within(wire, patient).await?;
    wire.batch("COMMIT").await.map_err(Failure::into_unknown)?;
    Ok(done)
}

async fn step_within(wire: Wire<'_>, patient: Wire<'_>) -> Result<(u32, Option<MigrationRun>)> {
    wire.batch(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await.map_err(|failure| {
        match failure.class() {
            Class::Busy(_) => Error::busy("another is migrating the database", failure.source()),
            _ => failure.into_error(),
        }
    })?;
    wire.batch(CREATE_HISTORY).await.map_err(Failure::into_error)?;
    let history = history(wire).await?;
    let plan = plan(migrations(Dialect::Postgres), &history).map_err(refusal)?;
    let run = match plan.pending.first() {
        Some(migration) => Some(run(wire, patient, migration).await?),
        None => None,
    };
    Ok((plan.current, run))
}

async fn run(wire: Wire<'_>, patient: Wire<'_>, migration: &Migration) -> Result<MigrationRun> {
    let began = Instant::now();
    // It takes as long as it takes; only its waits for others stay bounded.
    let unbounded = "SET LOCAL statement_timeout = 0";
    wire.batch(unbounded).await.map_err(Failure::into_error)?;
    patient.batch(migration.up).await.map_err(|failure| failed(migration, failure))?;
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let row = [
        Value::from(i64::from(migration.version)),
        migration.name.into(),
        migration.checksum().into(),
        now().into(),
        i64::try_from(duration_ms).unwrap_or(i64::MAX).into(),
    ];
    wire.execute(INSERT_HISTORY, &row).await.map_err(|failure| failed(migration, failure))?;
    Ok(MigrationRun { version: migration.version, name: migration.name.to_owned(), duration_ms })
}

fn failed(migration: &Migration, failure: Failure) -> Error {
    match failure.class() {
        Class::Other(_) | Class::Unique | Class::ForeignKey => Error::backend(
            format!(
                "migration {} ({}) failed and nothing of it was kept",
                migration.version, migration.name
            ),
            failure.source(),
        ),
        _ => failure.into_error(),
    }
}

/// How the database's schema stands.
pub(crate) async fn status(target: &Target) -> Result<MigrationStatus> {
    let client = target.connect().await?;
    let history = history(Wire::new(&client, &target.settings)).await?;
    Ok(tournament_migrations::status(migrations(Dialect::Postgres), &history))
}

/// Whether a database that is to be opened is one that this program can use.
pub(crate) async fn check_new(target: &Target) -> Result<()> {
    let client: ClientWrapper = target.connect().await?;
    let wire = Wire::new(&client, &target.settings);
    check_encoding(wire).await?;
    check(wire).await.map(drop)
}

/// Text in another encoding could not hold every name.
async fn check_encoding(wire: Wire<'_>) -> Result<()> {
    let encoding = setting(wire, "server_encoding").await?;
    if encoding == "UTF8" {
        Ok(())
    } else {
        Err(Error::backend(
            format!(
                "the database's encoding is {encoding}: create one with ENCODING 'UTF8' TEMPLATE \
                 template0"
            ),
            None,
        ))
    }
}

pub(crate) async fn server_version(wire: Wire<'_>) -> Result<String> {
    setting(wire, "server_version").await
}

async fn setting(wire: Wire<'_>, name: &'static str) -> Result<String> {
    let rows = wire.query("SELECT current_setting($1)", &[name.into()]).await;
    let rows = rows.map_err(Failure::into_error)?;
    rows.first()
        .and_then(|row| row.try_get(0).ok())
        .ok_or_else(|| Error::backend(format!("the server does not tell its {name}"), None))
}

/// Whether the schema is the one that this program needs.
pub(crate) async fn check(wire: Wire<'_>) -> Result<u32> {
    let history = history(wire).await?;
    let plan = plan(migrations(Dialect::Postgres), &history).map_err(refusal)?;
    if plan.pending.is_empty() {
        Ok(plan.current)
    } else {
        Err(Error::schema_outdated(plan.current, plan.required))
    }
}

/// What has run; nothing where there is no history yet.
async fn history(wire: Wire<'_>) -> Result<Vec<Applied>> {
    let kept = wire.query(HAS_HISTORY, &[]).await.map_err(Failure::into_error)?;
    if !kept.first().is_some_and(|row| row.try_get(0).unwrap_or(false)) {
        return Ok(Vec::new());
    }
    let rows = wire.query(SELECT_HISTORY, &[]).await.map_err(|failure| match failure.class() {
        Class::Other(_) => unreadable(failure.source()),
        _ => failure.into_error(),
    })?;
    rows.iter()
        .map(applied)
        .collect::<Result<_, tokio_postgres::Error>>()
        .map_err(|error| unreadable(Some(error.into())))
}

fn applied(row: &Row) -> Result<Applied, tokio_postgres::Error> {
    Ok(Applied {
        version: row.try_get::<_, i32>(0)?.unsigned_abs(),
        name: row.try_get(1)?,
        checksum: row.try_get(2)?,
        applied_at: row.try_get(3)?,
        duration_ms: row.try_get::<_, i64>(4)?.unsigned_abs(),
        success: row.try_get(5)?,
    })
}

fn unreadable(source: Option<tournament_core::BoxError>) -> Error {
    Error::backend(format!("the table {HISTORY_TABLE} cannot be read"), source)
}

fn refusal(error: PlanError) -> Error {
    match error {
        PlanError::Newer { current, supported } => Error::schema_too_new(current, supported),
        other => {
            Error::backend(format!("the schema's history is not this program's: {other}"), None)
        }
    }
}
