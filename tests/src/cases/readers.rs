//! Read-only units of work, and readers beside a unit that writes.

use tournament_core::{Dataset, Player, PlayerFilter, Repositories, RepositoryExt};

use crate::expect;
use crate::fixture;
use crate::harness::Case;

async fn count(rows: &dyn Repositories) -> u64 {
    rows.players().count(&PlayerFilter::default()).await.unwrap()
}

pub(crate) async fn a_read_only_unit_is_one_stable_snapshot(case: &Case<'_>) {
    let (event, game) = fixture::event_with_match(case.rows()).await;
    let before = case.store.export().await.unwrap();
    let unit = case.reader().await;

    let mut changed = game.clone();
    changed.draws = 1;
    case.store.matches().update(&changed).await.unwrap();
    let added = fixture::player(case.rows(), "Late").await;
    case.store.players().delete(event.players[3].id, None).await.unwrap();
    let writer = case.unit().await;
    fixture::event(&*writer).await;
    writer.commit().await.unwrap();

    assert_eq!(unit.matches().get(game.id).await.unwrap(), game);
    expect::not_found(unit.players().get(added.id).await, added.id);
    let kept = unit.players().get(event.players[3].id).await.unwrap();
    assert_eq!(kept, event.players[3]);
    assert_eq!(count(&*unit).await, before.players.len() as u64);
    let mut listed = unit.players().list_all(&PlayerFilter::default()).await.unwrap();
    listed.sort_by_key(|player| player.id);
    assert_eq!(listed, before.players);
    unit.commit().await.unwrap();
    assert_eq!(case.store.matches().get(game.id).await.unwrap().draws, 1);
}

pub(crate) async fn a_read_only_unit_is_of_the_time_it_was_begun(case: &Case<'_>) {
    let unit = case.reader().await;
    fixture::player(case.rows(), "Ada").await;
    assert_eq!(count(&*unit).await, 0, "though it reads for the first time now");
    unit.rollback().await.unwrap();
}

pub(crate) async fn a_read_only_unit_waits_for_no_writer_and_stops_none(case: &Case<'_>) {
    let writer = case.unit().await;
    fixture::player(&*writer, "Ada").await;
    let reader = case.reader().await;
    assert_eq!(count(&*reader).await, 0);
    fixture::player(&*writer, "Ben").await;
    writer.commit().await.expect("nobody is in the way");
    assert_eq!(count(&*reader).await, 0);
    reader.commit().await.unwrap();
    assert_eq!(count(case.rows()).await, 2);
}

pub(crate) async fn several_read_only_units_each_keep_their_snapshot(case: &Case<'_>) {
    let mut units = Vec::new();
    for expected in 0..3 {
        units.push((expected, case.reader().await));
        fixture::player(case.rows(), "Ada").await;
    }
    for (expected, unit) in units {
        assert_eq!(count(&*unit).await, expected);
        unit.commit().await.unwrap();
    }
}

pub(crate) async fn a_read_only_unit_refuses_import(case: &Case<'_>) {
    let unit = case.reader().await;
    let refused = unit.import(&Dataset::new()).await;
    expect::read_only(refused, tournament_core::EntityKind::Tournament);
    let bad = Dataset { players: vec![Player::new("")], ..Dataset::new() };
    let refused = unit.import(&bad).await;
    expect::read_only(refused, tournament_core::EntityKind::Tournament);
    unit.commit().await.unwrap();
}

pub(crate) async fn readers_outside_are_not_held_up_by_a_unit(case: &Case<'_>) {
    let (_, game) = fixture::event_with_match(case.rows()).await;
    let unit = case.unit().await;
    let mut changed = game.clone();
    changed.draws = 1;
    unit.matches().update(&changed).await.unwrap();
    let tasks = (0..8).map(|_| {
        let (store, id) = (case.store.clone(), game.id);
        async move { store.matches().get(id).await.unwrap() }
    });
    for read in case.at_once(tasks).await {
        assert_eq!(read, game, "what was committed");
    }
    assert_eq!(case.store.export().await.unwrap().matches, [game]);
    unit.rollback().await.unwrap();
}
