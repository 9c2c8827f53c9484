//! Units of work: all or nothing, seen by others when committed, finished by failures.

use tournament_core::{
    Component, Dataset, Entity, Error, Id, Match, MatchFilter, Page, Player, PlayerFilter,
    RegisterOptions, Repositories, RepositoryExt, TournamentRegistration, UnitOfWork,
};

use crate::expect;
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
    patiently(&*case.store, || fixture_player(case)).await.unwrap();
    assert_eq!(count(case.rows()).await, 1);
    assert_eq!(case.store.export().await.unwrap().matches, []);
}

async fn fixture_player(case: &Case<'_>) -> tournament_core::Result<Player> {
    case.store.players().create(&Player::new("After")).await
}

pub(crate) async fn an_empty_unit_commits_and_rolls_back(case: &Case<'_>) {
    case.unit().await.commit().await.unwrap();
    case.unit().await.rollback().await.unwrap();
    case.reader().await.commit().await.unwrap();
    case.reader().await.rollback().await.unwrap();
    drop(case.reader().await);
    fixture_player(case).await.unwrap();
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

pub(crate) async fn not_found_leaves_a_unit_open(case: &Case<'_>) {
    let unit = case.unit().await;
    fixture::player(&*unit, "Ada").await;
    let id = Id::new();
    expect::not_found(unit.players().get(id).await, id);
    expect::not_found(unit.players().delete(id, None).await, id);
    let absent = Player::new("Ben");
    expect::not_found(unit.players().update(&absent).await, absent.id);
    fixture::player(&*unit, "Cleo").await;
    unit.commit().await.unwrap();
    assert_eq!(count(case.rows()).await, 2);
}

pub(crate) async fn validation_leaves_a_unit_open(case: &Case<'_>) {
    let unit = case.unit().await;
    let ada = fixture::player(&*unit, "Ada").await;
    let bad = Player::new("");
    expect::validation(unit.players().create(&bad).await, Player::KIND, &["name"]);
    let moved = ada.with_created_at(fixture::at(0));
    let refused = unit.players().update(&moved).await;
    expect::validation(refused, Player::KIND, &["created_at"]);
    let dataset = Dataset { players: vec![bad], ..Dataset::new() };
    let refused = unit.import(&dataset).await;
    expect::validation_at(refused, Player::KIND, &[(Some(0), "name")]);
    fixture::player(&*unit, "Cleo").await;
    unit.commit().await.unwrap();
    assert_eq!(count(case.rows()).await, 2);
}

/// Every call of a finished unit says `Aborted`, nothing of it is stored, and its end is as
/// asked for.
async fn expect_finished(case: &Case<'_>, unit: Box<dyn UnitOfWork>, before: &Dataset) {
    let id = Id::new();
    let event = &before.matches[0];
    expect::aborted(unit.players().get(id).await);
    expect::aborted(unit.players().create(&Player::new("Ada")).await);
    expect::aborted(unit.players().create(&Player::new("")).await);
    expect::aborted(unit.players().create_many(&[]).await);
    expect::aborted(unit.players().update(&Player::new("Ada")).await);
    expect::aborted(unit.players().delete(id, None).await);
    expect::aborted(unit.players().list(&PlayerFilter::default(), &Page::new()).await);
    expect::aborted(unit.players().count(&PlayerFilter::default()).await);
    expect::aborted(unit.players().find_by_name("Ada").await);
    expect::aborted(unit.players().find_by_discord_id("ada").await);
    expect::aborted(unit.venues().find_by_name("Hall").await);
    let format = unit.formats();
    let game = tournament_core::GameSystem::Pokemon;
    expect::aborted(format.find_by_name(game, "Standard").await);
    let registrations = unit.registrations();
    let options = RegisterOptions::new();
    let (tournament, player) = (event.tournament_id, event.player1_id);
    expect::aborted(registrations.register(tournament, player, &options).await);
    expect::aborted(registrations.find_by_player(tournament, player).await);
    expect::aborted(registrations.find_by_sequence_id(tournament, 1).await);
    let components = unit.components();
    expect::aborted(components.find_by_sequence_order(tournament, 1).await);
    expect::aborted(unit.rounds().find_by_number(event.component_id, 1).await);
    expect::aborted(unit.matches().get(event.id).await);
    expect::aborted(unit.tournaments().get(tournament).await);
    expect::aborted(unit.import(&Dataset::new()).await);
    // Its locks are gone before it is.
    let after = fixture_player(case).await.expect("others can write");
    case.store.players().delete(after.id, None).await.unwrap();
    expect::aborted(unit.commit().await);
    let stored = case.store.export().await.unwrap();
    assert_eq!(&stored, before, "nothing of the unit was stored");
}

/// Runs a call that fails in a unit that has written already, twice: once the unit is committed,
/// once rolled back.
async fn finishes(
    case: &Case<'_>,
    code: &str,
    call: impl AsyncFn(&dyn UnitOfWork, &Match) -> Result<(), Error>,
) {
    let (_, game) = fixture::event_with_match(case.rows()).await;
    let before = case.store.export().await.unwrap();

    let unit = case.unit().await;
    fixture::player(&*unit, "Lost").await;
    let error = expect::error(call(&*unit, &game).await);
    assert_eq!(error.code(), code, "`{error}`");
    expect_finished(case, unit, &before).await;

    let unit = case.unit().await;
    fixture::player(&*unit, "Lost").await;
    expect::error(call(&*unit, &game).await);
    unit.rollback().await.expect("rollback succeeds");
    assert_eq!(case.store.export().await.unwrap(), before);
}

pub(crate) async fn create_of_a_taken_key_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "already_exists", async |unit, game| {
        unit.matches().create(game).await.map(drop)
    })
    .await;
}

pub(crate) async fn create_without_its_parent_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "reference_missing", async |unit, game| {
        let row = TournamentRegistration::new(game.tournament_id, Id::new(), 1);
        unit.registrations().create(&row).await.map(drop)
    })
    .await;
}

pub(crate) async fn create_many_of_a_taken_key_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "already_exists", async |unit, game| {
        let rows = [game.clone().with_id(Id::new()), game.clone()];
        unit.matches().create_many(&rows).await.map(drop)
    })
    .await;
}

pub(crate) async fn update_to_a_missing_parent_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "reference_missing", async |unit, game| {
        let mut row = game.clone();
        row.player1_id = Id::new();
        unit.matches().update(&row).await.map(drop)
    })
    .await;
}

pub(crate) async fn update_of_a_stale_version_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "conflict", async |unit, game| {
        let mut row = game.clone();
        row.version = 7;
        unit.matches().update(&row).await.map(drop)
    })
    .await;
}

pub(crate) async fn delete_of_a_parent_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "still_referenced", async |unit, game| {
        unit.players().delete(game.player1_id, None).await
    })
    .await;
}

pub(crate) async fn delete_of_a_stale_version_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "conflict", async |unit, game| unit.matches().delete(game.id, Some(7)).await)
        .await;
}

pub(crate) async fn register_without_its_player_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "reference_missing", async |unit, game| {
        let options = RegisterOptions::new();
        let tournament = game.tournament_id;
        let answer = unit.registrations().register(tournament, Id::new(), &options);
        answer.await.map(drop)
    })
    .await;
}

pub(crate) async fn register_in_a_full_tournament_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "full", async |unit, game| {
        let mut tournament = unit.tournaments().get(game.tournament_id).await?;
        tournament.registration = tournament.registration.with_max_players(0);
        unit.tournaments().update(&tournament).await?;
        let options = RegisterOptions::new();
        let answer = unit.registrations().register(tournament.id, game.player1_id, &options);
        answer.await.map(drop)
    })
    .await;
}

pub(crate) async fn import_of_a_taken_key_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "already_exists", async |unit, game| {
        let dataset = Dataset {
            players: vec![Player::new("Lost")],
            matches: vec![game.clone()],
            ..Dataset::new()
        };
        unit.import(&dataset).await
    })
    .await;
}

pub(crate) async fn import_that_contradicts_itself_finishes_a_unit(case: &Case<'_>) {
    finishes(case, "already_exists", async |unit, _| {
        let player = Player::new("Lost");
        let dataset = Dataset { players: vec![player.clone(), player], ..Dataset::new() };
        unit.import(&dataset).await
    })
    .await;
}

pub(crate) async fn a_failed_call_in_a_unit_is_undone_with_it(case: &Case<'_>) {
    let unit = case.unit().await;
    let ada = fixture::player(&*unit, "Ada").await;
    let rows = [Player::new("Ben"), ada.clone()];
    expect::already_exists(unit.players().create_many(&rows).await, Player::KIND, "id");
    drop(unit);
    patiently(&*case.store, || fixture_player(case)).await.unwrap();
    assert_eq!(count(case.rows()).await, 1);
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
    fixture_player(case).await.unwrap();
}

pub(crate) async fn two_units_that_change_one_row_do_not_both_commit(case: &Case<'_>) {
    let (_, game) = fixture::event_with_match(case.rows()).await;
    let tasks = [1, 2].map(|draws| {
        let (store, mut row) = (case.store.clone(), game.clone());
        row.draws = draws;
        async move {
            let unit = store.begin(tournament_core::UnitOptions::new()).await?;
            step_aside().await;
            let updated = unit.matches().update(&row).await?;
            step_aside().await;
            unit.commit().await?;
            Ok(updated)
        }
    });
    let mut committed = Vec::new();
    for answer in case.at_once(tasks).await {
        match answer {
            Ok(updated) => committed.push(updated),
            Err(Error::Busy { .. } | Error::Conflict { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(committed.len(), 1, "one of them is refused: {committed:?}");
    let stored = case.store.matches().get(game.id).await.unwrap();
    assert_eq!(stored, committed[0]);
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
    patiently(&*case.store, || fixture_player(case)).await.unwrap();
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
