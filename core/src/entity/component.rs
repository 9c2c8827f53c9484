use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Entity, EntityKind, Progress, SortKey, Tournament};
use crate::json::{self, JsonObject};
use crate::time::{self, Time, now};
use crate::validate::Checks;
use crate::{Id, initial_version};

text_enum! {
    /// How the players of a component are paired.
    ComponentType {
        /// Swiss rounds: players of like score meet, nobody is out.
        Swiss = "swiss",
        /// Who loses once is out.
        SingleElimination = "single_elimination",
        /// Who loses twice is out.
        DoubleElimination = "double_elimination",
        /// Everyone meets everyone.
        RoundRobin = "round_robin",
        /// Everyone meets everyone within a pool.
        PoolPlay = "pool_play",
    }
}

/// A part of a tournament: its Swiss rounds, its top-8 cut.
///
/// ```
/// use tournament_core::{Component, ComponentType, Id};
///
/// let swiss = Component::new(Id::new(), ComponentType::Swiss, "Swiss rounds", 1);
/// assert!(swiss.config.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Component {
    /// The id.
    #[serde(default = "Id::new")]
    pub id: Id<Self>,
    /// Rises by one with every update.
    #[serde(default = "initial_version")]
    pub version: i64,
    /// The tournament. Never changes.
    pub tournament_id: Id<Tournament>,
    /// How its players are paired.
    pub r#type: ComponentType,
    /// 1–200 characters.
    pub name: String,
    /// From 1, unique within the tournament: which part is played when.
    pub sequence_order: i64,
    /// How far it is.
    #[serde(default)]
    pub status: Progress,
    /// Settings of its type; at most 64 KiB of compact JSON, nested at most
    /// [`MAX_DEPTH`](crate::json::MAX_DEPTH) deep. Normalised as the module
    /// [`json`](crate::json) says.
    #[serde(default)]
    pub config: JsonObject,
    /// Never changes.
    #[serde(default = "now", with = "crate::time::text")]
    pub created_at: Time,
}

impl Component {
    const MAX_CONFIG_BYTES: usize = 64 * 1024;

    /// A pending component without settings, created now.
    pub fn new(
        tournament_id: Id<Tournament>,
        r#type: ComponentType,
        name: impl Into<String>,
        sequence_order: i64,
    ) -> Self {
        Self {
            id: Id::new(),
            version: initial_version(),
            tournament_id,
            r#type,
            name: name.into(),
            sequence_order,
            status: Progress::default(),
            config: JsonObject::new(),
            created_at: now(),
        }
    }
}

setters! { Component;
    value with_id(id: Id<Component>);
    value with_status(status: Progress);
    value with_config(config: JsonObject);
    value with_created_at(created_at: Time);
}

impl Entity for Component {
    type Filter = ComponentFilter;
    type SortKey = ComponentKey;
    const KIND: EntityKind = EntityKind::Component;

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
            tournament_id: Id::from_uuid(Uuid::nil()),
            r#type: ComponentType::Swiss,
            name: String::new(),
            sequence_order: 0,
            status: Progress::Pending,
            config: JsonObject::new(),
            created_at: Time::UNIX_EPOCH,
        }
    }

    fn normalise(&mut self) {
        json::normalise(&mut self.config);
        self.created_at = time::cut(self.created_at);
    }

    fn check(&self, checks: &mut Checks) {
        checks.id("id", self.id);
        checks.integer("version", self.version, 1);
        checks.id("tournament_id", self.tournament_id);
        checks.name("name", &self.name, 1, 200);
        checks.integer("sequence_order", self.sequence_order, 1);
        checks.json("config", &self.config, Self::MAX_CONFIG_BYTES);
        checks.time("created_at", self.created_at);
    }

    fn check_unchanged(&self, stored: &Self, checks: &mut Checks) {
        checks.unchanged("tournament_id", &self.tournament_id, &stored.tournament_id);
        checks.unchanged("created_at", &self.created_at, &stored.created_at);
    }
}

/// Which components to list. What is `None` does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ComponentFilter {
    /// Of this tournament.
    pub tournament_id: Option<Id<Tournament>>,
}

setters! { ComponentFilter;
    some with_tournament(tournament_id: Id<Tournament>);
}

/// Components are listed by their order where the filter names a tournament, else by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The fields are the entity's.
pub enum ComponentKey {
    /// The filter names no tournament.
    Id(Id<Component>),
    /// The filter names a tournament.
    Sequence { sequence_order: i64, id: Id<Component> },
}

impl ComponentKey {
    /// The place of this component in a list with this filter.
    #[must_use]
    pub fn of(component: &Component, filter: &ComponentFilter) -> Self {
        if filter.tournament_id.is_some() {
            Self::Sequence { sequence_order: component.sequence_order, id: component.id }
        } else {
            Self::Id(component.id)
        }
    }
}

impl SortKey for ComponentKey {
    type Filter = ComponentFilter;

    fn fits(&self, filter: &ComponentFilter) -> bool {
        matches!(self, Self::Sequence { .. }) == filter.tournament_id.is_some()
    }

    fn check(&self, checks: &mut Checks) {
        if let Self::Sequence { sequence_order, .. } = self {
            checks.integer("sequence_order", *sequence_order, 1);
        }
    }
}
