//! Every promise of the design, on this store.

use std::sync::Arc;

use tournament_conformance::{Harness, suite};
use tournament_core::{BoxFuture, Store, async_trait};
use tournament_memory::MemoryStore;

struct Memory;

#[async_trait]
impl Harness for Memory {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(MemoryStore::new())
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
        let task = tokio::spawn(task);
        Box::pin(async move {
            if let Err(error) = task.await {
                std::panic::resume_unwind(error.into_panic());
            }
        })
    }
}

suite!(Memory, tokio::test(flavor = "multi_thread", worker_threads = 4));
