//! `transact`: several calls as one step, tried again while that makes sense.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU32, Ordering};

use tournament_core::{
    Dataset, Error, Id, MAX_ATTEMPTS, Page, Player, PlayerFilter, Repositories, Retry, StoreExt,
    UnitOptions,
};

use crate::expect;
use crate::fixture;
use crate::harness::Case;

async fn count(case: &Case<'_>) -> u64 {
    let players = case.store.players();
    players.count(&PlayerFilter::default()).await.unwrap()
}

pub(crate) async fn what_succeeds_is_committed(case: &Case<'_>) {
    let made: Result<Player, Error> = case
        .store
        .transact(|tx| {
            Box::pin(async move {
                tx.players().create(&Player::new("Ada")).await?;
                tx.players().create(&Player::new("Ben")).await
            })
        })
        .await;
    let made = made.unwrap();
    assert_eq!(case.store.players().get(made.id).await.unwrap(), made);
    assert_eq!(count(case).await, 2);
}

pub(crate) async fn what_fails_is_rolled_back_and_says_why(case: &Case<'_>) {
    let attempts = AtomicU32::new(0);
    let absent = Id::<Player>::new();
    let failed: Result<Player, Error> = case
        .store
        .transact(|tx| {
            let attempts = &attempts;
            Box::pin(async move {
                attempts.fetch_add(1, Ordering::Relaxed);
                tx.players().create(&Player::new("Ada")).await?;
                tx.players().get(absent).await
            })
        })
        .await;
    expect::not_found(failed, absent);
    assert_eq!(attempts.into_inner(), 1, "it would not help to try again");
    assert_eq!(count(case).await, 0);
}

pub(crate) async fn an_error_swallowed_in_a_finished_unit_is_aborted(case: &Case<'_>) {
    let ada = fixture::player(case.rows(), "Ada").await;
    let ada = &ada;
    let failed: Result<(), Error> = case
        .store
        .transact(|tx| {
            Box::pin(async move {
                tx.players().create(&Player::new("Ben")).await?;
                tx.players().create(ada).await.expect_err("it is stored");
                Ok(())
            })
        })
        .await;
    expect::aborted(failed);
    assert_eq!(count(case).await, 1);
}

pub(crate) async fn a_function_over_repositories_takes_a_store_and_a_unit(case: &Case<'_>) {
    async fn rename_all(rows: &dyn Repositories, name: &str) -> Result<usize, Error> {
        let players = rows.players().list(&PlayerFilter::default(), &Page::new()).await?;
        let renamed = players.items.len();
        for mut player in players {
            name.clone_into(&mut player.name);
            rows.players().update(&player).await?;
        }
        Ok(renamed)
    }
    for name in ["Ada", "Ben"] {
        case.rows().players().create(&Player::new(name)).await.unwrap();
    }
    let in_unit = case.store.transact(|tx| Box::pin(rename_all(tx, "Cleo"))).await;
    assert_eq!(in_unit.unwrap(), 2);
    assert_eq!(case.rows().players().find_by_name("Cleo").await.unwrap().len(), 2);
    assert_eq!(rename_all(case.rows(), "Dora").await.unwrap(), 2);
    let whole = Dataset { players: vec![Player::new("Eve")], ..Dataset::new() };
    let whole = &whole;
    let imported: Result<(), Error> =
        case.store.transact(|tx| Box::pin(async move { tx.import(whole).await })).await;
    imported.unwrap();
    assert_eq!(count(case).await, 3);
}

pub(crate) async fn busy_is_tried_five_times_at_most(case: &Case<'_>) {
    let attempts = AtomicU32::new(0);
    let failed: Result<(), Error> = case
        .store
        .transact(|tx| {
            let attempts = &attempts;
            Box::pin(async move {
                attempts.fetch_add(1, Ordering::Relaxed);
                tx.players().create(&Player::new("Ada")).await?;
                Err(Error::busy("somebody is in the way", None))
            })
        })
        .await;
    assert_eq!(expect::error(failed).code(), "busy");
    assert_eq!(attempts.into_inner(), MAX_ATTEMPTS);
    assert_eq!(MAX_ATTEMPTS, 5);
    assert_eq!(count(case).await, 0);
}

pub(crate) async fn busy_is_tried_until_it_succeeds(case: &Case<'_>) {
    let attempts = AtomicU32::new(0);
    let made: Result<u32, Error> = case
        .store
        .transact(|tx| {
            let attempts = &attempts;
            Box::pin(async move {
                tx.players().create(&Player::new("Ada")).await?;
                match attempts.fetch_add(1, Ordering::Relaxed) {
                    0 => Err(Error::busy("somebody is in the way", None)),
                    1 => Err(Error::unavailable("the line was cut", None)),
                    attempt => Ok(attempt),
                }
            })
        })
        .await;
    assert_eq!(made.unwrap(), 2);
    assert_eq!(count(case).await, 1, "of three attempts one was committed");
}

pub(crate) async fn an_unknown_outcome_is_not_tried_again(case: &Case<'_>) {
    let attempts = AtomicU32::new(0);
    let failed: Result<(), Error> = case
        .store
        .transact(|_| {
            let attempts = &attempts;
            Box::pin(async move {
                attempts.fetch_add(1, Ordering::Relaxed);
                Err(Error::outcome_unknown("the line was cut", None))
            })
        })
        .await;
    assert_eq!(expect::error(failed).code(), "unavailable");
    assert_eq!(attempts.into_inner(), 1);
}

/// An error of the application, which holds the store's.
#[derive(Debug)]
enum Refusal {
    Closed,
    Store(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl Retry for Refusal {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_retryable())
    }
}

pub(crate) async fn callers_may_use_their_own_error(case: &Case<'_>) {
    let refused: Result<(), Refusal> = case
        .store
        .transact(|tx| {
            Box::pin(async move {
                tx.players().create(&Player::new("Ada")).await?;
                Err(Refusal::Closed)
            })
        })
        .await;
    assert!(matches!(refused, Err(Refusal::Closed)), "{refused:?}");
    assert_eq!(count(case).await, 0);
    let absent = Id::new();
    let failed: Result<Player, Refusal> = case
        .store
        .transact(|tx| Box::pin(async move { Ok(tx.players().get(absent).await?) }))
        .await;
    match failed {
        Err(Refusal::Store(error)) => expect::not_found(Err::<(), _>(error), absent),
        other => panic!("expected the store's error, got {other:?}"),
    }
}

pub(crate) async fn it_borrows_from_around_it(case: &Case<'_>) {
    let names = ["Ada".to_owned(), "Ben".to_owned()];
    let mut made = Vec::new();
    for name in &names {
        let name: Cow<'_, str> = Cow::Borrowed(name);
        let (name, store) = (&name, &*case.store);
        let player: Result<Player, Error> = store
            .transact(|tx| {
                Box::pin(async move { tx.players().create(&Player::new(name.as_ref())).await })
            })
            .await;
        made.push(player.unwrap().name);
    }
    assert_eq!(made, names);
}

pub(crate) async fn it_can_be_spawned(case: &Case<'_>) {
    let store = case.store.clone();
    let made = case.spawn(async move {
        let name = "Ada".to_owned();
        let name = &name;
        let made: Result<Player, Error> = store
            .transact(|tx| {
                Box::pin(async move { tx.players().create(&Player::new(name.as_str())).await })
            })
            .await;
        made
    });
    let made = made.await.unwrap();
    assert_eq!(case.store.players().get(made.id).await.unwrap(), made);
}

pub(crate) async fn read_only_it_is_one_snapshot_and_refuses_writes(case: &Case<'_>) {
    fixture::player(case.rows(), "Ada").await;
    let options = UnitOptions::new().read_only();
    let store = &case.store;
    let counts: Result<(u64, u64), Error> = case
        .store
        .transact_with(options, |tx| {
            Box::pin(async move {
                let before = tx.players().count(&PlayerFilter::default()).await?;
                store.players().create(&Player::new("Ben")).await?;
                let after = tx.players().count(&PlayerFilter::default()).await?;
                Ok((before, after))
            })
        })
        .await;
    assert_eq!(counts.unwrap(), (1, 1));
    let refused: Result<Player, Error> = case
        .store
        .transact_with(options, |tx| {
            Box::pin(async move { tx.players().create(&Player::new("Cleo")).await })
        })
        .await;
    expect::read_only(refused, tournament_core::EntityKind::Player);
}

pub(crate) async fn many_at_once_are_each_done_whole(case: &Case<'_>) {
    let tasks = (0..16).map(|number| {
        let store = case.store.clone();
        async move {
            let name = format!("Pair {number:02}");
            let name = name.as_str();
            loop {
                let done: Result<(), Error> = store
                    .transact(|tx| {
                        Box::pin(async move {
                            for half in ["a", "b"] {
                                let player = Player::new(format!("{name} {half}"));
                                tx.players().create(&player).await?;
                            }
                            Ok(())
                        })
                    })
                    .await;
                match done {
                    Err(Error::Busy { .. }) => store.pause(3).await,
                    done => return done,
                }
            }
        }
    });
    for done in case.at_once(tasks).await {
        done.unwrap();
    }
    assert_eq!(count(case).await, 32);
}
