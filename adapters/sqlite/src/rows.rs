//! Reading rows.

use std::str::FromStr;

use rusqlite::types::ValueRef;
use serde::Deserialize;
use tournament_core::json::JsonObject;
use tournament_core::{BoxError, EntityKind, Error, Id, Result, Time};
use uuid::Uuid;

use crate::values::parse_time;

/// A row's columns, taken one after another in the order of its SELECT. The first is the id.
pub(crate) struct Columns<'r> {
    row: &'r rusqlite::Row<'r>,
    next: usize,
    width: usize,
    kind: EntityKind,
}

impl<'r> Columns<'r> {
    pub(crate) fn new(row: &'r rusqlite::Row<'r>, kind: EntityKind) -> Self {
        Self { row, next: 0, width: row.as_ref().column_count(), kind }
    }

    pub(crate) fn id<E>(&mut self, column: &'static str) -> Result<Id<E>> {
        let value = self.take(column)?;
        self.parse_id(column, value)
    }

    pub(crate) fn optional_id<E>(&mut self, column: &'static str) -> Result<Option<Id<E>>> {
        match self.take(column)? {
            ValueRef::Null => Ok(None),
            value => self.parse_id(column, value).map(Some),
        }
    }

    pub(crate) fn integer(&mut self, column: &'static str) -> Result<i64> {
        match self.take(column)? {
            ValueRef::Integer(integer) => Ok(integer),
            other => Err(self.unexpected(column, other)),
        }
    }

    pub(crate) fn optional_integer(&mut self, column: &'static str) -> Result<Option<i64>> {
        match self.take(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(integer) => Ok(Some(integer)),
            other => Err(self.unexpected(column, other)),
        }
    }

    pub(crate) fn boolean(&mut self, column: &'static str) -> Result<bool> {
        match self.take(column)? {
            ValueRef::Integer(0) => Ok(false),
            ValueRef::Integer(1) => Ok(true),
            other => Err(self.unexpected(column, other)),
        }
    }

    pub(crate) fn text(&mut self, column: &'static str) -> Result<String> {
        let value = self.take(column)?;
        self.parse_text(column, value).map(str::to_owned)
    }

    pub(crate) fn optional_text(&mut self, column: &'static str) -> Result<Option<String>> {
        match self.take(column)? {
            ValueRef::Null => Ok(None),
            value => self.parse_text(column, value).map(|text| Some(text.to_owned())),
        }
    }

    pub(crate) fn time(&mut self, column: &'static str) -> Result<Time> {
        let value = self.take(column)?;
        self.parse_time(column, value)
    }

    pub(crate) fn optional_time(&mut self, column: &'static str) -> Result<Option<Time>> {
        match self.take(column)? {
            ValueRef::Null => Ok(None),
            value => self.parse_time(column, value).map(Some),
        }
    }

    /// An enumeration.
    pub(crate) fn one_of<T>(&mut self, column: &'static str) -> Result<T>
    where
        T: FromStr<Err: Into<BoxError>>,
    {
        let value = self.take(column)?;
        self.parse_text(column, value)?.parse().map_err(|error: T::Err| self.corrupt(column, error))
    }

    pub(crate) fn json<T>(&mut self, column: &'static str) -> Result<T>
    where
        T: for<'de> Deserialize<'de>,
    {
        let value = self.take(column)?;
        self.parse_json(column, value)
    }

    /// A JSON object. Most are empty, which is seen without a parser in a tenth of its time.
    pub(crate) fn object(&mut self, column: &'static str) -> Result<JsonObject> {
        let value = self.take(column)?;
        if value == ValueRef::Text(b"{}") {
            return Ok(JsonObject::new());
        }
        self.parse_json(column, value)
    }

    /// The place of the row's component, where the SELECT has it after the row's own columns.
    pub(crate) fn component_order(&mut self) -> Result<i64> {
        if self.next < self.width { self.integer("sequence_order") } else { Ok(0) }
    }

    fn take(&mut self, column: &'static str) -> Result<ValueRef<'r>> {
        let value = self.row.get_ref(self.next).map_err(|error| self.corrupt(column, error))?;
        self.next += 1;
        Ok(value)
    }

    fn parse_id<E>(&self, column: &'static str, value: ValueRef<'_>) -> Result<Id<E>> {
        let ValueRef::Text(text) = value else {
            return Err(self.unexpected(column, value));
        };
        // Only the form that is written: another would be found by no look-up.
        if text.len() != 36 || text.iter().any(u8::is_ascii_uppercase) {
            return Err(self.corrupt(column, "not a UUID of 36 characters in lower case"));
        }
        Uuid::try_parse_ascii(text).map(Id::from_uuid).map_err(|error| self.corrupt(column, error))
    }

    fn parse_text<'v>(&self, column: &'static str, value: ValueRef<'v>) -> Result<&'v str> {
        match value {
            ValueRef::Text(text) => {
                std::str::from_utf8(text).map_err(|error| self.corrupt(column, error))
            }
            other => Err(self.unexpected(column, other)),
        }
    }

    fn parse_json<T>(&self, column: &'static str, value: ValueRef<'_>) -> Result<T>
    where
        T: for<'de> Deserialize<'de>,
    {
        serde_json::from_str(self.parse_text(column, value)?).map_err(|error| {
            // Not its own words: they repeat values, and a password may be one.
            let reason = if error.is_data() { "JSON of another shape" } else { "no JSON" };
            self.corrupt(column, format!("{reason}, found at character {}", error.column()))
        })
    }

    fn parse_time(&self, column: &'static str, value: ValueRef<'_>) -> Result<Time> {
        match value {
            ValueRef::Text(text) => parse_time(text).ok_or_else(|| {
                self.corrupt(column, "not a time of the form YYYY-MM-DDTHH:MM:SS.ffffffZ")
            }),
            other => Err(self.unexpected(column, other)),
        }
    }

    /// Names the value's type, never the value: it may be a password.
    fn unexpected(&self, column: &'static str, value: ValueRef<'_>) -> Error {
        self.corrupt(column, format!("unexpectedly {}", value.data_type()))
    }

    #[cold]
    fn corrupt(&self, column: &'static str, source: impl Into<BoxError>) -> Error {
        let id = match self.row.get_ref(0) {
            Ok(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
            _ => String::new(),
        };
        Error::corrupt(self.kind, id, column, Some(source.into()))
    }
}
