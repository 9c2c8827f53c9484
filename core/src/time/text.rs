//! Times as JSON has them: RFC 3339, as chrono writes and reads it.
//!
//! Every row has a time, and lists have thousands. chrono's writer goes through `core::fmt` a character at a
//! time; this one writes what every stored time is like, and leaves the others to chrono.

use chrono::{Datelike, Timelike};
use serde::{Serialize, Serializer};

use super::Time;

/// `2026-05-01T18:30:00.123456Z`, the longest.
const LENGTH: usize = 27;

/// For `serialize_with`.
pub(crate) fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    let mut text = [0; LENGTH];
    match written(*time, &mut text).and_then(|text| str::from_utf8(text).ok()) {
        Some(text) => serializer.serialize_str(text),
        None => time.serialize(serializer),
    }
}

/// [`serialize`], for a field that may be empty.
#[allow(clippy::ref_option)] // As `serialize_with` gives it.
pub(crate) fn serialize_optional<S: Serializer>(
    time: &Option<Time>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serialize(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// The text of a time within the years 0 to 9999, cut to microseconds and no leap second. Of the fraction it
/// has as many groups of three digits as it needs.
fn written(time: Time, text: &mut [u8; LENGTH]) -> Option<&[u8]> {
    let nanoseconds = time.nanosecond();
    let year = u32::try_from(time.year()).ok().filter(|&year| year <= 9999)?;
    if nanoseconds >= 1_000_000_000 || !nanoseconds.is_multiple_of(1_000) {
        return None;
    }
    text.copy_from_slice(b"0000-00-00T00:00:00.000000Z");
    digits(&mut text[0..4], year);
    digits(&mut text[5..7], time.month());
    digits(&mut text[8..10], time.day());
    digits(&mut text[11..13], time.hour());
    digits(&mut text[14..16], time.minute());
    digits(&mut text[17..19], time.second());
    let microseconds = nanoseconds / 1_000;
    let end = match microseconds {
        0 => 19,
        _ if microseconds.is_multiple_of(1_000) => {
            digits(&mut text[20..23], microseconds / 1_000);
            23
        }
        _ => {
            digits(&mut text[20..26], microseconds);
            26
        }
    };
    text[end] = b'Z';
    Some(&text[..=end])
}

/// Writes a number into all of the places.
fn digits(places: &mut [u8], mut number: u32) {
    for place in places.iter_mut().rev() {
        // A remainder by ten is one digit.
        #[allow(clippy::cast_possible_truncation)]
        let digit = (number % 10) as u8;
        *place = b'0' + digit;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    #[derive(Serialize)]
    struct Both {
        #[serde(serialize_with = "serialize")]
        ours: Time,
        chronos: Time,
    }

    #[test]
    fn times_are_written_as_chrono_writes_them() {
        let text = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let mut times = vec![
            text("0000-01-01T00:00:00Z"),
            text("1000-01-01T00:00:00Z"),
            text("9999-12-31T23:59:59.999999Z"),
            text("2016-12-31T23:59:60Z"),
            text("2026-05-01T18:30:00.1Z"),
            text("2026-05-01T18:30:00.12Z"),
            text("2026-05-01T18:30:00.123Z"),
            text("2026-05-01T18:30:00.000001Z"),
            text("2026-05-01T18:30:00.123456789Z"),
            text("2026-05-01T18:30:00+05:30"),
            Time::MIN_UTC,
            Time::MAX_UTC,
            Time::UNIX_EPOCH,
        ];
        let step = TimeDelta::microseconds(7_919_041_003_517);
        times.extend((0..2_000).map(|number| text("1600-02-29T00:00:00Z") + step * number));
        for time in times {
            let both = serde_json::to_value(Both { ours: time, chronos: time }).unwrap();
            assert_eq!(both["ours"], both["chronos"]);
        }
    }
}
