//! The eight entities, one file each.

/// Chainable setters: `text` and `some` fill an optional field, `value` replaces one.
macro_rules! setters {
    ($entity:ident; $($rest:tt)*) => {
        impl $entity {
            setters!(@each $($rest)*);
        }
    };
    (@each) => {};
    (@each text $name:ident($field:ident); $($rest:tt)*) => {
        #[doc = concat!("Sets `", stringify!($field), "`.")]
        #[must_use]
        pub fn $name(mut self, $field: impl Into<String>) -> Self {
            self.$field = Some($field.into());
            self
        }
        setters!(@each $($rest)*);
    };
    (@each some $name:ident($field:ident: $type:ty); $($rest:tt)*) => {
        #[doc = concat!("Sets `", stringify!($field), "`.")]
        #[must_use]
        pub fn $name(mut self, $field: $type) -> Self {
            self.$field = Some($field);
            self
        }
        setters!(@each $($rest)*);
    };
    (@each value $name:ident($field:ident: $type:ty); $($rest:tt)*) => {
        #[doc = concat!("Sets `", stringify!($field), "`.")]
        #[must_use]
        pub fn $name(mut self, $field: $type) -> Self {
            self.$field = $field;
            self
        }
        setters!(@each $($rest)*);
    };
}

/// An enumeration stored as text: its names in JSON, in SQL and in `as_str`.
macro_rules! text_enum {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize,
        )]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text as stored and in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownValue::new(text, &[$($text),+])),
                }
            }
        }
    };
}

mod component;
mod format;
mod r#match;
mod password;
mod player;
mod registration;
mod registration_control;
mod round;
mod tournament;
mod venue;

pub use component::{Component, ComponentFilter, ComponentKey, ComponentType};
pub use format::{BaseFormat, Format, FormatFilter, FormatKey, GameSystem};
pub use r#match::{Match, MatchFilter, MatchKey};
pub use password::Password;
pub use player::{Player, PlayerFilter, PlayerKey};
pub use registration::{
    RegistrationFilter, RegistrationKey, RegistrationStatus, TournamentRegistration,
};
pub use registration_control::{RegistrationAttempt, RegistrationControl, RegistrationRefusal};
pub use round::{Round, RoundFilter, RoundKey};
pub use tournament::{Tournament, TournamentFilter, TournamentKey, TournamentStatus, Visibility};
pub use venue::{Venue, VenueFilter, VenueKey};

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::validate::Checks;
use crate::{Id, Result};

text_enum! {
    /// Which of the eight kinds of row.
    #[derive(PartialOrd, Ord)]
    EntityKind {
        /// [`Player`].
        Player = "player",
        /// [`Venue`].
        Venue = "venue",
        /// [`Format`].
        Format = "format",
        /// [`Tournament`].
        Tournament = "tournament",
        /// [`TournamentRegistration`].
        Registration = "registration",
        /// [`Component`].
        Component = "component",
        /// [`Round`].
        Round = "round",
        /// [`Match`].
        Match = "match",
    }
}

text_enum! {
    /// How far a component, round or match is.
    #[derive(Default)]
    Progress {
        /// Not begun.
        #[default]
        Pending = "pending",
        /// Under way.
        Active = "active",
        /// Over.
        Completed = "completed",
    }
}

/// A text that is none of an enumeration's values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is none of {}", expected.join(", "))]
pub struct UnknownValue {
    given: String,
    expected: &'static [&'static str],
}

impl UnknownValue {
    pub(crate) fn new(given: &str, expected: &'static [&'static str]) -> Self {
        Self { given: given.chars().take(100).collect(), expected }
    }
}

/// What the eight kinds of row have in common.
///
/// An adapter implements the repositories, not this trait.
pub trait Entity:
    Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What a list of them can be narrowed by; its fields combine.
    type Filter: Clone + fmt::Debug + Default + Send + Sync + 'static;

    /// A place in the order of their lists.
    type SortKey: SortKey<Filter = Self::Filter>;

    /// Which kind.
    const KIND: EntityKind;

    /// The id.
    fn id(&self) -> Id<Self>;

    /// The version: 1 when created, one more with every update.
    fn version(&self) -> i64;

    /// Replaces the version. For adapters: a user's own version comes from what was read.
    fn set_version(&mut self, version: i64);

    /// A row with nothing in it, for adapters to fill in field by field from what is stored; it is
    /// made at no cost and no store would take it as it is.
    fn blank() -> Self;

    /// Brings times and JSON values to the form in which every store keeps them. Adapters call it
    /// before they store and after they read.
    fn normalise(&mut self);

    /// Reports every field that the value alone shows to be wrong.
    fn check(&self, checks: &mut Checks);

    /// Reports every field that differs from the stored row's although it never changes.
    fn check_unchanged(&self, stored: &Self, checks: &mut Checks);

    /// Refuses a value that no store would take, with every failing field.
    ///
    /// ```
    /// use tournament_core::{Entity, Player};
    ///
    /// let error = Player::new(" Zoë").with_email("nobody").validate().unwrap_err();
    /// assert_eq!(error.code(), "validation");
    /// assert_eq!(error.fields(), ["name", "email"]);
    /// ```
    fn validate(&self) -> Result<()> {
        let mut checks = Checks::new(Self::KIND);
        self.check(&mut checks);
        checks.finish()
    }
}

/// A place in the order of an entity's lists, as a cursor carries it.
pub trait SortKey:
    Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The filter that, with the entity, decides which order a list has.
    type Filter;

    /// Whether a list with this filter has the order that this key belongs to.
    fn fits(&self, filter: &Self::Filter) -> bool;

    /// Reports what no stored row could have.
    fn check(&self, checks: &mut Checks);
}
