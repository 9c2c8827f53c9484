//! A store's connections, shared by its calls and units of work.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Pool, Row};
use tokio::runtime::Handle;
use tokio::sync::{OwnedRwLockReadGuard, OwnedSemaphorePermit, RwLock, Semaphore};
use tokio::time::timeout;
use tournament_core::{Error, Result};

use crate::MySqlOptions;
use crate::error::Failure;
use crate::target::{Limits, Target};
use crate::values::Value;
use crate::wire;

/// A connection that was last used longer ago is asked whether it is still there.
const IDLE: Duration = Duration::from_secs(10);

/// More bytes than these are not sent at once, whatever the server takes: nothing is gained by it, and
/// the driver has a limit of its own at 16 MiB.
pub(crate) const BULK_BYTES: usize = 4 << 20;

pub(crate) struct Shared {
    pub(crate) target: Target,
    /// One for each connection that there may be. Whoever has one never waits for somebody else's
    /// connection, so that nobody who stops waiting takes a turn with them that others wait for.
    places: Arc<Semaphore>,
    place_count: usize,
    pool: Mutex<Generation>,
    closed: AtomicBool,
    /// Held by whatever uses a connection, and taken whole to close the store.
    open: Arc<RwLock<()>>,
    pool_timeout: Duration,
    /// How many bytes of values a statement holds at most.
    bulk_bytes: usize,
    /// One at a time ends what others left half-way.
    ending: tokio::sync::Mutex<()>,
}

/// The connections that were made since one was last found to be gone.
struct Generation {
    number: u64,
    pool: Pool,
    /// Those that idle, by their numbers at the server.
    idle: HashMap<u32, Idle>,
}

/// A connection that nobody uses.
struct Idle {
    since: Instant,
    server: Seen,
}

/// Which server is at the other end of a connection, and when it was last seen to be.
#[derive(Clone)]
struct Seen {
    server: Arc<str>,
    at: Instant,
}

/// What keeps a store from being closed.
pub(crate) type Use = OwnedRwLockReadGuard<()>;

impl Shared {
    /// `packet` is how many bytes the server takes at once.
    pub(crate) fn new(options: &MySqlOptions, target: Target, packet: u64) -> Self {
        Self {
            bulk_bytes: usize::try_from(packet / 4 * 3).unwrap_or(usize::MAX).min(BULK_BYTES),
            places: Arc::new(Semaphore::new(options.pool_size)),
            place_count: options.pool_size,
            pool: Mutex::new(Generation::new(0, &target)),
            closed: AtomicBool::new(false),
            open: Arc::default(),
            pool_timeout: options.pool_timeout,
            ending: tokio::sync::Mutex::default(),
            target,
        }
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.target.limits
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) { Err(closed()) } else { Ok(()) }
    }

    /// A connection of one's own.
    pub(crate) async fn lease(self: &Arc<Self>) -> Result<Lease> {
        self.check_open()?;
        // It is only ever taken whole once no new use is let in.
        let used = Arc::clone(&self.open).try_read_owned().map_err(|_| closed())?;
        let place = timeout(self.pool_timeout, Arc::clone(&self.places).acquire_owned())
            .await
            .map_err(|_| {
                Error::unavailable(
                    "every connection is in use; units of work may be open for too long, or the \
                     pool_size too small",
                    None,
                )
            })?
            .map_err(|_| closed())?;
        let limit = self.target.ping_timeout().saturating_add(self.limits().connect);
        let (conn, generation, server) =
            timeout(limit, self.connection()).await.map_err(|_| self.target.timed_out())??;
        let shared = Arc::clone(self);
        let held = Held { conn, generation, server, shared, _place: place, _used: used };
        Ok(Lease { held: Some(held), state: State::Idle })
    }

    /// A connection that is there, as far as one can tell.
    async fn connection(&self) -> Result<(Conn, u64, Seen)> {
        loop {
            let (pool, generation) = {
                let current = self.pool();
                (current.pool.clone(), current.number)
            };
            let mut conn = match pool.get_conn().await {
                Ok(conn) => conn,
                Err(error) => {
                    let failure = Failure::from(error);
                    if self.target.falls_back(&failure) {
                        self.distrust(generation);
                    }
                    if self.pool().number != generation {
                        continue;
                    }
                    return Err(self.target.refusal(failure));
                }
            };
            let idle = self.pool().idle.remove(&conn.id());
            let server = match idle.filter(|idle| idle.since.elapsed() < IDLE) {
                Some(idle) => Some(idle.server),
                None => self.see(&mut conn).await,
            };
            if let Some(server) = server {
                return Ok((conn, generation, server));
            }
            close(conn);
            self.distrust(generation);
        }
    }

    async fn see(&self, conn: &mut Conn) -> Option<Seen> {
        let at = Instant::now();
        let server = wire::server(conn, self.target.ping_timeout()).await?;
        Some(Seen { server, at })
    }

    /// Takes no idle connection of this generation for alive any more: one was found to be gone, and
    /// most likely others went with it.
    pub(crate) fn distrust(&self, generation: u64) {
        let mut current = self.pool();
        if current.number != generation || self.closed.load(Ordering::Acquire) {
            return;
        }
        let next = Generation::new(generation + 1, &self.target);
        let before = std::mem::replace(&mut *current, next);
        drop(current);
        // What idles is closed now, and what is in use once it comes back.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { drop(before.pool.disconnect().await) });
        }
    }

    /// Waits for what is under way, and lets go of every connection.
    pub(crate) async fn close(&self) -> Result<()> {
        self.closed.store(true, Ordering::Release);
        let Ok(_all) = timeout(self.pool_timeout, self.open.write()).await else {
            return Err(Error::busy("a unit of work or a call is still open", None));
        };
        self.places.close();
        let pool = self.pool().pool.clone();
        // What does not end by then ends with the runtime.
        drop(timeout(self.limits().connect, pool.disconnect()).await);
        Ok(())
    }

    /// Ends what this server does for a connection that is gone here, and with it the locks that it
    /// holds: closing alone does not end a statement.
    async fn end_at_server(self: Arc<Self>, connection: u32, seen: Seen) {
        let _one = self.ending.lock().await;
        let limit = self.limits().connect;
        let ended = async {
            let mut conn = Conn::new(self.target.opts()).await?;
            // Another server, or this one started anew, has given the number to somebody else.
            let is_it = wire::server(&mut conn, limit).await.is_some_and(|it| it == seen.server)
                && wire::uptime(&mut conn, limit).await.is_some_and(|up| up > seen.at.elapsed());
            if is_it {
                // Where it ended by itself the server knows no such connection, which is as good.
                drop(conn.query_drop(format!("KILL CONNECTION {connection}")).await);
            }
            conn.disconnect().await
        };
        // Where that does not succeed, the server's own time-outs remain.
        drop(timeout(limit, ended).await);
    }

    fn give_back(&self, conn: Conn, generation: u64, server: Seen) {
        let mut current = self.pool();
        if current.number == generation {
            if current.idle.len() > self.place_count {
                // Of connections that the pool closed meanwhile. Who is not known here is asked.
                current.idle.clear();
            }
            let id = conn.id();
            let other = current.idle.insert(id, Idle { since: Instant::now(), server });
            if other.is_some() {
                // Two servers gave one number. Who is not known here is asked.
                current.idle.remove(&id);
            }
        }
        drop(current);
        drop(conn);
    }

    fn pool(&self) -> MutexGuard<'_, Generation> {
        // What is guarded is whole at every moment, so a panic elsewhere does not spoil it.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generation {
    fn new(number: u64, target: &Target) -> Self {
        Self { number, pool: Pool::new(target.opts()), idle: HashMap::new() }
    }
}

fn closed() -> Error {
    Error::unavailable("the store is closed", None)
}

/// Closes a connection at once, and waits for nobody.
fn close(conn: Conn) {
    // From its first step on the driver takes the connection for closed, so it comes back to no pool.
    let closing = pin!(conn.disconnect());
    drop(closing.poll(&mut Context::from_waker(Waker::noop())));
}

/// What a connection is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing.
    Idle,
    /// A transaction.
    Open,
    /// A transaction that is rolled back by nobody's call.
    Ending,
    /// A call whose answer is not known, or a transaction whose connection is: the server may not
    /// know that nobody is there any more, and keep its locks.
    UnderWay,
    /// It is gone.
    Gone,
}

/// A connection of one's own. It goes back to the others when dropped, if nothing was left half-way;
/// a transaction that is open is rolled back before.
pub(crate) struct Lease {
    /// Until it is dropped.
    held: Option<Held>,
    state: State,
}

struct Held {
    conn: Conn,
    generation: u64,
    server: Seen,
    shared: Arc<Shared>,
    _place: OwnedSemaphorePermit,
    _used: Use,
}

impl Lease {
    /// The rows of a statement.
    pub(crate) async fn query(
        &mut self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, Failure> {
        let (before, conn, limit) = self.begin()?;
        let answer = wire::query(conn, limit, sql, values).await;
        self.end(before, answer)
    }

    /// How many rows a statement changed, or found as they were to become.
    pub(crate) async fn execute(&mut self, sql: &str, values: Vec<Value>) -> Result<u64, Failure> {
        let (before, conn, limit) = self.begin()?;
        let answer = wire::execute(conn, limit, sql, values).await;
        self.end(before, answer)
    }

    /// Executes statements without values, one after another.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        let (before, conn, limit) = self.begin()?;
        let answer = wire::batch(conn, limit, sql).await;
        self.end(before, answer)
    }

    /// Begins a transaction by these statements.
    pub(crate) async fn open(&mut self, sql: &str) -> Result<(), Failure> {
        let opened = self.batch(sql).await;
        // One that began to begin is as good as open.
        if self.state == State::Idle {
            self.state = State::Open;
        }
        opened
    }

    /// Commits the transaction.
    pub(crate) async fn commit(mut self) -> Result<(), Failure> {
        self.batch("COMMIT").await?;
        self.state = State::Idle;
        Ok(())
    }

    /// Rolls the transaction back, if there is one, and lets go of the connection. Where that does
    /// not succeed soon, the connection is closed, and the server does it.
    pub(crate) async fn roll_back(mut self) {
        let Some(held) = self.held.as_ref().filter(|_| self.is_open()) else { return };
        let patience = held.shared.limits().connect;
        let done = timeout(patience, self.batch("ROLLBACK")).await;
        self.state = if matches!(done, Ok(Ok(()))) { State::Idle } else { State::UnderWay };
    }

    /// How many bytes of values a statement holds at most.
    pub(crate) fn bulk_bytes(&self) -> usize {
        self.held.as_ref().map_or(BULK_BYTES, |held| held.shared.bulk_bytes)
    }

    fn is_open(&self) -> bool {
        matches!(self.state, State::Open | State::Ending)
    }

    /// Tells the others that this connection is gone, so that theirs may be too.
    pub(crate) fn distrust(&self) {
        if let Some(held) = &self.held {
            held.shared.distrust(held.generation);
        }
    }

    /// Until [`end`](Self::end) the answer is open: dropped before, the call is ended at the server.
    fn begin(&mut self) -> Result<(State, &mut Conn, Duration), Failure> {
        let before = std::mem::replace(&mut self.state, State::UnderWay);
        let held = match self.held.as_mut() {
            Some(held) if !matches!(before, State::UnderWay | State::Gone) => held,
            _ => {
                self.state = before;
                return Err(Failure::Unsent(None));
            }
        };
        Ok((before, &mut held.conn, held.shared.limits().answer))
    }

    fn end<T>(&mut self, before: State, answer: Result<T, Failure>) -> Result<T, Failure> {
        self.state = match &answer {
            Err(Failure::NoAnswer) => State::UnderWay,
            Err(failure) if failure.ends_connection() && before != State::Idle => State::UnderWay,
            Err(failure) if failure.ends_connection() => State::Gone,
            _ => before,
        };
        answer
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(held) = self.held.take() else { return };
        match (self.state, Handle::try_current()) {
            (State::Idle, _) => held.shared.give_back(held.conn, held.generation, held.server),
            (State::Open, Ok(runtime)) => {
                // A runtime that is shutting down drops it at once, here.
                let ending = Self { held: Some(held), state: State::Ending };
                runtime.spawn(ending.roll_back());
            }
            (State::UnderWay, Ok(runtime)) => {
                let connection = held.conn.id();
                close(held.conn);
                runtime.spawn(held.shared.end_at_server(connection, held.server));
            }
            (State::Open | State::Ending | State::UnderWay | State::Gone, _) => close(held.conn),
        }
    }
}

/// What a connection's user is told when it is gone.
pub(crate) fn lost() -> Error {
    Error::unavailable("the connection to the server was lost", None)
}
