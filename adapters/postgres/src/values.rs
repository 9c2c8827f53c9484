//! Values as they are bound.

use std::borrow::Cow;
use std::fmt;

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, Json, ToSql, Type, to_sql_checked};
use tournament_core::json::JsonObject;
use tournament_core::{BoxError, Id, RegistrationControl, Time};
use uuid::Uuid;

/// What a column can hold.
#[derive(Clone)]
pub(crate) enum Value<'a> {
    Id(Option<Uuid>),
    Integer(Option<i64>),
    Flag(bool),
    Text(Option<Cow<'a, str>>),
    Time(Option<Time>),
    Control(&'a RegistrationControl),
    Object(&'a JsonObject),
}

impl Value<'_> {
    /// The type of the column.
    pub(crate) const fn column_type(&self) -> Type {
        match self {
            Self::Id(_) => Type::UUID,
            Self::Integer(_) => Type::INT4,
            Self::Flag(_) => Type::BOOL,
            Self::Text(_) => Type::TEXT,
            Self::Time(_) => Type::TIMESTAMPTZ,
            Self::Control(_) | Self::Object(_) => Type::JSONB,
        }
    }

    /// The type of many values of the column.
    pub(crate) const fn array_type(&self) -> Type {
        match self {
            Self::Id(_) => Type::UUID_ARRAY,
            Self::Integer(_) => Type::INT4_ARRAY,
            Self::Flag(_) => Type::BOOL_ARRAY,
            Self::Text(_) => Type::TEXT_ARRAY,
            Self::Time(_) => Type::TIMESTAMPTZ_ARRAY,
            Self::Control(_) | Self::Object(_) => Type::JSONB_ARRAY,
        }
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, BoxError> {
        match self {
            Self::Id(id) => id.to_sql_checked(ty, out),
            Self::Integer(None) => Ok(IsNull::Yes),
            Self::Integer(Some(integer)) if *ty == Type::INT8 => integer.to_sql_checked(ty, out),
            Self::Integer(Some(integer)) => i32::try_from(*integer)?.to_sql_checked(ty, out),
            Self::Flag(flag) => flag.to_sql_checked(ty, out),
            Self::Text(text) => text.to_sql_checked(ty, out),
            Self::Time(time) => time.to_sql_checked(ty, out),
            Self::Control(control) => Json(control).to_sql_checked(ty, out),
            Self::Object(object) => Json(object).to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // That depends on the variant: `to_sql` asks what it holds.
        true
    }

    to_sql_checked!();
}

/// Only the type: drivers log what is bound, and a value may hold passwords.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.column_type())
    }
}

impl<E> From<Id<E>> for Value<'_> {
    fn from(id: Id<E>) -> Self {
        Self::Id(Some(id.uuid()))
    }
}

impl<E> From<Option<Id<E>>> for Value<'_> {
    fn from(id: Option<Id<E>>) -> Self {
        Self::Id(id.map(Id::uuid))
    }
}

impl From<i64> for Value<'_> {
    fn from(integer: i64) -> Self {
        Self::Integer(Some(integer))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(integer: Option<i64>) -> Self {
        Self::Integer(integer)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(text: &'a Option<String>) -> Self {
        Self::Text(text.as_deref().map(Into::into))
    }
}

impl From<Time> for Value<'_> {
    fn from(time: Time) -> Self {
        Self::Time(Some(time))
    }
}

impl From<Option<Time>> for Value<'_> {
    fn from(time: Option<Time>) -> Self {
        Self::Time(time)
    }
}

impl<'a> From<&'a RegistrationControl> for Value<'a> {
    fn from(control: &'a RegistrationControl) -> Self {
        Self::Control(control)
    }
}

impl<'a> From<&'a JsonObject> for Value<'a> {
    fn from(object: &'a JsonObject) -> Self {
        Self::Object(object)
    }
}
