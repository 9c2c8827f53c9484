//! `register`: numbers, capacity, and what it checks.

use tournament_core::{
    Dataset, Entity, Id, MAX_INTEGER, Player, RegisterOptions, RegistrationControl,
    RegistrationFilter, RegistrationStatus, RepositoryExt, Store, Tournament,
    TournamentRegistration, TournamentStatus,
};

use crate::expect;
use crate::fixture::{self, at};
use crate::harness::{Case, patiently};

const KIND: tournament_core::EntityKind = TournamentRegistration::KIND;

pub(super) async fn register(
    store: &dyn Store,
    tournament: &Tournament,
    player: &Player,
) -> tournament_core::Result<TournamentRegistration> {
    let options = RegisterOptions::new();
    let registrations = store.registrations();
    registrations.register(tournament.id, player.id, &options).await
}

/// The number that the next player gets.
pub(super) async fn next_number(store: &dyn Store, tournament: &Tournament) -> i64 {
    let player = fixture::player(store, "Next").await;
    let registration = register(store, tournament, &player).await.unwrap();
    registration.sequence_id
}

pub(crate) async fn numbers_begin_at_1_and_rise_by_1(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let other = fixture::tournament(case.rows()).await;
    for expected in 1..=5 {
        assert_eq!(next_number(&*case.store, &tournament).await, expected);
    }
    let own = next_number(&*case.store, &other).await;
    assert_eq!(own, 1, "each tournament counts for itself");
}

pub(crate) async fn returns_what_is_stored(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let player = fixture::player(case.rows(), "Ada").await;
    let options = RegisterOptions::new()
        .with_id(fixture::id(77))
        .with_status(RegistrationStatus::LateEntry)
        .with_registration_time(at(5) + chrono::Duration::nanoseconds(1_999))
        .with_notes("Came by train – late");
    let registrations = case.store.registrations();
    let registered = registrations.register(tournament.id, player.id, &options).await;
    let registered = registered.unwrap();
    let expected = TournamentRegistration::new(tournament.id, player.id, 1)
        .with_id(fixture::id(77))
        .with_status(RegistrationStatus::LateEntry)
        .with_registration_time(at(5) + chrono::Duration::microseconds(1))
        .with_notes("Came by train – late");
    assert_eq!(registered, expected);
    assert_eq!(registrations.get(fixture::id(77)).await.unwrap(), expected);
    let found = registrations.find_by_player(tournament.id, player.id).await;
    assert_eq!(found.unwrap(), Some(expected));
}

pub(crate) async fn without_options_it_is_active_and_now(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let player = fixture::player(case.rows(), "Ada").await;
    let before = tournament_core::now();
    let registered = register(&*case.store, &tournament, &player).await.unwrap();
    assert_eq!(registered.status, RegistrationStatus::Active);
    assert!((before..=tournament_core::now()).contains(&registered.registration_time));
    assert_eq!((registered.notes, registered.drop_time), (None, None));
}

pub(crate) async fn the_tournament_keeps_its_version(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    next_number(&*case.store, &tournament).await;
    let got = case.store.tournaments().get(tournament.id).await.unwrap();
    assert_eq!(got, tournament);
    let updated = case.store.tournaments().update(&tournament).await;
    assert_eq!(updated.unwrap().version, 2);
    let after_update = next_number(&*case.store, &tournament).await;
    assert_eq!(after_update, 2, "an update leaves the number alone");
}

pub(crate) async fn bad_options_are_refused(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let player = fixture::player(case.rows(), "Ada").await;
    let registrations = case.store.registrations();
    let bad = RegisterOptions::new()
        .with_id(fixture::id(0))
        .with_registration_time(fixture::time("0999-12-31T23:59:59Z"))
        .with_notes("a\0b");
    let refused = registrations.register(tournament.id, player.id, &bad).await;
    expect::validation(refused, KIND, &["id", "registration_time", "notes"]);
    let refused =
        registrations.register(fixture::id(0), fixture::id(0), &RegisterOptions::new()).await;
    expect::validation(refused, KIND, &["tournament_id", "player_id"]);
    assert_eq!(next_number(&*case.store, &tournament).await, 1);
}

pub(crate) async fn an_absent_tournament_or_player_is_a_missing_reference(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let player = fixture::player(case.rows(), "Ada").await;
    let registrations = case.store.registrations();
    let options = RegisterOptions::new();
    let refused = registrations.register(Id::new(), player.id, &options).await;
    expect::reference_missing(refused, KIND, "tournament_id");
    let refused = registrations.register(tournament.id, Id::new(), &options).await;
    expect::reference_missing(refused, KIND, "player_id");
    let next = next_number(&*case.store, &tournament).await;
    assert_eq!(next, 1, "a refused call takes no number");
}

pub(crate) async fn a_player_already_registered_is_refused(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let player = fixture::player(case.rows(), "Ada").await;
    register(&*case.store, &tournament, &player).await.unwrap();
    let refused = register(&*case.store, &tournament, &player).await;
    expect::already_exists(refused, KIND, "player_id");
    let next = next_number(&*case.store, &tournament).await;
    assert_eq!(next, 2, "a refused call takes no number");
}

pub(crate) async fn an_id_already_stored_is_refused(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 2).await;
    let options = RegisterOptions::new().with_id(fixture::id(77));
    let registrations = case.store.registrations();
    let first = registrations.register(tournament.id, players[0].id, &options).await;
    first.unwrap();
    let refused = registrations.register(tournament.id, players[1].id, &options).await;
    expect::already_exists(refused, KIND, "id");
}

pub(crate) async fn who_may_register_is_not_asked(case: &Case<'_>) {
    let control =
        RegistrationControl::new().with_registration_password("owl").with_auto_close_time(at(0));
    let tournament = fixture::unstored_tournament(case.rows()).await;
    let tournament = tournament
        .with_registration(control)
        .with_registration_deadline(at(0))
        .with_status(TournamentStatus::Cancelled);
    case.store.tournaments().create(&tournament).await.unwrap();
    assert_eq!(next_number(&*case.store, &tournament).await, 1);
}

pub(crate) async fn create_raises_the_number(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 3).await;
    let high = fixture::registration(case.rows(), &tournament, &players[0], 10).await;
    fixture::registration(case.rows(), &tournament, &players[1], 4).await;
    case.store.registrations().delete(high.id, None).await.unwrap();
    let next = next_number(&*case.store, &tournament).await;
    assert_eq!(next, 11, "it rises and never falls");
}

pub(crate) async fn create_many_raises_the_number(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let other = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 3).await;
    let rows = [(&tournament, 8), (&other, 20), (&tournament, 7)];
    let rows: Vec<_> = rows
        .iter()
        .zip(&players)
        .map(|((tournament, number), player)| {
            TournamentRegistration::new(tournament.id, player.id, *number)
        })
        .collect();
    case.store.registrations().create_many(&rows).await.unwrap();
    assert_eq!(next_number(&*case.store, &tournament).await, 9);
    assert_eq!(next_number(&*case.store, &other).await, 21);
}

pub(crate) async fn update_raises_the_number(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 1).await;
    let mut row = fixture::registration(case.rows(), &tournament, &players[0], 1).await;
    for number in [30, 2] {
        row.sequence_id = number;
        row = case.store.registrations().update(&row).await.unwrap();
    }
    assert_eq!(next_number(&*case.store, &tournament).await, 31);
}

pub(crate) async fn import_raises_the_number(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 1).await;
    let row = TournamentRegistration::new(tournament.id, players[0].id, 12);
    let dataset = Dataset { registrations: vec![row], ..Dataset::new() };
    case.rows().import(&dataset).await.unwrap();
    assert_eq!(next_number(&*case.store, &tournament).await, 13);
    let mut record = Dataset::new();
    record.last_sequence_ids.insert(tournament.id, 50);
    case.rows().import(&record).await.unwrap();
    assert_eq!(next_number(&*case.store, &tournament).await, 51);
    record.last_sequence_ids.insert(tournament.id, 3);
    case.rows().import(&record).await.unwrap();
    let next = next_number(&*case.store, &tournament).await;
    assert_eq!(next, 52, "a lower record changes nothing");
}

pub(crate) async fn a_number_is_not_given_again_after_export_and_import(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 2).await;
    register(&*case.store, &tournament, &players[0]).await.unwrap();
    let last = register(&*case.store, &tournament, &players[1]).await.unwrap();
    case.store.registrations().delete(last.id, None).await.unwrap();
    let dataset = case.store.export().await.unwrap();
    let copy = case.another_store().await;
    copy.import(&dataset).await.unwrap();
    assert_eq!(next_number(&*copy, &tournament).await, 3);
    assert_eq!(next_number(&*case.store, &tournament).await, 3);
}

pub(crate) async fn a_tournament_created_anew_begins_at_1_again(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let player = fixture::player(case.rows(), "Ada").await;
    let row = register(&*case.store, &tournament, &player).await.unwrap();
    case.store.registrations().delete(row.id, None).await.unwrap();
    case.store.tournaments().delete(tournament.id, None).await.unwrap();
    let exported = case.store.export().await.unwrap();
    assert!(exported.last_sequence_ids.is_empty(), "its numbers went with it");
    case.store.tournaments().create(&tournament).await.unwrap();
    assert_eq!(next_number(&*case.store, &tournament).await, 1);
}

pub(crate) async fn a_tournament_that_gave_its_last_number_is_full(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let mut record = Dataset::new();
    record.last_sequence_ids.insert(tournament.id, MAX_INTEGER - 1);
    case.rows().import(&record).await.unwrap();
    assert_eq!(next_number(&*case.store, &tournament).await, MAX_INTEGER);
    let player = fixture::player(case.rows(), "Ada").await;
    let refused = register(&*case.store, &tournament, &player).await;
    expect::full(refused, tournament.id, MAX_INTEGER);
}

pub(crate) async fn a_number_given_in_a_unit_that_rolls_back_was_never_given(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 2).await;
    let options = RegisterOptions::new();
    let unit = case.unit().await;
    for (number, player) in (1..).zip(&players) {
        let registered = unit.registrations().register(tournament.id, player.id, &options);
        assert_eq!(registered.await.unwrap().sequence_id, number);
    }
    unit.rollback().await.unwrap();
    assert_eq!(next_number(&*case.store, &tournament).await, 1);
}

pub(crate) async fn a_read_only_unit_refuses_it_before_anything_else(case: &Case<'_>) {
    let unit = case.reader().await;
    let bad = RegisterOptions::new().with_notes("\0");
    let refused = unit.registrations().register(Id::new(), Id::new(), &bad).await;
    expect::read_only(refused, KIND);
    unit.commit().await.unwrap();
}

pub(crate) async fn sixty_four_tasks_get_1_to_64(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 64).await;
    let tasks = players.into_iter().map(|player| {
        let (store, tournament) = (case.store.clone(), tournament.clone());
        async move { patiently(&*store, || register(&*store, &tournament, &player)).await }
    });
    let mut numbers: Vec<_> =
        case.at_once(tasks).await.into_iter().map(|answer| answer.unwrap().sequence_id).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=64).collect::<Vec<_>>());
    let filter = RegistrationFilter::default().with_tournament(tournament.id);
    let stored = case.store.registrations().list_all(&filter).await.unwrap();
    let stored: Vec<_> = stored.iter().map(|row| row.sequence_id).collect();
    assert_eq!(stored, numbers);
}

pub(crate) async fn a_player_registering_eight_times_at_once_is_registered_once(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let player = fixture::player(case.rows(), "Ada").await;
    let tasks = (0..8).map(|_| {
        let (store, tournament, player) = (case.store.clone(), tournament.clone(), player.clone());
        async move { patiently(&*store, || register(&*store, &tournament, &player)).await }
    });
    let answers = case.at_once(tasks).await;
    let (registered, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(registered.len(), 1);
    for answer in refused {
        expect::already_exists(answer, KIND, "player_id");
    }
}
