//! What happens when the server or the wire gives up, or two want each other's rows.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tournament_core::{
    Dataset, Error, Match, Player, PlayerFilter, Repositories, Result, Store, StoreExt, UnitOptions,
};

use super::{Proxy, Server, Way, a_match, begin, names};

#[track_caller]
fn expect_unavailable<T: std::fmt::Debug>(answer: Result<T>, unknown: bool) {
    match answer {
        Err(Error::Unavailable { outcome_unknown, .. }) if outcome_unknown == unknown => {}
        other => panic!("unavailable, outcome unknown {unknown}, was expected: {other:?}"),
    }
}

pub async fn a_unit_whose_connection_is_killed_is_finished_and_stores_nothing(server: &dyn Server) {
    let store = server.open(&Way::default()).await;
    for idle in [true, false] {
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        unit.players().create(&Player::new("Lost")).await.unwrap();
        server.kill_units().await;
        if idle {
            // Who cannot see that the connection is closed cannot tell whether COMMIT got there.
            tokio::time::sleep(Duration::from_millis(50)).await;
            let unknown = !server.kind().sees_closed_connections;
            expect_unavailable(unit.commit().await, unknown);
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

pub async fn transact_tries_again_when_its_connection_is_killed(server: &dyn Server) {
    let store = server.open(&Way::default()).await;
    let attempts = AtomicU32::new(0);
    let tried = &attempts;
    store
        .transact(|tx| {
            Box::pin(async move {
                tx.players().create(&Player::new("Ada")).await?;
                if tried.fetch_add(1, Ordering::SeqCst) < 2 {
                    server.kill_units().await;
                }
                tx.players().create(&Player::new("Ben")).await.map(drop)
            })
        })
        .await
        .unwrap();
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
    assert_eq!(names(&*store).await, ["Ada", "Ben"]);
}

pub async fn a_store_outlives_its_servers_restart_between_calls(server: &dyn Server) {
    let store = server.open(&Way::default()).await;
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

pub async fn what_was_acknowledged_survives_a_server_that_dies_during_calls(server: &dyn Server) {
    let store = server.open(&Way::default()).await;
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

pub async fn with_every_connection_taken_a_call_waits_for_a_bounded_time(server: &dyn Server) {
    let patience = Duration::from_millis(300);
    let way = Way { pool_size: 2, pool_timeout: patience, ..Way::default() };
    let store = server.open(&way).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let one = store.begin(UnitOptions::new()).await.unwrap();
    let two = store.begin(UnitOptions::new().read_only()).await.unwrap();
    let began = Instant::now();
    expect_unavailable(store.begin(UnitOptions::new()).await.map(drop), false);
    expect_unavailable(store.players().create(&Player::new("Ben")).await, false);
    let waited = began.elapsed();
    assert!(waited >= 2 * patience && waited < 10 * patience, "{waited:?}");
    if server.kind().reads_are_apart {
        assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
        assert!(store.health().await.healthy);
    } else {
        expect_unavailable(store.players().get(ada.id).await, false);
        assert!(!store.health().await.healthy);
    }
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

pub async fn a_read_answers_at_once_while_a_write_waits_behind_a_unit(server: &dyn Server) {
    let way = Way { lock_timeout: Duration::from_secs(20), ..Way::default() };
    let store = server.open(&way).await;
    let game = a_match(&*store).await;
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

pub async fn waits_for_locks_and_answers_end_as_the_options_say(server: &dyn Server) {
    let short = Duration::from_millis(if server.kind().counts_seconds { 1_000 } else { 300 });
    let long = Duration::from_secs(20);
    for (lock, statement, codes) in
        [(short, long, &["busy"][..]), (long, short, &["busy", "unavailable"])]
    {
        let way = Way { lock_timeout: lock, statement_timeout: statement, ..Way::default() };
        let store = server.open(&way).await;
        store.clear().await.unwrap();
        let game = a_match(&*store).await;
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

pub async fn a_wire_that_carries_nothing_is_given_up_and_left(server: &dyn Server) {
    let proxy = Proxy::before(server.port()).await;
    let limit = Duration::from_millis(300);
    let way = Way {
        proxy: Some(&proxy),
        statement_timeout: limit,
        connect_timeout: Duration::from_secs(1),
        ..Way::default()
    };
    let store = server.open(&way).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    store.players().get(ada.id).await.unwrap();
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    // More connections, for what follows: no new one will be let in.
    let more = [begin(&*store).await, begin(&*store).await, begin(&*store).await];
    for unit in more {
        unit.rollback().await.unwrap();
    }
    settle().await;
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

/// Until connections that were given back are there to be used again: no new one is made then.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Within the bound, and a little for the machine.
async fn in_time<T>(bound: Duration, call: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let answer = call.await;
    assert!(began.elapsed() < bound + Duration::from_millis(500), "{:?}", began.elapsed());
    answer
}

/// The server does not see that nobody is there any more, and would keep the row for hours.
pub async fn a_unit_on_a_dead_wire_leaves_its_rows_to_others(server: &dyn Server) {
    // A server that has just started might be another than the one that was asked.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    for rolls_back in [true, false] {
        let proxy = Proxy::before(server.port()).await;
        let way =
            Way { proxy: Some(&proxy), connect_timeout: Duration::from_secs(1), ..Way::default() };
        let (store, eye) = (server.open(&way).await, server.open(&Way::default()).await);
        let game = a_match(&*eye).await;
        let unit = holding(&*store, &game).await;
        settle().await;
        // What was there is dead, and new connections are made.
        proxy.freeze();
        if rolls_back {
            unit.rollback().await.unwrap();
        } else {
            drop(unit);
        }
        for attempt in 0.. {
            match eye.matches().update(&game).await {
                Ok(_) => break,
                Err(Error::Busy { .. }) if attempt < 10 => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    }
}

/// However many connections were idle, no more than one is waited for.
pub async fn many_idle_connections_on_a_dead_wire_are_not_waited_for_in_turn(server: &dyn Server) {
    let proxy = Proxy::before(server.port()).await;
    let patience = Duration::from_millis(500);
    let way = Way {
        proxy: Some(&proxy),
        pool_timeout: patience,
        connect_timeout: Duration::from_secs(1),
        ..Way::default()
    };
    let store = server.open(&way).await;
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

pub async fn an_answer_that_is_lost_leaves_the_outcome_open_where_it_is(server: &dyn Server) {
    let proxy = Proxy::before(server.port()).await;
    let store = server.open(&Way { proxy: Some(&proxy), ..Way::default() }).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();

    // A single write, and a commit: the server did it, and nobody heard so.
    settle().await;
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
pub async fn a_deadlock_is_busy_and_retried(server: &dyn Server) {
    // Not before the server finds out by itself.
    let way = Way { lock_timeout: Duration::from_secs(20), ..Way::default() };
    let store = server.open(&way).await;
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
