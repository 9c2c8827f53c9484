//! What has run on a database, and what was begun.

use mysql_async::{Row, Value as DbValue};
use tournament_core::{BoxError, Error, Result, Time, now};
use tournament_migrations::{
    Applied, Dialect, Direction, HISTORY_TABLE, Migration, PlanError, Progress, current_version,
    migrations, required_version,
};

use super::{Asked, Runner};
use crate::error::{Class, Failure};
use crate::rows::{number, text};
use crate::values::Value;

const HAS_HISTORY: &str = "\
    SELECT COUNT(*) FROM information_schema.tables \
    WHERE table_schema = DATABASE() AND table_name = 'tournament_migrations'";

const SELECT_HISTORY: &str = "\
    SELECT version, name, checksum, DATE_FORMAT(applied_at, '%Y-%m-%dT%H:%i:%s.%fZ'), \
        duration_ms, success, reverting, statements_done, failed \
    FROM tournament_migrations ORDER BY version";

/// What is begun, before its first statement. The primary key lets in no other that begins it too,
/// whichever node of a cluster that one is at.
const INSERT_STARTED: &str = "\
    INSERT INTO tournament_migrations (version, name, checksum, applied_at, duration_ms, success) \
    VALUES (?, ?, ?, ?, 0, 0)";

/// Lets in no other either: it finds the row only once.
const UPDATE_REVERTING: &str = "\
    UPDATE tournament_migrations \
    SET success = 0, reverting = 1, statements_done = 0, failed = 0, applied_at = ? \
    WHERE version = ? AND success = 1";

const UPDATE_RESUMED: &str = "\
    UPDATE tournament_migrations SET reverting = ?, statements_done = ?, applied_at = ? \
    WHERE version = ? AND success = 0";

/// When it was begun tells whose it is: whoever resumes it takes it over.
const UPDATE_PROGRESS: &str = "\
    UPDATE tournament_migrations SET statements_done = ?, failed = 0 \
    WHERE version = ? AND success = 0 AND applied_at = ?";

const UPDATE_FAILED: &str = "\
    UPDATE tournament_migrations SET failed = 1 \
    WHERE version = ? AND success = 0 AND applied_at = ?";

const UPDATE_DONE: &str = "\
    UPDATE tournament_migrations \
    SET success = 1, reverting = 0, statements_done = 0, failed = 0, duration_ms = ? \
    WHERE version = ? AND success = 0 AND applied_at = ?";

const SELECT_RAN_AT: &str =
    "SELECT CAST(applied_at AS CHAR) FROM tournament_migrations WHERE version = ?";

const UPDATE_NEVER_BEGUN: &str = "\
    UPDATE tournament_migrations SET success = 1, reverting = 0, applied_at = ? \
    WHERE version = ? AND success = 0 AND applied_at = ?";

const DELETE_STARTED: &str = "\
    DELETE FROM tournament_migrations WHERE version = ? AND success = 0 AND applied_at = ?";

const INSERT_RECORD: &str = "\
    INSERT INTO tournament_migrations (version, name, checksum, applied_at, duration_ms, success) \
    VALUES (?, ?, ?, ?, 0, 1)";

const UPDATE_CHECKSUM: &str = "UPDATE tournament_migrations SET checksum = ? WHERE version = ?";

/// Whether the schema is the one that this program needs.
pub(crate) async fn check(asked: &mut impl Asked) -> Result<u32> {
    let history = read(asked).await?.unwrap_or_default();
    let current = current_version(migrations(Dialect::MySql), &history).map_err(refusal)?;
    let required = required_version(Dialect::MySql);
    if current == required { Ok(current) } else { Err(Error::schema_outdated(current, required)) }
}

/// `None` where there is no history.
pub(super) async fn read(asked: &mut impl Asked) -> Result<Option<Vec<Applied>>> {
    let kept = asked.query(HAS_HISTORY, Vec::new()).await.map_err(Failure::into_error)?;
    if number(&kept)? == 0 {
        return Ok(None);
    }
    let rows = asked.query(SELECT_HISTORY, Vec::new()).await;
    let rows = rows.map_err(|failure| match failure.class() {
        Class::Other(_) => unreadable(failure.source()),
        _ => failure.into_error(),
    })?;
    rows.into_iter()
        .map(|row| applied(row).ok_or_else(|| unreadable(None)))
        .collect::<Result<_>>()
        .map(Some)
}

fn applied(row: Row) -> Option<Applied> {
    let mut values = row.unwrap_raw().into_iter().flatten();
    let mut next = || values.next();
    let integer = |value| match value {
        DbValue::Int(integer) => u64::try_from(integer).ok(),
        DbValue::UInt(integer) => Some(integer),
        _ => None,
    };
    let words = |value| match value {
        DbValue::Bytes(bytes) => String::from_utf8(bytes).ok(),
        _ => None,
    };
    Some(Applied {
        version: u32::try_from(integer(next()?)?).ok()?,
        name: words(next()?)?,
        checksum: words(next()?)?,
        applied_at: words(next()?)?,
        duration_ms: integer(next()?)?,
        success: integer(next()?)? != 0,
        progress: Some(Progress {
            direction: if integer(next()?)? == 0 { Direction::Up } else { Direction::Down },
            statements: u32::try_from(integer(next()?)?).ok()?,
            failed: integer(next()?)? != 0,
        }),
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

/// A migration that this program is at: its row in the history says so.
pub(super) struct Claim {
    version: u32,
    since: Time,
    /// When it had run, if it is being undone.
    ran_at: Option<String>,
}

impl Claim {
    /// Before the first statement of one that is run.
    pub(super) async fn apply(runner: &mut Runner, migration: &Migration) -> Result<Self> {
        let claim = Self::of(migration);
        let row = vec![
            claim.version(),
            migration.name.into(),
            migration.checksum().into(),
            claim.since.into(),
        ];
        match runner.execute(INSERT_STARTED, row).await {
            Ok(_) => Ok(claim),
            Err(failure) if failure.class() == Class::Unique => Err(migrating()),
            Err(failure) => Err(unwritten(failure)),
        }
    }

    /// Before the first statement of one that is undone.
    pub(super) async fn revert(runner: &mut Runner, migration: &Migration) -> Result<Self> {
        let mut claim = Self::of(migration);
        let rows = runner.query(SELECT_RAN_AT, vec![claim.version()]).await.map_err(unwritten)?;
        claim.ran_at = text(rows)?;
        let values = vec![claim.since.into(), claim.version()];
        claim.found(runner.execute(UPDATE_REVERTING, values).await)
    }

    /// Before what is left of one that did not end.
    pub(super) async fn resume(
        runner: &mut Runner,
        migration: &Migration,
        direction: Direction,
        done: u32,
    ) -> Result<Self> {
        let claim = Self::of(migration);
        let reverting = Value::from(direction == Direction::Down);
        let values = vec![reverting, i64::from(done).into(), claim.since.into(), claim.version()];
        claim.found(runner.execute(UPDATE_RESUMED, values).await)
    }

    fn of(migration: &Migration) -> Self {
        Self { version: migration.version, since: now(), ran_at: None }
    }

    fn version(&self) -> Value {
        i64::from(self.version).into()
    }

    fn found(self, rows: Result<u64, Failure>) -> Result<Self> {
        match rows {
            Ok(0) => Err(migrating()),
            Ok(_) => Ok(self),
            Err(failure) => Err(unwritten(failure)),
        }
    }

    /// After each statement. False, as of what follows, where another took it over.
    pub(super) async fn progress(
        &self,
        runner: &mut Runner,
        statements: usize,
    ) -> Result<bool, Failure> {
        let statements = i64::try_from(statements).unwrap_or(i64::MAX);
        let values = vec![statements.into(), self.version(), self.since.into()];
        Ok(runner.execute(UPDATE_PROGRESS, values).await? > 0)
    }

    /// After a statement that failed: it is known not to be done.
    pub(super) async fn failed(&self, runner: &mut Runner) -> Result<(), Failure> {
        let values = vec![self.version(), self.since.into()];
        runner.execute(UPDATE_FAILED, values).await.map(drop)
    }

    /// After the last statement of one that is run.
    pub(super) async fn done(
        &self,
        runner: &mut Runner,
        duration_ms: u64,
    ) -> Result<bool, Failure> {
        let duration = i64::try_from(duration_ms).unwrap_or(i64::MAX);
        let values = vec![duration.into(), self.version(), self.since.into()];
        Ok(runner.execute(UPDATE_DONE, values).await? > 0)
    }

    /// After the last statement of one that is undone, or where nothing was done.
    pub(super) async fn undone(&self, runner: &mut Runner) -> Result<bool, Failure> {
        let values = vec![self.version(), self.since.into()];
        Ok(runner.execute(DELETE_STARTED, values).await? > 0)
    }

    /// Where nothing was undone.
    pub(super) async fn never_begun(&self, runner: &mut Runner) -> Result<bool, Failure> {
        let values = vec![self.ran_at.as_deref().into(), self.version(), self.since.into()];
        Ok(runner.execute(UPDATE_NEVER_BEGUN, values).await? > 0)
    }
}

/// That another's migration has run.
pub(super) async fn record(runner: &mut Runner, migration: &Migration) -> Result<()> {
    let row = vec![
        i64::from(migration.version).into(),
        migration.name.into(),
        migration.checksum().into(),
        now().into(),
    ];
    runner.execute(INSERT_RECORD, row).await.map(drop).map_err(unwritten)
}

pub(super) async fn update_checksum(runner: &mut Runner, migration: &Migration) -> Result<()> {
    let values = vec![migration.checksum().into(), i64::from(migration.version).into()];
    runner.execute(UPDATE_CHECKSUM, values).await.map(drop).map_err(unwritten)
}

fn unwritten(failure: Failure) -> Error {
    failure.in_context("the history of migrations was not written")
}

pub(super) fn migrating() -> Error {
    Error::busy("another is migrating the database", None)
}
