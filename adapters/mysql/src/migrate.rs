//! Runs migrations on a database.

use std::time::{Duration, Instant};

use mysql_async::{Conn, Row, Value as DbValue};
use tournament_core::{BoxError, Error, Result, now};
use tournament_migrations::{
    Applied, Dialect, HISTORY_TABLE, Migration, MigrationReport, MigrationRun, MigrationStatus,
    PlanError, migrations, plan,
};

use crate::error::{Class, Failure};
use crate::rows::{number, text};
use crate::shared::Lease;
use crate::target::{NO_TIME_LIMIT, Target};
use crate::values::Value;
use crate::wire;

const CREATE_HISTORY: &str = "\
    CREATE TABLE IF NOT EXISTS tournament_migrations (
        version INT NOT NULL,
        name VARCHAR(255) NOT NULL,
        checksum CHAR(64) NOT NULL,
        applied_at DATETIME(6) NOT NULL,
        duration_ms BIGINT NOT NULL,
        success TINYINT(1) NOT NULL,
        PRIMARY KEY (version)
    ) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

const HAS_HISTORY: &str = "\
    SELECT COUNT(*) FROM information_schema.tables \
    WHERE table_schema = DATABASE() AND table_name = 'tournament_migrations'";

const SELECT_HISTORY: &str = "\
    SELECT version, name, checksum, DATE_FORMAT(applied_at, '%Y-%m-%dT%H:%i:%s.%fZ'), \
        duration_ms, success \
    FROM tournament_migrations ORDER BY version";

/// What is begun, before its first statement. The primary key lets in no other that begins it too,
/// whichever node of a cluster that one is at.
const INSERT_STARTED: &str = "\
    INSERT INTO tournament_migrations (version, name, checksum, applied_at, duration_ms, success) \
    VALUES (?, ?, ?, ?, 0, 0)";

const UPDATE_DONE: &str =
    "UPDATE tournament_migrations SET duration_ms = ?, success = 1 WHERE version = ?";

const DELETE_STARTED: &str = "DELETE FROM tournament_migrations WHERE version = ? AND success = 0";

/// Keeps those waiting who would be refused otherwise; whoever has it not is refused all the same.
/// The name is one of the whole server and of at most 64 characters, so it tells the database by a hash.
const WAIT: &str = "\
    SELECT GET_LOCK(CONCAT('tournament_migrations ', LEFT(SHA2(DATABASE(), 256), 40)), ?)";

const SELECT_PACKET: &str = "SELECT @@max_allowed_packet";

const SELECT_VERSION: &str = "SELECT VERSION()";

/// How long a migration is waited for.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What can be asked something.
pub(crate) trait Asked: Send {
    fn query(
        &mut self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>, Failure>> + Send;
}

impl Asked for Lease {
    fn query(
        &mut self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>, Failure>> + Send {
        Self::query(self, sql, values)
    }
}

/// A connection for a run alone. What it began ends with it.
struct Runner {
    conn: Conn,
    limit: Duration,
}

impl Asked for Runner {
    async fn query(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, Failure> {
        wire::query(&mut self.conn, self.limit, sql, values).await
    }
}

impl Runner {
    async fn connect(target: &Target) -> Result<Self> {
        Ok(Self { conn: target.connect().await?, limit: target.limits.answer })
    }

    async fn execute(&mut self, sql: &str, values: Vec<Value>) -> Result<u64, Failure> {
        wire::execute(&mut self.conn, self.limit, sql, values).await
    }

    async fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        wire::batch(&mut self.conn, self.limit, sql).await
    }
}

/// Brings the schema up to date.
pub(crate) async fn up(target: &Target) -> Result<MigrationReport> {
    let mut runner = Runner::connect(target).await?;
    // Where there is nothing to do, or it is refused, nobody is waited for and nothing is changed.
    let history = history(&mut runner).await?;
    match plan(migrations(Dialect::MySql), &history) {
        Ok(plan) if plan.pending.is_empty() => {
            return Ok(MigrationReport { from: plan.current, to: plan.current, ran: Vec::new() });
        }
        // Somebody may be at it just now.
        Ok(_) | Err(PlanError::Unfinished { .. }) => {}
        Err(error) => return Err(refusal(error)),
    }
    wait(&mut runner, target.limits.lock).await?;
    // It takes as long as it takes; only its waits for others stay bounded.
    runner.batch(NO_TIME_LIMIT).await.map_err(Failure::into_error)?;
    runner.batch(CREATE_HISTORY).await.map_err(Failure::into_error)?;
    let mut report = MigrationReport { from: 0, to: 0, ran: Vec::new() };
    loop {
        let (current, run) = step(&mut runner).await?;
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

async fn wait(runner: &mut Runner, patience: Duration) -> Result<()> {
    let seconds = i64::try_from(patience.as_millis().div_ceil(1_000)).unwrap_or(i64::MAX);
    // Longer than the call itself may take is not waited for.
    let limit = runner.limit;
    runner.limit = limit.saturating_add(patience);
    let waited = runner.query(WAIT, vec![seconds.into()]).await;
    runner.limit = limit;
    let rows = match waited {
        Ok(rows) => rows,
        // A cluster may refuse such a lock, which would be one node's alone.
        Err(failure) if matches!(failure.class(), Class::Other(_)) => return Ok(()),
        Err(failure) => return Err(failure.into_error()),
    };
    match rows.first().and_then(|row| row.as_ref(0)) {
        Some(DbValue::Int(1)) => Ok(()),
        _ => Err(migrating()),
    }
}

fn migrating() -> Error {
    Error::busy("another is migrating the database", None)
}

/// Runs the next migration, and tells the version before it. What is pending is decided anew: another
/// may have migrated while this one waited.
async fn step(runner: &mut Runner) -> Result<(u32, Option<MigrationRun>)> {
    let history = history(runner).await?;
    let plan = plan(migrations(Dialect::MySql), &history).map_err(refusal)?;
    let run = match plan.pending.first() {
        Some(migration) => Some(run(runner, migration).await?),
        None => None,
    };
    Ok((plan.current, run))
}

async fn run(runner: &mut Runner, migration: &Migration) -> Result<MigrationRun> {
    let began = Instant::now();
    let version = Value::from(i64::from(migration.version));
    let row =
        vec![version.clone(), migration.name.into(), migration.checksum().into(), now().into()];
    runner.execute(INSERT_STARTED, row).await.map_err(|failure| match failure.class() {
        Class::Unique => migrating(),
        _ => failure.into_error(),
    })?;
    let statements = migration.up_statements();
    let limit = std::mem::replace(&mut runner.limit, A_DAY);
    for (done, statement) in statements.iter().enumerate() {
        let Err(failure) = runner.batch(statement).await else { continue };
        if done == 0 && !failure.ends_connection() {
            // Nothing of it was done, so nothing has to be mended.
            if runner.execute(DELETE_STARTED, vec![version]).await.is_ok() {
                return Err(nothing_done(migration, failure));
            }
        }
        return Err(half_done(migration, &statements, done, failure));
    }
    runner.limit = limit;
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let duration = Value::from(i64::try_from(duration_ms).unwrap_or(i64::MAX));
    let done = runner.execute(UPDATE_DONE, vec![duration, version]).await;
    done.map_err(|failure| half_done(migration, &statements, statements.len(), failure))?;
    Ok(MigrationRun { version: migration.version, name: migration.name.to_owned(), duration_ms })
}

fn nothing_done(migration: &Migration, failure: Failure) -> Error {
    let Migration { version, name, .. } = migration;
    match failure.class() {
        Class::Other(_) | Class::Unique | Class::ForeignKey => Error::backend(
            format!("migration {version} ({name}) failed and nothing of it was kept"),
            failure.source(),
        ),
        _ => failure.into_error(),
    }
}

fn half_done(migration: &Migration, statements: &[&str], done: usize, failure: Failure) -> Error {
    let Migration { version, name, .. } = migration;
    let count = statements.len();
    let Some(line) = statements.get(done).and_then(|statement| statement.lines().next()) else {
        return Error::backend(
            format!(
                "all {count} statements of migration {version} ({name}) were executed, but whether \
                 that was recorded is not known: look at its status, and where it is unfinished \
                 execute \"UPDATE {HISTORY_TABLE} SET success = 1 WHERE version = {version}\""
            ),
            failure.source(),
        );
    };
    Error::backend(
        format!(
            "migration {version} ({name}) is half done: statement {} of {count} failed: {line}. {}",
            done + 1,
            advice(*version)
        ),
        failure.source(),
    )
}

/// How to go on with a migration that did not end.
fn advice(version: u32) -> String {
    format!(
        "Nothing that it did is undone. Unless another is at it just now: mend the cause, undo by \
         hand what the statements before did, execute \"DELETE FROM {HISTORY_TABLE} WHERE version \
         = {version}\", and migrate again"
    )
}

/// How the database's schema stands.
pub(crate) async fn status(target: &Target) -> Result<MigrationStatus> {
    let history = history(&mut Runner::connect(target).await?).await?;
    Ok(tournament_migrations::status(migrations(Dialect::MySql), &history))
}

/// What a database that is to be opened has to have, and how many bytes the server takes at once.
pub(crate) async fn check_new(target: &Target) -> Result<u64> {
    let mut runner = Runner::connect(target).await?;
    check(&mut runner).await?;
    let rows = runner.query(SELECT_PACKET, Vec::new()).await.map_err(Failure::into_error)?;
    number(&rows)
}

pub(crate) async fn server_version(asked: &mut impl Asked) -> Result<String> {
    let rows = asked.query(SELECT_VERSION, Vec::new()).await.map_err(Failure::into_error)?;
    Ok(text(rows)?.unwrap_or_default())
}

/// Whether the schema is the one that this program needs.
pub(crate) async fn check(asked: &mut impl Asked) -> Result<u32> {
    let history = history(asked).await?;
    let plan = plan(migrations(Dialect::MySql), &history).map_err(refusal)?;
    if plan.pending.is_empty() {
        Ok(plan.current)
    } else {
        Err(Error::schema_outdated(plan.current, plan.required))
    }
}

/// What has run; nothing where there is no history yet.
async fn history(asked: &mut impl Asked) -> Result<Vec<Applied>> {
    let kept = asked.query(HAS_HISTORY, Vec::new()).await.map_err(Failure::into_error)?;
    if number(&kept)? == 0 {
        return Ok(Vec::new());
    }
    let rows = asked.query(SELECT_HISTORY, Vec::new()).await;
    let rows = rows.map_err(|failure| match failure.class() {
        Class::Other(_) => unreadable(failure.source()),
        _ => failure.into_error(),
    })?;
    rows.into_iter().map(|row| applied(row).ok_or_else(|| unreadable(None))).collect()
}

fn applied(row: Row) -> Option<Applied> {
    let mut values = row.unwrap_raw().into_iter().flatten();
    let mut next = || values.next();
    let integer = |value| match value {
        DbValue::Int(integer) => u64::try_from(integer).ok(),
        DbValue::UInt(integer) => Some(integer),
        _ => None,
    };
    let text = |value| match value {
        DbValue::Bytes(bytes) => String::from_utf8(bytes).ok(),
        _ => None,
    };
    Some(Applied {
        version: u32::try_from(integer(next()?)?).ok()?,
        name: text(next()?)?,
        checksum: text(next()?)?,
        applied_at: text(next()?)?,
        duration_ms: integer(next()?)?,
        success: integer(next()?)? != 0,
    })
}

fn unreadable(source: Option<BoxError>) -> Error {
    Error::backend(format!("the table {HISTORY_TABLE} cannot be read"), source)
}

fn refusal(error: PlanError) -> Error {
    match error {
        PlanError::Newer { current, supported } => Error::schema_too_new(current, supported),
        PlanError::Unfinished { version, .. } => {
            Error::backend(format!("{error}. {}", advice(version)), None)
        }
        other => {
            Error::backend(format!("the schema's history is not this program's: {other}"), None)
        }
    }
}
