use std::fmt;
use std::sync::Arc;

use tournament_core::{Error, Result, Store};

use crate::Backend;

/// How to open a store.
///
/// ```
/// use tournament_any::OpenOptions;
///
/// let options = OpenOptions::new("sqlite:tournaments.db").with_migrate(true);
/// ```
#[derive(Clone)]
pub struct OpenOptions {
    pub(crate) url: String,
    #[cfg_attr(
        not(any(feature = "mysql", feature = "postgres", feature = "sqlite")),
        allow(dead_code)
    )]
    // A store in memory has no schema.
    migrate: bool,
}

impl OpenOptions {
    /// The store at this URL, whose schema must be current.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), migrate: false }
    }

    /// Whether to make the store where there is none, and to bring its schema up to date.
    #[must_use]
    pub const fn with_migrate(mut self, migrate: bool) -> Self {
        self.migrate = migrate;
        self
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// Those of [`open`](crate::open).
    #[allow(clippy::unused_async)] // Of the stores built in, not all are awaited.
    pub async fn open(self) -> Result<Arc<dyn Store>> {
        match Backend::of(&self.url)? {
            #[cfg(feature = "memory")]
            Backend::Memory => Ok(Arc::new(tournament_memory::MemoryStore::new())),
            #[cfg(feature = "mysql")]
            Backend::MySql => {
                let options = tournament_mysql::MySqlOptions::from_url(&self.url)?;
                Ok(Arc::new(options.with_migrate(self.migrate).open().await?))
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres => {
                let options = tournament_postgres::PostgresOptions::from_url(&self.url)?;
                Ok(Arc::new(options.with_migrate(self.migrate).open().await?))
            }
            #[cfg(feature = "sqlite")]
            Backend::Sqlite => {
                let options = tournament_sqlite::SqliteOptions::from_url(&self.url)?;
                Ok(Arc::new(options.with_migrate(self.migrate).open().await?))
            }
            #[allow(unreachable_patterns)] // Reached where a feature is off.
            backend => Err(disabled(backend)),
        }
    }
}

/// A URL may hold a password: only its scheme is shown.
impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenOptions")
            .field("backend", &Backend::of(&self.url).ok())
            .field("migrate", &self.migrate)
            .finish_non_exhaustive()
    }
}

/// What is answered for an adapter that this build lacks.
pub(crate) fn disabled(backend: Backend) -> Error {
    let name = backend.as_str();
    Error::backend(
        format!("this program was built without the feature `{name}`, which serves `{name}:`"),
        None,
    )
}
