//! Reading rows.

use std::str::FromStr;

use serde::Deserialize;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Json, Type};
use tournament_core::json::JsonObject;
use tournament_core::{BoxError, EntityKind, Error, Id, Result, Time};
use uuid::Uuid;

/// A row's columns, taken one after another in the order of its SELECT. The first is the id.
pub(crate) struct Columns<'r> {
    row: &'r Row,
    next: usize,
    kind: EntityKind,
}

impl<'r> Columns<'r> {
    pub(crate) const fn new(row: &'r Row, kind: EntityKind) -> Self {
        Self { row, next: 0, kind }
    }

    pub(crate) fn id<E>(&mut self, column: &'static str) -> Result<Id<E>> {
        self.take(column).map(Id::from_uuid)
    }

    pub(crate) fn optional_id<E>(&mut self, column: &'static str) -> Result<Option<Id<E>>> {
        self.take::<Option<Uuid>>(column).map(|id| id.map(Id::from_uuid))
    }

    pub(crate) fn integer(&mut self, column: &'static str) -> Result<i64> {
        self.take::<i32>(column).map(i64::from)
    }

    pub(crate) fn optional_integer(&mut self, column: &'static str) -> Result<Option<i64>> {
        self.take::<Option<i32>>(column).map(|integer| integer.map(i64::from))
    }

    pub(crate) fn boolean(&mut self, column: &'static str) -> Result<bool> {
        self.take(column)
    }

    pub(crate) fn text(&mut self, column: &'static str) -> Result<String> {
        self.take(column)
    }

    pub(crate) fn optional_text(&mut self, column: &'static str) -> Result<Option<String>> {
        self.take(column)
    }

    pub(crate) fn time(&mut self, column: &'static str) -> Result<Time> {
        self.take(column)
    }

    pub(crate) fn optional_time(&mut self, column: &'static str) -> Result<Option<Time>> {
        self.take(column)
    }

    /// An enumeration.
    pub(crate) fn one_of<T>(&mut self, column: &'static str) -> Result<T>
    where
        T: FromStr<Err: Into<BoxError>>,
    {
        let text: &str = self.take(column)?;
        text.parse().map_err(|error: T::Err| self.corrupt(column, error))
    }

    pub(crate) fn json<T>(&mut self, column: &'static str) -> Result<T>
    where
        T: Deserialize<'r>,
    {
        self.json_as(column, |Json(value)| value)
    }

    fn json_as<J: FromSql<'r>, T>(
        &mut self,
        column: &'static str,
        value_of: impl FnOnce(J) -> T,
    ) -> Result<T> {
        let value = self.row.try_get(self.next);
        self.next += 1;
        value.map(value_of).map_err(|error| {
            // Not its own words: they repeat values, and a password may be one.
            let reason = match error.into_source() {
                Some(cause) if cause.is::<serde_json::Error>() => "JSON of another shape",
                _ => "no JSON",
            };
            self.corrupt(column, reason)
        })
    }

    /// A JSON object.
    pub(crate) fn object(&mut self, column: &'static str) -> Result<JsonObject> {
        self.json_as(column, |Object(object)| object)
    }

    /// The place of the row's component, where the SELECT has it after the row's own columns.
    pub(crate) fn component_order(&mut self) -> Result<i64> {
        if self.next < self.row.len() { self.integer("sequence_order") } else { Ok(0) }
    }

    fn take<T: FromSql<'r>>(&mut self, column: &'static str) -> Result<T> {
        let value = self.row.try_get(self.next);
        self.next += 1;
        value.map_err(|error| self.corrupt(column, error))
    }

    #[cold]
    fn corrupt(&self, column: &'static str, source: impl Into<BoxError>) -> Error {
        let id = self.row.try_get::<_, Uuid>(0).map_or_else(|_| String::new(), |id| id.to_string());
        Error::corrupt(self.kind, id, column, Some(source.into()))
    }
}

/// A JSON object. Most are empty, which is seen without a parser in a tenth of its time.
struct Object(JsonObject);

impl<'r> FromSql<'r> for Object {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, BoxError> {
        // The version of the format comes before the text.
        if raw == b"\x01{}" {
            return Ok(Self(JsonObject::new()));
        }
        Json::from_sql(ty, raw).map(|Json(object)| Self(object))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::JSONB
    }
}
