//! How a store is opened.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use tournament_core::Result;
use tournament_migrations::{MigrationGoal, MigrationReport, MigrationStatus};

use crate::migrate::MySqlServer;
use crate::target::Target;
use crate::tls::SslMode;
use crate::{MySqlMigrator, MySqlStore, url};

/// Where a store is, and how it is opened.
///
/// ```
/// use std::time::Duration;
/// use tournament_mysql::MySqlOptions;
///
/// let options = MySqlOptions::from_url("mysql://bot:secret@localhost/cup?pool_size=4")?
///     .with_statement_timeout(Duration::from_secs(10));
/// assert!(!format!("{options:?}").contains("secret"));
/// # Ok::<(), tournament_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct MySqlOptions {
    pub(crate) address: Address,
    pub(crate) ssl_mode: SslMode,
    pub(crate) ssl_authorities: Option<PathBuf>,
    pub(crate) connect_timeout: Duration,
    pub(crate) statement_timeout: Duration,
    pub(crate) lock_timeout: Duration,
    pub(crate) pool_size: usize,
    pub(crate) pool_timeout: Duration,
    pub(crate) migrate: bool,
}

/// Which database, and as whom.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) socket: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) database: String,
}

/// The longest that a server can be told: 24 days in milliseconds of 31 bits.
const LONGEST: Duration = Duration::from_millis(i32::MAX.unsigned_abs() as u64);

/// What a server would take for "without end" is never asked for.
fn bounded(time: Duration) -> Duration {
    time.clamp(Duration::from_millis(1), LONGEST)
}

impl MySqlOptions {
    pub(crate) const MAX_POOL: usize = 1_000;

    /// What a URL says: `mysql://USER:PASSWORD@HOST:PORT/DATABASE` (or `mariadb://…`, which is the
    /// same), and after a `?`, joined by `&`, parameters. The port is 3306 unless said.
    ///
    /// A user, a password, a database or a value writes `@` as `%40`, `/` as `%2F`, `?` as `%3F`, `&`
    /// as `%26`, `:` as `%3A` and `%` as `%25`.
    ///
    /// Parameters: `ssl-mode` (`DISABLED`, `PREFERRED`, `REQUIRED`, `VERIFY_IDENTITY`), `ssl-ca` (a
    /// file of authorities in PEM), `socket` (the path of a Unix socket, instead of host and port),
    /// `connect_timeout` (seconds), `statement_timeout`, `lock_timeout`, `pool_timeout` (each in
    /// milliseconds) and `pool_size`: see the methods here.
    ///
    /// # Errors
    ///
    /// [`Error::Backend`](tournament_core::Error::Backend) that says what is wrong with the URL,
    /// and never shows its password.
    pub fn from_url(url: &str) -> Result<Self> {
        url::parse(url)
    }

    pub(crate) const fn of(address: Address) -> Self {
        Self {
            address,
            ssl_mode: SslMode::Preferred,
            ssl_authorities: None,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
            pool_size: 10,
            pool_timeout: Duration::from_secs(5),
            migrate: false,
        }
    }

    /// Whether connections are encrypted: [`SslMode::Preferred`] unless said. A Unix socket never
    /// is.
    #[must_use]
    pub const fn with_ssl_mode(mut self, mode: SslMode) -> Self {
        self.ssl_mode = mode;
        self
    }

    /// A file with the authorities to trust, in PEM; the system's unless said. It has to be a
    /// certificate authority's, not the server's own certificate. Only
    /// [`SslMode::VerifyIdentity`] looks at it, which `ssl-ca` in a URL asks for by itself, and this
    /// does not.
    #[must_use]
    pub fn with_ssl_ca(mut self, file: impl Into<PathBuf>) -> Self {
        self.ssl_authorities = Some(file.into());
        self
    }

    /// How long making a connection may take before it is
    /// [`Unavailable`](tournament_core::Error::Unavailable): 5 seconds unless said, from 1 ms to 24
    /// days.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = bounded(timeout);
        self
    }

    /// How long a statement may take, waits for locks included: 30 seconds unless said, from 1 ms
    /// to 24 days. One that takes longer is [`Unavailable`](tournament_core::Error::Unavailable).
    ///
    /// `MariaDB` ends any statement then, `MySQL` one that reads. Where the server has not, the call
    /// ends as much later as connecting may take, and what the server does for it is ended; whether a
    /// write was stored is then not known. No lock is waited for longer than this.
    #[must_use]
    pub fn with_statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = bounded(timeout);
        self
    }

    /// How long a statement waits for another writer before it is
    /// [`Busy`](tournament_core::Error::Busy): 5 seconds unless said, from 1 ms to 24 days, in whole
    /// seconds, as the server counts them (rounded up).
    #[must_use]
    pub fn with_lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = bounded(timeout);
        self
    }

    /// How many connections there are at most: 10 unless said, from 1 to 1,000. Each call and each
    /// unit of work has one for itself.
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
    /// [`Backend`](tournament_core::Error::Backend) where the history is not this program's, or
    /// `ssl-ca` cannot be read. Where it is to migrate, those of [`migrate`](Self::migrate) too.
    pub async fn open(self) -> Result<MySqlStore> {
        MySqlStore::open_with(self).await
    }

    /// Brings the schema up to date: in short what [`migrator`](Self::migrator) does. The database has
    /// to be there. Any number may do so at once.
    ///
    /// # Errors
    ///
    /// Those of [`MySqlMigrator`].
    pub async fn migrate(self) -> Result<MigrationReport> {
        self.migrator()?.run(MigrationGoal::Up { to: None }).await
    }

    /// How the schema stands, whatever state it is in. Changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`MySqlMigrator`].
    pub async fn migration_status(self) -> Result<MigrationStatus> {
        self.migrator()?.status().await
    }

    /// What looks after the database's schema.
    ///
    /// # Errors
    ///
    /// [`Backend`](tournament_core::Error::Backend) where `ssl-ca` cannot be read.
    pub fn migrator(self) -> Result<MySqlMigrator> {
        Ok(MySqlMigrator::new(MySqlServer::new(Target::new(&self)?)))
    }
}

/// Where it connects to, and how; never as whom, or with which password.
impl fmt::Debug for MySqlOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySqlOptions")
            .field("place", &self.address.to_string())
            .field("database", &self.address.database)
            .field("ssl_mode", &self.ssl_mode)
            .field("ssl_authorities", &self.ssl_authorities)
            .field("connect_timeout", &self.connect_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("lock_timeout", &self.lock_timeout)
            .field("pool_size", &self.pool_size)
            .field("pool_timeout", &self.pool_timeout)
            .field("migrate", &self.migrate)
            .finish_non_exhaustive()
    }
}

/// The server's place, and no more.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.socket {
            Some(path) => f.write_str(path),
            None if self.host.contains(':') => write!(f, "[{}]:{}", self.host, self.port),
            None => write!(f, "{}:{}", self.host, self.port),
        }
    }
}
