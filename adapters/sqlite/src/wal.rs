//! Carries the write-ahead log over into the file, on a thread for blocking work.
//!
//! SQLite would do it within the commit that makes the log long, and wait for the disk there: on
//! the caller's thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rusqlite::{Connection, wal::CheckpointMode};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};
use tournament_core::Result;
use tournament_migrations::IfMissing;

use crate::access::blocking;
use crate::connection::connect;
use crate::error::failure;
use crate::shared::{Shared, Writer};

/// How long the log gets before it is carried over, in pages: what SQLite itself takes.
const LONG: usize = 1_000;

/// How long it gets before a writer does that itself.
const OVERDUE: usize = 4 * LONG;

/// How long the log's file stays once it is carried over, in bytes.
const KEPT: i64 = 16 * 1024 * 1024;

#[derive(Default)]
pub(crate) struct Wal {
    /// Pages in the log after the last commit.
    pages: Arc<AtomicUsize>,
    /// Pages in it when it was last carried over.
    carried: AtomicUsize,
    running: AtomicBool,
    /// Held while it is carried over beside the writers.
    pub(crate) beside: tokio::sync::Mutex<()>,
    /// Whether the next write begins the log anew, for which it waits for the disk.
    restarts: AtomicBool,
}

impl Wal {
    /// Lets the connection tell how long the log is, in place of SQLite's own checkpoints.
    pub(crate) fn watch(&self, connection: &mut Connection) -> Result<()> {
        connection
            .pragma_update_and_check(None, "journal_size_limit", KEPT, |_| Ok(()))
            .map_err(failure)?;
        let pages = Arc::clone(&self.pages);
        connection
            .wal_hook(Some(move |_: &mut _, now| {
                pages.store(usize::try_from(now).unwrap_or(0), Ordering::Relaxed);
                Ok(())
            }))
            .map_err(failure)
    }

    /// Whether the next write would wait for the disk although its commit does not. Asked once.
    pub(crate) fn takes_restart(&self) -> bool {
        self.restarts.load(Ordering::Relaxed) && self.restarts.swap(false, Ordering::Relaxed)
    }

    /// Whether this many pages came since the log was last carried over. A reader may keep it from
    /// being begun anew; then it is not tried again with every commit, but when as much again has
    /// come.
    fn is_due(&self, many: usize) -> bool {
        let pages = self.pages.load(Ordering::Relaxed);
        let carried = self.carried.load(Ordering::Relaxed);
        pages >= many && (pages < carried || pages >= carried + many)
    }

    /// After each commit.
    pub(crate) fn committed(&self, shared: &Arc<Shared>) {
        if !self.is_due(LONG) || self.running.swap(true, Ordering::AcqRel) {
            return;
        }
        // Outside a runtime, the next commit within one does it.
        let Ok(runtime) = Handle::try_current() else {
            self.running.store(false, Ordering::Release);
            return;
        };
        let shared = Arc::clone(shared);
        runtime.spawn(async move {
            let running = Running(&shared.wal);
            // A log that could not be carried over now is when it has grown; its length is
            // no error of a caller's.
            let _ = carry_over(&shared).await;
            drop(running);
        });
    }
}

/// Lets the next one run, even after a panic or when the runtime stops.
struct Running<'w>(&'w Wal);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.store(false, Ordering::Release);
    }
}

async fn carry_over(shared: &Arc<Shared>) -> Result<()> {
    // First beside the writers: that is most of the work, and nobody waits but who closes the store.
    let path = shared.settings.path.clone();
    let wait = shared.settings.busy_timeout;
    let beside = shared.wal.beside.lock().await;
    shared.check_open()?;
    blocking(move || {
        let connection = connect(&path, IfMissing::Refuse, wait)?;
        checkpoint(&connection)
    })
    .await?;
    drop(beside);
    // Then the little that came meanwhile, without a writer: only a log that is carried over to its
    // end is begun anew, and steady writers would make it grow for ever.
    let writer = shared.writer(shared.deadline()).await?;
    carry_rest(shared, writer).await.map(drop)
}

/// Makes a writer carry the log over where it grows faster than that is done beside it.
pub(crate) async fn catch_up(
    shared: &Arc<Shared>,
    writer: Writer,
    deadline: Instant,
) -> Result<Writer> {
    if !shared.wal.is_due(OVERDUE) {
        return Ok(writer);
    }
    // Two at once get in each other's way. One that does not end in time is no reason not to write.
    let _beside = timeout_at(deadline, shared.wal.beside.lock()).await;
    carry_rest(shared, writer).await
}

async fn carry_rest(shared: &Arc<Shared>, writer: Writer) -> Result<Writer> {
    let shared = Arc::clone(shared);
    blocking(move || {
        // Another process may be at it; that serves as well.
        if let Ok((pages, carried)) = checkpoint(writer.connection()?) {
            shared.wal.carried.store(pages, Ordering::Relaxed);
            shared.wal.restarts.store(pages == carried, Ordering::Relaxed);
        }
        Ok(writer)
    })
    .await
}

/// The pages in the log, and how many of them are carried over.
fn checkpoint(connection: &Connection) -> Result<(usize, usize)> {
    let (pages, carried) =
        connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE).map_err(failure)?;
    Ok((usize::try_from(pages).unwrap_or(0), usize::try_from(carried).unwrap_or(0)))
}
