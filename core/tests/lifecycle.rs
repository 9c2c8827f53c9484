//! Which status may follow which, and who may register when.

#![allow(clippy::unwrap_used)] // Helpers are tests too.

use tournament_core::{
    Id, Password, RegistrationAttempt, RegistrationControl, RegistrationRefusal,
    RegistrationStatus, Time, Tournament, TournamentStatus,
};

use RegistrationRefusal::{Closed, NotYetOpen, Over, WrongPassword};
use RegistrationStatus::{Active, LateEntry};
use TournamentStatus::{
    Cancelled, Completed, Draft, InProgress, RegistrationClosed, RegistrationOpen,
};

fn tournament(status: TournamentStatus, registration: RegistrationControl) -> Tournament {
    Tournament::new("Friday Night", Id::new(), Id::new(), Id::new())
        .with_status(status)
        .with_registration(registration)
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

const NOON: &str = "2026-03-01T12:00:00Z";

#[test]
fn a_tournament_goes_only_the_ways_that_its_life_knows() {
    let ways = [
        (Draft, RegistrationOpen),
        (RegistrationOpen, RegistrationClosed),
        (RegistrationClosed, RegistrationOpen),
        (RegistrationClosed, InProgress),
        (InProgress, Completed),
        (Draft, Cancelled),
        (RegistrationOpen, Cancelled),
        (RegistrationClosed, Cancelled),
        (InProgress, Cancelled),
    ];
    for &from in TournamentStatus::ALL {
        for &to in TournamentStatus::ALL {
            let mut moved = tournament(from, RegistrationControl::new());
            let outcome = moved.move_to(to);
            if ways.contains(&(from, to)) {
                outcome.unwrap();
                assert_eq!(moved.status, to);
            } else {
                let error = outcome.unwrap_err();
                assert_eq!((error.code(), error.fields()), ("validation", vec!["status"]));
                assert_eq!(moved.status, from, "{from} to {to}");
            }
        }
    }
}

#[test]
fn anyone_may_register_while_registration_is_open() {
    let none = RegistrationAttempt::new();
    let expected = [
        (Draft, Err(NotYetOpen)),
        (RegistrationOpen, Ok(Active)),
        (RegistrationClosed, Err(Closed)),
        (InProgress, Err(Closed)),
        (Completed, Err(Over)),
        (Cancelled, Err(Over)),
    ];
    for (status, answer) in expected {
        let found = tournament(status, RegistrationControl::new()).admit(&none, at(NOON));
        assert_eq!(found, answer, "{status}");
    }
}

#[test]
fn times_narrow_when_registration_is_open() {
    let none = RegistrationAttempt::new();
    let control = RegistrationControl::new()
        .with_auto_open_time(at("2026-03-01T10:00:00Z"))
        .with_auto_close_time(at("2026-03-01T14:00:00Z"));
    let open = tournament(RegistrationOpen, control)
        .with_registration_deadline(at("2026-03-01T13:00:00Z"));
    for (time, answer) in [
        ("2026-03-01T09:59:59.999999Z", Err(NotYetOpen)),
        ("2026-03-01T10:00:00Z", Ok(Active)),
        ("2026-03-01T13:00:00Z", Ok(Active)),
        ("2026-03-01T13:00:00.000001Z", Err(Closed)),
    ] {
        assert_eq!(open.admit(&none, at(time)), answer, "{time}");
    }
    let mut closing = open;
    closing.registration_deadline = None;
    assert_eq!(closing.admit(&none, at("2026-03-01T13:59:59Z")), Ok(Active));
    assert_eq!(closing.admit(&none, at("2026-03-01T14:00:00Z")), Err(Closed));
}

#[test]
fn passwords_open_what_they_are_for() {
    let control = RegistrationControl::new()
        .with_registration_password("owl")
        .with_late_registration_password("heron")
        .with_to_override_password("eagle");
    let knows = RegistrationAttempt::with_password;
    for (status, attempt, answer) in [
        (RegistrationOpen, RegistrationAttempt::new(), Err(WrongPassword)),
        (RegistrationOpen, knows("ow"), Err(WrongPassword)),
        (RegistrationOpen, knows("owl"), Ok(Active)),
        (RegistrationClosed, knows("owl"), Err(Closed)),
        (RegistrationClosed, knows("heron"), Ok(LateEntry)),
        (InProgress, knows("heron"), Ok(LateEntry)),
        (Draft, knows("heron"), Err(NotYetOpen)),
        (Draft, knows("eagle"), Ok(Active)),
        (InProgress, knows("eagle"), Ok(LateEntry)),
        (Completed, knows("eagle"), Err(Over)),
    ] {
        let found = tournament(status, control.clone()).admit(&attempt, at(NOON));
        assert_eq!(found, answer, "{status} {attempt:?}");
    }
    let closed = tournament(RegistrationClosed, control.with_allow_to_override(false));
    assert_eq!(closed.admit(&knows("eagle"), at(NOON)), Err(Closed));
}

#[test]
fn no_password_shows_in_debug() {
    let control = RegistrationControl::new()
        .with_registration_password("hidden-owl")
        .with_late_registration_password("hidden-heron")
        .with_to_override_password("hidden-eagle");
    let shown = format!(
        "{:?} {:?} {:?}",
        tournament(Draft, control),
        RegistrationAttempt::with_password("hidden-attempt"),
        Password::new("hidden-password"),
    );
    assert!(!shown.contains("hidden"), "{shown}");
}

#[test]
fn no_password_shows_in_an_error_even_where_it_is_no_text() {
    for field in ["registration_password", "late_registration_password", "to_override_password"] {
        let json = format!("{{\"{field}\":77345112}}");
        let error = serde_json::from_str::<RegistrationControl>(&json).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("a password must be text"), "{shown}");
        assert!(!shown.contains("77345112"), "{shown}");
    }
    let control: RegistrationControl =
        serde_json::from_str(r#"{"registration_password":"owl"}"#).unwrap();
    assert_eq!(control, RegistrationControl::new().with_registration_password("owl"));
}
