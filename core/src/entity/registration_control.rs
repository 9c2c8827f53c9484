use serde::{Deserialize, Serialize};

use super::{Password, RegistrationStatus, TournamentStatus};
use crate::time::{self, Time};
use crate::validate::Checks;

/// Who may register for a tournament, and when. Stored with it, as JSON.
///
/// ```
/// use tournament_core::RegistrationControl;
///
/// let control = RegistrationControl::new().with_max_players(64).with_registration_password("owl");
/// assert!(!format!("{control:?}").contains("owl"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RegistrationControl {
    /// Nobody registers by themself before this.
    #[serde(with = "crate::time::text::optional")]
    pub auto_open_time: Option<Time>,
    /// Nobody registers by themself from this on; not before `auto_open_time`.
    #[serde(with = "crate::time::text::optional")]
    pub auto_close_time: Option<Time>,
    /// At most 200 characters: what players must know to register.
    pub registration_password: Option<Password>,
    /// At most 200 characters: what lets a player in once registration has closed.
    pub late_registration_password: Option<Password>,
    /// At most 200 characters: what lets the organiser register anyone.
    pub to_override_password: Option<Password>,
    /// Whether `to_override_password` is heeded.
    pub allow_to_override: bool,
    /// How many registrations that are not dropped the tournament takes; checked by
    /// [`register`](crate::RegistrationRepository::register).
    pub max_players: Option<i64>,
}

impl Default for RegistrationControl {
    fn default() -> Self {
        Self {
            auto_open_time: None,
            auto_close_time: None,
            registration_password: None,
            late_registration_password: None,
            to_override_password: None,
            allow_to_override: true,
            max_players: None,
        }
    }
}

impl RegistrationControl {
    const MAX_PASSWORD: usize = 200;

    /// No limits and no passwords.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `registration_password`.
    #[must_use]
    pub fn with_registration_password(mut self, password: impl Into<Password>) -> Self {
        self.registration_password = Some(password.into());
        self
    }

    /// Sets `late_registration_password`.
    #[must_use]
    pub fn with_late_registration_password(mut self, password: impl Into<Password>) -> Self {
        self.late_registration_password = Some(password.into());
        self
    }

    /// Sets `to_override_password`.
    #[must_use]
    pub fn with_to_override_password(mut self, password: impl Into<Password>) -> Self {
        self.to_override_password = Some(password.into());
        self
    }

    pub(super) fn normalise(&mut self) {
        time::cut_optional(&mut self.auto_open_time);
        time::cut_optional(&mut self.auto_close_time);
    }

    pub(super) fn check(&self, checks: &mut Checks) {
        checks.span(
            ("registration.auto_open_time", self.auto_open_time),
            ("registration.auto_close_time", self.auto_close_time),
        );
        for (field, password) in [
            ("registration.registration_password", &self.registration_password),
            ("registration.late_registration_password", &self.late_registration_password),
            ("registration.to_override_password", &self.to_override_password),
        ] {
            let text = password.as_ref().map(Password::expose);
            checks.optional_text(field, text, 0, Self::MAX_PASSWORD);
        }
        checks.optional_integer("registration.max_players", self.max_players, 0);
    }

    pub(super) fn decide(
        &self,
        status: TournamentStatus,
        deadline: Option<Time>,
        attempt: &RegistrationAttempt<'_>,
        at: Time,
    ) -> Result<RegistrationStatus, RegistrationRefusal> {
        use RegistrationRefusal::{Closed, NotYetOpen, Over, WrongPassword};
        use TournamentStatus::{
            Cancelled, Completed, Draft, InProgress, RegistrationClosed, RegistrationOpen,
        };

        if matches!(status, Completed | Cancelled) {
            return Err(Over);
        }
        let begun = matches!(status, InProgress);
        if self.allow_to_override && knows(self.to_override_password.as_ref(), attempt.password) {
            return Ok(if begun {
                RegistrationStatus::LateEntry
            } else {
                RegistrationStatus::Active
            });
        }
        if status == Draft || self.auto_open_time.is_some_and(|opens| at < opens) {
            return Err(NotYetOpen);
        }
        let closed = matches!(status, RegistrationClosed | InProgress)
            || self.auto_close_time.is_some_and(|closes| at >= closes)
            || deadline.is_some_and(|last| at > last);
        if closed {
            return if knows(self.late_registration_password.as_ref(), attempt.password) {
                Ok(RegistrationStatus::LateEntry)
            } else {
                Err(Closed)
            };
        }
        debug_assert_eq!(status, RegistrationOpen);
        if self.registration_password.is_none()
            || knows(self.registration_password.as_ref(), attempt.password)
        {
            Ok(RegistrationStatus::Active)
        } else {
            Err(WrongPassword)
        }
    }
}

setters! { RegistrationControl;
    some with_auto_open_time(auto_open_time: Time);
    some with_auto_close_time(auto_close_time: Time);
    value with_allow_to_override(allow_to_override: bool);
    some with_max_players(max_players: i64);
}

/// Whether there is a password and it was given.
fn knows(password: Option<&Password>, given: Option<&str>) -> bool {
    password.zip(given).is_some_and(|(password, given)| password.matches(given))
}

/// What somebody who wants to register brings along.
#[derive(Clone, Copy, Default)]
#[non_exhaustive]
pub struct RegistrationAttempt<'a> {
    /// The password they gave, of whichever kind.
    pub password: Option<&'a str>,
}

impl<'a> RegistrationAttempt<'a> {
    /// An attempt without a password.
    #[must_use]
    pub const fn new() -> Self {
        Self { password: None }
    }

    /// An attempt with this password.
    #[must_use]
    pub const fn with_password(password: &'a str) -> Self {
        Self { password: Some(password) }
    }
}

impl std::fmt::Debug for RegistrationAttempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let password = self.password.map(|_| "[redacted]");
        f.debug_struct("RegistrationAttempt").field("password", &password).finish()
    }
}

/// Why somebody may not register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationRefusal {
    /// Registration has not opened.
    #[error("registration has not opened yet")]
    NotYetOpen,
    /// Registration has closed, and the late-registration password was not given.
    #[error("registration is closed")]
    Closed,
    /// A password is needed, and another or none was given.
    #[error("the registration password is missing or wrong")]
    WrongPassword,
    /// The tournament is completed or cancelled.
    #[error("the tournament is over")]
    Over,
}

impl RegistrationRefusal {
    /// The variant's name in snake case, the same in Rust and in JavaScript.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYetOpen => "not_yet_open",
            Self::Closed => "closed",
            Self::WrongPassword => "wrong_password",
            Self::Over => "over",
        }
    }
}
