//! Times are instants in UTC, to the microsecond.

use chrono::{DateTime, Datelike, Duration, FixedOffset, Timelike};
use serde_json::json;
use tournament_core::{Entity, Player, PlayerFilter, RegistrationControl, Round, Time, Tournament};

use crate::expect;
use crate::fixture::{self, at, time};
use crate::harness::Case;

async fn kept(case: &Case<'_>, given: Time) -> Time {
    let player = Player::new("Ada").with_created_at(given);
    let created = case.store.players().create(&player).await.unwrap();
    let got = case.store.players().get(player.id).await.unwrap();
    assert_eq!(got, created, "{given}");
    got.created_at
}

pub(crate) async fn a_time_with_an_offset_is_the_same_instant(case: &Case<'_>) {
    for text in [
        "2024-03-10T12:00:00.123456+14:00",
        "2024-03-10T12:00:00.123456-09:30",
        "2024-03-10T00:30:00+01:00",
    ] {
        let meant: DateTime<FixedOffset> = text.parse().unwrap();
        let player = json!({ "name": "Ada", "created_at": text });
        let player: Player = serde_json::from_value(player).unwrap();
        assert_eq!(kept(case, player.created_at).await, meant, "{text}");
    }
}

pub(crate) async fn microseconds_are_kept(case: &Case<'_>) {
    for microseconds in [0, 1, 9, 10, 123_456, 500_000, 999_999] {
        let given = at(0) + Duration::microseconds(microseconds);
        assert_eq!(kept(case, given).await, given);
    }
}

pub(crate) async fn what_is_finer_is_cut_not_rounded(case: &Case<'_>) {
    for (given, expected) in [
        ("2024-01-01T00:00:00.000000999Z", "2024-01-01T00:00:00Z"),
        ("2024-12-31T23:59:59.999999999Z", "2024-12-31T23:59:59.999999Z"),
        ("1950-01-01T00:00:00.0000019Z", "1950-01-01T00:00:00.000001Z"),
    ] {
        assert_eq!(kept(case, time(given)).await, time(expected), "{given}");
    }
}

pub(crate) async fn every_time_of_every_kind_is_cut(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    let (rough, exact) = (at(0) + Duration::nanoseconds(1_999), at(0) + Duration::microseconds(1));
    let control = RegistrationControl::new().with_auto_open_time(rough).with_auto_close_time(rough);
    let tournament = fixture::unstored_tournament(case.rows()).await;
    let tournament = tournament
        .with_registration(control)
        .with_start_time(rough)
        .with_end_time(rough)
        .with_created_at(rough)
        .with_registration_deadline(rough);
    let created = case.store.tournaments().create(&tournament).await.unwrap();
    for cut in [
        created.registration.auto_open_time,
        created.registration.auto_close_time,
        created.start_time,
        created.end_time,
        Some(created.created_at),
        created.registration_deadline,
    ] {
        assert_eq!(cut, Some(exact));
    }
    let got = case.store.tournaments().get(created.id).await.unwrap();
    assert_eq!(got, created);

    let round = Round::new(&event.component, 2)
        .with_start_time(rough)
        .with_end_time(rough)
        .with_scheduled_start(rough)
        .with_scheduled_end(rough);
    let mut round = case.store.rounds().create(&round).await.unwrap();
    for cut in [round.start_time, round.end_time, round.scheduled_start, round.scheduled_end] {
        assert_eq!(cut, Some(exact));
    }
    round.end_time = Some(rough);
    let updated = case.store.rounds().update(&round).await.unwrap();
    assert_eq!(updated.end_time, Some(exact), "by an update too");
}

pub(crate) async fn an_update_with_the_finer_time_changes_nothing(case: &Case<'_>) {
    let rough = at(0) + Duration::nanoseconds(1_999);
    let player = Player::new("Ada").with_created_at(rough);
    let created = case.store.players().create(&player).await.unwrap();
    let again = created.clone().with_created_at(rough);
    let updated = case.store.players().update(&again).await.unwrap();
    assert_eq!(updated.created_at, created.created_at);
}

pub(crate) async fn the_years_1000_to_9999_are_kept(case: &Case<'_>) {
    for text in [
        "1000-01-01T00:00:00Z",
        "1582-10-10T12:00:00Z",
        "1899-12-31T23:59:59.999999Z",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00Z",
        "2000-02-29T00:00:00Z",
        "2038-01-19T03:14:08Z",
        "9999-12-31T23:59:59.999999Z",
    ] {
        assert_eq!(kept(case, time(text)).await, time(text), "{text}");
    }
    let last = time("9999-12-31T23:59:59.999999Z") + Duration::nanoseconds(999);
    assert_eq!(kept(case, last).await, time("9999-12-31T23:59:59.999999Z"));
}

pub(crate) async fn other_years_are_refused(case: &Case<'_>) {
    let first = time("1000-01-01T00:00:00Z");
    let last = time("9999-12-31T23:59:59.999999Z");
    for refused in [
        first - Duration::microseconds(1),
        last + Duration::microseconds(1),
        last.with_year(-1).unwrap(),
        Time::MIN_UTC,
        Time::MAX_UTC,
    ] {
        let player = Player::new("Ada").with_created_at(refused);
        let answer = case.store.players().create(&player).await;
        expect::validation(answer, Player::KIND, &["created_at"]);
    }
    let count = case.store.players().count(&PlayerFilter::default()).await;
    assert_eq!(count.unwrap(), 0);
}

pub(crate) async fn a_leap_second_is_refused(case: &Case<'_>) {
    let leap = time("2016-12-31T23:59:60.5Z");
    assert!(leap.nanosecond() >= 1_000_000_000, "it is read as one");
    let player = Player::new("Ada").with_created_at(leap);
    let refused = case.store.players().create(&player).await;
    expect::validation(refused, Player::KIND, &["created_at"]);
}

pub(crate) async fn times_to_open_and_close_registration_are_kept(case: &Case<'_>) {
    let blank = fixture::unstored_tournament(case.rows()).await;
    let opens = time("2024-03-10T12:00:00.123456+02:00");
    let control = RegistrationControl::new()
        .with_auto_open_time(opens)
        .with_auto_close_time(opens + Duration::days(7));
    let tournament = blank.with_registration(control.clone());
    case.store.tournaments().create(&tournament).await.unwrap();
    let got: Tournament = case.store.tournaments().get(tournament.id).await.unwrap();
    assert_eq!(got.registration, control);
}
