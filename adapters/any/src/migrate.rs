use std::fmt;
use std::time::Duration;

use tournament_core::{Result, async_trait};
use tournament_migrations::{
    Connect, Database, Difference, Migration, MigrationGoal, MigrationReport, MigrationStatus,
    Migrator, Plan, Schema,
};

use crate::options::disabled;
use crate::{Backend, OpenOptions};

impl OpenOptions {
    /// Makes the store where there is none and can be, and brings its schema up to date: in short
    /// what [`migrator`](Self::migrator) does.
    ///
    /// # Errors
    ///
    /// Those of [`StoreMigrator::run`].
    pub async fn migrate(self) -> Result<MigrationReport> {
        self.migrator()?.run(MigrationGoal::Up { to: None }).await
    }

    /// Which versions of the schema the store has, and which this program knows. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](tournament_core::Error::Unavailable) where there is no store.
    pub async fn migration_status(self) -> Result<MigrationStatus> {
        self.migrator()?.status().await
    }

    /// What looks after the store's schema. A store in memory has none that could be old.
    ///
    /// # Errors
    ///
    /// [`Backend`](tournament_core::Error::Backend) where the URL cannot be understood.
    pub fn migrator(self) -> Result<StoreMigrator> {
        match Backend::of(&self.url)? {
            #[cfg(feature = "memory")]
            Backend::Memory => Ok(StoreMigrator(Box::new(NoSchema))),
            #[cfg(feature = "mysql")]
            Backend::MySql => {
                let options = tournament_mysql::MySqlOptions::from_url(&self.url)?;
                Ok(StoreMigrator(Box::new(options.migrator()?)))
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres => {
                let options = tournament_postgres::PostgresOptions::from_url(&self.url)?;
                Ok(StoreMigrator(Box::new(options.migrator()?)))
            }
            #[cfg(feature = "sqlite")]
            Backend::Sqlite => {
                let options = tournament_sqlite::SqliteOptions::from_url(&self.url)?;
                Ok(StoreMigrator(Box::new(options.migrator()?)))
            }
            #[allow(unreachable_patterns)] // Reached where a feature is off.
            backend => Err(disabled(backend)),
        }
    }
}

/// Looks after a store's schema, whichever adapter that takes: the same as its adapter's migrator.
pub struct StoreMigrator(Box<dyn Migrates>);

impl StoreMigrator {
    /// How long another that migrates is waited for: a minute unless said.
    #[must_use]
    pub fn with_wait(self, wait: Duration) -> Self {
        Self(self.0.with_wait(wait))
    }

    /// Other migrations than those of this program, to test what migrations do.
    #[must_use]
    pub fn with_migrations(self, known: &'static [Migration]) -> Self {
        Self(self.0.with_migrations(known))
    }

    /// How the schema stands, whatever state it is in. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](tournament_core::Error::Unavailable) where there is no store.
    pub async fn status(&self) -> Result<MigrationStatus> {
        self.0.status().await
    }

    /// The tables, but for the history's. Changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`status`](Self::status).
    pub async fn schema(&self) -> Result<Schema> {
        self.0.schema().await
    }

    /// In what the tables are not what the migrations make. Changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`status`](Self::status), and
    /// [`SchemaTooNew`](tournament_core::Error::SchemaTooNew).
    pub async fn drift(&self) -> Result<Vec<Difference>> {
        self.0.drift().await
    }

    /// What [`run`](Self::run) would do. Changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run), as far as they can be foreseen.
    pub async fn plan(&self, goal: MigrationGoal) -> Result<Plan> {
        self.0.plan(goal).await
    }

    /// How many rows of each table or column are gone once a plan is done: all of a table's, or those
    /// that hold something in a column. What holds nothing is left out. Changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`status`](Self::status).
    pub async fn losses(&self, plan: &Plan) -> Result<Vec<(String, u64)>> {
        self.0.losses(plan).await
    }

    /// Makes of the store what is asked for. Any number may do so at once: one migrates, the others
    /// wait for it and find it done.
    ///
    /// # Errors
    ///
    /// [`Busy`](tournament_core::Error::Busy) where another does not end in time, which is named as
    /// far as the database tells; [`Unavailable`](tournament_core::Error::Unavailable) where the
    /// database is missing or cannot be written to;
    /// [`SchemaTooNew`](tournament_core::Error::SchemaTooNew);
    /// [`Backend`](tournament_core::Error::Backend) where the history is not this program's, or a
    /// migration fails.
    pub async fn run(&self, goal: MigrationGoal) -> Result<MigrationReport> {
        self.0.run(goal).await
    }

    /// [`run`](Self::run), if what is to be done is still what was planned.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run), and where it is not.
    pub async fn run_planned(&self, plan: &Plan) -> Result<MigrationReport> {
        self.0.run_planned(plan).await
    }
}

impl fmt::Debug for StoreMigrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreMigrator").finish_non_exhaustive()
    }
}

/// The adapters' migrators, which differ in type.
#[async_trait]
trait Migrates: Send + Sync {
    fn with_wait(self: Box<Self>, wait: Duration) -> Box<dyn Migrates>;
    fn with_migrations(self: Box<Self>, known: &'static [Migration]) -> Box<dyn Migrates>;
    async fn status(&self) -> Result<MigrationStatus>;
    async fn schema(&self) -> Result<Schema>;
    async fn drift(&self) -> Result<Vec<Difference>>;
    async fn plan(&self, goal: MigrationGoal) -> Result<Plan>;
    async fn losses(&self, plan: &Plan) -> Result<Vec<(String, u64)>>;
    async fn run(&self, goal: MigrationGoal) -> Result<MigrationReport>;
    async fn run_planned(&self, plan: &Plan) -> Result<MigrationReport>;
}

#[async_trait]
impl<C> Migrates for Migrator<C>
where
    C: Connect + 'static,
    C::Database: Database<Error = tournament_core::Error>,
{
    fn with_wait(self: Box<Self>, wait: Duration) -> Box<dyn Migrates> {
        Box::new(Self::with_wait(*self, wait))
    }

    fn with_migrations(self: Box<Self>, known: &'static [Migration]) -> Box<dyn Migrates> {
        Box::new(Self::with_migrations(*self, known))
    }

    async fn status(&self) -> Result<MigrationStatus> {
        self.status().await
    }

    async fn schema(&self) -> Result<Schema> {
        self.schema().await
    }

    async fn drift(&self) -> Result<Vec<Difference>> {
        self.drift().await
    }

    async fn plan(&self, goal: MigrationGoal) -> Result<Plan> {
        self.plan(goal).await
    }

    async fn losses(&self, plan: &Plan) -> Result<Vec<(String, u64)>> {
        self.losses(plan).await
    }

    async fn run(&self, goal: MigrationGoal) -> Result<MigrationReport> {
        self.run(goal).await
    }

    async fn run_planned(&self, plan: &Plan) -> Result<MigrationReport> {
        self.run_planned(plan).await
    }
}

#[cfg(feature = "memory")]
struct NoSchema;

#[cfg(feature = "memory")]
#[async_trait]
impl Migrates for NoSchema {
    fn with_wait(self: Box<Self>, _: Duration) -> Box<dyn Migrates> {
        self
    }

    fn with_migrations(self: Box<Self>, _: &'static [Migration]) -> Box<dyn Migrates> {
        self
    }

    async fn status(&self) -> Result<MigrationStatus> {
        Ok(MigrationStatus { current: 0, required: 0, steps: Vec::new(), problem: None })
    }

    async fn schema(&self) -> Result<Schema> {
        Ok(Schema::new())
    }

    async fn drift(&self) -> Result<Vec<Difference>> {
        Ok(Vec::new())
    }

    async fn plan(&self, goal: MigrationGoal) -> Result<Plan> {
        let steps = Vec::new();
        Ok(Plan { goal, current: 0, target: 0, steps, creates_history: false })
    }

    async fn losses(&self, _: &Plan) -> Result<Vec<(String, u64)>> {
        Ok(Vec::new())
    }

    async fn run(&self, _: MigrationGoal) -> Result<MigrationReport> {
        Ok(MigrationReport { from: 0, to: 0, ran: Vec::new() })
    }

    async fn run_planned(&self, plan: &Plan) -> Result<MigrationReport> {
        self.run(plan.goal).await
    }
}
