//! A store's connections, shared by its calls and units of work.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use tournament_core::{Error, Result};
use tournament_migrations::IfMissing;

use crate::access::blocking;
use crate::connection::{connect, reader};
use crate::error::{commit_failure, failure};
use crate::wal::{self, Wal};

/// How a writer's commit reaches the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Each commit waits for the disk, so it is no work for the caller's thread.
    Full,
    /// Checkpoints wait for the disk, commits do not.
    Normal,
    /// Nothing waits: the file is gone with the process anyway.
    None,
}

impl Durability {
    const fn pragma(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Normal => "NORMAL",
            Self::None => "OFF",
        }
    }
}

pub(crate) struct Settings {
    pub(crate) path: PathBuf,
    pub(crate) durability: Durability,
    pub(crate) busy_timeout: Duration,
    pub(crate) readers: usize,
}

/// Which connections a reader draws on: those who read for long must not use up what point reads
/// need.
#[derive(Clone, Copy)]
pub(crate) enum Allowance {
    Short,
    Long,
}

pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) wal: Wal,
    closed: AtomicBool,
    idle: Mutex<Vec<Connection>>,
    short: Arc<Semaphore>,
    long: Arc<Semaphore>,
    /// Empty until a writer comes, and after one whose transaction could not be ended.
    writer: Arc<tokio::sync::Mutex<Option<Connection>>>,
    /// Where a store in memory has its file. The last field: it goes after the connections.
    folder: Mutex<Option<TempDir>>,
}

impl Shared {
    pub(crate) fn new(settings: Settings, folder: Option<TempDir>) -> Self {
        Self {
            wal: Wal::default(),
            closed: AtomicBool::new(false),
            idle: Mutex::new(Vec::new()),
            short: Arc::new(Semaphore::new(settings.readers)),
            long: Arc::new(Semaphore::new(settings.readers)),
            writer: Arc::new(tokio::sync::Mutex::new(None)),
            folder: Mutex::new(folder),
            settings,
        }
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) {
            Err(Error::unavailable("the store is closed", None))
        } else {
            Ok(())
        }
    }

    /// Whether a small write ends without a wait for the disk.
    pub(crate) fn commits_inline(&self) -> bool {
        match self.settings.durability {
            Durability::Full => false,
            Durability::Normal => !self.wal.takes_restart(),
            Durability::None => true,
        }
    }

    /// When a wait that begins now ends.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.settings.busy_timeout
    }

    pub(crate) async fn reader(self: &Arc<Self>, allowance: Allowance) -> Result<Reader> {
        take_turns().await;
        self.check_open()?;
        let semaphore = match allowance {
            Allowance::Short => &self.short,
            Allowance::Long => &self.long,
        };
        let permit = if let Ok(permit) = Arc::clone(semaphore).try_acquire_owned() {
            permit
        } else {
            let permit = timeout_at(self.deadline(), Arc::clone(semaphore).acquire_owned()).await;
            let Ok(Ok(permit)) = permit else {
                self.check_open()?;
                return Err(Error::unavailable("every connection that reads is in use", None));
            };
            permit
        };
        // Who closes the store waits for the permit from here on.
        self.check_open()?;
        let idle = lock(&self.idle).pop();
        let connection = if let Some(connection) = idle {
            connection
        } else {
            let (path, wait) = (self.settings.path.clone(), self.settings.busy_timeout);
            blocking(move || reader(&path, wait)).await?
        };
        Ok(Reader { connection: Some(connection), shared: Arc::clone(self), _permit: permit })
    }

    /// The writer's connection, alone, once no other task of this store has it.
    pub(crate) async fn writer(self: &Arc<Self>, deadline: Instant) -> Result<Writer> {
        take_turns().await;
        self.check_open()?;
        let slot = if let Ok(slot) = Arc::clone(&self.writer).try_lock_owned() {
            slot
        } else {
            timeout_at(deadline, Arc::clone(&self.writer).lock_owned())
                .await
                .map_err(|_| Error::busy("another writer of this store did not end", None))?
        };
        let mut writer = Writer { slot, shared: Arc::clone(self) };
        self.check_open()?;
        if writer.slot.is_none() {
            let shared = Arc::clone(self);
            *writer.slot = Some(blocking(move || shared.connect_writer()).await?);
        }
        wal::catch_up(self, writer, deadline).await
    }

    /// Opens what a first call would otherwise wait for.
    pub(crate) fn warm_up(&self) -> Result<()> {
        let writer = self.connect_writer()?;
        if let Ok(mut slot) = self.writer.try_lock() {
            *slot = Some(writer);
        }
        let reader = reader(&self.settings.path, self.settings.busy_timeout)?;
        lock(&self.idle).push(reader);
        Ok(())
    }

    fn connect_writer(&self) -> Result<Connection> {
        let mut connection =
            connect(&self.settings.path, IfMissing::Refuse, self.settings.busy_timeout)?;
        connection
            .pragma_update(None, "synchronous", self.settings.durability.pragma())
            .map_err(failure)?;
        self.wal.watch(&mut connection)?;
        Ok(connection)
    }

    /// Waits for what is under way, and lets go of everything.
    pub(crate) async fn close(self: &Arc<Self>) -> Result<()> {
        self.closed.store(true, Ordering::Release);
        let deadline = self.deadline();
        let all = u32::try_from(self.settings.readers).unwrap_or(u32::MAX);
        let under_way = || Error::busy("a unit of work or a long read is still open", None);
        let mut waited = Vec::new();
        for semaphore in [&self.short, &self.long] {
            let permits = timeout_at(deadline, Arc::clone(semaphore).acquire_many_owned(all))
                .await
                .map_err(|_| under_way())?;
            waited.push(permits);
        }
        let mut writer = timeout_at(deadline, Arc::clone(&self.writer).lock_owned())
            .await
            .map_err(|_| under_way())?;
        let _carried_over =
            timeout_at(deadline, self.wal.beside.lock()).await.map_err(|_| under_way())?;
        let idle = std::mem::take(&mut *lock(&self.idle));
        let writer = writer.take();
        let folder = lock(&self.folder).take();
        blocking(move || {
            drop(idle);
            // The last connection carries the log over into the file and deletes it.
            drop(writer);
            folder.map_or(Ok(()), TempDir::close).map_err(|error| {
                Error::unavailable(
                    "the temporary file of the store could not be deleted",
                    Some(error.into()),
                )
            })
        })
        .await
    }
}

/// Lets other tasks have the thread now and then: calls that are done on it never wait, so a task
/// that makes one after another would keep it for itself.
pub(crate) async fn take_turns() {
    tokio::task::coop::consume_budget().await;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is guarded is whole at every moment, so a panic elsewhere does not spoil it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection that reads. It goes back to the others when dropped, outside any transaction.
pub(crate) struct Reader {
    connection: Option<Connection>,
    shared: Arc<Shared>,
    // After the connection is back: who gets the permit next finds it.
    _permit: OwnedSemaphorePermit,
}

impl Reader {
    pub(crate) fn connection(&self) -> Result<&Connection> {
        self.connection.as_ref().ok_or_else(lost)
    }

    /// Fixes what is seen until the reader is dropped.
    pub(crate) fn begin(&self) -> Result<()> {
        // BEGIN alone takes no snapshot; the first read does.
        self.connection()?
            .execute_batch("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1;")
            .map_err(failure)
    }

    /// How long the next statement waits for a lock.
    pub(crate) fn wait(&self, time: Duration) -> Result<()> {
        self.connection()?.busy_timeout(time).map_err(failure)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && end_transaction(&connection)
            && self.shared.check_open().is_ok()
        {
            lock(&self.shared.idle).push(connection);
        }
    }
}

/// The connection that writes, alone. Dropped, it rolls back what was not committed.
pub(crate) struct Writer {
    slot: OwnedMutexGuard<Option<Connection>>,
    shared: Arc<Shared>,
}

impl Writer {
    pub(crate) fn connection(&self) -> Result<&Connection> {
        self.slot.as_ref().ok_or_else(lost)
    }

    /// Begins a transaction that no other process's can get in the way of once it has begun.
    pub(crate) fn begin(&self, wait: Duration) -> Result<()> {
        let connection = self.connection()?;
        connection
            .busy_timeout(wait)
            .and_then(|()| connection.prepare_cached("BEGIN IMMEDIATE"))
            .and_then(|mut statement| statement.execute([]))
            .map(drop)
            .map_err(failure)
    }

    /// [`begin`](Self::begin) that waits until a deadline.
    pub(crate) fn begin_until(&self, deadline: Instant) -> Result<()> {
        // Zero would not even wait for a lock that is held for microseconds.
        let wait = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.begin(wait)
    }

    pub(crate) fn commit(&self) -> Result<()> {
        self.connection()?
            .prepare_cached("COMMIT")
            .and_then(|mut statement| statement.execute([]))
            .map_err(commit_failure)?;
        self.shared.wal.committed(&self.shared);
        Ok(())
    }

    /// Does the work as a transaction of its own that has begun.
    pub(crate) fn finish<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let value = work(self.connection()?)?;
        self.commit()?;
        Ok(value)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some(connection) = self.slot.take()
            && end_transaction(&connection)
        {
            *self.slot = Some(connection);
        }
    }
}

/// What a connection's user is told when it is gone: its transaction could not be ended.
pub(crate) fn lost() -> Error {
    Error::unavailable("the connection to the database file was lost", None)
}

/// Rolls back what is open. A connection where that fails is of no more use.
fn end_transaction(connection: &Connection) -> bool {
    connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok()
}
