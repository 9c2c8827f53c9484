//! Values as they are bound.

use std::fmt;

use chrono::{Datelike, Timelike};
use mysql_async::{Params, Value as DbValue};
use tournament_core::json::JsonObject;
use tournament_core::{Id, RegistrationControl, Time};
use uuid::Uuid;

/// What a column can hold.
#[derive(Clone)]
pub(crate) struct Value(DbValue);

/// About what else a value takes in a packet, at most: its type, and its length in front of it.
const OVERHEAD: usize = 16;

impl Value {
    const NULL: Self = Self(DbValue::NULL);

    /// How many bytes it takes in a packet, at most.
    pub(crate) fn size(&self) -> usize {
        match &self.0 {
            DbValue::Bytes(bytes) => bytes.len() + OVERHEAD,
            _ => OVERHEAD,
        }
    }
}

/// The values of a statement's places, in their order.
pub(crate) fn bound(values: Vec<Value>) -> Params {
    if values.is_empty() {
        return Params::Empty;
    }
    Params::Positional(values.into_iter().map(|Value(value)| value).collect())
}

/// Only what kind of value it is: it may hold passwords.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            DbValue::NULL => "[null]",
            DbValue::Bytes(_) => "[text]",
            DbValue::Date(..) => "[time]",
            _ => "[number]",
        })
    }
}

impl<T> From<Option<T>> for Value
where
    T: Into<Self>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::NULL, Into::into)
    }
}

impl<E> From<Id<E>> for Value {
    fn from(id: Id<E>) -> Self {
        let mut text = vec![0; uuid::fmt::Hyphenated::LENGTH];
        id.uuid().hyphenated().encode_lower(&mut text);
        Self(DbValue::Bytes(text))
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self(DbValue::Int(integer))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self(DbValue::Int(flag.into()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(DbValue::Bytes(text.as_bytes().to_vec()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self(DbValue::Bytes(text.into_bytes()))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Self {
        text.as_deref().into()
    }
}

impl From<Time> for Value {
    fn from(time: Time) -> Self {
        let narrow = |part: u32| u8::try_from(part).unwrap_or(u8::MAX);
        Self(DbValue::Date(
            // Stored times are of the years 1000 to 9999.
            u16::try_from(time.year()).unwrap_or(u16::MAX),
            narrow(time.month()),
            narrow(time.day()),
            narrow(time.hour()),
            narrow(time.minute()),
            narrow(time.second()),
            time.nanosecond() / 1_000,
        ))
    }
}

impl From<&RegistrationControl> for Value {
    fn from(control: &RegistrationControl) -> Self {
        json(control)
    }
}

impl From<&JsonObject> for Value {
    fn from(object: &JsonObject) -> Self {
        json(object)
    }
}

/// As JSON text. What is stored has text for its keys, so that writing it cannot fail; were it to,
/// the server would refuse what is no JSON.
fn json(value: &impl serde::Serialize) -> Value {
    Value(DbValue::Bytes(serde_json::to_vec(value).unwrap_or_default()))
}

/// A UUID as it is stored: 36 characters, in lower case.
pub(crate) fn parse_uuid(text: &[u8]) -> Result<Uuid, uuid::Error> {
    Uuid::try_parse_ascii(text)
}
