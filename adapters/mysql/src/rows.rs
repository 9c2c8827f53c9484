//! Reading rows.

use std::str::FromStr;
use std::vec;

use chrono::{NaiveDate, TimeZone, Utc};
use mysql_async::{Row, Value as DbValue};
use serde::de::DeserializeOwned;
use tournament_core::json::JsonObject;
use tournament_core::{BoxError, EntityKind, Error, Id, Result, Time};
use uuid::Uuid;

use crate::values::parse_uuid;

/// A row's columns, taken one after another in the order of its SELECT. The first is the id.
pub(crate) struct Columns {
    values: vec::IntoIter<Option<DbValue>>,
    kind: EntityKind,
    id: Option<Uuid>,
}

impl Columns {
    pub(crate) fn new(row: Row, kind: EntityKind) -> Self {
        Self { values: row.unwrap_raw().into_iter(), kind, id: None }
    }

    pub(crate) fn id<E>(&mut self, column: &'static str) -> Result<Id<E>> {
        let id = self.optional_id(column)?;
        id.ok_or_else(|| self.corrupt(column, "NULL"))
    }

    pub(crate) fn optional_id<E>(&mut self, column: &'static str) -> Result<Option<Id<E>>> {
        let Some(text) = self.bytes(column)? else { return Ok(None) };
        let uuid = parse_uuid(&text).map_err(|error| self.corrupt(column, error))?;
        self.id.get_or_insert(uuid);
        Ok(Some(Id::from_uuid(uuid)))
    }

    pub(crate) fn integer(&mut self, column: &'static str) -> Result<i64> {
        let integer = self.optional_integer(column)?;
        integer.ok_or_else(|| self.corrupt(column, "NULL"))
    }

    pub(crate) fn optional_integer(&mut self, column: &'static str) -> Result<Option<i64>> {
        match self.take() {
            DbValue::NULL => Ok(None),
            DbValue::Int(integer) => Ok(Some(integer)),
            DbValue::UInt(integer) => {
                i64::try_from(integer).map(Some).map_err(|error| self.corrupt(column, error))
            }
            _ => Err(self.corrupt(column, "no integer")),
        }
    }

    pub(crate) fn boolean(&mut self, column: &'static str) -> Result<bool> {
        match self.integer(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.corrupt(column, "neither 0 nor 1")),
        }
    }

    pub(crate) fn text(&mut self, column: &'static str) -> Result<String> {
        let text = self.optional_text(column)?;
        text.ok_or_else(|| self.corrupt(column, "NULL"))
    }

    pub(crate) fn optional_text(&mut self, column: &'static str) -> Result<Option<String>> {
        let Some(text) = self.bytes(column)? else { return Ok(None) };
        // Not the error's own bytes, which are the value.
        String::from_utf8(text).map(Some).map_err(|_| self.corrupt(column, "no UTF-8"))
    }

    pub(crate) fn time(&mut self, column: &'static str) -> Result<Time> {
        let time = self.optional_time(column)?;
        time.ok_or_else(|| self.corrupt(column, "NULL"))
    }

    pub(crate) fn optional_time(&mut self, column: &'static str) -> Result<Option<Time>> {
        match self.take() {
            DbValue::NULL => Ok(None),
            DbValue::Date(year, month, day, hour, minute, second, micro) => {
                NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
                    .and_then(|date| {
                        date.and_hms_micro_opt(hour.into(), minute.into(), second.into(), micro)
                    })
                    .map(|time| Some(Utc.from_utc_datetime(&time)))
                    // MySQL can keep a month or a day 0.
                    .ok_or_else(|| self.corrupt(column, "no date of the calendar"))
            }
            _ => Err(self.corrupt(column, "no time")),
        }
    }

    /// An enumeration.
    pub(crate) fn one_of<T>(&mut self, column: &'static str) -> Result<T>
    where
        T: FromStr<Err: Into<BoxError>>,
    {
        let text = self.text(column)?;
        text.parse().map_err(|error: T::Err| self.corrupt(column, error))
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self, column: &'static str) -> Result<T> {
        let text = self.bytes(column)?.ok_or_else(|| self.corrupt(column, "NULL"))?;
        self.parse_json(column, &text)
    }

    /// A JSON object. Most are empty, which is seen without a parser in a tenth of its time.
    pub(crate) fn object(&mut self, column: &'static str) -> Result<JsonObject> {
        let text = self.bytes(column)?.ok_or_else(|| self.corrupt(column, "NULL"))?;
        if text == b"{}" { Ok(JsonObject::new()) } else { self.parse_json(column, &text) }
    }

    fn parse_json<T: DeserializeOwned>(&self, column: &'static str, text: &[u8]) -> Result<T> {
        // Not its own words: they repeat values, and a password may be one.
        serde_json::from_slice(text).map_err(|error| {
            self.corrupt(column, if error.is_data() { "JSON of another shape" } else { "no JSON" })
        })
    }

    /// The place of the row's component, where the SELECT has it after the row's own columns.
    pub(crate) fn component_order(&mut self) -> Result<i64> {
        if self.values.len() > 0 { self.integer("sequence_order") } else { Ok(0) }
    }

    fn bytes(&mut self, column: &'static str) -> Result<Option<Vec<u8>>> {
        match self.take() {
            DbValue::NULL => Ok(None),
            DbValue::Bytes(bytes) => Ok(Some(bytes)),
            _ => Err(self.corrupt(column, "no text")),
        }
    }

    fn take(&mut self) -> DbValue {
        self.values.next().flatten().unwrap_or(DbValue::NULL)
    }

    #[cold]
    fn corrupt(&self, column: &'static str, source: impl Into<BoxError>) -> Error {
        let id = self.id.map_or_else(String::new, |id| id.to_string());
        Error::corrupt(self.kind, id, column, Some(source.into()))
    }
}

/// The only number of the only row.
pub(crate) fn number(rows: &[Row]) -> Result<u64> {
    match rows.first().and_then(|row| row.as_ref(0)) {
        Some(DbValue::Int(number)) => Ok(number.unsigned_abs()),
        Some(DbValue::UInt(number)) => Ok(*number),
        _ => Err(Error::backend("the server gave no number where one was asked for", None)),
    }
}

/// The only text of the only row; `None` where it is NULL.
pub(crate) fn text(rows: Vec<Row>) -> Result<Option<String>> {
    let value = rows.into_iter().next().and_then(|row| row.unwrap_raw().into_iter().next());
    match value.flatten() {
        Some(DbValue::Bytes(bytes)) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Some(DbValue::NULL) => Ok(None),
        _ => Err(Error::backend("the server gave no text where one was asked for", None)),
    }
}
