//! What can go wrong.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};
use uuid::Uuid;

use crate::{EntityKind, Id, Tournament};

/// The result of every call in this crate and its adapters.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The driver's own error, kept as [`source`](StdError::source).
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// What a call may answer instead of a value: the same variant, entity and field on every adapter.
///
/// A message never holds a password or a connection string; a driver's own words are found only in
/// [`source`](StdError::source).
///
/// Checks go in this order: [`Validation`](Self::Validation), [`NotFound`](Self::NotFound),
/// [`Conflict`](Self::Conflict), then constraints. Where one call breaks several constraints, any
/// one of those truly broken may be named.
///
/// Serializes as an object of `code`, `message` and, where known, `entity`, `id`, `field`,
/// `problems` and what else the variant holds in numbers or flags; never the driver's error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No row has this id.
    #[error("no {entity} has the id {id}")]
    #[non_exhaustive]
    NotFound {
        /// What was asked for.
        entity: EntityKind,
        /// The id that was asked for.
        id: Uuid,
    },

    /// The input is not acceptable; nothing was stored.
    #[error("{}", Problems(problems))]
    #[non_exhaustive]
    Validation {
        /// Every field that was refused; never empty.
        problems: Vec<Problem>,
    },

    /// A value that must be unique is taken.
    #[error("another {entity} has this {field}")]
    #[non_exhaustive]
    AlreadyExists {
        /// What was to be stored.
        entity: EntityKind,
        /// The field that tells the rows apart: the last of the unique key's columns.
        field: &'static str,
    },

    /// A row refers to a parent that is absent, or that does not agree with the row's other
    /// parents.
    #[error(
        "{entity}: {field} refers to a row that is absent or does not agree with the other parents"
    )]
    #[non_exhaustive]
    ReferenceMissing {
        /// What was to be stored.
        entity: EntityKind,
        /// The field that refers to the parent.
        field: &'static str,
    },

    /// Other rows refer to the one that was to be deleted.
    #[error("the {entity} {id} cannot be deleted while other rows refer to it")]
    #[non_exhaustive]
    StillReferenced {
        /// What was to be deleted.
        entity: EntityKind,
        /// Its id.
        id: Uuid,
    },

    /// The row has changed since it was read; nothing was stored. Read it again and decide anew.
    #[error("the {entity} {id} has moved on: version {expected} was given, {found} is stored")]
    #[non_exhaustive]
    Conflict {
        /// What was to be changed.
        entity: EntityKind,
        /// Its id.
        id: Uuid,
        /// The version that the caller had read.
        expected: i64,
        /// The version that is stored.
        found: i64,
    },

    /// The tournament takes no more players.
    #[error("the tournament {tournament_id} is full: it takes {max_players} players")]
    #[non_exhaustive]
    Full {
        /// The tournament.
        tournament_id: Id<Tournament>,
        /// How many registrations that are not dropped it takes.
        max_players: i64,
    },

    /// The unit of work is finished: it was committed, rolled back, or an earlier call in it
    /// failed. Begin another.
    #[error("the unit of work is finished; begin another")]
    #[non_exhaustive]
    Aborted,

    /// Another writer was in the way: a deadlock, a serialization failure or a lock that was not
    /// freed in time. Nothing was stored; try again.
    #[error("the store is busy: {reason}; try again")]
    #[non_exhaustive]
    Busy {
        /// What was in the way.
        reason: Cow<'static, str>,
        /// The driver's error.
        #[source]
        source: Option<BoxError>,
    },

    /// The store could not be reached, or did not answer in time.
    #[error("the store is unavailable: {reason}{}", if *outcome_unknown {
        "; whether the change was stored is not known: read before you write again"
    } else {
        ""
    })]
    #[non_exhaustive]
    Unavailable {
        /// What could not be reached, and why.
        reason: Cow<'static, str>,
        /// Whether a commit or a single write may have been stored. Such a call is never retried
        /// by itself.
        outcome_unknown: bool,
        /// The driver's error.
        #[source]
        source: Option<BoxError>,
    },

    /// A stored value does not parse: something else wrote to the store, or it is damaged.
    #[error("the stored {entity} {id} is corrupt: {column} does not parse")]
    #[non_exhaustive]
    Corrupt {
        /// What was read.
        entity: EntityKind,
        /// Its id as stored.
        id: String,
        /// The column.
        column: &'static str,
        /// Why it does not parse.
        #[source]
        source: Option<BoxError>,
    },

    /// The schema is older than this program needs. Migrate the store first.
    #[error(
        "the schema is at version {current}, this program needs {required}: run `td migrate up`"
    )]
    #[non_exhaustive]
    SchemaOutdated {
        /// The version of the store's schema; 0 where there is none.
        current: u32,
        /// The version that this program needs.
        required: u32,
    },

    /// The schema is newer than this program knows. Use a newer program.
    #[error(
        "the schema is at version {current}, this program knows {supported}: use a newer program"
    )]
    #[non_exhaustive]
    SchemaTooNew {
        /// The version of the store's schema.
        current: u32,
        /// The newest version that this program knows.
        supported: u32,
    },

    /// The store failed in a way that has no name here.
    #[error("the store failed: {reason}")]
    #[non_exhaustive]
    Backend {
        /// What failed.
        reason: Cow<'static, str>,
        /// The driver's error.
        #[source]
        source: Option<BoxError>,
    },
}

/// One refused field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The kind of row that the field belongs to.
    pub entity: EntityKind,
    /// The row's place, from 0, where several were given at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// The field, `registration.max_players` for one within another; `limit`, `offset` or `cursor`
    /// for those of a page.
    pub field: Cow<'static, str>,
    /// What is wrong with it; reads on from the field's name.
    pub message: Cow<'static, str>,
}

impl Problem {
    /// A refused field of a single value.
    pub fn new(
        entity: EntityKind,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { entity, index: None, field: field.into(), message: message.into() }
    }
}

/// [`Error::Validation`] of this one problem.
impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Validation { problems: vec![problem] }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.entity)?;
        if let Some(index) = self.index {
            write!(f, "[{index}]")?;
        }
        write!(f, ": {} {}", self.field, self.message)
    }
}

/// How many problems a message lists before it only counts.
const LISTED: usize = 10;

struct Problems<'a>(&'a [Problem]);

impl fmt::Display for Problems<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, problem) in self.0.iter().take(LISTED).enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            fmt::Display::fmt(problem, f)?;
        }
        match self.0.len().saturating_sub(LISTED) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl Error {
    /// The variant's name in snake case: the same in Rust, on the command line and in JavaScript.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Validation { .. } => "validation",
            Self::AlreadyExists { .. } => "already_exists",
            Self::ReferenceMissing { .. } => "reference_missing",
            Self::StillReferenced { .. } => "still_referenced",
            Self::Conflict { .. } => "conflict",
            Self::Full { .. } => "full",
            Self::Aborted => "aborted",
            Self::Busy { .. } => "busy",
            Self::Unavailable { .. } => "unavailable",
            Self::Corrupt { .. } => "corrupt",
            Self::SchemaOutdated { .. } => "schema_outdated",
            Self::SchemaTooNew { .. } => "schema_too_new",
            Self::Backend { .. } => "backend",
        }
    }

    /// Whether the same call, or the same unit of work, may succeed when it is tried again as it
    /// is: [`Busy`](Self::Busy), and [`Unavailable`](Self::Unavailable) unless the outcome is
    /// unknown.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Unavailable { outcome_unknown: false, .. })
    }

    /// Whether a unit of work in which this was answered can go on. Only
    /// [`NotFound`](Self::NotFound) and [`Validation`](Self::Validation) leave it open.
    #[must_use]
    pub const fn leaves_unit_open(&self) -> bool {
        matches!(self, Self::NotFound { .. } | Self::Validation { .. })
    }

    /// The kind of row that the error is about, where it is about one.
    #[must_use]
    pub fn entity(&self) -> Option<EntityKind> {
        match self {
            Self::NotFound { entity, .. }
            | Self::AlreadyExists { entity, .. }
            | Self::ReferenceMissing { entity, .. }
            | Self::StillReferenced { entity, .. }
            | Self::Conflict { entity, .. }
            | Self::Corrupt { entity, .. } => Some(*entity),
            Self::Validation { problems } => problems.first().map(|problem| problem.entity),
            Self::Full { .. } => Some(EntityKind::Tournament),
            _ => None,
        }
    }

    /// The id of the row that the error is about, where it is about one that has an id.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::NotFound { id, .. }
            | Self::StillReferenced { id, .. }
            | Self::Conflict { id, .. } => Some(*id),
            Self::Full { tournament_id, .. } => Some(tournament_id.uuid()),
            _ => None,
        }
    }

    /// The fields that the error is about; empty where it is about none.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::AlreadyExists { field, .. } | Self::ReferenceMissing { field, .. } => vec![field],
            Self::Corrupt { column, .. } => vec![column],
            Self::Validation { problems } => {
                problems.iter().map(|problem| problem.field.as_ref()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// [`NotFound`](Self::NotFound) for this id.
    #[must_use]
    pub fn not_found<E: crate::Entity>(id: Id<E>) -> Self {
        Self::NotFound { entity: E::KIND, id: id.uuid() }
    }

    /// [`Validation`](Self::Validation) of one field.
    pub fn invalid(
        entity: EntityKind,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Validation { problems: vec![Problem::new(entity, field, message)] }
    }

    /// [`AlreadyExists`](Self::AlreadyExists).
    #[must_use]
    pub const fn already_exists(entity: EntityKind, field: &'static str) -> Self {
        Self::AlreadyExists { entity, field }
    }

    /// [`ReferenceMissing`](Self::ReferenceMissing).
    #[must_use]
    pub const fn reference_missing(entity: EntityKind, field: &'static str) -> Self {
        Self::ReferenceMissing { entity, field }
    }

    /// [`StillReferenced`](Self::StillReferenced).
    #[must_use]
    pub fn still_referenced<E: crate::Entity>(id: Id<E>) -> Self {
        Self::StillReferenced { entity: E::KIND, id: id.uuid() }
    }

    /// [`Conflict`](Self::Conflict).
    #[must_use]
    pub fn conflict<E: crate::Entity>(id: Id<E>, expected: i64, found: i64) -> Self {
        Self::Conflict { entity: E::KIND, id: id.uuid(), expected, found }
    }

    /// [`Full`](Self::Full).
    #[must_use]
    pub const fn full(tournament_id: Id<Tournament>, max_players: i64) -> Self {
        Self::Full { tournament_id, max_players }
    }

    /// [`Aborted`](Self::Aborted).
    #[must_use]
    pub const fn aborted() -> Self {
        Self::Aborted
    }

    /// [`Busy`](Self::Busy).
    pub fn busy(reason: impl Into<Cow<'static, str>>, source: Option<BoxError>) -> Self {
        Self::Busy { reason: reason.into(), source }
    }

    /// [`Unavailable`](Self::Unavailable), with nothing stored.
    pub fn unavailable(reason: impl Into<Cow<'static, str>>, source: Option<BoxError>) -> Self {
        Self::Unavailable { reason: reason.into(), outcome_unknown: false, source }
    }

    /// [`Unavailable`](Self::Unavailable) where a change may or may not have been stored.
    pub fn outcome_unknown(reason: impl Into<Cow<'static, str>>, source: Option<BoxError>) -> Self {
        Self::Unavailable { reason: reason.into(), outcome_unknown: true, source }
    }

    /// [`Corrupt`](Self::Corrupt).
    pub fn corrupt(
        entity: EntityKind,
        id: impl Into<String>,
        column: &'static str,
        source: Option<BoxError>,
    ) -> Self {
        Self::Corrupt { entity, id: id.into(), column, source }
    }

    /// [`SchemaOutdated`](Self::SchemaOutdated).
    #[must_use]
    pub const fn schema_outdated(current: u32, required: u32) -> Self {
        Self::SchemaOutdated { current, required }
    }

    /// [`SchemaTooNew`](Self::SchemaTooNew).
    #[must_use]
    pub const fn schema_too_new(current: u32, supported: u32) -> Self {
        Self::SchemaTooNew { current, supported }
    }

    /// [`Backend`](Self::Backend).
    pub fn backend(reason: impl Into<Cow<'static, str>>, source: Option<BoxError>) -> Self {
        Self::Backend { reason: reason.into(), source }
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", self.code())?;
        map.serialize_entry("message", &self.to_string())?;
        if let Some(entity) = self.entity() {
            map.serialize_entry("entity", &entity)?;
        }
        if let Some(id) = self.id() {
            map.serialize_entry("id", &id)?;
        }
        match self {
            Self::Validation { problems } => map.serialize_entry("problems", problems)?,
            Self::AlreadyExists { field, .. } | Self::ReferenceMissing { field, .. } => {
                map.serialize_entry("field", field)?;
            }
            Self::Corrupt { id, column, .. } => {
                map.serialize_entry("id", id)?;
                map.serialize_entry("field", column)?;
            }
            Self::Conflict { expected, found, .. } => {
                map.serialize_entry("expected", expected)?;
                map.serialize_entry("found", found)?;
            }
            Self::Full { max_players, .. } => map.serialize_entry("max_players", max_players)?,
            Self::Unavailable { outcome_unknown, .. } => {
                map.serialize_entry("outcome_unknown", outcome_unknown)?;
            }
            Self::SchemaOutdated { current, required } => {
                map.serialize_entry("current", current)?;
                map.serialize_entry("required", required)?;
            }
            Self::SchemaTooNew { current, supported } => {
                map.serialize_entry("current", current)?;
                map.serialize_entry("supported", supported)?;
            }
            _ => {}
        }
        map.end()
    }
}
