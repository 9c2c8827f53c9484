//! A store's connections, shared by its calls and units of work.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, QueueMode,
    RecyclingMethod, Runtime, TimeoutType,
};
use tokio::runtime::Handle;
use tokio::sync::{OwnedRwLockReadGuard, RwLock};
use tokio::time::{Instant, timeout};
use tournament_core::{Error, Result};

use crate::PostgresOptions;
use crate::error::connect_timed_out;
use crate::target::{Settings, Target};
use crate::wire::Wire;

/// A connection that was handed out longer ago is asked whether it is still there.
const IDLE: Duration = Duration::from_secs(10);

pub(crate) struct Shared {
    pub(crate) target: Arc<Target>,
    pool: Pool,
    readers: Vec<Reader>,
    next_reader: AtomicUsize,
    closed: AtomicBool,
    /// Held by whatever uses a connection, and taken whole to close the store.
    open: Arc<RwLock<()>>,
    close_timeout: Duration,
    lease_timeout: Duration,
    doubt: Arc<Doubt>,
}

/// When a connection was found to be gone: one that was handed out before is not trusted any more.
#[derive(Default)]
struct Doubt(Mutex<Option<std::time::Instant>>);

impl Doubt {
    fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::time::Instant::now());
    }

    fn covers(&self, last_used: Duration) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| last_used > since.elapsed())
    }
}

/// What keeps a store from being closed.
pub(crate) type Use = OwnedRwLockReadGuard<()>;

impl Shared {
    pub(crate) fn new(options: &PostgresOptions, target: Target) -> Result<Self> {
        let (target, doubt) = (Arc::new(target), Arc::default());
        Ok(Self {
            pool: pool(options, &target, &doubt)?,
            readers: (0..options.read_connections).map(|_| Reader::default()).collect(),
            next_reader: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            open: Arc::default(),
            close_timeout: options.pool_timeout,
            lease_timeout: options
                .pool_timeout
                .saturating_add(target.ping_timeout())
                .saturating_add(target.connect_timeout()),
            doubt,
            target,
        })
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.target.settings
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) {
            Err(Error::unavailable("the store is closed", None))
        } else {
            Ok(())
        }
    }

    /// Keeps the store from being closed.
    fn use_it(&self) -> Result<Use> {
        self.check_open()?;
        // It is only ever taken whole once no new use is let in.
        Arc::clone(&self.open)
            .try_read_owned()
            .map_err(|_| Error::unavailable("the store is closed", None))
    }

    /// A connection of one's own.
    pub(crate) async fn lease(self: &Arc<Self>) -> Result<Lease> {
        let used = self.use_it()?;
        // The pool bounds each of its own waits, and not how many follow one another.
        let client = timeout(self.lease_timeout, self.pool.get())
            .await
            .map_err(|_| connect_timed_out())?
            .map_err(|error| self.no_lease(error))?;
        Ok(Lease { client: Some(client), clean: true, shared: Arc::clone(self), _used: used })
    }

    fn no_lease(&self, error: PoolError) -> Error {
        match error {
            PoolError::Timeout(TimeoutType::Wait) => Error::unavailable(
                "every connection is in use; units of work may be open for too long, or the \
                 pool_size too small",
                None,
            ),
            PoolError::Timeout(_) => connect_timed_out(),
            PoolError::Backend(error) => self.target.refusal(error),
            PoolError::Closed => Error::unavailable("the store is closed", None),
            PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Error::backend("the pool of connections cannot be used", None)
            }
        }
    }

    /// A connection that others read over at the same time.
    pub(crate) async fn reader(&self) -> Result<(Arc<ClientWrapper>, Use)> {
        let used = self.use_it()?;
        let next = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let reader = &self.readers[next % self.readers.len()];
        Ok((reader.client(&self.target).await?, used))
    }

    /// Prepares every statement anew, over all connections: the schema has changed.
    pub(crate) fn forget_statements(&self) {
        self.pool.manager().statement_caches.clear();
        for reader in &self.readers {
            if let Some(current) = reader.lock().as_ref() {
                current.client.statement_cache.clear();
            }
        }
    }

    /// Lets nobody else read over this connection.
    pub(crate) fn forget_reader(&self, client: &Arc<ClientWrapper>) {
        for reader in &self.readers {
            let mut current = reader.lock();
            if current.as_ref().is_some_and(|current| Arc::ptr_eq(&current.client, client)) {
                *current = None;
            }
        }
    }

    /// Takes no idle connection for alive any more: one was found to be gone, and most likely
    /// others went with it.
    pub(crate) fn distrust(&self) {
        self.doubt.begin();
        for reader in &self.readers {
            if let Some(current) = reader.lock().as_mut() {
                current.last_used = None;
            }
        }
    }

    /// Waits for what is under way, and lets go of every connection.
    pub(crate) async fn close(&self) -> Result<()> {
        self.closed.store(true, Ordering::Release);
        let Ok(_all) = timeout(self.close_timeout, self.open.write()).await else {
            return Err(Error::busy("a unit of work or a call is still open", None));
        };
        self.pool.close();
        for reader in &self.readers {
            reader.forget();
        }
        Ok(())
    }
}

fn pool(options: &PostgresOptions, target: &Arc<Target>, doubt: &Arc<Doubt>) -> Result<Pool> {
    let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_connect(tokio_postgres::Config::new(), (**target).clone(), config);
    let patience = target.ping_timeout();
    let doubt = Arc::clone(doubt);
    Pool::builder(manager)
        .max_size(options.pool_size)
        // The one used last knows the most statements.
        .queue_mode(QueueMode::Lifo)
        .wait_timeout(Some(options.pool_timeout))
        .create_timeout(Some(target.connect_timeout()))
        .runtime(Runtime::Tokio1)
        .pre_recycle(Hook::async_fn(move |client, metrics| {
            let doubt = Arc::clone(&doubt);
            Box::pin(async move {
                if client.is_closed() {
                    return Err(HookError::message("it is closed"));
                }
                if doubt.covers(metrics.last_used()) {
                    return Err(HookError::message("others were found to be gone since"));
                }
                if metrics.last_used() > IDLE && !answers(client, patience).await {
                    doubt.begin();
                    return Err(HookError::message("it does not answer"));
                }
                Ok(())
            })
        }))
        .build()
        .map_err(|error| {
            Error::backend("the pool of connections cannot be made", Some(error.into()))
        })
}

async fn answers(client: &ClientWrapper, patience: Duration) -> bool {
    matches!(timeout(patience, client.check_connection()).await, Ok(Ok(())))
}

/// A connection of one's own. It goes back to the others when dropped, if nothing was left half-way.
pub(crate) struct Lease {
    client: Option<Object>,
    /// Whether nothing is under way, and no transaction open.
    clean: bool,
    shared: Arc<Shared>,
    _used: Use,
}

impl Lease {
    pub(crate) fn wire(&self) -> Result<Wire<'_>> {
        let client = self.client.as_ref().ok_or_else(lost)?;
        Ok(Wire::new(client, self.shared.settings()))
    }

    pub(crate) fn settings(&self) -> &Settings {
        self.shared.settings()
    }

    /// How long a connection that may be gone is waited for.
    pub(crate) fn patience(&self) -> Duration {
        self.shared.target.connect_timeout()
    }

    /// From here until [`mark_clean`](Self::mark_clean), dropping it closes the connection.
    pub(crate) const fn mark_unclean(&mut self) {
        self.clean = false;
    }

    pub(crate) const fn mark_clean(&mut self) {
        self.clean = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        if self.clean {
            return;
        }
        let client = Object::take(client);
        if client.is_closed() {
            return;
        }
        // Closing alone would not end what the server is doing, nor free its locks. PgBouncer 1.18 may
        // die of a cancel request; there the time-outs of the transaction remain.
        if self.shared.settings().prepares
            && let Ok(runtime) = Handle::try_current()
        {
            let (token, target) = (client.cancel_token(), Arc::clone(&self.shared.target));
            runtime.spawn(async move {
                target.cancel(token).await;
                drop(client);
            });
        }
    }
}

/// What a connection's user is told when it is gone.
pub(crate) fn lost() -> Error {
    Error::unavailable("the connection to the server was lost", None)
}

/// One of the connections that small reads share. It is made when first used, and made anew when
/// it is gone.
#[derive(Default)]
struct Reader {
    current: Mutex<Option<Current>>,
    /// Held by whoever makes a new one: the others wait for it.
    making: tokio::sync::Mutex<()>,
}

struct Current {
    client: Arc<ClientWrapper>,
    /// `None` where it must answer before it is used again.
    last_used: Option<Instant>,
}

impl Reader {
    async fn client(&self, target: &Target) -> Result<Arc<ClientWrapper>> {
        match self.usable() {
            Some(client) => Ok(client),
            None => timeout(target.ping_timeout() + target.connect_timeout(), self.make(target))
                .await
                .unwrap_or_else(|_| Err(connect_timed_out())),
        }
    }

    async fn make(&self, target: &Target) -> Result<Arc<ClientWrapper>> {
        let _making = self.making.lock().await;
        if let Some(client) = self.usable() {
            return Ok(client);
        }
        let idle = self.lock().take().map(|current| current.client);
        let client = match idle {
            Some(client)
                if !client.is_closed() && answers(&client, target.ping_timeout()).await =>
            {
                client
            }
            _ => Arc::new(target.connect().await?),
        };
        *self.lock() =
            Some(Current { client: Arc::clone(&client), last_used: Some(Instant::now()) });
        Ok(client)
    }

    /// The connection, if it is there and was used lately.
    fn usable(&self) -> Option<Arc<ClientWrapper>> {
        let mut current = self.lock();
        let current = current.as_mut()?;
        let now = Instant::now();
        if current.client.is_closed() || now.duration_since(current.last_used?) > IDLE {
            return None;
        }
        current.last_used = Some(now);
        Some(Arc::clone(&current.client))
    }

    fn forget(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Current>> {
        // What is guarded is whole at every moment, so a panic elsewhere does not spoil it.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
