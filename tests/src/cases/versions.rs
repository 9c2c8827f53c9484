//! Versions keep anyone from overwriting what they have not seen.

use tournament_core::{Entity, Error, Match, Player, StoreExt};

use crate::expect;
use crate::fixture::{self, at};
use crate::harness::{Case, patiently};
use crate::sample::{Parents, SAMPLES, Sample};

/// A field, and a change of it.
type Changing<E> = (&'static str, fn(&mut E));

/// A stored sample refuses each change of a field that never changes, and stays as it is.
async fn never_change<E: Sample, const N: usize>(case: &Case<'_>, changes: [Changing<E>; N]) {
    let parents = Parents::store(case.rows()).await;
    let stored = E::of(case.rows()).create(&E::sample(&parents, 1)).await.unwrap();
    let mut all = stored.clone();
    for (field, change) in &changes {
        let mut row = stored.clone();
        change(&mut row);
        let refused = E::of(case.rows()).update(&row).await;
        expect::validation(refused, E::KIND, &[field]);
        change(&mut all);
    }
    let fields = changes.map(|(field, _)| field);
    let refused = E::of(case.rows()).update(&all).await;
    expect::validation(refused, E::KIND, &fields);
    all.set_version(7);
    let refused = E::of(case.rows()).update(&all).await;
    expect::validation(refused, E::KIND, &fields);
    assert_eq!(E::of(case.rows()).get(stored.id()).await.unwrap(), stored);
}

pub(crate) async fn what_never_changes_in_a_player(case: &Case<'_>) {
    never_change::<Player, 1>(case, [("created_at", |row| row.created_at = at(99))]).await;
}

pub(crate) async fn what_never_changes_in_a_tournament(case: &Case<'_>) {
    never_change::<tournament_core::Tournament, 1>(
        case,
        [("created_at", |row| row.created_at = at(99))],
    )
    .await;
}

pub(crate) async fn what_never_changes_in_a_registration(case: &Case<'_>) {
    never_change::<tournament_core::TournamentRegistration, 2>(
        case,
        [
            ("tournament_id", |row| row.tournament_id = fixture::id(9)),
            ("registration_time", |row| row.registration_time = at(99)),
        ],
    )
    .await;
}

pub(crate) async fn what_never_changes_in_a_component(case: &Case<'_>) {
    never_change::<tournament_core::Component, 2>(
        case,
        [
            ("tournament_id", |row| row.tournament_id = fixture::id(9)),
            ("created_at", |row| row.created_at = at(99)),
        ],
    )
    .await;
}

pub(crate) async fn what_never_changes_in_a_round(case: &Case<'_>) {
    never_change::<tournament_core::Round, 3>(
        case,
        [
            ("tournament_id", |row| row.tournament_id = fixture::id(9)),
            ("component_id", |row| row.component_id = fixture::id(9)),
            ("round_number", |row| row.round_number = 99),
        ],
    )
    .await;
}

pub(crate) async fn what_never_changes_in_a_match(case: &Case<'_>) {
    never_change::<Match, 3>(
        case,
        [
            ("tournament_id", |row| row.tournament_id = fixture::id(9)),
            ("component_id", |row| row.component_id = fixture::id(9)),
            ("round_id", |row| row.round_id = fixture::id(9)),
        ],
    )
    .await;
}

pub(crate) async fn a_conflict_comes_before_broken_constraints(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let mut samples: Vec<Match> = [1, 2].map(|number| Match::sample(&parents, number)).into();
    case.store.matches().create_many(&samples).await.unwrap();
    let stale = &mut samples[1];
    stale.version = 7;
    stale.table_number = Some(1);
    stale.player1_id = fixture::id(9);
    stale.round_number = 99;
    expect::conflict(case.store.matches().update(stale).await, stale.id, 7, 1);
}

pub(crate) async fn a_failed_update_leaves_the_version_alone(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let samples = [1, 2].map(|number| Match::sample(&parents, number));
    case.store.matches().create_many(&samples).await.unwrap();
    let mut rival = samples[1].clone();
    rival.table_number = Some(1);
    let refused = case.store.matches().update(&rival).await;
    expect::already_exists(refused, Match::KIND, "table_number");
    assert_eq!(case.store.matches().get(rival.id).await.unwrap(), samples[1]);
    rival.table_number = Some(SAMPLES + 5);
    assert_eq!(case.store.matches().update(&rival).await.unwrap().version, 2);
}

pub(crate) async fn a_row_created_anew_begins_at_1_again(case: &Case<'_>) {
    let mut player = fixture::player(case.rows(), "Ada").await;
    for _ in 0..3 {
        player = case.store.players().update(&player).await.unwrap();
    }
    case.store.players().delete(player.id, None).await.unwrap();
    let again = case.store.players().create(&player).await.unwrap();
    assert_eq!(again.version, 1);
    let stale = case.store.players().update(&player).await;
    expect::conflict(stale, player.id, 4, 1);
}

pub(crate) async fn two_judges_cannot_overwrite_each_other(case: &Case<'_>) {
    let (_, game) = fixture::event_with_match(case.rows()).await;
    let matches = case.store.matches();
    let (first, second) =
        (matches.get(game.id).await.unwrap(), matches.get(game.id).await.unwrap());
    let reported = matches.update(&first.with_result(2, 0, 0)).await.unwrap();
    let refused = matches.update(&second.with_result(0, 2, 0)).await;
    expect::conflict(refused, game.id, 1, 2);
    assert_eq!(matches.get(game.id).await.unwrap(), reported);
}

/// The tasks at once, and how often each counts.
const TASKS: i64 = 16;
const TIMES: i64 = 5;

pub(crate) async fn no_update_is_lost_where_conflicts_are_retried(case: &Case<'_>) {
    let (_, game) = fixture::event_with_match(case.rows()).await;
    let tasks = (0..TASKS).map(|_| {
        let (store, id) = (case.store.clone(), game.id);
        async move {
            for _ in 0..TIMES {
                loop {
                    let mut row = store.matches().get(id).await.unwrap();
                    row.player1_wins += 1;
                    match patiently(&*store, || store.matches().update(&row)).await {
                        Ok(_) => break,
                        Err(Error::Conflict { .. }) => crate::harness::step_aside().await,
                        Err(other) => panic!("{other}"),
                    }
                }
            }
        }
    });
    case.at_once(tasks).await;
    let row = case.store.matches().get(game.id).await.unwrap();
    assert_eq!(row.player1_wins, TASKS * TIMES);
    assert_eq!(row.version, 1 + TASKS * TIMES);
}

pub(crate) async fn no_update_is_lost_in_units_of_work(case: &Case<'_>) {
    let (_, game) = fixture::event_with_match(case.rows()).await;
    let tasks = (0..TASKS).map(|_| {
        let (store, id) = (case.store.clone(), game.id);
        async move {
            for _ in 0..TIMES {
                loop {
                    let counted: Result<Match, Error> = store
                        .transact(move |tx| {
                            Box::pin(async move {
                                let mut row = tx.matches().get(id).await?;
                                row.player1_wins += 1;
                                tx.matches().update(&row).await
                            })
                        })
                        .await;
                    match counted {
                        Ok(_) => break,
                        // More writers than attempts: another round.
                        Err(Error::Busy { .. } | Error::Conflict { .. }) => {
                            store.pause(3).await;
                        }
                        Err(other) => panic!("{other}"),
                    }
                }
            }
        }
    });
    case.at_once(tasks).await;
    let row = case.store.matches().get(game.id).await.unwrap();
    assert_eq!(row.player1_wins, TASKS * TIMES);
    assert_eq!(row.version, 1 + TASKS * TIMES);
}
