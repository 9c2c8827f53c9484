//! What an adapter gives the suite, and what the suite makes of it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tournament_core::{
    BoxFuture, Error, Repositories, Result, Store, UnitOfWork, UnitOptions, async_trait,
};

/// How the suite gets stores of one adapter, and tasks of one runtime.
///
/// A harness serves one case: [`suite!`](crate::suite) makes a new one for each, so that what it
/// owns (a folder, a database) may be let go when it is dropped.
#[async_trait]
pub trait Harness: Send + Sync {
    /// A fresh and empty store, ready for use. A case may ask for several; each is a store of its
    /// own.
    ///
    /// Where the adapter waits for locks, the wait should be short, between 300 ms and 1 s: some
    /// cases run into it on purpose.
    async fn open(&self) -> Arc<dyn Store>;

    /// Starts a task at once, beside the caller and on another thread where the runtime has
    /// several. The future that it returns is done when the task is, and panics if the task did.
    fn spawn(&self, task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()>;

    /// Called after a case that passed. A harness whose clean-up must be awaited does it here, so
    /// what a failed case stored can be looked at. Nothing to do unless said otherwise.
    async fn passed(&self) {}
}

/// One case: a store of its own, and the harness for what else it needs.
pub(crate) struct Case<'h> {
    harness: &'h dyn Harness,
    pub(crate) store: Arc<dyn Store>,
}

impl<'h> Case<'h> {
    pub(crate) async fn open(harness: &'h dyn Harness) -> Self {
        let store = harness.open().await;
        Self { harness, store }
    }

    pub(crate) async fn passed(self) {
        drop(self.store);
        self.harness.passed().await;
    }

    /// The store's repositories.
    pub(crate) fn rows(&self) -> &dyn Repositories {
        &*self.store
    }

    /// A second store, as empty as the first one was.
    pub(crate) async fn another_store(&self) -> Arc<dyn Store> {
        self.harness.open().await
    }

    /// A unit of work that writes.
    pub(crate) async fn unit(&self) -> Box<dyn UnitOfWork> {
        self.store.begin(UnitOptions::new()).await.expect("a unit")
    }

    /// A unit of work that only reads.
    pub(crate) async fn reader(&self) -> Box<dyn UnitOfWork> {
        self.store.begin(UnitOptions::new().read_only()).await.expect("a read-only unit")
    }

    /// Starts a task; the future that it returns gives what the task made.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> BoxFuture<'static, T> {
        let made = Arc::new(Mutex::new(None));
        let place = Arc::clone(&made);
        let done = self.harness.spawn(Box::pin(async move {
            let value = task.await;
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        }));
        Box::pin(async move {
            done.await;
            let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
            made.take()
                .expect("`Harness::spawn` resolves when the task is done, and panics if it did")
        })
    }

    /// Runs all the tasks at the same time and gives what they made, in their order.
    pub(crate) async fn at_once<T, F>(&self, tasks: impl IntoIterator<Item = F>) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let started: Vec<_> = tasks.into_iter().map(|task| self.spawn(task)).collect();
        let mut made = Vec::with_capacity(started.len());
        for task in started {
            made.push(task.await);
        }
        made
    }
}

/// More often than any wait for other writers should end in `Busy` in one case.
const PATIENCE: u32 = 100;

/// Repeats a call while it may succeed if it is tried again: many writers at once may meet the
/// bound of a wait, which is no fault of the store.
pub(crate) async fn patiently<T, F>(store: &dyn Store, mut call: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let mut attempt = 1;
    loop {
        match call().await {
            Err(Error::Busy { .. }) if attempt < PATIENCE => {
                store.pause(attempt.min(5)).await;
                attempt += 1;
            }
            answer => return answer,
        }
    }
}

/// Lets other tasks of the same thread go first, once.
pub(crate) async fn step_aside() {
    struct Once(bool);

    impl Future for Once {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
            if self.0 {
                return Poll::Ready(());
            }
            self.0 = true;
            context.waker().wake_by_ref();
            Poll::Pending
        }
    }

    Once(false).await;
}
