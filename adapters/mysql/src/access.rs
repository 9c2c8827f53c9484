//! The two ways to the server: a store's, one call at a time, and a unit of work's.

use std::borrow::Cow;

use mysql_async::Row;
use tournament_core::{EntityKind, Error, Result};

use crate::step::{Scope, Step};
use crate::values::Value;

pub(crate) trait Access: Send + Sync + 'static {
    /// Whether calls are still taken, and, with the kind of row to be written, whether writes are.
    fn admit(&self, write: Option<EntityKind>) -> Result<()>;

    /// Passes on an answer that was found before the server was asked: it may finish a unit.
    fn answer<T>(&self, answer: Result<T>) -> impl Future<Output = Result<T>> + Send
    where
        T: Send;

    /// The rows of a SELECT.
    fn read(
        &self,
        sql: impl Into<Cow<'static, str>> + Send,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// Begins to write. The step has to be finished with its answer. Dropped, it is done whole or not
    /// at all, and the unit that it was a part of is finished.
    fn step(&self, scope: Scope) -> impl Future<Output = Result<Step>> + Send;
}

/// Runs work that waits for nothing, and takes long, on a thread for blocking work.
pub(crate) async fn blocking<T, W>(work: W) -> Result<T>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Error::backend("the work was stopped with its thread", Some(error.into())))
    })
}
