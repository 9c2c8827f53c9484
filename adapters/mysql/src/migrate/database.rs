//! A database that migrations run on.

use std::fmt;
use std::time::{Duration, Instant};

use mysql_async::Value as DbValue;
use tournament_core::{Error, Result};
use tournament_migrations::{
    Applied, Database, Dialect, Direction, MYSQL_LOCK, Migration, MigrationAction, PlanError,
    PlannedStep, Schema, create_history, failed_at,
};

use super::history::{self, Claim, migrating};
use super::{Asked, Runner, schema};
use crate::error::{Class, Failure};
use crate::rows::{number, text};
use crate::target::NO_TIME_LIMIT;

const SELECT_HOLDER: &str = "\
    SELECT CONCAT('connection ', id, ' of ', user, '@', host, ', for ', time, ' s') \
    FROM information_schema.processlist WHERE id = IS_USED_LOCK(";

/// A connection to a database, for a [`MySqlMigrator`](crate::MySqlMigrator).
pub struct MySqlDatabase {
    runner: Runner,
    wait: Duration,
}

impl fmt::Debug for MySqlDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySqlDatabase").finish_non_exhaustive()
    }
}

impl MySqlDatabase {
    pub(super) const fn new(runner: Runner, wait: Duration) -> Self {
        Self { runner, wait }
    }

    /// Who has the lock, if the server tells.
    async fn holder(&mut self) -> Option<String> {
        let sql = format!("{SELECT_HOLDER}{MYSQL_LOCK})");
        text(self.runner.query(&sql, Vec::new()).await.ok()?).ok()?
    }

    async fn run(
        &mut self,
        migration: &Migration,
        direction: Direction,
        resumed: Option<Resumed>,
    ) -> Result<()> {
        let runner = &mut self.runner;
        let claim = match (&resumed, direction) {
            (Some(at), _) => Claim::resume(runner, migration, direction, at.done).await?,
            (None, Direction::Up) => Claim::apply(runner, migration).await?,
            (None, Direction::Down) => Claim::revert(runner, migration).await?,
        };
        let began = Instant::now();
        let statements = migration.statements(Dialect::MySql, direction);
        let done = resumed.as_ref().map_or(0, |at| usize::try_from(at.done).unwrap_or(usize::MAX));
        let first = again_from(&statements, done);
        for (number, statement) in (1..).zip(&statements).skip(first) {
            if let Err(failure) = self.runner.patient_batch(statement).await {
                let is_in_doubt =
                    number == done + 1 && resumed.as_ref().is_some_and(|at| at.in_doubt);
                if !(is_in_doubt && failure.says_it_is_done(statement)) {
                    let outcome = match number {
                        1 if resumed.is_none() => Outcome::NothingDone,
                        // One that was done before: of the next it is known what was known.
                        _ if number <= done => Outcome::Unchanged,
                        _ => Outcome::Failed,
                    };
                    let kept = !self.give_up(&claim, direction, outcome, &failure).await;
                    let next = match (kept, direction) {
                        (true, _) => "`td migrate repair`",
                        (false, Direction::Up) => "`td migrate up`",
                        (false, Direction::Down) => "the same again",
                    };
                    let what = failed_at(migration, direction, number, &statements, kept, next);
                    return Err(failure.in_context(&what));
                }
            }
            if number > done && number < statements.len() && !self.note(&claim, number).await? {
                return Err(taken_over());
            }
        }
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let recorded = match direction {
            Direction::Up => claim.done(&mut self.runner, duration_ms).await,
            Direction::Down => claim.undone(&mut self.runner).await,
        };
        match recorded {
            Ok(true) => Ok(()),
            Ok(false) => Err(taken_over()),
            Err(failure) => {
                let Migration { version, name, .. } = migration;
                Err(failure.in_context(&format!(
                    "every statement of migration {version} ({name}) was executed, but whether that \
                     was recorded is not known: run `td migrate status`"
                )))
            }
        }
    }

    async fn note(&mut self, claim: &Claim, statements: usize) -> Result<bool> {
        claim.progress(&mut self.runner, statements).await.map_err(|failure| {
            failure.in_context(
                "the migration stopped half-way, because how far it came could not be recorded: run \
                 `td migrate repair`",
            )
        })
    }

    /// After a statement that failed: if it is known that nothing was done, takes back that the
    /// migration was begun, and says so.
    async fn give_up(
        &mut self,
        claim: &Claim,
        direction: Direction,
        outcome: Outcome,
        failure: &Failure,
    ) -> bool {
        if failure.ends_connection() {
            return false;
        }
        match (outcome, direction) {
            (Outcome::Unchanged, _) => false,
            (Outcome::Failed, _) => {
                // Where that cannot be recorded, it is only in doubt.
                drop(claim.failed(&mut self.runner).await);
                false
            }
            (Outcome::NothingDone, Direction::Up) => claim.undone(&mut self.runner).await.is_ok(),
            (Outcome::NothingDone, Direction::Down) => {
                claim.never_begun(&mut self.runner).await.is_ok()
            }
        }
    }
}

fn taken_over() -> Error {
    Error::busy("another program took the migration over", None)
}

/// What a statement that failed says of its migration.
enum Outcome {
    /// It was the first: nothing was done.
    NothingDone,
    /// The next after those that are done failed.
    Failed,
    Unchanged,
}

/// How many statements are not executed again where so many are done. What fills a column is: a
/// program that does not know it may have stored rows since.
fn again_from(statements: &[&str], done: usize) -> usize {
    let fills = |statement: &&&str| {
        statement.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("UPDATE"))
    };
    let before = statements.get(..done).unwrap_or(statements);
    done - before.iter().rev().take_while(fills).count()
}

/// Where a migration goes on that did not end.
struct Resumed {
    done: u32,
    /// Whether the next statement may be done too.
    in_doubt: bool,
}

impl Database for MySqlDatabase {
    type Error = Error;

    const DIALECT: Dialect = Dialect::MySql;

    fn refusal(error: PlanError) -> Error {
        history::refusal(error)
    }

    async fn history(&mut self) -> Result<Option<Vec<Applied>>> {
        history::read(&mut self.runner).await
    }

    async fn schema(&mut self) -> Result<Schema> {
        schema::read(&mut self.runner).await
    }

    async fn count(&mut self, sql: &str) -> Result<u64> {
        self.runner.batch(NO_TIME_LIMIT).await.map_err(Failure::into_error)?;
        number(&self.runner.patient_query(sql).await.map_err(Failure::into_error)?)
    }

    /// Keeps those waiting who would be refused otherwise; whoever has the lock not is refused all
    /// the same, by the migration's row.
    async fn begin(&mut self) -> Result<()> {
        self.runner.batch(NO_TIME_LIMIT).await.map_err(Failure::into_error)?;
        let seconds = i64::try_from(self.wait.as_millis().div_ceil(1_000)).unwrap_or(i64::MAX);
        // Longer than the call itself may take is not waited for.
        let limit = self.runner.limit;
        self.runner.limit = limit.saturating_add(self.wait);
        let sql = format!("SELECT GET_LOCK({MYSQL_LOCK}, ?)");
        let waited = self.runner.query(&sql, vec![seconds.into()]).await;
        self.runner.limit = limit;
        let rows = match waited {
            Ok(rows) => rows,
            // A cluster may refuse such a lock, which would be one node's alone.
            Err(failure) if matches!(failure.class(), Class::Other(_)) => return Ok(()),
            Err(failure) => return Err(failure.into_error()),
        };
        if matches!(rows.first().and_then(|row| row.as_ref(0)), Some(DbValue::Int(1))) {
            return Ok(());
        }
        Err(match self.holder().await {
            Some(holder) => {
                Error::busy(format!("another is migrating the database ({holder})"), None)
            }
            None => migrating(),
        })
    }

    async fn create_history(&mut self) -> Result<()> {
        let made = self.runner.batch(create_history(Dialect::MySql)).await;
        made.map_err(|failure| failure.in_context("the history of migrations could not be made"))
    }

    async fn execute(&mut self, step: &PlannedStep) -> Result<u64> {
        let began = Instant::now();
        let migration = &step.migration;
        match step.action {
            MigrationAction::Apply => self.run(migration, Direction::Up, None).await?,
            MigrationAction::Revert => self.run(migration, Direction::Down, None).await?,
            MigrationAction::Resume { direction, done, in_doubt } => {
                self.run(migration, direction, Some(Resumed { done, in_doubt })).await?;
            }
            MigrationAction::UpdateChecksum => {
                history::update_checksum(&mut self.runner, migration).await?;
            }
            _ => history::record(&mut self.runner, migration).await?,
        }
        Ok(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    async fn commit(&mut self) -> Result<()> {
        // Where that fails, the lock ends with the connection.
        drop(self.runner.batch(&format!("DO RELEASE_LOCK({MYSQL_LOCK})")).await);
        Ok(())
    }
}
