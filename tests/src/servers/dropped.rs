//! A future dropped in the middle of each kind of call: it is done whole or not at all, and the
//! store goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::timeout;
use tournament_core::{
    BoxFuture, Dataset, Error, Match, Page, Player, PlayerFilter, RegisterOptions, Result, Store,
    TournamentRegistration, UnitOptions,
};

use super::{Proxy, Server, Way, a_match, event};

/// How long each message takes, each way.
const DELAY: Duration = Duration::from_millis(6);

/// A store behind a slow wire, and one that sees what was stored at once.
struct Slow {
    _proxy: Proxy,
    store: Arc<dyn Store>,
    eye: Arc<dyn Store>,
}

impl Slow {
    async fn new(server: &dyn Server) -> Self {
        let proxy = Proxy::before(server.port()).await;
        let way = Way { proxy: Some(&proxy), pool_size: 3, ..Way::default() };
        let store = server.open(&way).await;
        let eye = server.open(&Way::default()).await;
        // More than one test of a server: each begins with nothing.
        eye.clear().await.unwrap();
        proxy.delay(DELAY);
        Self { _proxy: proxy, store, eye }
    }

    /// Makes the call again and again, dropped a little later each time, until it has ended by
    /// itself. After each, `check` looks at what is stored, told whether the call has ended.
    async fn drop_everywhere(
        &self,
        call: impl Fn(Arc<dyn Store>) -> BoxFuture<'static, Result<()>>,
        check: impl AsyncFn(&dyn Store, bool),
    ) {
        let mut dropped = 0;
        let mut allowed = Duration::from_millis(1);
        loop {
            let answer = timeout(allowed, call(Arc::clone(&self.store))).await;
            let ended = answer.is_ok();
            if let Ok(answer) = answer {
                answer.unwrap();
            } else {
                dropped += 1;
                // What was asked for may still be done, or not, but no longer half.
                tokio::time::sleep(4 * DELAY).await;
            }
            check(&*self.eye, ended).await;
            if ended {
                break;
            }
            allowed += Duration::from_millis(2) + allowed / 8;
        }
        // One exchange takes twice the delay, and that is all that some calls need.
        assert!(dropped > 3, "the call was too quick to be dropped in its middle");
        let after = self.store.players().create(&Player::new("After")).await.unwrap();
        assert_eq!(self.store.players().get(after.id).await.unwrap(), after);
        self.store.players().delete(after.id, Some(1)).await.unwrap();
    }
}

fn nothing() -> impl AsyncFn(&dyn Store, bool) {
    async |_: &dyn Store, _| {}
}

async fn count(store: &dyn Store) -> usize {
    store.export().await.unwrap().players.len()
}

pub async fn reads(server: &dyn Server) {
    let slow = Slow::new(server).await;
    let rows = event(300);
    slow.eye.import(&rows).await.unwrap();
    let id = rows.players[0].id;
    slow.drop_everywhere(
        |store| Box::pin(async move { store.players().get(id).await.map(drop) }),
        nothing(),
    )
    .await;
    slow.drop_everywhere(
        |store| {
            Box::pin(async move {
                store.players().list(&PlayerFilter::default(), &Page::new()).await.map(drop)
            })
        },
        nothing(),
    )
    .await;
    slow.drop_everywhere(
        |store| {
            Box::pin(async move { store.players().count(&PlayerFilter::default()).await.map(drop) })
        },
        nothing(),
    )
    .await;
    slow.drop_everywhere(
        |store| Box::pin(async move { store.export().await.map(drop) }),
        nothing(),
    )
    .await;
    slow.drop_everywhere(
        |store| {
            Box::pin(async move { store.players().find_by_name("Player 0001").await.map(drop) })
        },
        nothing(),
    )
    .await;
    slow.drop_everywhere(
        |store| {
            Box::pin(async move {
                store.health().await;
                Ok(())
            })
        },
        nothing(),
    )
    .await;
}

pub async fn single_writes(server: &dyn Server) {
    let slow = Slow::new(server).await;
    let before = AtomicUsize::new(0);
    let seen = &before;
    slow.drop_everywhere(
        |store| {
            Box::pin(async move { store.players().create(&Player::new("Ada")).await.map(drop) })
        },
        async move |eye: &dyn Store, ended: bool| {
            let stored = count(eye).await;
            let more = stored - seen.swap(stored, Ordering::SeqCst);
            assert!(if ended { more == 1 } else { more <= 1 }, "{more} rows by one call");
        },
    )
    .await;
    slow.eye.clear().await.unwrap();

    let ada = slow.eye.players().create(&Player::new("Ada")).await.unwrap();
    let id = ada.id;
    slow.drop_everywhere(
        |store| {
            Box::pin(async move {
                let mut ada = store.players().get(id).await?;
                ada.name = format!("Ada {}", ada.version + 1);
                store.players().update(&ada).await.map(drop)
            })
        },
        async |eye: &dyn Store, _| {
            let ada = eye.players().get(id).await.unwrap();
            let expected =
                if ada.version == 1 { "Ada".into() } else { format!("Ada {}", ada.version) };
            assert_eq!(ada.name, expected, "the name and the version belong together");
        },
    )
    .await;

    slow.drop_everywhere(
        |store| {
            Box::pin(async move {
                match store.players().delete(id, None).await {
                    // An earlier one that was dropped had done it.
                    Err(Error::NotFound { .. }) => {
                        tokio::time::sleep(20 * DELAY).await;
                        Ok(())
                    }
                    answer => answer,
                }
            })
        },
        nothing(),
    )
    .await;
    assert_eq!(slow.eye.players().get(id).await.unwrap_err().code(), "not_found");
}

pub async fn many_rows(server: &dyn Server) {
    for size in [20, 500] {
        let slow = Slow::new(server).await;
        slow.drop_everywhere(
            |store| {
                let players = event(size).players;
                Box::pin(async move { store.players().create_many(&players).await.map(drop) })
            },
            async |eye: &dyn Store, ended: bool| {
                let stored = count(eye).await;
                assert_eq!(stored % size, 0, "all or none");
                assert!(!ended || stored > 0);
            },
        )
        .await;
        slow.drop_everywhere(
            |store| {
                let rows = event(size);
                Box::pin(async move { store.import(&rows).await })
            },
            async |eye: &dyn Store, ended: bool| {
                let stored: Dataset = eye.export().await.unwrap();
                assert_eq!(stored.players.len() % size, 0, "all or none");
                assert_eq!(stored.matches.len(), stored.venues.len());
                assert!(!ended || !stored.matches.is_empty());
            },
        )
        .await;
        slow.drop_everywhere(
            |store| Box::pin(async move { store.clear().await }),
            async |eye: &dyn Store, ended: bool| {
                let stored = count(eye).await;
                assert!(stored == 0 || (!ended && stored % size == 0), "{stored}");
            },
        )
        .await;
    }
}

pub async fn registering_takes_a_number_or_none(server: &dyn Server) {
    let slow = Slow::new(server).await;
    let rows = event(200);
    slow.eye.import(&rows).await.unwrap();
    let tournament = rows.tournaments[0].id;
    let players = std::sync::Mutex::new(rows.players.iter().map(|player| player.id));
    let next = move || players.lock().unwrap().next().unwrap();
    slow.drop_everywhere(
        |store| {
            let player = next();
            Box::pin(async move {
                let options = RegisterOptions::new();
                store.registrations().register(tournament, player, &options).await.map(drop)
            })
        },
        async |eye: &dyn Store, ended: bool| {
            let stored = eye.export().await.unwrap();
            let mut numbers: Vec<_> =
                stored.registrations.iter().map(|row| row.sequence_id).collect();
            numbers.sort_unstable();
            let expected: Vec<_> = (1..).take(numbers.len()).collect();
            assert_eq!(numbers, expected);
            let last = stored.last_sequence_ids.get(&tournament).copied().unwrap_or(0);
            assert_eq!(last, numbers.last().copied().unwrap_or(0), "with its number or without");
            assert!(!ended || last > 0);
        },
    )
    .await;
    slow.drop_everywhere(
        |store| {
            let player = next();
            Box::pin(async move {
                let number =
                    1_000 + i64::try_from(player.uuid().as_u64_pair().1 % 1_000_000).unwrap();
                let row = TournamentRegistration::new(tournament, player, number);
                store.registrations().create(&row).await.map(drop)
            })
        },
        async |eye: &dyn Store, _| {
            let stored = eye.export().await.unwrap();
            let highest = stored.registrations.iter().map(|row| row.sequence_id).max();
            assert_eq!(stored.last_sequence_ids.get(&tournament).copied(), highest);
        },
    )
    .await;
    let row = slow.eye.export().await.unwrap().registrations[0].id;
    slow.drop_everywhere(
        |store| {
            Box::pin(async move {
                let mut row = store.registrations().get(row).await?;
                row.sequence_id = 2_000_000 + row.version;
                store.registrations().update(&row).await.map(drop)
            })
        },
        async |eye: &dyn Store, _| {
            let stored = eye.export().await.unwrap();
            let highest = stored.registrations.iter().map(|row| row.sequence_id).max();
            assert_eq!(stored.last_sequence_ids.get(&tournament).copied(), highest);
        },
    )
    .await;
}

pub async fn units_of_work(server: &dyn Server) {
    let slow = Slow::new(server).await;
    slow.drop_everywhere(
        |store| {
            Box::pin(async move {
                let unit = store.begin(UnitOptions::new()).await?;
                unit.players().create(&Player::new("One")).await?;
                unit.players().create_many(&event(150).players).await?;
                unit.players().create(&Player::new("Two")).await?;
                unit.commit().await
            })
        },
        async |eye: &dyn Store, ended: bool| {
            let stored = count(eye).await;
            assert_eq!(stored % 152, 0, "all of a unit or nothing");
            assert!(!ended || stored > 0);
        },
    )
    .await;
    slow.drop_everywhere(
        |store| {
            Box::pin(async move {
                let unit = store.begin(UnitOptions::new().read_only()).await?;
                unit.players().count(&PlayerFilter::default()).await?;
                unit.rollback().await
            })
        },
        nothing(),
    )
    .await;
}

/// A call dropped in a unit: a write finishes it, a read does not.
pub async fn a_call_dropped_within_a_unit(server: &dyn Server) {
    let slow = Slow::new(server).await;
    let ada = slow.eye.players().create(&Player::new("Ada")).await.unwrap();
    let half = DELAY + DELAY / 2;

    let unit = slow.store.begin(UnitOptions::new()).await.unwrap();
    unit.players().create(&Player::new("Ben")).await.unwrap();
    unit.players().get(ada.id).await.unwrap();
    assert!(timeout(half, unit.players().get(ada.id)).await.is_err());
    assert_eq!(unit.players().get(ada.id).await.unwrap(), ada);
    unit.commit().await.unwrap();
    assert_eq!(count(&*slow.eye).await, 2);

    let unit = slow.store.begin(UnitOptions::new()).await.unwrap();
    unit.players().create(&Player::new("Cleo")).await.unwrap();
    assert!(timeout(half, unit.players().create(&Player::new("Dan"))).await.is_err());
    assert_eq!(unit.players().get(ada.id).await.unwrap_err().code(), "aborted");
    assert_eq!(unit.commit().await.unwrap_err().code(), "aborted");
    assert_eq!(count(&*slow.eye).await, 2);
}

/// A write that was given up while it waited does not come back later, nor does its lock stay.
pub async fn a_write_given_up_while_it_waits_is_ended_at_the_server(server: &dyn Server) {
    let slow = Slow::new(server).await;
    let game: Match = a_match(&*slow.eye).await;
    let unit = slow.eye.begin(UnitOptions::new()).await.unwrap();
    unit.matches().update(&game).await.unwrap();
    let way = Way { lock_timeout: Duration::from_secs(30), ..Way::default() };
    let patient = server.open(&way).await;
    // A server that has just started might be another than the one that was asked.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let waiting = timeout(Duration::from_millis(200), patient.matches().delete(game.id, None));
    assert!(waiting.await.is_err());
    for attempt in 0.. {
        if server.waiting().await == 0 {
            break;
        }
        assert!(attempt < 20, "the server still waits for the lock");
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    unit.commit().await.unwrap();
    assert_eq!(slow.eye.matches().get(game.id).await.unwrap().version, 2);
}

/// The only connection comes back, and the row is free.
pub async fn a_unit_that_is_dropped_is_rolled_back_at_once(server: &dyn Server) {
    let way = Way { pool_size: 1, ..Way::default() };
    let (store, eye) = (server.open(&way).await, server.open(&Way::default()).await);
    let game: Match = a_match(&*store).await;
    for _ in 0..5 {
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        unit.matches().update(&game).await.unwrap();
        drop(unit);
        let began = std::time::Instant::now();
        store.matches().count(&tournament_core::MatchFilter::default()).await.unwrap();
        assert_eq!(store.matches().get(game.id).await.unwrap(), game);
        assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    }
    eye.matches().update(&game).await.unwrap();
}
