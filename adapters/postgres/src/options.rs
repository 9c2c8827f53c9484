//! How a store is opened.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tournament_core::Result;
use tournament_migrations::{MigrationGoal, MigrationReport, MigrationStatus};

use crate::migrate::PostgresServer;
use crate::target::Target;
use crate::tls::SslMode;
use crate::{PostgresMigrator, PostgresStore, url};

/// Where a store is, and how it is opened.
///
/// ```
/// use std::time::Duration;
/// use tournament_postgres::PostgresOptions;
///
/// let options = PostgresOptions::from_url("postgres://bot:secret@localhost/cup?pool_size=4")?
///     .with_statement_timeout(Duration::from_secs(10));
/// assert!(!format!("{options:?}").contains("secret"));
/// # Ok::<(), tournament_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    pub(crate) config: Config,
    pub(crate) ssl_mode: SslMode,
    pub(crate) ssl_root_certificate: Option<PathBuf>,
    pub(crate) statement_timeout: Duration,
    pub(crate) lock_timeout: Duration,
    pub(crate) pool_size: usize,
    pub(crate) pool_timeout: Duration,
    pub(crate) read_connections: usize,
    pub(crate) pgbouncer: bool,
    pub(crate) migrate: bool,
}

/// The longest that the server can be told, which counts milliseconds in 31 bits: 24 days.
const LONGEST: Duration = Duration::from_millis(i32::MAX.unsigned_abs() as u64);

/// What the server and this crate would both take for "without end" is never asked for.
fn bounded(time: Duration) -> Duration {
    time.clamp(Duration::from_millis(1), LONGEST)
}

impl PostgresOptions {
    pub(crate) const MAX_POOL: usize = 1_000;
    pub(crate) const MAX_READERS: usize = 64;

    /// What a URL says: `postgres://USER:PASSWORD@HOST:PORT,…/DATABASE`, and after a `?`, joined by
    /// `&`, parameters.
    ///
    /// A user, a password or a value writes `@` as `%40`, `/` as `%2F`, `?` as `%3F` and `&` as `%26`.
    ///
    /// These of libpq's: `application_name`, `channel_binding`, `connect_timeout` (seconds for each
    /// host; 5 unless said), `host`, `hostaddr`, `port`, `dbname`, `user`, `password`,
    /// `keepalives` and its kin, `options`, `sslmode` (`disable`, `prefer`, `require`, `verify-ca`,
    /// `verify-full`), `sslrootcert` (a file of authorities in PEM; the system's unless said) and
    /// `target_session_attrs` (`any`, `read-write`, `read-only`).
    ///
    /// And those that have a method here: `statement_timeout`, `lock_timeout`, `pool_timeout` (each
    /// in milliseconds), `pool_size`, `read_connections`, `pgbouncer` (`true` or `false`).
    ///
    /// # Errors
    ///
    /// [`Error::Backend`](tournament_core::Error::Backend) that says what is wrong with the URL,
    /// and never shows its password.
    pub fn from_url(url: &str) -> Result<Self> {
        url::parse(url)
    }

    pub(crate) fn of(config: Config) -> Self {
        Self {
            config,
            ssl_mode: SslMode::default(),
            ssl_root_certificate: None,
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
            pool_size: 10,
            pool_timeout: Duration::from_secs(5),
            read_connections: 2,
            pgbouncer: false,
            migrate: false,
        }
    }

    /// Whether connections are encrypted: [`SslMode::Prefer`] unless said.
    #[must_use]
    pub const fn with_ssl_mode(mut self, mode: SslMode) -> Self {
        self.ssl_mode = mode;
        self
    }

    /// A file with the authorities to trust, in PEM; the system's unless said. It has to be a
    /// certificate authority's, not the server's own certificate.
    #[must_use]
    pub fn with_ssl_root_certificate(mut self, file: impl Into<PathBuf>) -> Self {
        self.ssl_root_certificate = Some(file.into());
        self
    }

    /// How long a statement may take, waits for locks included: 30 seconds unless said, from 1 ms
    /// to 24 days. One that takes longer is [`Unavailable`](tournament_core::Error::Unavailable).
    ///
    /// The server ends the statement. Where even that is not heard of, the call ends as much later
    /// as connecting may take. `import` and `create_many` store each kind of row as one statement, or
    /// 1,000 rows of it behind `PgBouncer`.
    #[must_use]
    pub fn with_statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = bounded(timeout);
        self
    }

    /// How long a statement waits for another writer before it is
    /// [`Busy`](tournament_core::Error::Busy): 5 seconds unless said, from 1 ms to 24 days.
    #[must_use]
    pub fn with_lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = bounded(timeout);
        self
    }

    /// How many connections write, hold units of work or read for long: 10 unless said, from 1 to
    /// 1,000.
    #[must_use]
    pub fn with_pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections.clamp(1, Self::MAX_POOL);
        self
    }

    /// How long a call waits for one of these before it is
    /// [`Unavailable`](tournament_core::Error::Unavailable): 5 seconds unless said, from 1 ms to 24
    /// days. A connection that has to be made takes its own time after that. As long, `close` waits
    /// for what is under way, before it is [`Busy`](tournament_core::Error::Busy).
    #[must_use]
    pub fn with_pool_timeout(mut self, timeout: Duration) -> Self {
        self.pool_timeout = bounded(timeout);
        self
    }

    /// How many more connections all small reads share, one answer following another: 2 unless
    /// said, from 1 to 64. They wait for no writer and no unit of work.
    #[must_use]
    pub fn with_read_connections(mut self, connections: usize) -> Self {
        self.read_connections = connections.clamp(1, Self::MAX_READERS);
        self
    }

    /// Whether `PgBouncer` in transaction mode is in between, of whatever version. Nothing is then
    /// prepared or set for a whole connection, which makes calls slower; and single reads are bounded by this crate alone, so set a
    /// `statement_timeout` for the role or the database too.
    #[must_use]
    pub const fn with_pgbouncer(mut self, pgbouncer: bool) -> Self {
        self.pgbouncer = pgbouncer;
        self
    }

    /// Whether to bring the schema up to date first. Unless asked for, it is not.
    #[must_use]
    pub const fn with_migrate(mut self, migrate: bool) -> Self {
        self.migrate = migrate;
        self
    }

    /// Opens the store.
    ///
    /// # Errors
    ///
    /// [`SchemaOutdated`](tournament_core::Error::SchemaOutdated),
    /// [`SchemaTooNew`](tournament_core::Error::SchemaTooNew);
    /// [`Unavailable`](tournament_core::Error::Unavailable) where there is no connection;
    /// [`Backend`](tournament_core::Error::Backend) where the database's encoding is not UTF-8, its
    /// history is not this program's, or `sslrootcert` cannot be read. Where it is to migrate, those of
    /// [`migrate`](Self::migrate) too.
    pub async fn open(self) -> Result<PostgresStore> {
        PostgresStore::open_with(self).await
    }

    /// Brings the schema up to date: in short what [`migrator`](Self::migrator) does. The database has
    /// to be there. Any number may do so at once.
    ///
    /// # Errors
    ///
    /// Those of [`PostgresMigrator`].
    pub async fn migrate(self) -> Result<MigrationReport> {
        self.migrator()?.run(MigrationGoal::Up { to: None }).await
    }

    /// How the schema stands, whatever state it is in. Changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`PostgresMigrator`].
    pub async fn migration_status(self) -> Result<MigrationStatus> {
        self.migrator()?.status().await
    }

    /// What looks after the database's schema.
    ///
    /// # Errors
    ///
    /// [`Backend`](tournament_core::Error::Backend) where `sslrootcert` cannot be read.
    pub fn migrator(self) -> Result<PostgresMigrator> {
        Ok(PostgresMigrator::new(PostgresServer::new(Target::new(&self)?)))
    }
}

/// Where it connects to, and how; never as whom, or with which password.
impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("hosts", &self.config.get_hosts())
            .field("ports", &self.config.get_ports())
            .field("database", &self.config.get_dbname())
            .field("ssl_mode", &self.ssl_mode)
            .field("ssl_root_certificate", &self.ssl_root_certificate)
            .field("statement_timeout", &self.statement_timeout)
            .field("lock_timeout", &self.lock_timeout)
            .field("pool_size", &self.pool_size)
            .field("pool_timeout", &self.pool_timeout)
            .field("read_connections", &self.read_connections)
            .field("pgbouncer", &self.pgbouncer)
            .field("migrate", &self.migrate)
            .finish_non_exhaustive()
    }
}
