//! Stores for tests, on the servers that `MARIADB_URL` and `MYSQL_URL` name and on servers of their own.
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
