use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Entity, EntityKind, SortKey};
use crate::validate::{self, Checks};
use crate::{Id, initial_version};

/// A place, in the world or on the net, where tournaments are held.
///
/// ```
/// use tournament_core::Venue;
///
/// let venue = Venue::new("The Copper Lantern").with_address("3 Harbour Lane");
/// assert_eq!(venue.description, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Venue {
    /// The id.
    #[serde(default = "Id::new")]
    pub id: Id<Self>,
    /// Rises by one with every update.
    #[serde(default = "initial_version")]
    pub version: i64,
    /// 1–200 characters. Several venues may share one.
    pub name: String,
    /// At most 1,000 characters.
    #[serde(default)]
    pub address: Option<String>,
    /// At most 20,000 characters.
    #[serde(default)]
    pub description: Option<String>,
}

impl Venue {
    const MAX_NAME: usize = 200;

    /// A new venue of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            id: Id::new(),
            version: initial_version(),
            name: name.into(),
            address: None,
            description: None,
        }
    }

    /// Whether a venue of this name could be stored. A look-up by one that could not finds nothing;
    /// adapters need not ask their database.
    #[must_use]
    pub fn name_is_storable(name: &str) -> bool {
        validate::is_name(name, Self::MAX_NAME)
    }
}

setters! { Venue;
    value with_id(id: Id<Venue>);
    text with_address(address);
    text with_description(description);
}

impl Entity for Venue {
    type Filter = VenueFilter;
    type SortKey = VenueKey;
    const KIND: EntityKind = EntityKind::Venue;

    fn id(&self) -> Id<Self> {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn set_version(&mut self, version: i64) {
        self.version = version;
    }

    fn blank() -> Self {
        Self {
            id: Id::from_uuid(Uuid::nil()),
            version: 0,
            name: String::new(),
            address: None,
            description: None,
        }
    }

    fn normalise(&mut self) {}

    fn check(&self, checks: &mut Checks) {
        checks.id("id", self.id);
        checks.integer("version", self.version, 1);
        checks.name("name", &self.name, 1, Self::MAX_NAME);
        checks.optional_text("address", self.address.as_deref(), 0, 1_000);
        checks.optional_text("description", self.description.as_deref(), 0, 20_000);
    }

    fn check_unchanged(&self, _: &Self, _: &mut Checks) {}
}

/// Which venues to list: as yet all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct VenueFilter {}

/// Venues are listed by name, then id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)] // The fields are the entity's.
pub struct VenueKey {
    pub name: String,
    pub id: Id<Venue>,
}

impl VenueKey {
    /// The place of this venue.
    #[must_use]
    pub fn of(venue: &Venue) -> Self {
        Self { name: venue.name.clone(), id: venue.id }
    }
}

impl SortKey for VenueKey {
    type Filter = VenueFilter;

    fn fits(&self, _: &VenueFilter) -> bool {
        true
    }

    fn check(&self, checks: &mut Checks) {
        checks.name("name", &self.name, 1, Venue::MAX_NAME);
    }
}
