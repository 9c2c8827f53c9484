use tournament_core::Result;
use tournament_migrations::{MigrationReport, MigrationStatus};

use crate::options::disabled;
use crate::{Backend, OpenOptions};

impl OpenOptions {
    /// Makes the store where there is none, and brings its schema up to date.
    ///
    /// # Errors
    ///
    /// [`SchemaTooNew`](tournament_core::Error::SchemaTooNew),
    /// [`Busy`](tournament_core::Error::Busy) where somebody else is migrating,
    /// [`Unavailable`](tournament_core::Error::Unavailable).
    #[allow(clippy::unused_async)] // Of the stores built in, not all are awaited.
    pub async fn migrate(self) -> Result<MigrationReport> {
        match Backend::of(&self.url)? {
            // There is no schema that could be old.
            #[cfg(feature = "memory")]
            Backend::Memory => Ok(MigrationReport { from: 0, to: 0, ran: Vec::new() }),
            #[cfg(feature = "mysql")]
            Backend::MySql => tournament_mysql::MySqlOptions::from_url(&self.url)?.migrate().await,
            #[cfg(feature = "postgres")]
            Backend::Postgres => {
                tournament_postgres::PostgresOptions::from_url(&self.url)?.migrate().await
            }
            #[cfg(feature = "sqlite")]
            Backend::Sqlite => {
                tournament_sqlite::SqliteOptions::from_url(&self.url)?.migrate().await
            }
            #[allow(unreachable_patterns)] // Reached where a feature is off.
            backend => Err(disabled(backend)),
        }
    }

    /// Which versions of the schema the store has, and which this program knows. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](tournament_core::Error::Unavailable) where there is no store.
    #[allow(clippy::unused_async)] // Of the stores built in, not all are awaited.
    pub async fn migration_status(self) -> Result<MigrationStatus> {
        match Backend::of(&self.url)? {
            #[cfg(feature = "memory")]
            Backend::Memory => Ok(MigrationStatus { current: 0, required: 0, steps: Vec::new() }),
            #[cfg(feature = "mysql")]
            Backend::MySql => {
                tournament_mysql::MySqlOptions::from_url(&self.url)?.migration_status().await
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres => {
                tournament_postgres::PostgresOptions::from_url(&self.url)?.migration_status().await
            }
            #[cfg(feature = "sqlite")]
            Backend::Sqlite => {
                tournament_sqlite::SqliteOptions::from_url(&self.url)?.migration_status().await
            }
            #[allow(unreachable_patterns)] // Reached where a feature is off.
            backend => Err(disabled(backend)),
        }
    }
}
