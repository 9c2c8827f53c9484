//! Stores for tests, on the servers that `MARIADB_URL` and `MYSQL_URL` name and on servers of their own.
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
use tournament_mysql::MySqlOptions;

use database::{Claim, url_of};
use server::Kind;

/// As short as the servers count: long enough for what only seems to be stuck, short enough to run
/// into on purpose.
pub(crate) const LOCK_TIMEOUT: Duration = Duration::from_secs(1);

/// Stores in databases that are emptied and used again. One that a failed test left is kept.
pub(crate) struct Databases {
    kind: Kind,
    claims: Mutex<Vec<Claim>>,
}

impl Databases {
    pub(crate) fn of(kind: Kind) -> Self {
        Self { kind, claims: Mutex::default() }
    }

    /// Where the store that was opened last has its rows.
    pub(crate) async fn last_url(&self) -> String {
        let database = self.claims.lock().unwrap().last().unwrap().database.clone();
        url_of(&self.kind.url().await, &database)
    }
}

#[async_trait]
impl Harness for Databases {
    async fn open(&self) -> Arc<dyn Store> {
        let server = self.kind.url().await;
        let claim = Claim::new(&server).await;
        let store = options(&url_of(&server, &claim.database)).open().await.unwrap();
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
pub(crate) fn options(url: &str) -> MySqlOptions {
    MySqlOptions::from_url(url)
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
