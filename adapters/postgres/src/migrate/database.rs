//! A database that migrations run on.

use std::fmt;
use std::time::{Duration, Instant};

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;
use tournament_core::{Error, Result};
use tournament_migrations::{
    Applied, Database, Dialect, Direction, Migration, MigrationAction, POSTGRES_LOCK, PlanError,
    PlannedStep, Schema, create_history, failed_at,
};

use super::{history, schema};
use crate::error::{Class, Failure, ONLY_READS};
use crate::target::Settings;
use crate::wire::Wire;

/// The lock is of this database alone; its key stands in two halves (`pg_locks` in the manual). What
/// others are called may be hidden from a user without rights.
const SELECT_HOLDER: &str = "\
    SELECT pid, usename::text, application_name, \
        extract(epoch FROM clock_timestamp() - xact_start)::bigint
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1 \
        AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
        AND (classid::bigint << 32) | objid::bigint = $1::text::bigint";

const SELECT_READ_ONLY: &str = "SELECT current_setting('transaction_read_only')::boolean";

/// A connection to a database, for a [`PostgresMigrator`](crate::PostgresMigrator). What it began
/// ends with it.
pub struct PostgresDatabase {
    client: ClientWrapper,
    settings: Settings,
    /// For what takes as long as it takes.
    patient: Settings,
    wait: Duration,
}

impl fmt::Debug for PostgresDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresDatabase").finish_non_exhaustive()
    }
}

impl PostgresDatabase {
    pub(super) fn new(client: ClientWrapper, settings: &Settings, wait: Duration) -> Self {
        Self { client, settings: settings.clone(), patient: settings.patient(), wait }
    }

    fn wire(&self) -> Wire<'_> {
        Wire::new(&self.client, &self.settings)
    }

    fn patient(&self) -> Wire<'_> {
        Wire::new(&self.client, &self.patient)
    }

    /// Who has the lock, if it is still held.
    async fn holder(&self) -> Option<String> {
        self.wire().batch("ROLLBACK").await.ok()?;
        let rows = self.wire().query(SELECT_HOLDER, &[POSTGRES_LOCK.to_string().into()]).await;
        holder(rows.ok()?.first()?)
    }

    async fn run(&self, migration: &Migration, direction: Direction) -> Result<()> {
        let statements = migration.statements(Dialect::Postgres, direction);
        for (number, statement) in (1..).zip(&statements) {
            self.patient().batch(statement).await.map_err(|failure| {
                let next = "the same again";
                let what = failed_at(migration, direction, number, &statements, false, next);
                failure.in_context(&what)
            })?;
        }
        Ok(())
    }
}

fn holder(row: &Row) -> Option<String> {
    let pid: i32 = row.try_get(0).ok()?;
    let mut holder = vec![format!("process {pid} of the server")];
    for (column, what) in [(1, "user"), (2, "program")] {
        let name = row.try_get::<_, Option<String>>(column).ok().flatten().unwrap_or_default();
        if !name.is_empty() {
            holder.push(format!("{what} {name}"));
        }
    }
    if let Ok(Some(seconds)) = row.try_get::<_, Option<i64>>(3) {
        holder.push(format!("for {seconds} s"));
    }
    Some(holder.join(", "))
}

impl Database for PostgresDatabase {
    type Error = Error;

    const DIALECT: Dialect = Dialect::Postgres;

    fn refusal(error: PlanError) -> Error {
        history::refusal(error)
    }

    async fn history(&mut self) -> Result<Option<Vec<Applied>>> {
        history::check_place(self.wire()).await?;
        history::read(self.wire()).await
    }

    async fn schema(&mut self) -> Result<Schema> {
        schema::read(self.wire()).await
    }

    async fn count(&mut self, sql: &str) -> Result<u64> {
        let rows = self.patient().query(sql, &[]).await.map_err(Failure::into_error)?;
        let count = rows.first().and_then(|row| row.try_get::<_, i64>(0).ok()).unwrap_or(0);
        Ok(count.unsigned_abs())
    }

    async fn begin(&mut self) -> Result<()> {
        // Unlike a store's, it does not ask to write where the database is set to be read: that would
        // be to change its tables against somebody's will.
        let begin = format!("BEGIN ISOLATION LEVEL READ COMMITTED{}", self.settings.local);
        self.wire().batch(&begin).await.map_err(Failure::into_error)?;
        let reads = self.wire().query(SELECT_READ_ONLY, &[]).await.map_err(Failure::into_error)?;
        if reads.first().is_some_and(|row| row.try_get(0).unwrap_or(false)) {
            return Err(Error::unavailable(ONLY_READS, None));
        }
        // The server's own bound of a statement is for those of stores. A migration takes as long as
        // it takes; only its waits for others stay bounded.
        let wait = self.wait.as_millis().clamp(1, i32::MAX.unsigned_abs().into());
        let take = format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {wait}; \
             SELECT pg_advisory_xact_lock({POSTGRES_LOCK}); {}",
            self.settings.lock_timeout
        );
        let Err(failure) = self.patient().batch(&take).await else { return Ok(()) };
        if !matches!(failure.class(), Class::Busy(_)) {
            return Err(failure.into_error());
        }
        let by = match self.holder().await {
            Some(holder) => format!(" ({holder})"),
            None => String::new(),
        };
        Err(Error::busy(format!("another is migrating the database{by}"), failure.source()))
    }

    async fn create_history(&mut self) -> Result<()> {
        let made = self.wire().batch(create_history(Dialect::Postgres)).await;
        made.map_err(|failure| failure.in_context("the history of migrations could not be made"))
    }

    async fn execute(&mut self, step: &PlannedStep) -> Result<u64> {
        let began = Instant::now();
        match step.action {
            MigrationAction::Apply => self.run(&step.migration, Direction::Up).await?,
            MigrationAction::Revert => self.run(&step.migration, Direction::Down).await?,
            _ => {}
        }
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let written = history::write(self.wire(), step, duration_ms).await;
        written
            .map_err(|failure| failure.in_context("the history of migrations was not written"))?;
        Ok(duration_ms)
    }

    async fn commit(&mut self) -> Result<()> {
        self.wire().batch("COMMIT").await.map_err(Failure::into_unknown)
    }
}
