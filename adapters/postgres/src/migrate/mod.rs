//! Migrations of a database.

mod database;
mod history;
mod schema;

use std::fmt;
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use tournament_core::{Error, Result};
use tournament_migrations::{Connect, IfMissing, Migrator};

use crate::error::Failure;
use crate::target::Target;
use crate::wire::Wire;

pub use database::PostgresDatabase;
pub(crate) use history::check;

/// Looks after the schema of a PostgreSQL database, which has to be there: its tables are made in
/// the first schema of the user's `search_path`.
///
/// Its errors are [`Unavailable`](Error::Unavailable) where there is no connection, the server only
/// reads or the user lacks a right; [`Busy`](Error::Busy) where another that migrates, which is named,
/// or whoever uses a table does not end in time; [`SchemaTooNew`](Error::SchemaTooNew);
/// [`Backend`](Error::Backend) where the encoding is not UTF-8, the history is not this program's, or a
/// migration fails: nothing of it is kept then.
pub type PostgresMigrator = Migrator<PostgresServer>;

/// The way to a database, for a [`PostgresMigrator`].
#[derive(Clone)]
pub struct PostgresServer {
    target: Target,
}

impl PostgresServer {
    pub(crate) const fn new(target: Target) -> Self {
        Self { target }
    }
}

/// Nothing: it may hold a password.
impl fmt::Debug for PostgresServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresServer").finish_non_exhaustive()
    }
}

impl Connect for PostgresServer {
    type Database = PostgresDatabase;

    async fn connect(&self, _: IfMissing, wait: Duration) -> Result<PostgresDatabase> {
        let client = self.target.connect().await?;
        check_encoding(Wire::new(&client, &self.target.settings)).await?;
        Ok(PostgresDatabase::new(client, &self.target.settings, wait))
    }
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
