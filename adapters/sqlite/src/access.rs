//! The two ways to a connection: a store's, one call at a time, and a unit of work's.

use rusqlite::Connection;
use tournament_core::{EntityKind, Error, Result};

/// Whether work may stay on the caller's thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// A row or a page: done sooner than another thread would take it up.
    Light,
    /// What may take milliseconds.
    Heavy,
}

pub(crate) trait Access: Send + Sync + 'static {
    /// Whether calls are still taken, and, with the kind of row to be written, whether writes are.
    fn admit(&self, write: Option<EntityKind>) -> Result<()>;

    /// Passes on an answer that was found before any connection was asked: it may finish a unit.
    fn answer<T>(&self, answer: Result<T>) -> impl Future<Output = Result<T>> + Send
    where
        T: Send;

    /// Reads. The work may be done a second time if a lock was in its way.
    fn read<T, W>(&self, weight: Weight, work: W) -> impl Future<Output = Result<T>> + Send
    where
        T: Send + 'static,
        W: Fn(&Connection) -> Result<T> + Send + 'static;

    /// Writes, in a transaction.
    fn write<T, W>(&self, weight: Weight, work: W) -> impl Future<Output = Result<T>> + Send
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T> + Send + 'static;
}

/// Runs work that stores nothing on a thread for blocking work.
pub(crate) async fn blocking<T, W>(work: W) -> Result<T>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Error::backend("the work was stopped with its thread", Some(error.into())))
    })
}

/// [`blocking`] for work that may already have been stored when its thread stops.
pub(crate) async fn blocking_write<T, W>(work: W) -> Result<T>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Error::outcome_unknown("the work was stopped with its thread", Some(error.into())))
    })
}
