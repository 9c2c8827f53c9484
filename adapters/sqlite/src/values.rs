//! Values as SQLite keeps them: ids and times as text of fixed width, so that text order is theirs.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};
use serde::Serialize;
use tournament_core::{Id, Time};

/// An id as it is bound: no allocation per value.
#[derive(Clone, Copy)]
pub(crate) struct IdText([u8; 36]);

pub(crate) fn id<E>(id: Id<E>) -> IdText {
    let mut text = [0; 36];
    id.uuid().hyphenated().encode_lower(&mut text);
    IdText(text)
}

impl IdText {
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl ToSql for IdText {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(&self.0)))
    }
}

/// A value as it is stored as JSON.
pub(crate) fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
const TIME_WIDTH: usize = 27;

/// What stands between the digits.
const TIME_PATTERN: &[u8; TIME_WIDTH] = b"0000-00-00T00:00:00.000000Z";

/// A time as it is bound.
#[derive(Clone, Copy)]
pub(crate) struct TimeText([u8; TIME_WIDTH]);

pub(crate) fn time(time: Time) -> TimeText {
    let mut text = *TIME_PATTERN;
    // Validation has refused years that do not have four digits.
    put(&mut text[0..4], time.year().unsigned_abs());
    put(&mut text[5..7], time.month());
    put(&mut text[8..10], time.day());
    put(&mut text[11..13], time.hour());
    put(&mut text[14..16], time.minute());
    put(&mut text[17..19], time.second());
    put(&mut text[20..26], time.nanosecond() / 1_000);
    TimeText(text)
}

fn put(digits: &mut [u8], mut number: u32) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

impl TimeText {
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl ToSql for TimeText {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(&self.0)))
    }
}

/// The time in a text of exactly the form that [`time`] writes. Written out because chrono's own
/// parser, which takes many forms, costs more than all else in reading a row.
pub(crate) fn parse_time(text: &[u8]) -> Option<Time> {
    let text: &[u8; TIME_WIDTH] = text.try_into().ok()?;
    let sound = text.iter().zip(TIME_PATTERN).all(|(byte, pattern)| {
        if *pattern == b'0' { byte.is_ascii_digit() } else { byte == pattern }
    });
    if !sound {
        return None;
    }
    let year = i32::try_from(take(&text[0..4])).ok()?;
    NaiveDate::from_ymd_opt(year, take(&text[5..7]), take(&text[8..10]))?
        .and_hms_micro_opt(
            take(&text[11..13]),
            take(&text[14..16]),
            take(&text[17..19]),
            take(&text[20..26]),
        )
        .filter(|time| time.nanosecond() < 1_000_000_000)
        .map(|time| DateTime::from_naive_utc_and_offset(time, Utc))
}

fn take(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::{parse_time, time};
    use tournament_core::Time;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn times_round_trip_in_text_order() {
        let times = [
            "1000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999999Z",
            "1970-01-01T00:00:00Z",
            "2024-02-29T12:34:56.000001Z",
            "2024-02-29T12:34:56.1Z",
            "9999-12-31T23:59:59.999999Z",
        ]
        .map(at);
        let texts = times.map(|instant| time(instant).as_str().to_owned());
        assert!(texts.is_sorted(), "{texts:?}");
        assert_eq!(texts[3], "2024-02-29T12:34:56.000001Z");
        for (instant, text) in times.iter().zip(&texts) {
            assert_eq!(parse_time(text.as_bytes()), Some(*instant));
        }
    }

    #[test]
    fn other_forms_are_no_times() {
        for text in [
            "",
            "2024-02-29T12:34:56Z",
            "2024-02-29 12:34:56.000000Z",
            "2024-02-30T12:34:56.000000Z",
            "2024-02-29T24:00:00.000000Z",
            "2024-02-29T12:34:60.000000Z",
            "2024-02-29T12:34:5x.000000Z",
            "2024-02-29T12:34:56.000000+",
        ] {
            assert_eq!(parse_time(text.as_bytes()), None, "{text:?}");
        }
    }
}
