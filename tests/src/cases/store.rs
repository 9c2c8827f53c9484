//! The store as a whole: health, clear, close, many tasks on one store.

use tournament_core::{Dataset, Id, Page, Player, PlayerFilter, RegisterOptions, UnitOptions};

use crate::expect;
use crate::fixture;
use crate::harness::{Case, patiently};

pub(crate) async fn a_fresh_store_is_healthy(case: &Case<'_>) {
    let health = case.store.health().await;
    assert!(health.healthy, "{health:?}");
    assert_eq!(health.problem, None);
    assert!(!health.backend.is_empty());
    assert!(health.round_trip_ms.is_finite() && health.round_trip_ms >= 0.0);
}

pub(crate) async fn health_is_told_while_units_are_open(case: &Case<'_>) {
    let (writer, reader) = (case.unit().await, case.reader().await);
    fixture::player(&*writer, "Ada").await;
    let health = case.store.health().await;
    assert!(health.healthy, "{health:?}");
    reader.rollback().await.unwrap();
    writer.rollback().await.unwrap();
}

pub(crate) async fn clear_deletes_every_row(case: &Case<'_>) {
    let (event, _) = fixture::event_with_match(case.rows()).await;
    let options = RegisterOptions::new();
    let registrations = case.store.registrations();
    let registered = registrations.register(event.tournament.id, event.players[0].id, &options);
    registered.await.unwrap();
    case.store.clear().await.unwrap();
    assert_eq!(case.store.export().await.unwrap(), Dataset::new());
    expect::not_found(case.store.players().get(event.players[0].id).await, event.players[0].id);
    case.store.clear().await.expect("an empty store can be cleared");
    fixture::event_with_match(case.rows()).await;
}

pub(crate) async fn a_cleared_store_takes_its_own_export_back(case: &Case<'_>) {
    let (event, _) = fixture::event_with_match(case.rows()).await;
    let options = RegisterOptions::new();
    let registrations = case.store.registrations();
    let registered = registrations.register(event.tournament.id, event.players[0].id, &options);
    registered.await.unwrap();
    let exported = case.store.export().await.unwrap();
    case.store.clear().await.unwrap();
    case.rows().import(&exported).await.unwrap();
    assert_eq!(case.store.export().await.unwrap(), exported);
}

pub(crate) async fn a_closed_store_is_unavailable(case: &Case<'_>) {
    let player = fixture::player(case.rows(), "Ada").await;
    case.store.close().await.unwrap();
    expect::unavailable(case.store.players().get(player.id).await);
    expect::unavailable(case.store.players().create(&Player::new("Ben")).await);
    let filter = PlayerFilter::default();
    expect::unavailable(case.store.players().list(&filter, &Page::new()).await);
    expect::unavailable(case.store.players().count(&filter).await);
    expect::unavailable(case.store.players().update(&player).await);
    expect::unavailable(case.store.players().delete(player.id, None).await);
    expect::unavailable(case.store.players().find_by_name("Ada").await);
    let options = RegisterOptions::new();
    let registrations = case.store.registrations();
    expect::unavailable(registrations.register(Id::new(), player.id, &options).await);
    expect::unavailable(case.rows().import(&Dataset::new()).await);
    expect::unavailable(case.store.export().await);
    expect::unavailable(case.store.clear().await);
    expect::unavailable(case.store.begin(UnitOptions::new()).await.map(drop));
    let read_only = UnitOptions::new().read_only();
    expect::unavailable(case.store.begin(read_only).await.map(drop));
    let health = case.store.health().await;
    assert!(!health.healthy, "{health:?}");
    assert!(health.problem.is_some());
}

pub(crate) async fn pause_ends(case: &Case<'_>) {
    for attempt in [1, 2, 3, 4] {
        case.store.pause(attempt).await;
    }
}

pub(crate) async fn one_store_serves_many_tasks_at_once(case: &Case<'_>) {
    let tasks = (0..32).map(|number| {
        let store = case.store.clone();
        async move {
            let player = Player::new(format!("Player {number}"));
            let created = patiently(&*store, || store.players().create(&player)).await.unwrap();
            assert_eq!(store.players().get(player.id).await.unwrap(), created);
            let found = store.players().find_by_name(&player.name).await.unwrap();
            assert_eq!(found, [created]);
        }
    });
    case.at_once(tasks).await;
    let count = case.store.players().count(&PlayerFilter::default()).await;
    assert_eq!(count.unwrap(), 32);
}

pub(crate) async fn nothing_is_lost_with_many_writers(case: &Case<'_>) {
    let tasks = (0..8).map(|writer| {
        let store = case.store.clone();
        async move {
            for number in 0..10 {
                let player = Player::new(format!("Player {writer} {number}"));
                patiently(&*store, || store.players().create(&player)).await.unwrap();
            }
        }
    });
    case.at_once(tasks).await;
    let count = case.store.players().count(&PlayerFilter::default()).await;
    assert_eq!(count.unwrap(), 80);
}

pub(crate) async fn two_players_of_one_name_are_both_found(case: &Case<'_>) {
    let one = fixture::player(case.rows(), "Ada").await;
    let two = fixture::player(case.rows(), "Ada").await;
    let mut both = [one, two];
    both.sort_by_key(|player| player.id);
    let found = case.store.players().find_by_name("Ada").await.unwrap();
    assert_eq!(found, both);
}

pub(crate) async fn stores_know_nothing_of_each_other(case: &Case<'_>) {
    let other = case.another_store().await;
    let player = fixture::player(case.rows(), "Ada").await;
    expect::not_found(other.players().get(player.id).await, player.id);
    other.clear().await.unwrap();
    assert_eq!(case.store.players().get(player.id).await.unwrap(), player);
}

pub(crate) async fn errors_say_what_happened_in_words_without_secrets(case: &Case<'_>) {
    let blank = fixture::unstored_tournament(case.rows()).await;
    let secret = "s3cret-owl\0";
    let control = tournament_core::RegistrationControl::new()
        .with_registration_password(secret)
        .with_late_registration_password(secret);
    let bad = blank.with_registration(control);
    let error = expect::error(case.store.tournaments().create(&bad).await);
    let shown = format!("{error} {error:?} {}", serde_json::to_string(&error).unwrap());
    assert!(!shown.contains("s3cret-owl"), "{shown}");
    assert!(!format!("{bad:?}").contains("s3cret-owl"));
    assert_eq!(error.code(), "validation");
}
