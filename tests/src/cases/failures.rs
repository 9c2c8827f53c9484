//! What leaves a unit of work open, and what finishes it.

use tournament_core::{
    Dataset, Entity, Error, Id, Match, Page, Player, PlayerFilter, RegisterOptions, Repositories,
    TournamentRegistration, UnitOfWork,
};

use crate::expect;
use crate::fixture;
use crate::harness::{Case, patiently};

use super::units::write_outside;

async fn count(rows: &dyn Repositories) -> u64 {
    rows.players().count(&PlayerFilter::default()).await.unwrap()
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
    let after = write_outside(case).await.expect("others can write");
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
    patiently(&*case.store, || write_outside(case)).await.unwrap();
    assert_eq!(count(case.rows()).await, 1);
}
