//! Units of work: all or nothing, seen by others when committed, finished by failures.

use tournament_core::{
    Component, Dataset, Match, MatchFilter, Page, Player, PlayerFilter, RegisterOptions,
    Repositories, UnitOfWork,
};

use crate::fixture::{self, Event};
use crate::harness::{Case, patiently, step_aside};

async fn count(rows: &dyn Repositories) -> u64 {
    rows.players().count(&PlayerFilter::default()).await.unwrap()
}

pub(crate) async fn commit_stores_all_of_it(case: &Case<'_>) {
    let unit = case.unit().await;
    let (event, game) = fixture::event_with_match(&*unit).await;
    unit.commit().await.unwrap();
    let stored = case.store.export().await.unwrap();
    assert_eq!(stored.matches, [game]);
    assert_eq!(stored.rounds, [event.round]);
    assert_eq!(stored.players.len(), 5);
}

pub(crate) async fn rollback_stores_nothing(case: &Case<'_>) {
    let unit = case.unit().await;
    fixture::event_with_match(&*unit).await;
    unit.rollback().await.unwrap();
    assert_eq!(case.store.export().await.unwrap(), Dataset::new());
}

pub(crate) async fn a_unit_dropped_stores_nothing(case: &Case<'_>) {
    let unit = case.unit().await;
    fixture::event_with_match(&*unit).await;
    drop(unit);
    // Its locks go with it, at the latest when the store next gets to work.
    patiently(&*case.store, || write_outside(case)).await.unwrap();
    assert_eq!(count(case.rows()).await, 1);
    assert_eq!(case.store.export().await.unwrap().matches, []);
}

pub(super) async fn write_outside(case: &Case<'_>) -> tournament_core::Result<Player> {
    case.store.players().create(&Player::new("After")).await
}

pub(crate) async fn an_empty_unit_commits_and_rolls_back(case: &Case<'_>) {
    case.unit().await.commit().await.unwrap();
    case.unit().await.rollback().await.unwrap();
    case.reader().await.commit().await.unwrap();
    case.reader().await.rollback().await.unwrap();
    drop(case.reader().await);
    write_outside(case).await.unwrap();
}

pub(crate) async fn one_unit_after_another(case: &Case<'_>) {
    for number in 1..=20 {
        let unit = case.unit().await;
        fixture::player(&*unit, "Ada").await;
        assert_eq!(count(&*unit).await, number);
        unit.commit().await.unwrap();
    }
    assert_eq!(count(case.rows()).await, 20);
}

pub(crate) async fn a_unit_sees_its_writes_in_lists_look_ups_and_counts(case: &Case<'_>) {
    let unit = case.unit().await;
    let Event { tournament, players, component, round } = fixture::event(&*unit).await;
    let game = fixture::r#match(&*unit, &round, &players[0], &players[1]).await;
    let registered = unit
        .registrations()
        .register(tournament.id, players[0].id, &RegisterOptions::new())
        .await
        .unwrap();
    let found = unit.registrations().find_by_sequence_id(tournament.id, 1).await;
    assert_eq!(found.unwrap(), Some(registered));
    let found = unit.components().find_by_sequence_order(tournament.id, 1).await;
    assert_eq!(found.unwrap(), Some(component.clone()));
    let found = unit.rounds().find_by_number(component.id, 1).await;
    assert_eq!(found.unwrap(), Some(round));
    let filter = MatchFilter::default().with_tournament(tournament.id);
    let listed = unit.matches().list(&filter, &Page::new()).await.unwrap();
    assert_eq!(listed.items, [game]);
    assert_eq!(unit.matches().count(&filter).await.unwrap(), 1);
    assert_eq!(case.store.matches().count(&filter).await.unwrap(), 0);
    unit.rollback().await.unwrap();
}

pub(crate) async fn import_in_a_unit_is_part_of_it(case: &Case<'_>) {
    let dataset = Dataset { players: vec![Player::new("Ada")], ..Dataset::new() };
    let unit = case.unit().await;
    unit.import(&dataset).await.unwrap();
    assert_eq!(count(&*unit).await, 1);
    assert_eq!(count(case.rows()).await, 0);
    unit.rollback().await.unwrap();
    assert_eq!(count(case.rows()).await, 0);
    let unit = case.unit().await;
    unit.import(&dataset).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(case.store.export().await.unwrap(), dataset);
}

pub(crate) async fn a_second_writer_gets_through_or_is_told_to_retry(case: &Case<'_>) {
    let first = case.unit().await;
    fixture::player(&*first, "First").await;
    let store = case.store.clone();
    let second = case.spawn(async move {
        let unit = store.begin(tournament_core::UnitOptions::new()).await?;
        unit.players().create(&Player::new("Second")).await?;
        unit.commit().await
    });
    for _ in 0..20 {
        step_aside().await;
    }
    first.commit().await.expect("the first writer is not in anybody's way");
    match second.await {
        Ok(()) => assert_eq!(count(case.rows()).await, 2),
        Err(error) => {
            assert_eq!(error.code(), "busy", "`{error}`");
            assert!(error.is_retryable());
            assert_eq!(count(case.rows()).await, 1);
        }
    }
}

pub(crate) async fn a_writer_that_waits_in_vain_is_told_so_and_nothing_is_lost(case: &Case<'_>) {
    let first = case.unit().await;
    fixture::player(&*first, "First").await;
    let outside = case.store.players().create(&Player::new("Second")).await;
    match outside {
        Ok(_) => match first.commit().await {
            Ok(()) => assert_eq!(count(case.rows()).await, 2),
            Err(error) => assert_eq!(error.code(), "busy", "`{error}`"),
        },
        Err(error) => {
            assert_eq!(error.code(), "busy", "`{error}`");
            first.commit().await.unwrap();
            assert_eq!(count(case.rows()).await, 1);
        }
    }
    write_outside(case).await.unwrap();
}

pub(crate) async fn a_unit_takes_several_calls_at_once(case: &Case<'_>) {
    let unit: std::sync::Arc<dyn UnitOfWork> = std::sync::Arc::from(case.unit().await);
    let tasks = (0..8).map(|number| {
        let unit = std::sync::Arc::clone(&unit);
        async move {
            let player = Player::new(format!("Player {number}"));
            unit.players().create(&player).await.unwrap();
            unit.players().get(player.id).await.unwrap();
        }
    });
    case.at_once(tasks).await;
    assert_eq!(count(&*unit).await, 8);
    drop(unit);
    patiently(&*case.store, || write_outside(case)).await.unwrap();
    assert_eq!(count(case.rows()).await, 1);
}

pub(crate) async fn clear_with_an_open_unit_works_or_is_busy(case: &Case<'_>) {
    fixture::player(case.rows(), "Ada").await;
    let unit = case.unit().await;
    fixture::player(&*unit, "Ben").await;
    match case.store.clear().await {
        Ok(()) => {
            assert_eq!(count(case.rows()).await, 0);
            match unit.commit().await {
                Ok(()) => assert_eq!(count(case.rows()).await, 1),
                Err(error) => assert_eq!(error.code(), "busy", "`{error}`"),
            }
        }
        Err(error) => {
            assert_eq!(error.code(), "busy", "`{error}`");
            unit.commit().await.unwrap();
            assert_eq!(count(case.rows()).await, 2);
        }
    }
    case.store.clear().await.expect("now nobody is in the way");
    assert_eq!(count(case.rows()).await, 0);
}

pub(crate) async fn a_unit_can_hold_thousands_of_rows(case: &Case<'_>) {
    let unit = case.unit().await;
    let event = fixture::event(&*unit).await;
    let rows: Vec<_> = (1..=3_000)
        .map(|table| {
            Match::new(&event.round, event.players[0].id, event.players[1].id)
                .with_table_number(table)
        })
        .collect();
    unit.matches().create_many(&rows).await.unwrap();
    let filter = MatchFilter::default().with_round(event.round.id);
    assert_eq!(unit.matches().count(&filter).await.unwrap(), 3_000);
    assert_eq!(case.store.matches().count(&filter).await.unwrap(), 0);
    unit.commit().await.unwrap();
    assert_eq!(case.store.matches().count(&filter).await.unwrap(), 3_000);
}

pub(crate) async fn parents_can_go_in_the_unit_that_removes_their_children(case: &Case<'_>) {
    let (event, game) = fixture::event_with_match(case.rows()).await;
    let unit = case.unit().await;
    unit.matches().delete(game.id, None).await.unwrap();
    unit.rounds().delete(event.round.id, None).await.unwrap();
    unit.components().delete(event.component.id, None).await.unwrap();
    let again = Component::new(
        event.tournament.id,
        event.component.r#type,
        "Part",
        event.component.sequence_order,
    );
    unit.components().create(&again).await.expect("its place is free");
    unit.commit().await.unwrap();
    let stored = case.store.export().await.unwrap();
    assert_eq!((stored.components, stored.rounds, stored.matches), (vec![again], vec![], vec![]));
}
