//! Stores for tests.

#![allow(clippy::unwrap_used)] // A test that cannot go on fails.

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tournament_conformance::Harness;
use tournament_core::{BoxFuture, Store, async_trait};
use tournament_sqlite::{SqliteOptions, Synchronous};

/// Long enough for what only seems to be stuck, short enough to run into on purpose.
const BUSY: Duration = Duration::from_millis(700);

/// Stores in files of a folder of their own.
pub(crate) struct Files {
    folder: TempDir,
    synchronous: Synchronous,
}

impl Files {
    pub(crate) fn new(synchronous: Synchronous) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), synchronous }
    }
}

#[async_trait]
impl Harness for Files {
    async fn open(&self) -> Arc<dyn Store> {
        let file = tempfile::Builder::new().suffix(".db").tempfile_in(self.folder.path()).unwrap();
        let (_, path) = file.keep().unwrap();
        let options = SqliteOptions::new(path)
            .with_synchronous(self.synchronous)
            .with_busy_timeout(BUSY)
            .with_migrate(true);
        Arc::new(options.open().await.unwrap())
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
        spawn(task)
    }
}

/// Stores in memory.
pub(crate) struct Memory;

#[async_trait]
impl Harness for Memory {
    async fn open(&self) -> Arc<dyn Store> {
        let options = SqliteOptions::in_memory().with_busy_timeout(BUSY);
        Arc::new(options.open().await.unwrap())
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
        spawn(task)
    }
}

fn spawn(task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
    let task = tokio::spawn(task);
    Box::pin(async move {
        if let Err(error) = task.await {
            std::panic::resume_unwind(error.into_panic());
        }
    })
}
