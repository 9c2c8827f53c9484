//! What stores on a server promise when the server, the wire or the caller gives up, and many at once
//! want the same: tests that need a server of their own, which an adapter provides as a [`Server`].
//!
//! [`on_a_server!`](crate::on_a_server) makes a test of each.

#![allow(clippy::missing_panics_doc)] // A test fails by panicking.

#[doc(hidden)]
pub mod dropped;
#[doc(hidden)]
pub mod faults;
mod proxy;
#[doc(hidden)]
pub mod storm;

use std::sync::Arc;
use std::time::Duration;

use tournament_core::{
    BaseFormat, Component, ComponentType, Dataset, Format, GameSystem, Match, Player, PlayerFilter,
    RepositoryExt, Round, Store, Tournament, UnitOfWork, UnitOptions, Venue, async_trait,
};

pub use proxy::Proxy;

/// A server of a test's own at this machine, with one database whose schema is current.
#[async_trait]
pub trait Server: Send + Sync {
    /// Where it listens.
    fn port(&self) -> u16;

    /// A store in the database. As it is asked for again after a restart, it is opened anew each time.
    async fn open(&self, way: &Way<'_>) -> Arc<dyn Store>;

    /// As an administrator does it, so that open transactions are rolled back; or at once, as if it
    /// had died.
    fn stop(&self, at_once: bool);

    /// Again, at the same port.
    fn start_again(&self);

    /// Closes a connection of the stores, any of them; whether there was one.
    async fn kill_one(&self) -> bool;

    /// Closes the connection of each transaction that is open; there is at least one.
    async fn kill_units(&self);

    /// How many statements wait for a lock.
    async fn waiting(&self) -> u64;

    /// What is not the same for every adapter.
    fn kind(&self) -> Kind {
        Kind::default()
    }
}

/// What is not the same for every adapter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kind {
    /// Whether small reads need none of the connections that writes and units of work have.
    pub reads_are_apart: bool,
    /// Whether a COMMIT over a connection that the server closed is known not to have been sent.
    pub sees_closed_connections: bool,
    /// How the server counts waits for locks, where not in milliseconds.
    pub counts_seconds: bool,
}

/// How a test's store is opened.
#[derive(Clone, Copy, Debug)]
pub struct Way<'w> {
    /// Through this wire.
    pub proxy: Option<&'w Proxy>,
    /// How many connections writes and units of work have.
    pub pool_size: usize,
    /// How long a call waits for one of them.
    pub pool_timeout: Duration,
    /// How long a statement waits for a lock.
    pub lock_timeout: Duration,
    /// How long it may take.
    pub statement_timeout: Duration,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
}

impl Default for Way<'_> {
    fn default() -> Self {
        Self {
            proxy: None,
            pool_size: 10,
            pool_timeout: Duration::from_secs(10),
            // Long enough for what only seems to be stuck, short enough to run into on purpose.
            lock_timeout: Duration::from_secs(1),
            statement_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
        }
    }
}

/// A tournament with so many players, two of whom meet at a table; nobody is registered.
#[must_use]
pub fn event(players: usize) -> Dataset {
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
pub async fn a_match(store: &dyn Store) -> Match {
    let event = event(2);
    store.import(&event).await.unwrap();
    event.matches[0].clone()
}

async fn names(store: &dyn Store) -> Vec<String> {
    let players = store.players().list_all(&PlayerFilter::default()).await.unwrap();
    players.into_iter().map(|player| player.name).collect()
}

async fn begin(store: &dyn Store) -> Box<dyn UnitOfWork> {
    store.begin(UnitOptions::new()).await.unwrap()
}

/// Makes tests on servers: `on_a_server!(server, attribute, dropped: all)` of futures that are dropped,
/// `faults: all` of servers and wires that give up, `storm: all` of many tasks at once while connections
/// are killed; or of some by their names, as in `dropped: reads, units_of_work`.
///
/// `server` is evaluated anew for each test and gives a [`Server`](crate::servers::Server). `attribute`
/// makes a test of an `async fn` on Tokio.
#[macro_export]
macro_rules! on_a_server {
    ($server:expr, $attribute:meta, dropped: all) => {
        $crate::on_a_server!($server, $attribute, dropped: reads, single_writes, many_rows,
            registering_takes_a_number_or_none, units_of_work, a_call_dropped_within_a_unit,
            a_write_given_up_while_it_waits_is_ended_at_the_server,
            a_unit_that_is_dropped_is_rolled_back_at_once);
    };
    ($server:expr, $attribute:meta, faults: all) => {
        $crate::on_a_server!($server, $attribute, faults:
            a_unit_whose_connection_is_killed_is_finished_and_stores_nothing,
            transact_tries_again_when_its_connection_is_killed,
            a_store_outlives_its_servers_restart_between_calls,
            what_was_acknowledged_survives_a_server_that_dies_during_calls,
            with_every_connection_taken_a_call_waits_for_a_bounded_time,
            a_read_answers_at_once_while_a_write_waits_behind_a_unit,
            waits_for_locks_and_answers_end_as_the_options_say,
            a_wire_that_carries_nothing_is_given_up_and_left,
            many_idle_connections_on_a_dead_wire_are_not_waited_for_in_turn,
            an_answer_that_is_lost_leaves_the_outcome_open_where_it_is,
            a_deadlock_is_busy_and_retried);
    };
    ($server:expr, $attribute:meta, storm: all) => {
        $crate::on_a_server!($server, $attribute, storm:
            nothing_is_lost_or_done_twice_while_connections_are_killed);
    };
    ($server:expr, $attribute:meta, $module:ident: $($test:ident),+) => {
        $(
            #[$attribute]
            async fn $test() {
                $crate::servers::$module::$test(&$server).await;
            }
        )+
    };
}
