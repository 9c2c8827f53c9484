//! What happens when the server, the wire or the caller gives up.
#![allow(clippy::expect_used, clippy::unwrap_used)] // Helpers are tests too.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use support::database::connect;
use support::options;
use support::proxy::Proxy;
use support::server::Server;
use tournament_core::{
    Error, Match, Player, PlayerFilter, Repositories, RepositoryExt, Result, Store, StoreExt,
    UnitOptions,
};
use tournament_postgres::PostgresOptions;

async fn open(options: PostgresOptions) -> Arc<dyn Store> {
    Arc::new(options.open().await.unwrap())
}

/// Closes every connection that the store has, as an administrator does it.
async fn terminate(server: &Server, which: &str) {
    let admin = connect(&server.url).await;
    let sql = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"
    );
    let ended: i64 = admin.query_one(&sql, &[]).await.unwrap().get(0);
    assert!(ended > 0, "no connection is {which}");
}

#[track_caller]
fn expect_unavailable<T: std::fmt::Debug>(answer: Result<T>, unknown: bool) {
    match answer {
        Err(Error::Unavailable { outcome_unknown, .. }) if outcome_unknown == unknown => {}
        other => panic!("unavailable, outcome unknown {unknown}, was expected: {other:?}"),
    }
}

async fn names(store: &dyn Store) -> Vec<String> {
    let players = store.players().list_all(&PlayerFilter::default()).await.unwrap();
    players.into_iter().map(|player| player.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_whose_backend_is_terminated_is_finished_and_stores_nothing() {
    let server = Server::with_store(&[]).await;
    let store = open(options(&server.url)).await;
    for idle in [true, false] {
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        unit.players().create(&Player::new("Lost")).await.unwrap();
        terminate(&server, "state = 'idle in transaction'").await;
        if idle {
            // Nothing was sent, so it is known that nothing was stored.
            tokio::time::sleep(Duration::from_millis(50)).await;
            expect_unavailable(unit.commit().await, false);
        } else {
            expect_unavailable(unit.players().create(&Player::new("Lost")).await, false);
            assert_eq!(
                unit.players().get(Player::new("x").id).await.unwrap_err().code(),
                "aborted"
            );
            assert_eq!(unit.commit().await.unwrap_err().code(), "aborted");
        }
    }
    store.players().create(&Player::new("Kept")).await.unwrap();
    assert_eq!(names(&*store).await, ["Kept"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn transact_tries_again_when_its_backend_is_terminated() {
    let server = Server::with_store(&[]).await;
    let store = open(options(&server.url)).await;
    let attempts = AtomicU32::new(0);
    let server = &server;
    let tried = &attempts;
    store
        .transact(|tx| {
            Box::pin(async move {
                tx.players().create(&Player::new("Ada")).await?;
                if tried.fetch_add(1, Ordering::SeqCst) < 2 {
                    terminate(server, "state = 'idle in transaction'").await;
                }
                tx.players().create(&Player::new("Ben")).await.map(drop)
            })
        })
        .await
        .unwrap();
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
    assert_eq!(names(&*store).await, ["Ada", "Ben"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_outlives_its_servers_restart_between_calls() {
    let server = Server::with_store(&[]).await;
    let store = open(options(&server.url)).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    for at_once in [false, true] {
        store.players().get(ada.id).await.unwrap();
        server.stop(at_once);
        let began = Instant::now();
        expect_unavailable(store.players().get(ada.id).await, false);
        expect_unavailable(store.players().create(&Player::new("Lost")).await, false);
        expect_unavailable(store.begin(UnitOptions::new()).await.map(drop), false);
        expect_unavailable(store.export().await, false);
        let health = store.health().await;
        assert!(!health.healthy && health.problem.is_some(), "{health:?}");
        assert!(began.elapsed() < Duration::from_secs(5), "nothing hangs");
        server.start_again();
        assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
        assert!(store.health().await.healthy);
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        unit.players().create(&Player::new("Ben")).await.unwrap();
        unit.commit().await.unwrap();
    }
    assert_eq!(names(&*store).await, ["Ada", "Ben", "Ben"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_survives_a_server_that_dies_during_calls() {
    let server = Server::with_store(&[]).await;
    let store = open(options(&server.url)).await;
    let over = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let (store, over) = (Arc::clone(&store), Arc::clone(&over));
            tokio::spawn(async move {
                let (mut acknowledged, mut open) = (Vec::new(), Vec::new());
                for number in 0.. {
                    if over.load(Ordering::SeqCst) {
                        break;
                    }
                    let player = Player::new(format!("Player {task} {number}"));
                    match store.players().create(&player).await {
                        Ok(player) => acknowledged.push(player.id),
                        Err(Error::Unavailable { outcome_unknown: true, .. }) => {
                            open.push(player.id);
                        }
                        Err(Error::Unavailable { .. }) => {
                            tokio::time::sleep(Duration::from_millis(10)).await;
                        }
                        Err(error) => panic!("{error:?}"),
                    }
                }
                (acknowledged, open)
            })
        })
        .collect();
    for at_once in [false, true] {
        tokio::time::sleep(Duration::from_millis(500)).await;
        server.stop(at_once);
        server.start_again();
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    over.store(true, Ordering::SeqCst);
    let mut stored: std::collections::HashSet<_> =
        store.export().await.unwrap().players.into_iter().map(|player| player.id).collect();
    let mut count = 0;
    for task in tasks {
        let (acknowledged, open) = task.await.unwrap();
        count += acknowledged.len();
        for id in acknowledged {
            // One that was acknowledged after the export is looked up.
            assert!(stored.remove(&id) || store.players().get(id).await.is_ok(), "{id} was lost");
        }
        for id in open {
            stored.remove(&id);
        }
    }
    assert!(count > 100, "{count} were acknowledged");
    assert!(stored.is_empty(), "stored though refused: {stored:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_every_connection_taken_a_call_waits_for_a_bounded_time() {
    let server = Server::with_store(&[]).await;
    let patience = Duration::from_millis(300);
    let store = open(options(&server.url).with_pool_size(2).with_pool_timeout(patience)).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let one = store.begin(UnitOptions::new()).await.unwrap();
    let two = store.begin(UnitOptions::new().read_only()).await.unwrap();
    let began = Instant::now();
    expect_unavailable(store.begin(UnitOptions::new()).await.map(drop), false);
    expect_unavailable(store.players().create(&Player::new("Ben")).await, false);
    let waited = began.elapsed();
    assert!(waited >= 2 * patience && waited < 10 * patience, "{waited:?}");
    assert_eq!(store.players().get(ada.id).await.unwrap(), ada, "small reads have their own");
    assert!(store.health().await.healthy);
    two.rollback().await.unwrap();
    store.players().create(&Player::new("Ben")).await.unwrap();
    one.rollback().await.unwrap();
}

/// A unit that holds the row of this match.
async fn holding(store: &dyn Store, game: &Match) -> Box<dyn tournament_core::UnitOfWork> {
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    unit.matches().update(&game.clone().with_result(2, 0, 0)).await.unwrap();
    unit
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_answers_at_once_while_a_write_waits_behind_a_unit() {
    let server = Server::with_store(&[]).await;
    // One connection for all reads, so that a write on it would be in the way.
    let slow = options(&server.url).with_read_connections(1);
    let store = open(slow.with_lock_timeout(Duration::from_secs(20))).await;
    let game = support::a_match(&*store).await;
    let unit = holding(&*store, &game).await;
    let waiting = {
        let (store, game) = (Arc::clone(&store), game.clone());
        tokio::spawn(async move { store.matches().update(&game).await })
    };
    tokio::time::sleep(Duration::from_millis(200)).await;
    let began = Instant::now();
    for _ in 0..20 {
        assert_eq!(store.matches().get(game.id).await.unwrap(), game);
    }
    store.players().list(&PlayerFilter::default(), &tournament_core::Page::new()).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(!waiting.is_finished());
    unit.commit().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap_err().code(), "conflict");
}

/// Who asks for much, and turns to something else before the answer is in, holds nobody up.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_is_not_polled_keeps_nobody_else_waiting() {
    let server = Server::with_store(&[]).await;
    let store = open(options(&server.url).with_read_connections(1)).await;
    let event = support::event(1_000);
    store.import(&event).await.unwrap();
    let (filter, page) = (PlayerFilter::default(), tournament_core::Page::new().with_limit(1_000));
    store.players().list(&filter, &page).await.unwrap();
    let mut unpolled = store.players().list(&filter, &page);
    assert!(is_pending(&mut unpolled).await);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let id = event.players[0].id;
    let read = tokio::time::timeout(Duration::from_secs(2), store.players().get(id)).await;
    assert_eq!(read.expect("it waits for the other").unwrap().id, id);
    assert_eq!(unpolled.await.unwrap().items.len(), 1_000);
}

/// Polls once.
async fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_for_locks_and_answers_end_as_the_options_say() {
    let server = Server::with_store(&[]).await;
    let short = Duration::from_millis(300);
    let long = Duration::from_secs(20);
    for (lock, statement, code) in [(short, long, "busy"), (long, short, "unavailable")] {
        let limits = options(&server.url).with_lock_timeout(lock).with_statement_timeout(statement);
        let store = open(limits).await;
        store.clear().await.unwrap();
        let game = support::a_match(&*store).await;
        let unit = holding(&*store, &game).await;
        let began = Instant::now();
        let error = store.matches().update(&game).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.is_retryable(), "{error}");
        let other = store.begin(UnitOptions::new()).await.unwrap();
        assert_eq!(other.matches().update(&game).await.unwrap_err().code(), code);
        assert_eq!(other.commit().await.unwrap_err().code(), "aborted");
        assert!(began.elapsed() >= 2 * short && began.elapsed() < 10 * short);
        unit.commit().await.unwrap();
        assert_eq!(store.matches().get(game.id).await.unwrap().version, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_that_carries_nothing_is_given_up_and_left() {
    let server = Server::with_store(&[]).await;
    let proxy = Proxy::before(server.port()).await;
    let url = format!("{}connect_timeout=1", proxy.url(&server.url));
    let limit = Duration::from_millis(300);
    let store = open(options(&url).with_statement_timeout(limit)).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    store.players().get(ada.id).await.unwrap();
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    // A second connection, for what follows: no new one will be let in.
    store.players().create(&Player::new("Bea")).await.unwrap();
    proxy.set_dead(true);
    let began = Instant::now();
    expect_unavailable(store.players().get(ada.id).await, false);
    expect_unavailable(store.players().create(&Player::new("Ben")).await, true);
    expect_unavailable(unit.players().create(&Player::new("Ben")).await, false);
    expect_unavailable(store.begin(UnitOptions::new()).await.map(drop), false);
    assert!(!store.health().await.healthy);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    proxy.set_dead(false);
    proxy.cut();
    assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
    store.players().create(&Player::new("Cleo")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_leaves_the_outcome_open_where_it_is() {
    let server = Server::with_store(&[]).await;
    let proxy = Proxy::before(server.port()).await;
    let store = open(options(&proxy.url(&server.url))).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();

    // A single write, and a commit: the server did it, and nobody heard so.
    proxy.lose_answers(true);
    expect_unavailable(store.players().create(&Player::new("Ben")).await, true);
    proxy.lose_answers(false);
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    unit.players().create(&Player::new("Cleo")).await.unwrap();
    proxy.lose_answers(true);
    expect_unavailable(unit.commit().await, true);
    proxy.lose_answers(false);
    assert_eq!(names(&*store).await, ["Ada", "Ben", "Cleo"]);

    // Within a unit nothing was stored, and that is known.
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    proxy.lose_answers(true);
    expect_unavailable(unit.players().create(&Player::new("Dan")).await, false);
    proxy.lose_answers(false);
    assert_eq!(unit.commit().await.unwrap_err().code(), "aborted");

    // `transact` does not do again what may be done.
    let attempts = AtomicU32::new(0);
    let (tried, wire) = (&attempts, &proxy);
    let done = store
        .transact(|tx| {
            Box::pin(async move {
                tried.fetch_add(1, Ordering::SeqCst);
                tx.players().create(&Player::new("Eve")).await?;
                wire.lose_answers(true);
                Ok::<_, Error>(())
            })
        })
        .await;
    proxy.lose_answers(false);
    expect_unavailable(done, true);
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
    assert_eq!(names(&*store).await, ["Ada", "Ben", "Cleo", "Eve"]);

    // A read is done again, over another connection.
    store.players().get(ada.id).await.unwrap();
    proxy.cut();
    assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
}
