//! Doing what is planned, on whatever database.

use std::collections::BTreeMap;
use std::future::Future;

use crate::plan::newest;
use crate::schema::Loss;
use crate::{
    Applied, Dialect, Difference, Found, HISTORY_TABLE, Migration, MigrationGoal, MigrationReport,
    MigrationRun, MigrationStatus, Plan, PlanError, PlannedStep, Schema, differences, plan,
};

/// A database that migrations run on, as an adapter gives it: a connection that nobody else uses.
/// What was begun and not ended when it is dropped has to be undone, as far as the database can.
pub trait Database: Send {
    /// The adapter's errors.
    type Error: Send;

    /// Whose SQL it is.
    const DIALECT: Dialect;

    /// A refusal as an error.
    fn refusal(error: PlanError) -> Self::Error;

    /// The rows of the history; `None` where there is no such table. Changes nothing.
    fn history(&mut self)
    -> impl Future<Output = Result<Option<Vec<Applied>>, Self::Error>> + Send;

    /// The tables. Changes nothing.
    fn schema(&mut self) -> impl Future<Output = Result<Schema, Self::Error>> + Send;

    /// The only number that a statement gives. Changes nothing.
    fn count(&mut self, sql: &str) -> impl Future<Output = Result<u64, Self::Error>> + Send;

    /// Makes the database if it is missing and may be made. Waits, for a bounded time, until nobody
    /// else migrates. Where the database can, a transaction begins.
    fn begin(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Makes the table of the history, see [`create_history`](crate::create_history).
    fn create_history(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Does one step and writes it to the history; where the database can, all of it or nothing.
    /// Says how long it took, in milliseconds.
    fn execute(
        &mut self,
        step: &PlannedStep,
    ) -> impl Future<Output = Result<u64, Self::Error>> + Send;

    /// Ends what [`begin`](Self::begin) began.
    fn commit(&mut self) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// How a database stands to what is known. Refuses nothing, changes nothing.
pub(crate) async fn status<D: Database>(
    database: &mut D,
    known: &[Migration],
) -> Result<MigrationStatus, D::Error> {
    let found = look(database, MigrationGoal::Up { to: None }).await?;
    Ok(crate::report::status(known, &found))
}

/// In what the tables of a database are not what its version makes. Changes nothing.
pub(crate) async fn drift<D: Database>(
    database: &mut D,
    known: &[Migration],
) -> Result<Vec<Difference>, D::Error> {
    let history = database.history().await?.unwrap_or_default();
    let current = history.iter().map(|row| row.version).max().unwrap_or(0);
    let supported = newest(known);
    if current > supported {
        return Err(D::refusal(PlanError::Newer { current, supported }));
    }
    let schema = tables(database).await?;
    differences(known, current, &schema).map_err(D::refusal)
}

/// What [`run`] would do. Changes nothing.
pub(crate) async fn look_ahead<D: Database>(
    database: &mut D,
    known: &[Migration],
    goal: MigrationGoal,
) -> Result<Plan, D::Error> {
    let found = look(database, goal).await?;
    match plan(known, &found, goal) {
        // Somebody may be at it just now: then it is known once nobody is.
        Err(PlanError::Unfinished { .. }) => {
            database.begin().await?;
            let found = look(database, goal).await?;
            database.commit().await?;
            plan(known, &found, goal).map_err(D::refusal)
        }
        planned => planned.map_err(D::refusal),
    }
}

/// How many rows of each table or column are gone once a plan's migrations are undone: rows of a
/// table, or rows that hold something in a column. What holds nothing is left out, and what is not
/// there any more.
pub(crate) async fn losses<D: Database>(
    database: &mut D,
    known: &[Migration],
    plan: &Plan,
) -> Result<Vec<(String, u64)>, D::Error> {
    let there = tables(database).await?;
    let mut losses = BTreeMap::new();
    for step in plan.steps.iter().filter(|step| step.action.reverts()) {
        let version = step.migration.version;
        let before = schema_of(known, version).map_err(D::refusal)?;
        let after = schema_of(known, version - 1).map_err(D::refusal)?;
        for loss in before.lost_in(&after) {
            if !there.has(loss) {
                continue;
            }
            let rows = database.count(&count_sql(D::DIALECT, loss)).await?;
            if rows > 0 {
                losses.insert(loss.to_string(), rows);
            }
        }
    }
    // Of a table that goes, no column is told.
    let tables: Vec<_> = losses.keys().cloned().collect();
    losses.retain(|name, _| {
        name.split_once('.').is_none_or(|(table, _)| !tables.iter().any(|t| t == table))
    });
    Ok(losses.into_iter().collect())
}

fn schema_of(known: &[Migration], version: u32) -> Result<Schema, PlanError> {
    let migration = known.iter().find(|migration| migration.version == version);
    migration.map_or(Ok(Schema::new()), Migration::schema)
}

/// The names are those of embedded schemas, and no keywords.
fn count_sql(dialect: Dialect, Loss { table, column }: Loss<'_>) -> String {
    let Some(column) = column else { return format!("SELECT COUNT(*) FROM {table}") };
    let text = match dialect {
        Dialect::MySql => "CHAR",
        Dialect::Postgres | Dialect::Sqlite => "TEXT",
    };
    format!(
        "SELECT COUNT(*) FROM {table} \
         WHERE {column} IS NOT NULL AND CAST({column} AS {text}) NOT IN ('', '{{}}', '[]')"
    )
}

/// Makes of a database what is asked for. What is to be done is decided again when nobody else can be
/// at it: another may have done it meanwhile. Where a plan was agreed to, it has to be the same still.
///
/// All of it is one transaction where the database can: with a half of its migrations, neither the
/// program before nor the one that asks for it could use the database.
pub(crate) async fn run<D: Database>(
    database: &mut D,
    known: &[Migration],
    goal: MigrationGoal,
    agreed: Option<&Plan>,
) -> Result<MigrationReport, D::Error> {
    let found = look(database, goal).await?;
    match plan(known, &found, goal) {
        // Nobody is waited for and nothing is changed.
        Ok(plan) if plan.steps.is_empty() && !plan.creates_history => {
            return Ok(MigrationReport { from: plan.current, to: plan.target, ran: Vec::new() });
        }
        // Somebody may be at it just now.
        Ok(_) | Err(PlanError::Unfinished { .. }) => {}
        Err(error) => return Err(D::refusal(error)),
    }
    database.begin().await?;
    let found = look(database, goal).await?;
    let plan = plan(known, &found, goal).map_err(D::refusal)?;
    if agreed.is_some_and(|agreed| *agreed != plan) {
        return Err(D::refusal(PlanError::Moved { current: plan.current }));
    }
    if plan.creates_history {
        database.create_history().await?;
    }
    let mut ran = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        let duration_ms = database.execute(step).await?;
        ran.push(MigrationRun {
            action: step.action,
            version: step.migration.version,
            name: step.migration.name.to_owned(),
            duration_ms,
        });
    }
    database.commit().await?;
    Ok(MigrationReport { from: plan.current, to: plan.target, ran })
}

async fn look<D: Database>(database: &mut D, goal: MigrationGoal) -> Result<Found, D::Error> {
    let history = database.history().await?;
    let asks_tables =
        history.is_none() || matches!(goal, MigrationGoal::Repair | MigrationGoal::Baseline { .. });
    if !asks_tables {
        return Ok(Found { history, schema: Schema::new() });
    }
    let schema = tables(database).await?;
    // Another may have made both meanwhile: then they are not tables without a history.
    let history = if history.is_none() { database.history().await? } else { history };
    Ok(Found { history, schema })
}

pub(crate) async fn tables<D: Database>(database: &mut D) -> Result<Schema, D::Error> {
    let mut schema = database.schema().await?;
    schema.retain_tables(|name| name != HISTORY_TABLE);
    Ok(schema)
}
