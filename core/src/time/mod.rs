//! Instants: UTC, to the microsecond.

pub(crate) mod text;

use chrono::{DateTime, Datelike, SubsecRound, Timelike, Utc};

/// An instant as every store keeps it: UTC, to the microsecond.
pub type Time = DateTime<Utc>;

/// Digits kept after the second.
const DIGITS: u16 = 6;

/// The present instant, cut to microseconds.
#[must_use]
pub fn now() -> Time {
    Utc::now().trunc_subsecs(DIGITS)
}

/// Cuts to microseconds. A leap second stays one, for validation to refuse.
pub(crate) fn cut(time: Time) -> Time {
    time.trunc_subsecs(DIGITS)
}

/// [`cut`] for a field that may be empty.
pub(crate) fn cut_optional(time: &mut Option<Time>) {
    *time = time.map(cut);
}

/// Why no store keeps this instant, if none does.
///
/// MySQL's `DATETIME` begins at the year 1000 and ISO 8601 text sorts up to 9999; neither knows
/// leap seconds.
pub(crate) fn refusal(time: Time) -> Option<&'static str> {
    if !(1000..=9999).contains(&time.year()) {
        Some("must be within the years 1000 to 9999")
    } else if time.nanosecond() >= 1_000_000_000 {
        Some("must not be a leap second")
    } else {
        None
    }
}
