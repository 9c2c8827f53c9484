//! The store.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;
use tournament_core::adapter::backoff;
use tournament_core::{
    Dataset, EntityKind, Error, Health, Result, Store, UnitOfWork, UnitOptions, async_trait,
};
use tournament_migrations::{IfMissing, MigrationGoal, MigrationReport};

use crate::access::{Access, Weight, blocking, blocking_write};
use crate::connection::{connect, use_wal};
use crate::error::failure;
use crate::migrate::{self, SqliteFile};
use crate::options::{Place, SqliteOptions, Synchronous, absolute};
use crate::session::Session;
use crate::shared::{Allowance, Durability, Settings, Shared};
use crate::unit::SqliteUnit;
use crate::{SqliteMigrator, snapshot};

/// What [`Store::health`] calls this adapter.
const BACKEND: &str = "sqlite";

/// A store of tournaments in an SQLite file.
///
/// [`close`](Store::close) it where nothing may wait: dropped, it waits for the disk on the thread
/// that drops it, the longer the more was written last.
///
/// ```no_run
/// use tournament_sqlite::SqliteStore;
///
/// # async fn example() -> tournament_core::Result<()> {
/// let store = SqliteStore::open("sqlite:tournaments.db?synchronous=normal").await?;
/// # Ok(())
/// # }
/// ```
pub struct SqliteStore {
    session: Session<StoreAccess>,
}

impl SqliteStore {
    /// Opens the store that a URL names, see [`SqliteOptions::from_url`]. Its schema must be
    /// current.
    ///
    /// # Errors
    ///
    /// Those of [`SqliteOptions::open`].
    pub async fn open(url: &str) -> Result<Self> {
        SqliteOptions::from_url(url)?.open().await
    }

    /// Brings the schema of the file that a URL names up to date, and makes the file if it is
    /// missing: for services that migrate when they start. Any number may do so at once.
    ///
    /// # Errors
    ///
    /// Those of [`SqliteOptions::migrate`].
    pub async fn migrate(url: &str) -> Result<MigrationReport> {
        SqliteOptions::from_url(url)?.migrate().await
    }

    pub(crate) async fn open_with(options: SqliteOptions) -> Result<Self> {
        let durability = match (&options.place, options.synchronous) {
            (Place::Memory, _) => Durability::None,
            (Place::File(_), Synchronous::Full) => Durability::Full,
            (Place::File(_), Synchronous::Normal) => Durability::Normal,
        };
        let (path, folder, migrate) = match options.place {
            Place::File(path) => (absolute(&path)?, None, options.migrate),
            Place::Memory => {
                let folder = blocking(temporary_folder).await?;
                (folder.path().join("memory.db"), Some(folder), true)
            }
        };
        if migrate {
            let migrator = SqliteMigrator::new(SqliteFile { path: path.clone() });
            migrator.run(MigrationGoal::Up { to: None }).await?;
        }
        let settings = Settings {
            path,
            durability,
            busy_timeout: options.busy_timeout,
            readers: options.readers,
        };
        blocking(move || {
            ready(&settings.path, settings.busy_timeout)?;
            let shared = Shared::new(settings, folder);
            shared.warm_up()?;
            Ok(Self { session: Session { access: StoreAccess { shared: Arc::new(shared) } } })
        })
        .await
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.session.access.shared
    }
}

fn temporary_folder() -> Result<TempDir> {
    tempfile::Builder::new().prefix("tournament-").tempdir().map_err(|error| {
        Error::unavailable("a temporary folder could not be made", Some(error.into()))
    })
}

/// Makes sure of the file and its schema.
fn ready(path: &Path, wait: Duration) -> Result<()> {
    let connection = connect(path, IfMissing::Refuse, wait)?;
    // Before the log is turned on: a file that is not ours stays as it is.
    migrate::check(&connection)?;
    use_wal(&connection, wait)
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.shared().settings.path)
            .finish_non_exhaustive()
    }
}

/// One call, one transaction.
pub(crate) struct StoreAccess {
    shared: Arc<Shared>,
}

impl Access for StoreAccess {
    fn admit(&self, _: Option<EntityKind>) -> Result<()> {
        self.shared.check_open()
    }

    async fn answer<T: Send>(&self, answer: Result<T>) -> Result<T> {
        answer
    }

    async fn read<T, W>(&self, weight: Weight, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: Fn(&Connection) -> Result<T> + Send + 'static,
    {
        let reader = match weight {
            Weight::Light => {
                let reader = self.shared.reader(Allowance::Short).await?;
                match work(reader.connection()?) {
                    // Only while another process recovers the log, or closes the file: rare, and to
                    // be waited for elsewhere.
                    Err(Error::Busy { .. }) => reader,
                    answer => return answer,
                }
            }
            Weight::Heavy => self.shared.reader(Allowance::Long).await?,
        };
        let wait = self.shared.settings.busy_timeout;
        blocking(move || {
            reader.wait(wait)?;
            let answer = work(reader.connection()?);
            reader.wait(Duration::ZERO)?;
            answer
        })
        .await
    }

    async fn write<T, W>(&self, weight: Weight, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let deadline = self.shared.deadline();
        let writer = self.shared.writer(deadline).await?;
        if weight == Weight::Light && self.shared.commits_inline() {
            match writer.begin(Duration::ZERO) {
                Ok(()) => return writer.finish(work),
                Err(Error::Busy { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        blocking_write(move || {
            writer.begin_until(deadline)?;
            writer.finish(work)
        })
        .await
    }
}

tournament_core::adapter::delegate_repositories!(SqliteStore, session);

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self, options: UnitOptions) -> Result<Box<dyn UnitOfWork>> {
        Ok(Box::new(SqliteUnit::begin(self.shared(), options.read_only).await?))
    }

    async fn health(&self) -> Health {
        let began = Instant::now();
        let version = self.session.access.read(Weight::Light, migrate::check).await;
        let health = Health::new(BACKEND)
            .with_server_version(rusqlite::version())
            .with_round_trip_ms(began.elapsed().as_secs_f64() * 1_000.0);
        match version {
            Ok(version) => health.with_schema_version(version),
            Err(error) => {
                let health = match &error {
                    Error::SchemaOutdated { current, .. } | Error::SchemaTooNew { current, .. } => {
                        health.with_schema_version(*current)
                    }
                    _ => health,
                };
                health.with_problem(error.to_string())
            }
        }
    }

    async fn export(&self) -> Result<Dataset> {
        self.shared().check_open()?;
        let reader = self.shared().reader(Allowance::Long).await?;
        let wait = self.shared().settings.busy_timeout;
        blocking(move || {
            reader.wait(wait)?;
            reader.begin()?;
            let dataset = snapshot::export(reader.connection()?);
            reader.wait(Duration::ZERO)?;
            dataset
        })
        .await
    }

    async fn clear(&self) -> Result<()> {
        self.session
            .access
            .write(Weight::Heavy, |connection| {
                connection.execute_batch(snapshot::CLEAR).map_err(failure)
            })
            .await
    }

    async fn close(&self) -> Result<()> {
        self.shared().close().await
    }

    async fn pause(&self, attempt: u32) {
        tokio::time::sleep(backoff(attempt)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::SqliteStore;
    use tournament_core::{Player, Repositories, Store, UnitOptions};

    #[tokio::test]
    async fn a_store_in_memory_leaves_nothing_behind() {
        for close in [true, false] {
            let store = SqliteStore::open("sqlite::memory:").await.unwrap();
            store.players().create(&Player::new("Ada")).await.unwrap();
            let path = store.shared().settings.path.clone();
            assert!(path.exists());
            if close {
                store.close().await.unwrap();
                assert!(!path.parent().unwrap().exists());
            }
            drop(store);
            assert!(!path.parent().unwrap().exists());
        }
    }

    #[tokio::test]
    async fn a_unit_keeps_a_store_in_memory_alive() {
        let store = SqliteStore::open("sqlite::memory:").await.unwrap();
        let path = store.shared().settings.path.clone();
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        drop(store);
        unit.players().create(&Player::new("Ada")).await.unwrap();
        unit.commit().await.unwrap();
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn stores_in_memory_are_each_their_own() {
        let one = SqliteStore::open("sqlite::memory:").await.unwrap();
        let two = SqliteStore::open("sqlite::memory:").await.unwrap();
        let ada = one.players().create(&Player::new("Ada")).await.unwrap();
        assert_eq!(two.players().get(ada.id).await.unwrap_err().code(), "not_found");
    }
}
