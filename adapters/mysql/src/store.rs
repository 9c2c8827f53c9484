//! The store.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use mysql_async::Row;
use tokio::time::timeout;
use tournament_core::adapter::backoff;
use tournament_core::{
    Dataset, EntityKind, Error, Health, Result, Store, UnitOfWork, UnitOptions, async_trait,
};
use tournament_migrations::MigrationReport;

use crate::access::Access;
use crate::error::Failure;
use crate::session::Session;
use crate::shared::Shared;
use crate::step::{self, BEGIN_READING, Scope, Step};
use crate::target::Target;
use crate::unit::MySqlUnit;
use crate::values::Value;
use crate::{MySqlOptions, migrate, snapshot};

/// What [`Store::health`] calls this adapter.
const BACKEND: &str = "mysql";

/// A store of tournaments in a database of `MySQL` or `MariaDB`.
///
/// ```no_run
/// use tournament_mysql::MySqlStore;
///
/// # async fn example() -> tournament_core::Result<()> {
/// let store = MySqlStore::open("mysql://bot@localhost/tournaments").await?;
/// # Ok(())
/// # }
/// ```
pub struct MySqlStore {
    session: Session<StoreAccess>,
}

impl MySqlStore {
    /// Opens the store that a URL names, see [`MySqlOptions::from_url`]. Its schema must be current.
    ///
    /// # Errors
    ///
    /// Those of [`MySqlOptions::open`].
    pub async fn open(url: &str) -> Result<Self> {
        MySqlOptions::from_url(url)?.open().await
    }

    /// Brings the schema of the database that a URL names up to date: for services that migrate when
    /// they start. Any number may do so at once.
    ///
    /// # Errors
    ///
    /// Those of [`MySqlOptions::migrate`].
    pub async fn migrate(url: &str) -> Result<MigrationReport> {
        MySqlOptions::from_url(url)?.migrate().await
    }

    pub(crate) async fn open_with(options: MySqlOptions) -> Result<Self> {
        let target = Target::new(&options)?;
        if options.migrate {
            options.clone().migrate().await?;
        }
        let packet = migrate::check_new(&target).await?;
        let shared = Shared::new(&options, target, packet);
        Ok(Self { session: Session { access: StoreAccess { shared: Arc::new(shared) } } })
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.session.access.shared
    }

    /// The version of the schema and of the server.
    async fn look(&self) -> Result<(u32, String)> {
        let mut lease = self.shared().lease().await?;
        let looked = async {
            Ok((migrate::check(&mut lease).await?, migrate::server_version(&mut lease).await?))
        };
        let bound = self.shared().limits().connect;
        timeout(bound, looked).await.unwrap_or_else(|_| Err(Failure::NoAnswer.into_error()))
    }
}

impl std::fmt::Debug for MySqlStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MySqlStore").finish_non_exhaustive()
    }
}

/// One call, one transaction.
pub(crate) struct StoreAccess {
    shared: Arc<Shared>,
}

/// How often a read is done in all that lost its connection before it was answered: it may have
/// been closed while nobody used it, and to read twice does no harm.
const READ_ATTEMPTS: usize = 2;

impl Access for StoreAccess {
    fn admit(&self, _: Option<EntityKind>) -> Result<()> {
        self.shared.check_open()
    }

    async fn answer<T: Send>(&self, answer: Result<T>) -> Result<T> {
        answer
    }

    async fn read(
        &self,
        sql: impl Into<Cow<'static, str>> + Send,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let sql = sql.into();
        for _ in 1..READ_ATTEMPTS {
            let mut lease = self.shared.lease().await?;
            match lease.query(&sql, values.clone()).await {
                Ok(rows) => return Ok(rows),
                Err(failure) if failure.is_worth_another() => lease.distrust(),
                Err(failure) => return Err(failure.into_error()),
            }
        }
        let mut lease = self.shared.lease().await?;
        lease.query(&sql, values).await.map_err(Failure::into_error)
    }

    async fn step(&self, scope: Scope) -> Result<Step> {
        Step::own(&self.shared, scope).await
    }
}

tournament_core::adapter::delegate_repositories!(MySqlStore, session);

#[async_trait]
impl Store for MySqlStore {
    async fn begin(&self, options: UnitOptions) -> Result<Box<dyn UnitOfWork>> {
        Ok(Box::new(MySqlUnit::begin(self.shared(), options.read_only).await?))
    }

    async fn health(&self) -> Health {
        let began = Instant::now();
        let looked = self.look().await;
        let health =
            Health::new(BACKEND).with_round_trip_ms(began.elapsed().as_secs_f64() * 1_000.0);
        match looked {
            Ok((schema, server)) => health.with_schema_version(schema).with_server_version(server),
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
        let mut step = Step::begun(step::begin(self.shared(), BEGIN_READING).await?);
        let exported = snapshot::export(&mut step).await;
        step.undo(exported).await
    }

    async fn clear(&self) -> Result<()> {
        self.shared().check_open()?;
        let mut step = self.session.access.step(Scope::Transaction).await?;
        let cleared = snapshot::clear(&mut step).await;
        step.finish(cleared).await
    }

    async fn close(&self) -> Result<()> {
        self.shared().close().await
    }

    async fn pause(&self, attempt: u32) {
        tokio::time::sleep(backoff(attempt)).await;
    }
}
