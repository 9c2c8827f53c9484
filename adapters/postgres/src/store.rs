//! The store.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use tokio::time::timeout;
use tokio_postgres::Row;
use tournament_core::adapter::backoff;
use tournament_core::{
    Dataset, EntityKind, Error, Health, Result, Store, UnitOfWork, UnitOptions, async_trait,
};
use tournament_migrations::MigrationReport;

use crate::access::{Access, Weight};
use crate::error::{Class, Failure};
use crate::session::Session;
use crate::shared::Shared;
use crate::step::{Scope, Step};
use crate::target::Target;
use crate::unit::{self, PostgresUnit};
use crate::values::Value;
use crate::wire::Wire;
use crate::{PostgresOptions, migrate, snapshot};

/// What [`Store::health`] calls this adapter.
const BACKEND: &str = "postgres";

/// A store of tournaments in a `PostgreSQL` database.
///
/// ```no_run
/// use tournament_postgres::PostgresStore;
///
/// # async fn example() -> tournament_core::Result<()> {
/// let store = PostgresStore::open("postgres://bot@localhost/tournaments").await?;
/// # Ok(())
/// # }
/// ```
pub struct PostgresStore {
    session: Session<StoreAccess>,
}

impl PostgresStore {
    /// Opens the store that a URL names, see [`PostgresOptions::from_url`]. Its schema must be
    /// current.
    ///
    /// # Errors
    ///
    /// Those of [`PostgresOptions::open`].
    pub async fn open(url: &str) -> Result<Self> {
        PostgresOptions::from_url(url)?.open().await
    }

    /// Brings the schema of the database that a URL names up to date: for services that migrate when
    /// they start. Any number may do so at once.
    ///
    /// # Errors
    ///
    /// Those of [`PostgresOptions::migrate`].
    pub async fn migrate(url: &str) -> Result<MigrationReport> {
        PostgresOptions::from_url(url)?.migrate().await
    }

    pub(crate) async fn open_with(options: PostgresOptions) -> Result<Self> {
        let target = Target::new(&options)?;
        if options.migrate {
            options.clone().migrate().await?;
        }
        migrate::check_new(&target).await?;
        let shared = Shared::new(&options, target)?;
        Ok(Self { session: Session { access: StoreAccess { shared: Arc::new(shared) } } })
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.session.access.shared
    }

    /// The version of the schema and of the server.
    async fn look(&self) -> Result<(u32, String)> {
        let (client, _used) = self.shared().reader().await?;
        let wire = Wire::new(&client, self.shared().settings());
        let looked =
            async { Ok((migrate::check(wire).await?, migrate::server_version(wire).await?)) };
        let bound = self.shared().target.connect_timeout();
        timeout(bound, looked).await.unwrap_or_else(|_| {
            self.shared().forget_reader(&client);
            Err(Failure::NoAnswer.into_error())
        })
    }
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

/// One call, one transaction.
pub(crate) struct StoreAccess {
    shared: Arc<Shared>,
}

/// How often a read is done in all that lost its connection before it was answered: it may have
/// been closed while nobody used it, and to read twice does no harm.
const READ_ATTEMPTS: usize = 2;

/// A SELECT, handed from hand to hand.
struct Select {
    sql: Cow<'static, str>,
    values: Vec<Value<'static>>,
}

impl StoreAccess {
    /// Reads over a connection that others read over at the same time.
    ///
    /// On a task of its own: the driver passes answers on in their order, and an answer that nobody
    /// takes, because the caller turned to something else, would keep all behind it waiting.
    async fn read_shared(&self, select: Select) -> (Result<Vec<Row>, Broken>, Select) {
        let (client, used) = match self.shared.reader().await {
            Ok(reader) => reader,
            Err(error) => return (Err(error.into()), select),
        };
        let shared = Arc::clone(&self.shared);
        let read = tokio::spawn(async move {
            let wire = Wire::new(&client, shared.settings());
            let rows = wire.query(&select.sql, &select.values).await;
            if matches!(rows, Err(Failure::NoAnswer)) {
                // Others would wait for it as long.
                shared.forget_reader(&client);
            }
            drop(used);
            (rows.map_err(Broken::Call), select)
        });
        read.await.unwrap_or_else(|error| {
            let error = Error::backend("the read was stopped with its task", Some(error.into()));
            (Err(error.into()), Select { sql: Cow::default(), values: Vec::new() })
        })
    }

    /// Reads over a connection of its own.
    async fn read_alone(&self, select: &Select) -> Result<Vec<Row>, Broken> {
        let mut lease = self.shared.lease().await?;
        lease.mark_unclean();
        let rows = lease.wire()?.query(&select.sql, &select.values).await;
        if !matches!(&rows, Err(failure) if matches!(failure.class(), Class::Lost(_))) {
            lease.mark_clean();
        }
        Ok(rows?)
    }
}

/// Why a read has no rows.
enum Broken {
    /// There was no connection.
    NoConnection(Error),
    Call(Failure),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::NoConnection(error)
    }
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self::Call(failure)
    }
}

impl Access for StoreAccess {
    fn admit(&self, _: Option<EntityKind>) -> Result<()> {
        self.shared.check_open()
    }

    async fn answer<T: Send>(&self, answer: Result<T>) -> Result<T> {
        answer
    }

    async fn read(
        &self,
        weight: Weight,
        sql: impl Into<Cow<'static, str>> + Send,
        values: Vec<Value<'static>>,
    ) -> Result<Vec<Row>> {
        let mut select = Select { sql: sql.into(), values };
        let mut attempt = 1;
        loop {
            let rows;
            (rows, select) = match weight {
                Weight::Light => self.read_shared(select).await,
                Weight::Heavy => (self.read_alone(&select).await, select),
            };
            let failure = match rows {
                Ok(rows) => return Ok(rows),
                Err(Broken::NoConnection(error)) => return Err(error),
                Err(Broken::Call(failure)) => failure,
            };
            if attempt == READ_ATTEMPTS || !failure.is_worth_another() {
                return Err(failure.into_error());
            }
            if failure.class() == Class::Stale {
                self.shared.forget_statements();
            } else {
                self.shared.distrust();
            }
            attempt += 1;
        }
    }

    async fn step(&self, scope: Scope) -> Result<Step> {
        Step::own(&self.shared, scope).await
    }
}

tournament_core::adapter::delegate_repositories!(PostgresStore, session);

#[async_trait]
impl Store for PostgresStore {
    async fn begin(&self, options: UnitOptions) -> Result<Box<dyn UnitOfWork>> {
        Ok(Box::new(PostgresUnit::begin(self.shared(), options.read_only).await?))
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
        let step = Step::begun(unit::begin(self.shared(), true).await?);
        let exported = snapshot::export(&step).await;
        step.undo(exported).await
    }

    async fn clear(&self) -> Result<()> {
        self.shared().check_open()?;
        let step = self.session.access.step(Scope::Transaction).await?;
        let cleared = snapshot::clear(&step).await;
        step.finish(cleared).await
    }

    async fn close(&self) -> Result<()> {
        self.shared().close().await
    }

    async fn pause(&self, attempt: u32) {
        tokio::time::sleep(backoff(attempt)).await;
    }
}
