//! Stores for tests, on the server that `POSTGRES_URL` names and on servers of their own.
#![allow(dead_code)] // Each test file uses a part of it.
#![allow(clippy::unwrap_used)] // A test that cannot go on fails.

pub(crate) mod database;
pub(crate) mod proxy;
pub(crate) mod server;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tournament_conformance::Harness;
use tournament_core::{
    BaseFormat, BoxFuture, Component, ComponentType, Dataset, Format, GameSystem, Match, Player,
    Round, Store, Tournament, Venue, async_trait,
};
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

/// A tournament with so many players, two of whom meet at a table; nobody is registered.
pub(crate) fn event(players: usize) -> Dataset {
    let players: Vec<_> = (0..players).map(|n| Player::new(format!("Player {n:04}"))).collect();
    let venue = Venue::new("Hall");
    let name = format!("Draft {}", venue.id);
    let format = Format::new(name, GameSystem::Pokemon, BaseFormat::Limited, "Base");
    let tournament = Tournament::new("Cup", format.id, venue.id, players[0].id);
    let component = Component::new(tournament.id, ComponentType::Swiss, "Swiss", 1);
    let round = Round::new(&component, 1);
    Dataset {
        matches: vec![Match::new(&round, players[0].id, players[1].id).with_table_number(1)],
        players,
        venues: vec![venue],
        formats: vec![format],
        tournaments: vec![tournament],
        components: vec![component],
        rounds: vec![round],
        ..Dataset::new()
    }
}

/// A stored match.
pub(crate) async fn a_match(store: &dyn Store) -> Match {
    let event = event(2);
    store.import(&event).await.unwrap();
    event.matches[0].clone()
}
