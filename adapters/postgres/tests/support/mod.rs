//! Stores for tests, on the server that `POSTGRES_URL` names and on servers of their own.
#![allow(dead_code)] // Each test file uses a part of it.
#![allow(clippy::unwrap_used)] // A test that cannot go on fails.

pub(crate) mod database;
pub(crate) mod server;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tournament_conformance::Harness;
#[allow(unused_imports)]
pub(crate) use tournament_conformance::servers::{a_match, event};
use tournament_core::{BoxFuture, Store, async_trait};
use tournament_postgres::PostgresOptions;

use database::{Claim, url_of};

/// Long enough for what only seems to be stuck, short enough to run into on purpose.
pub(crate) const LOCK_TIMEOUT: Duration = Duration::from_millis(700);

/// Stores in databases that are emptied and used again. One that a failed test left is kept.
pub(crate) struct Databases {
    /// How the suite's stores get to the server; the databases are made by the straight way.
    by: &'static str,
    claims: Mutex<Vec<Claim>>,
}

impl Databases {
    /// Straight to the server.
    pub(crate) fn direct() -> Self {
        Self { by: "POSTGRES_URL", claims: Mutex::default() }
    }

    /// Through `PgBouncer` in transaction mode.
    pub(crate) fn by_pgbouncer() -> Self {
        Self { by: "PGBOUNCER_URL", claims: Mutex::default() }
    }
}

impl Databases {
    /// Where the store that was opened last has its rows.
    pub(crate) fn last_url(&self) -> String {
        let claims = self.claims.lock().unwrap();
        url_of(&server::url("POSTGRES_URL"), &claims.last().unwrap().database)
    }
}

#[async_trait]
impl Harness for Databases {
    async fn open(&self) -> Arc<dyn Store> {
        let claim = Claim::new(&server::url("POSTGRES_URL")).await;
        let url = url_of(&server::url(self.by), &claim.database);
        let store = options(&url).open().await.unwrap();
        store.clear().await.unwrap();
        self.claims.lock().unwrap().push(claim);
        Arc::new(store)
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
        spawn(task)
    }

    async fn passed(&self) {
        let claims = std::mem::take(&mut *self.claims.lock().unwrap());
        for claim in claims {
            claim.give_back().await;
        }
    }
}

/// How tests open stores: what they run into on purpose is short.
pub(crate) fn options(url: &str) -> PostgresOptions {
    PostgresOptions::from_url(url)
        .unwrap()
        .with_lock_timeout(LOCK_TIMEOUT)
        .with_pool_timeout(Duration::from_secs(10))
}

pub(crate) fn spawn(task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
    let task = tokio::spawn(task);
    Box::pin(async move {
        if let Err(error) = task.await {
            std::panic::resume_unwind(error.into_panic());
        }
    })
}
