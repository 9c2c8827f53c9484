//! Times as JSON has them: RFC 3339, as chrono writes and reads it. For serde's `with`.
//!
//! Every row has a time, and lists have thousands. chrono writes through `core::fmt` a character at a time,
//! and reads by a list of patterns; here what nearly every time looks like is written and read by its
//! places, and the others are left to chrono.

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike};
use serde::de::{self, Deserializer, Visitor};
use serde::{Serialize, Serializer};

use super::Time;

/// `2026-05-01T18:30:00.123456Z`, the longest that is written here.
const LENGTH: usize = 27;

pub(crate) fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    let mut text = [0; LENGTH];
    match written(*time, &mut text).and_then(|text| str::from_utf8(text).ok()) {
        Some(text) => serializer.serialize_str(text),
        None => time.serialize(serializer),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    struct Reading;

    impl Visitor<'_> for Reading {
        type Value = Time;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an RFC 3339 formatted date and time string")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
            if let Some(time) = read(text.as_bytes()) {
                return Ok(time);
            }
            let time: DateTime<FixedOffset> = text.parse().map_err(E::custom)?;
            Ok(time.to_utc())
        }
    }

    deserializer.deserialize_str(Reading)
}

/// The same for a field that may be empty.
pub(crate) mod optional {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::Time;

    #[allow(clippy::ref_option)] // As serde gives it.
    pub(crate) fn serialize<S: Serializer>(
        time: &Option<Time>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Time>, D::Error> {
        #[derive(Deserialize)]
        struct Given(#[serde(with = "super")] Time);

        Ok(Option::<Given>::deserialize(deserializer)?.map(|Given(time)| time))
    }
}

/// The time that this text means, if it is in UTC and has no more than it needs: `2026-05-01T18:30:00Z`,
/// with up to nine digits of a fraction.
fn read(text: &[u8]) -> Option<Time> {
    let (places, rest) = text.split_at_checked(19)?;
    let fraction = rest.strip_suffix(b"Z")?;
    for (place, separator) in [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')] {
        if places[place] != separator {
            return None;
        }
    }
    let year = i32::try_from(number(&places[0..4])?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(&places[5..7])?, number(&places[8..10])?)?;
    let nanoseconds = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
            let missing = u32::try_from(9 - digits.len()).ok()?;
            number(digits)? * 10_u32.pow(missing)
        }
        _ => return None,
    };
    let (hour, minute) = (number(&places[11..13])?, number(&places[14..16])?);
    let time = date.and_hms_nano_opt(hour, minute, number(&places[17..19])?, nanoseconds)?;
    Some(time.and_utc())
}

/// The number that at most nine digits mean.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
    })
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
    use chrono::TimeDelta;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Ours(#[serde(with = "crate::time::text")] Time);

    fn text(text: &str) -> Time {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn times_are_written_and_read_as_chrono_does() {
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
            let written = serde_json::to_string(&Ours(time)).unwrap();
            assert_eq!(written, serde_json::to_string(&time).unwrap());
            let read = serde_json::from_str::<Ours>(&written).unwrap();
            assert_eq!(read.0, serde_json::from_str::<Time>(&written).unwrap());
        }
    }

    /// What chrono takes is taken, and what it refuses is refused in the same words.
    #[test]
    fn texts_are_taken_and_refused_as_by_chrono() {
        for text in [
            "2026-05-01T18:30:00Z",
            "2026-05-01 18:30:00Z",
            "2026-05-01t18:30:00z",
            "2026-05-01T18:30:00.5Z",
            "2026-05-01T18:30:00.Z",
            "2026-05-01T18:30:00.1234567891Z",
            "2026-05-01T18:30:00+05:30",
            "2026-05-01T18:30:00+0530",
            "2026-05-01T18:30:00",
            "2026-05-01T18:30Z",
            "2026-05-01T24:00:00Z",
            "2026-05-01T23:59:60Z",
            "2026-05-01T23:59:60.5Z",
            "2026-05-01T23:59:61Z",
            "2026-02-29T00:00:00Z",
            "2024-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-10T00:00:00Z",
            "2026-5-1T18:30:00Z",
            "-001-05-01T18:30:00Z",
            "+2026-05-01T18:30:00Z",
            "12026-05-01T18:30:00Z",
            "2026-05-01T18:30:0xZ",
            "2026-05-01T18:30:00.1é",
            "2026-05-01T18:30:é",
            "yesterday",
            "Z",
            "",
        ] {
            let json = serde_json::to_string(text).unwrap();
            let ours = serde_json::from_str::<Ours>(&json).map(|Ours(time)| time);
            let chronos = serde_json::from_str::<Time>(&json);
            assert_eq!(
                ours.map_err(|error| error.to_string()),
                chronos.map_err(|error| error.to_string()),
                "{text}"
            );
        }
        let number = serde_json::from_str::<Ours>("5").unwrap_err().to_string();
        assert_eq!(number, serde_json::from_str::<Time>("5").unwrap_err().to_string());
    }
}
