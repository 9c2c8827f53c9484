//! What happens when the server, the wire or the caller gives up.
#![allow(clippy::expect_used, clippy::unwrap_used)] // Helpers are tests too.

mod support;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable;
use support::database::connect;
use support::options;
use support::proxy::Proxy;
use support::server::{Kind, Server, on_private_servers};
use tournament_core::{
    Dataset, Error, Match, Player, PlayerFilter, Repositories, RepositoryExt, Result, Store,
    StoreExt, UnitOptions,
};
use tournament_mysql::MySqlOptions;

async fn open(options: MySqlOptions) -> Arc<dyn Store> {
    Arc::new(options.open().await.unwrap())
}

/// Closes every connection of the store that is in a transaction, as an administrator does it.
async fn kill_units(server: &Server) {
    let mut admin = connect(&server.url).await;
    let open = "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx \
                WHERE trx_mysql_thread_id <> CONNECTION_ID()";
    let mut killed = 0;
    for attempt in 0.. {
        let open: Vec<u64> = admin.query(open).await.unwrap();
        for connection in open {
            // One that was killed before is listed for a while.
            let kill = admin.query_drop(format!("KILL CONNECTION {connection}")).await;
            killed += usize::from(kill.is_ok());
        }
        if killed > 0 {
            return;
        }
        assert!(attempt < 10, "no transaction is open");
        // The server looks anew only once nobody has asked for 100 ms.
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
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

on_private_servers! {
    a_unit_whose_backend_is_terminated_is_finished_and_stores_nothing,
    transact_tries_again_when_its_backend_is_terminated,
    a_store_outlives_its_servers_restart_between_calls,
    what_was_acknowledged_survives_a_server_that_dies_during_calls,
    with_every_connection_taken_a_call_waits_for_a_bounded_time,
    a_read_answers_at_once_while_a_write_waits_behind_a_unit,
    waits_for_locks_and_answers_end_as_the_options_say,
    a_wire_that_carries_nothing_is_given_up_and_left,
    many_idle_connections_on_a_dead_wire_are_not_waited_for_in_turn,
    an_answer_that_is_lost_leaves_the_outcome_open_where_it_is,
    a_deadlock_is_busy_and_retried,
    a_single_connection_killed_while_idle_is_noticed,
}

async fn a_unit_whose_backend_is_terminated_is_finished_and_stores_nothing(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let store = open(options(&server.url)).await;
    for idle in [true, false] {
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        unit.players().create(&Player::new("Lost")).await.unwrap();
        kill_units(&server).await;
        if idle {
            // Whether COMMIT got there, nobody can tell.
            expect_unavailable(unit.commit().await, true);
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

async fn transact_tries_again_when_its_backend_is_terminated(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let store = open(options(&server.url)).await;
    let attempts = AtomicU32::new(0);
    let server = &server;
    let tried = &attempts;
    store
        .transact(|tx| {
            Box::pin(async move {
                tx.players().create(&Player::new("Ada")).await?;
                if tried.fetch_add(1, Ordering::SeqCst) < 2 {
                    kill_units(server).await;
                }
                tx.players().create(&Player::new("Ben")).await.map(drop)
            })
        })
        .await
        .unwrap();
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
    assert_eq!(names(&*store).await, ["Ada", "Ben"]);
}

async fn a_store_outlives_its_servers_restart_between_calls(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
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

/// What one task did while the server came and went: rows that were acknowledged, and rows of which
/// it is not known; those that one call stored belong together.
#[derive(Default)]
struct Done {
    acknowledged: Vec<Vec<Player>>,
    open: Vec<Vec<Player>>,
    reads: usize,
}

async fn write(store: &dyn Store, kind: usize, players: &[Player]) -> Result<()> {
    match kind {
        0 => store.players().create(&players[0]).await.map(drop),
        1 => store.players().create_many(players).await.map(drop),
        2 => {
            let dataset = Dataset { players: players.to_vec(), ..Dataset::new() };
            store.import(&dataset).await
        }
        _ => {
            store
                .transact(|tx| {
                    Box::pin(async move {
                        for player in players {
                            tx.players().create(player).await?;
                        }
                        Ok(())
                    })
                })
                .await
        }
    }
}

async fn what_was_acknowledged_survives_a_server_that_dies_during_calls(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let store = open(options(&server.url)).await;
    let over = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..10)
        .map(|task| {
            let (store, over) = (Arc::clone(&store), Arc::clone(&over));
            tokio::spawn(async move {
                let mut done = Done::default();
                let kind = task % 5;
                while !over.load(Ordering::SeqCst) {
                    let rows = if kind == 0 { 1 } else { 3 };
                    let players: Vec<_> = (0..rows).map(|_| Player::new("Ada")).collect();
                    let answer = if kind == 4 {
                        store.players().count(&PlayerFilter::default()).await.map(drop)
                    } else {
                        write(&*store, kind, &players).await
                    };
                    match answer {
                        Ok(()) if kind == 4 => done.reads += 1,
                        Ok(()) => done.acknowledged.push(players),
                        Err(Error::Unavailable { outcome_unknown: true, .. }) => {
                            done.open.push(players);
                        }
                        Err(Error::Unavailable { .. }) => {
                            tokio::time::sleep(Duration::from_millis(10)).await;
                        }
                        Err(error) => panic!("{error:?}"),
                    }
                }
                done
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
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    let players = store.export().await.unwrap().players;
    let mut stored: HashSet<_> = players.into_iter().map(|player| player.id).collect();
    for task in &done {
        for player in task.acknowledged.iter().flatten() {
            assert!(stored.remove(&player.id), "acknowledged and lost");
        }
        for players in &task.open {
            let count = players.iter().filter(|player| stored.remove(&player.id)).count();
            assert!(count == 0 || count == players.len(), "stored by half");
        }
        assert!(task.acknowledged.len() + task.reads > 20, "no kind of call goes on");
    }
    assert!(stored.is_empty(), "stored though refused: {stored:?}");
}

async fn with_every_connection_taken_a_call_waits_for_a_bounded_time(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
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
    expect_unavailable(store.players().get(ada.id).await, false);
    assert!(!store.health().await.healthy);
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

async fn a_read_answers_at_once_while_a_write_waits_behind_a_unit(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let store = open(options(&server.url).with_lock_timeout(Duration::from_secs(20))).await;
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

async fn waits_for_locks_and_answers_end_as_the_options_say(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    // The servers count the waits for locks in seconds.
    let short = Duration::from_secs(1);
    let long = Duration::from_secs(20);
    for (lock, statement, codes) in
        [(short, long, &["busy"][..]), (long, short, &["busy", "unavailable"])]
    {
        let limits = options(&server.url).with_lock_timeout(lock).with_statement_timeout(statement);
        let store = open(limits).await;
        store.clear().await.unwrap();
        let game = support::a_match(&*store).await;
        let unit = holding(&*store, &game).await;
        let began = Instant::now();
        let error = store.matches().update(&game).await.unwrap_err();
        assert!(codes.contains(&error.code()), "{error}");
        assert!(error.is_retryable(), "{error}");
        let other = store.begin(UnitOptions::new()).await.unwrap();
        let error = other.matches().update(&game).await.unwrap_err();
        assert!(codes.contains(&error.code()), "{error}");
        assert_eq!(other.commit().await.unwrap_err().code(), "aborted");
        assert!(began.elapsed() >= 2 * short && began.elapsed() < 10 * short);
        unit.commit().await.unwrap();
        assert_eq!(store.matches().get(game.id).await.unwrap().version, 2);
    }
}

async fn a_wire_that_carries_nothing_is_given_up_and_left(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let proxy = Proxy::before(server.port()).await;
    let url = format!("{}&connect_timeout=1", proxy.url(&server.url));
    let limit = Duration::from_millis(300);
    let store = open(options(&url).with_statement_timeout(limit)).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    store.players().get(ada.id).await.unwrap();
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    // More connections, for what follows: no new one will be let in.
    let more = [begin(&*store).await, begin(&*store).await, begin(&*store).await];
    for unit in more {
        unit.rollback().await.unwrap();
    }
    proxy.set_dead(true);
    // The statement's time, and as much more as connecting may take.
    let bound = limit + Duration::from_secs(1);
    let players = store.players();
    expect_unavailable(in_time(bound, players.get(ada.id)).await, false);
    expect_unavailable(in_time(bound, players.create(&Player::new("Ben"))).await, true);
    expect_unavailable(in_time(bound, unit.players().create(&Player::new("Ben"))).await, false);
    assert_eq!(unit.players().get(ada.id).await.unwrap_err().code(), "aborted");
    expect_unavailable(in_time(bound, store.begin(UnitOptions::new())).await.map(drop), false);
    expect_unavailable(in_time(bound, store.export()).await, false);
    assert!(!in_time(bound, store.health()).await.healthy);
    proxy.set_dead(false);
    proxy.cut();
    assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
    store.players().create(&Player::new("Cleo")).await.unwrap();
}

/// Within the bound, and a little for the machine.
async fn in_time<T>(bound: Duration, call: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let answer = call.await;
    assert!(began.elapsed() < bound + Duration::from_millis(500), "{:?}", began.elapsed());
    answer
}

/// However many connections were idle, no more than one is waited for.
async fn many_idle_connections_on_a_dead_wire_are_not_waited_for_in_turn(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let proxy = Proxy::before(server.port()).await;
    let url = format!("{}&connect_timeout=1", proxy.url(&server.url));
    let patience = Duration::from_millis(500);
    let store = open(options(&url).with_pool_timeout(patience)).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let mut units = Vec::new();
    for _ in 0..10 {
        units.push(store.begin(UnitOptions::new()).await.unwrap());
    }
    for unit in units {
        unit.rollback().await.unwrap();
    }
    store.players().get(ada.id).await.unwrap();
    // Until each is asked whether it is still there before it is used.
    tokio::time::sleep(Duration::from_millis(10_500)).await;
    proxy.set_dead(true);
    let bound = patience + Duration::from_secs(1);
    let written = in_time(bound, store.players().create(&Player::new("Ben"))).await;
    expect_unavailable(written, false);
    expect_unavailable(in_time(bound, store.players().get(ada.id)).await, false);
    proxy.set_dead(false);
    proxy.cut();
    assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
    store.players().create(&Player::new("Cleo")).await.unwrap();
    assert_eq!(names(&*store).await, ["Ada", "Cleo"]);
}

async fn an_answer_that_is_lost_leaves_the_outcome_open_where_it_is(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
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

/// Two units that want each other's row: one is told so, does it again, and both are done.
async fn a_deadlock_is_busy_and_retried(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let store = open(options(&server.url)).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let ben = store.players().create(&Player::new("Ben")).await.unwrap();
    let attempts = Arc::new(AtomicU32::new(0));
    let both_have_one = Arc::new(tokio::sync::Barrier::new(2));
    let tasks = [(ada.id, ben.id), (ben.id, ada.id)].map(|(first, second)| {
        let (store, attempts, barrier) =
            (Arc::clone(&store), Arc::clone(&attempts), Arc::clone(&both_have_one));
        tokio::spawn(async move {
            let (attempts, barrier) = (&attempts, &barrier);
            store
                .transact(|tx| {
                    Box::pin(async move {
                        let attempt = attempts.fetch_add(1, Ordering::SeqCst);
                        for id in [first, second] {
                            let mut player = tx.players().get(id).await?;
                            player.name.push('!');
                            tx.players().update(&player).await?;
                            if attempt < 2 && id == first {
                                barrier.wait().await;
                            }
                        }
                        Ok::<_, Error>(())
                    })
                })
                .await
        })
    });
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert!(attempts.load(Ordering::SeqCst) >= 3, "there was no deadlock");
    assert_eq!(names(&*store).await, ["Ada!!", "Ben!!"]);

    // Without `transact` it is the caller who is told.
    let (one, two) = (begin(&*store).await, begin(&*store).await);
    let [ada, ben] =
        [store.players().get(ada.id).await.unwrap(), store.players().get(ben.id).await.unwrap()];
    one.players().update(&ada).await.unwrap();
    two.players().update(&ben).await.unwrap();
    let (a, b) = tokio::join!(one.players().update(&ben), two.players().update(&ada));
    let refused: Vec<_> = [a, b].into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].code(), "busy");
    assert!(refused[0].to_string().contains("waited for each other"), "{}", refused[0]);
}

async fn begin(store: &dyn Store) -> Box<dyn tournament_core::UnitOfWork> {
    store.begin(UnitOptions::new()).await.unwrap()
}

/// Nothing is sent over a connection that the server closed, so nothing is left open.
async fn a_single_connection_killed_while_idle_is_noticed(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let store = open(options(&server.url).with_pool_size(1)).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let mut admin = connect(&server.url).await;
    for round in 0..10 {
        let others = "SELECT id FROM information_schema.processlist \
                      WHERE id <> CONNECTION_ID() AND db = 'cup'";
        let others: Vec<u64> = admin.query(others).await.unwrap();
        assert_eq!(others.len(), 1, "the store's");
        admin.query_drop(format!("KILL CONNECTION {}", others[0])).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        match round % 3 {
            0 => drop(store.players().create(&Player::new("Ben")).await.unwrap()),
            1 => drop(store.players().get(ada.id).await.unwrap()),
            _ => begin(&*store).await.rollback().await.unwrap(),
        }
    }
    assert_eq!(names(&*store).await.len(), 5);
}
