//! How many players a tournament takes.

use tournament_core::{
    RegisterOptions, RegistrationControl, RegistrationFilter, RegistrationStatus, Tournament,
    TournamentRegistration,
};

use crate::expect;
use crate::fixture;
use crate::harness::{Case, patiently};

use super::register::{next_number, register};

async fn limited(case: &Case<'_>, max_players: i64) -> Tournament {
    let control = RegistrationControl::new().with_max_players(max_players);
    let tournament = fixture::unstored_tournament(case.rows()).await;
    let tournament = tournament.with_registration(control);
    case.store.tournaments().create(&tournament).await.unwrap()
}

pub(crate) async fn a_full_tournament_takes_no_more(case: &Case<'_>) {
    let tournament = limited(case, 2).await;
    let player = fixture::player(case.rows(), "Late").await;
    for number in 1..=2 {
        assert_eq!(next_number(&*case.store, &tournament).await, number);
    }
    let refused = register(&*case.store, &tournament, &player).await;
    expect::full(refused, tournament.id, 2);
    let filter = RegistrationFilter::default().with_tournament(tournament.id);
    assert_eq!(case.store.registrations().count(&filter).await.unwrap(), 2);
}

pub(crate) async fn a_tournament_for_nobody_is_full_at_once(case: &Case<'_>) {
    let tournament = limited(case, 0).await;
    let player = fixture::player(case.rows(), "Ada").await;
    let refused = register(&*case.store, &tournament, &player).await;
    expect::full(refused, tournament.id, 0);
}

pub(crate) async fn dropped_registrations_take_no_place(case: &Case<'_>) {
    let tournament = limited(case, 1).await;
    let players = fixture::players(case.rows(), 3).await;
    let mut first = register(&*case.store, &tournament, &players[0]).await.unwrap();
    let refused = register(&*case.store, &tournament, &players[1]).await;
    expect::full(refused, tournament.id, 1);
    first.status = RegistrationStatus::Dropped;
    case.store.registrations().update(&first).await.unwrap();
    let second = register(&*case.store, &tournament, &players[1]).await.unwrap();
    assert_eq!(second.sequence_id, 2);
    let refused = register(&*case.store, &tournament, &players[2]).await;
    expect::full(refused, tournament.id, 1);
}

pub(crate) async fn late_entries_take_a_place(case: &Case<'_>) {
    let tournament = limited(case, 1).await;
    let players = fixture::players(case.rows(), 2).await;
    let late = RegisterOptions::new().with_status(RegistrationStatus::LateEntry);
    let registrations = case.store.registrations();
    registrations.register(tournament.id, players[0].id, &late).await.unwrap();
    let refused = registrations.register(tournament.id, players[1].id, &late).await;
    expect::full(refused, tournament.id, 1);
}

pub(crate) async fn one_who_is_dropped_at_once_needs_no_place(case: &Case<'_>) {
    let tournament = limited(case, 0).await;
    let player = fixture::player(case.rows(), "Ada").await;
    let dropped = RegisterOptions::new().with_status(RegistrationStatus::Dropped);
    let registrations = case.store.registrations();
    let registered = registrations.register(tournament.id, player.id, &dropped).await;
    assert_eq!(registered.unwrap().sequence_id, 1);
}

pub(crate) async fn a_deleted_registration_frees_its_place_but_not_its_number(case: &Case<'_>) {
    let tournament = limited(case, 1).await;
    let players = fixture::players(case.rows(), 2).await;
    for (number, player) in [(1, &players[0]), (2, &players[1]), (3, &players[0])] {
        let registered = register(&*case.store, &tournament, player).await.unwrap();
        assert_eq!(registered.sequence_id, number);
        let registrations = case.store.registrations();
        registrations.delete(registered.id, None).await.unwrap();
    }
}

pub(crate) async fn only_register_checks_the_capacity(case: &Case<'_>) {
    let mut tournament = limited(case, 1).await;
    let players = fixture::players(case.rows(), 3).await;
    fixture::registration(case.rows(), &tournament, &players[0], 1).await;
    let mut dropped = TournamentRegistration::new(tournament.id, players[1].id, 2)
        .with_status(RegistrationStatus::Dropped);
    let registrations = case.store.registrations();
    dropped = registrations.create(&dropped).await.unwrap();
    dropped.status = RegistrationStatus::Active;
    registrations.update(&dropped).await.unwrap();
    fixture::registration(case.rows(), &tournament, &players[2], 3).await;
    tournament.registration = RegistrationControl::new().with_max_players(0);
    let lowered = case.store.tournaments().update(&tournament).await;
    lowered.expect("the capacity may be lowered below what is registered");
}

pub(crate) async fn a_raised_capacity_counts_at_once(case: &Case<'_>) {
    let mut tournament = limited(case, 0).await;
    tournament.registration = RegistrationControl::new().with_max_players(1);
    tournament = case.store.tournaments().update(&tournament).await.unwrap();
    assert_eq!(next_number(&*case.store, &tournament).await, 1);
    let player = fixture::player(case.rows(), "Ada").await;
    let refused = register(&*case.store, &tournament, &player).await;
    expect::full(refused, tournament.id, 1);
}

pub(crate) async fn the_last_place_is_taken_once(case: &Case<'_>) {
    let tournament = limited(case, 3).await;
    let players = fixture::players(case.rows(), 12).await;
    let tasks = players.into_iter().map(|player| {
        let (store, tournament) = (case.store.clone(), tournament.clone());
        async move { patiently(&*store, || register(&*store, &tournament, &player)).await }
    });
    let answers = case.at_once(tasks).await;
    let (registered, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(registered.len(), 3);
    for answer in refused {
        expect::full(answer, tournament.id, 3);
    }
    let filter = RegistrationFilter::default().with_tournament(tournament.id);
    assert_eq!(case.store.registrations().count(&filter).await.unwrap(), 3);
}
