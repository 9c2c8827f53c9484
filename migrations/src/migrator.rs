//! What looks after a database's schema.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use crate::{
    Database, Difference, MIGRATION_WAIT, Migration, MigrationGoal, MigrationReport,
    MigrationStatus, Plan, Schema, migrations, run,
};

/// What an adapter gives: the way to its database.
pub trait Connect: Send + Sync {
    /// What it leads to.
    type Database: Database;

    /// Makes a connection. One that has to wait for another, waits so long.
    fn connect(
        &self,
        if_missing: IfMissing,
        wait: Duration,
    ) -> impl Future<Output = Result<Self::Database, ErrorOf<Self>>> + Send;
}

/// The errors of an adapter.
pub type ErrorOf<C> = <<C as Connect>::Database as Database>::Error;

/// What is done about a database that is missing. Servers have theirs made by an administrator; a
/// file can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IfMissing {
    /// It is an error.
    Refuse,
    /// It is taken for one without tables, and made by [`Database::begin`].
    Create,
}

impl IfMissing {
    const fn for_goal(goal: MigrationGoal) -> Self {
        match goal {
            MigrationGoal::Up { .. } => Self::Create,
            _ => Self::Refuse,
        }
    }
}

/// Looks after the schema of a database: brings it to a version, takes it back, and says how it
/// stands. Each adapter's options make one.
///
/// Where the database can, all that a run does is stored together with the history, or none of it;
/// MySQL and MariaDB keep each statement, so there the history says how far a migration came, and
/// [`MigrationGoal::Repair`] goes on from there.
#[derive(Clone)]
pub struct Migrator<C> {
    connect: C,
    known: &'static [Migration],
    wait: Duration,
}

impl<C: Connect> Migrator<C> {
    /// One for the database that this leads to, and the migrations embedded here.
    #[must_use]
    pub fn new(connect: C) -> Self {
        Self { connect, known: migrations(C::Database::DIALECT), wait: MIGRATION_WAIT }
    }

    /// How long another that migrates is waited for: [`MIGRATION_WAIT`] unless said.
    #[must_use]
    pub const fn with_wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Other migrations than those of this program, to test what migrations do.
    #[must_use]
    pub const fn with_migrations(mut self, known: &'static [Migration]) -> Self {
        self.known = known;
        self
    }

    /// How the schema stands, whatever state it is in. Changes nothing.
    ///
    /// # Errors
    ///
    /// Where there is no database, or the history in it cannot be read.
    pub async fn status(&self) -> Result<MigrationStatus, ErrorOf<C>> {
        run::status(&mut self.look().await?, self.known).await
    }

    /// The tables, but for the history's. Changes nothing.
    ///
    /// # Errors
    ///
    /// Where there is no database, or its catalogue cannot be read.
    pub async fn schema(&self) -> Result<Schema, ErrorOf<C>> {
        run::tables(&mut self.look().await?).await
    }

    /// In what the tables are not what the migrations make. Changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`status`](Self::status), and a schema that is newer than this program.
    pub async fn drift(&self) -> Result<Vec<Difference>, ErrorOf<C>> {
        run::drift(&mut self.look().await?, self.known).await
    }

    /// What [`run`](Self::run) would do. Changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run), as far as they can be foreseen.
    pub async fn plan(&self, goal: MigrationGoal) -> Result<Plan, ErrorOf<C>> {
        let mut database = self.database_for(goal).await?;
        run::look_ahead(&mut database, self.known, goal).await
    }

    /// How many rows of each table or column are gone once a plan is done: all of a table's, or those
    /// that hold something in a column. What holds nothing is left out. Changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`status`](Self::status).
    pub async fn losses(&self, plan: &Plan) -> Result<Vec<(String, u64)>, ErrorOf<C>> {
        run::losses(&mut self.look().await?, self.known, plan).await
    }

    /// Makes of the database what is asked for. Any number may do so at once: one migrates, the
    /// others wait for it and find it done.
    ///
    /// # Errors
    ///
    /// Where another does not end in time, which it names as far as the database tells; where the
    /// database cannot be written to; where its history is not this program's, or newer; where a
    /// migration fails, with its statement, and what to do.
    pub async fn run(&self, goal: MigrationGoal) -> Result<MigrationReport, ErrorOf<C>> {
        let mut database = self.database_for(goal).await?;
        run::run(&mut database, self.known, goal, None).await
    }

    /// [`run`](Self::run), if what is to be done is still what was planned.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run), and where it is not.
    pub async fn run_planned(&self, plan: &Plan) -> Result<MigrationReport, ErrorOf<C>> {
        let mut database = self.database_for(plan.goal).await?;
        run::run(&mut database, self.known, plan.goal, Some(plan)).await
    }

    async fn database_for(&self, goal: MigrationGoal) -> Result<C::Database, ErrorOf<C>> {
        self.connect.connect(IfMissing::for_goal(goal), self.wait).await
    }

    async fn look(&self) -> Result<C::Database, ErrorOf<C>> {
        self.connect.connect(IfMissing::Refuse, self.wait).await
    }
}

impl<C: fmt::Debug> fmt::Debug for Migrator<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Migrator")
            .field("connect", &self.connect)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}
