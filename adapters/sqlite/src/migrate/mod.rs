//! Migrations of a file.

mod database;
mod holder;
mod schema;

use std::path::PathBuf;
use std::time::Duration;

use tournament_core::Result;
use tournament_migrations::{Connect, IfMissing, Migrator};

pub use database::SqliteDatabase;
pub(crate) use database::check;

/// Looks after the schema of an SQLite file.
///
/// Its errors are [`Unavailable`](tournament_core::Error::Unavailable) where the file is missing,
/// cannot be read or cannot be written to; [`Busy`](tournament_core::Error::Busy) where another process
/// does not let go of it, which is named on Linux;
/// [`SchemaTooNew`](tournament_core::Error::SchemaTooNew);
/// [`Backend`](tournament_core::Error::Backend) where the history is not this program's, or a migration
/// fails: nothing of it is kept then.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use tournament_sqlite::SqliteOptions;
/// use tournament_sqlite::migrations::MigrationGoal;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("tournaments.db");
/// let migrator = SqliteOptions::new(path).migrator()?;
/// migrator.run(MigrationGoal::Up { to: None }).await?;
/// assert!(migrator.drift().await?.is_empty());
/// # Ok::<(), tournament_core::Error>(())
/// # }).unwrap();
/// ```
pub type SqliteMigrator = Migrator<SqliteFile>;

/// The way to a file, for a [`SqliteMigrator`].
#[derive(Clone, Debug)]
pub struct SqliteFile {
    pub(crate) path: PathBuf,
}

impl Connect for SqliteFile {
    type Database = SqliteDatabase;

    async fn connect(&self, if_missing: IfMissing, wait: Duration) -> Result<SqliteDatabase> {
        SqliteDatabase::connect(self.path.clone(), if_missing, wait).await
    }
}
