//! Opens a store of tournaments by its URL, whichever adapter that takes.
//!
//! | URL | Store | Feature |
//! | --- | --- | --- |
//! | `memory:` | in memory, empty, gone when it is dropped | `memory` |
//! | `mysql://USER@HOST/DATABASE`, `mariadb://…` | a database of MySQL or MariaDB | `mysql` |
//! | `postgres://USER@HOST/DATABASE` | a PostgreSQL database | `postgres` |
//! | `sqlite:PATH` | an SQLite file | `sqlite` |
//! | `sqlite::memory:` | a private SQLite file, gone when it is closed | `sqlite` |
//!
//! Options follow a `?`, as each adapter documents them.
//!
//! ```
//! # #[cfg(feature = "memory")]
//! async fn example() -> tournament_core::Result<()> {
//!     let store = tournament_any::open("memory:").await?;
//!     assert!(store.health().await.healthy);
//!     store.close().await
//! }
//! ```

mod backend;
mod migrate;
mod options;

use std::sync::Arc;

use tournament_core::{Result, Store};

pub use backend::Backend;
pub use migrate::StoreMigrator;
pub use options::OpenOptions;
pub use tournament_migrations as migrations;
pub use tournament_migrations::{
    MigrationGoal, MigrationReport, MigrationRun, MigrationState, MigrationStatus, MigrationStep,
};

/// Opens the store at this URL, whose schema must be current.
///
/// # Errors
///
/// [`Backend`](tournament_core::Error::Backend) where no adapter serves the URL;
/// [`Unavailable`](tournament_core::Error::Unavailable) where there is no store;
/// [`SchemaOutdated`](tournament_core::Error::SchemaOutdated),
/// [`SchemaTooNew`](tournament_core::Error::SchemaTooNew).
pub async fn open(url: &str) -> Result<Arc<dyn Store>> {
    OpenOptions::new(url).open().await
}

/// Brings the schema of the store at this URL up to date, and makes the store where there is none and
/// can be: for services that migrate when they start. Any number may do so at once.
///
/// # Errors
///
/// Those of [`StoreMigrator::run`].
pub async fn migrate(url: &str) -> Result<MigrationReport> {
    OpenOptions::new(url).migrate().await
}

/// Compiles the examples of the project's own page, which are of several adapters.
#[cfg(all(doctest, feature = "mysql", feature = "postgres", feature = "sqlite"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
