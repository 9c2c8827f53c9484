//! Migrations of a database.

mod database;
mod history;
mod schema;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use mysql_async::{Conn, Row};
use tournament_core::Result;
use tournament_migrations::{Connect, IfMissing, Migrator};

use crate::error::Failure;
use crate::rows::{number, text};
use crate::shared::Lease;
use crate::target::Target;
use crate::values::Value;
use crate::wire;

pub use database::MySqlDatabase;
pub(crate) use history::check;

/// Looks after the schema of a database of MySQL or MariaDB, which has to be there.
///
/// These servers keep each statement that defines a table as soon as it is done. The history says
/// which migration was begun and how many of its statements were done, so that one that stopped goes
/// on, or is undone, with [`MigrationGoal::Repair`](tournament_migrations::MigrationGoal::Repair).
///
/// Its errors are [`Unavailable`](tournament_core::Error::Unavailable) where there is no connection, the
/// server only reads or the user lacks a right; [`Busy`](tournament_core::Error::Busy) where another
/// that migrates, which is named, or whoever uses a table does not end in time;
/// [`SchemaTooNew`](tournament_core::Error::SchemaTooNew);
/// [`Backend`](tournament_core::Error::Backend) where the history is not this program's, or a migration
/// fails.
pub type MySqlMigrator = Migrator<MySqlServer>;

/// The way to a database, for a [`MySqlMigrator`].
#[derive(Clone)]
pub struct MySqlServer {
    target: Arc<Target>,
}

impl MySqlServer {
    pub(crate) fn new(target: impl Into<Arc<Target>>) -> Self {
        Self { target: target.into() }
    }
}

/// Nothing: it may hold a password.
impl fmt::Debug for MySqlServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySqlServer").finish_non_exhaustive()
    }
}

impl Connect for MySqlServer {
    type Database = MySqlDatabase;

    async fn connect(&self, _: IfMissing, wait: Duration) -> Result<MySqlDatabase> {
        Ok(MySqlDatabase::new(Runner::connect(&self.target).await?, wait))
    }
}

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

    /// A statement that takes as long as it takes.
    async fn patient_batch(&mut self, sql: &str) -> Result<(), Failure> {
        wire::batch(&mut self.conn, A_DAY, sql).await
    }

    async fn patient_query(&mut self, sql: &str) -> Result<Vec<Row>, Failure> {
        wire::query(&mut self.conn, A_DAY, sql, Vec::new()).await
    }
}

/// How long a migration is waited for.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

const SELECT_PACKET: &str = "SELECT @@max_allowed_packet";

const SELECT_VERSION: &str = "SELECT VERSION()";

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
