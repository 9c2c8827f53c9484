use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Component, Entity, EntityKind, Progress, SortKey, Tournament};
use crate::time::{self, Time};
use crate::validate::Checks;
use crate::{Id, initial_version};

/// A round of a component.
///
/// ```
/// use tournament_core::{Component, ComponentType, Id, Round};
///
/// let swiss = Component::new(Id::new(), ComponentType::Swiss, "Swiss rounds", 1);
/// let first = Round::new(&swiss, 1).with_time_limit_minutes(50);
/// assert_eq!(first.tournament_id, swiss.tournament_id);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Round {
    /// The id.
    #[serde(default = "Id::new")]
    pub id: Id<Self>,
    /// Rises by one with every update.
    #[serde(default = "initial_version")]
    pub version: i64,
    /// The component's tournament. Never changes.
    pub tournament_id: Id<Tournament>,
    /// The component. Never changes.
    pub component_id: Id<Component>,
    /// From 1, unique within the component. Never changes.
    pub round_number: i64,
    /// When play began.
    #[serde(default, with = "crate::time::text::optional")]
    pub start_time: Option<Time>,
    /// When play ended; not before it began.
    #[serde(default, with = "crate::time::text::optional")]
    pub end_time: Option<Time>,
    /// Minutes of play, from 1.
    #[serde(default)]
    pub time_limit_minutes: Option<i64>,
    /// When play should begin.
    #[serde(default, with = "crate::time::text::optional")]
    pub scheduled_start: Option<Time>,
    /// When play should end; not before it should begin.
    #[serde(default, with = "crate::time::text::optional")]
    pub scheduled_end: Option<Time>,
    /// Whether the application begins the next round by itself.
    #[serde(default)]
    pub auto_advance: bool,
    /// How far it is.
    #[serde(default)]
    pub status: Progress,
}

impl Round {
    /// A pending round of this component.
    #[must_use]
    pub fn new(component: &Component, round_number: i64) -> Self {
        Self {
            id: Id::new(),
            version: initial_version(),
            tournament_id: component.tournament_id,
            component_id: component.id,
            round_number,
            start_time: None,
            end_time: None,
            time_limit_minutes: None,
            scheduled_start: None,
            scheduled_end: None,
            auto_advance: false,
            status: Progress::default(),
        }
    }
}

setters! { Round;
    value with_id(id: Id<Round>);
    some with_start_time(start_time: Time);
    some with_end_time(end_time: Time);
    some with_time_limit_minutes(time_limit_minutes: i64);
    some with_scheduled_start(scheduled_start: Time);
    some with_scheduled_end(scheduled_end: Time);
    value with_auto_advance(auto_advance: bool);
    value with_status(status: Progress);
}

impl Entity for Round {
    type Filter = RoundFilter;
    type SortKey = RoundKey;
    const KIND: EntityKind = EntityKind::Round;

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
            component_id: Id::from_uuid(Uuid::nil()),
            round_number: 0,
            start_time: None,
            end_time: None,
            time_limit_minutes: None,
            scheduled_start: None,
            scheduled_end: None,
            auto_advance: false,
            status: Progress::Pending,
        }
    }

    fn normalise(&mut self) {
        time::cut_optional(&mut self.start_time);
        time::cut_optional(&mut self.end_time);
        time::cut_optional(&mut self.scheduled_start);
        time::cut_optional(&mut self.scheduled_end);
    }

    fn check(&self, checks: &mut Checks) {
        checks.id("id", self.id);
        checks.integer("version", self.version, 1);
        checks.id("tournament_id", self.tournament_id);
        checks.id("component_id", self.component_id);
        checks.integer("round_number", self.round_number, 1);
        checks.span(("start_time", self.start_time), ("end_time", self.end_time));
        checks.optional_integer("time_limit_minutes", self.time_limit_minutes, 1);
        checks
            .span(("scheduled_start", self.scheduled_start), ("scheduled_end", self.scheduled_end));
    }

    fn check_unchanged(&self, stored: &Self, checks: &mut Checks) {
        checks.unchanged("tournament_id", &self.tournament_id, &stored.tournament_id);
        checks.unchanged("component_id", &self.component_id, &stored.component_id);
        checks.unchanged("round_number", &self.round_number, &stored.round_number);
    }
}

/// Which rounds to list. What is `None` does not narrow; what is set combines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RoundFilter {
    /// Of this tournament.
    pub tournament_id: Option<Id<Tournament>>,
    /// Of this component.
    pub component_id: Option<Id<Component>>,
}

setters! { RoundFilter;
    some with_tournament(tournament_id: Id<Tournament>);
    some with_component(component_id: Id<Component>);
}

impl RoundFilter {
    /// Whether a list with this filter is in the order of play; else it is by id.
    #[must_use]
    pub const fn in_order_of_play(&self) -> bool {
        self.tournament_id.is_some() || self.component_id.is_some()
    }
}

/// Rounds are listed by component order and number where the filter names a tournament or
/// component, else by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The fields are the entity's.
pub enum RoundKey {
    /// The filter names neither.
    Id(Id<Round>),
    /// The filter names a tournament or component. `component_order` is the component's
    /// `sequence_order`.
    Play { component_order: i64, round_number: i64, id: Id<Round> },
}

impl RoundKey {
    /// The place of this round in a list with this filter, its component being the
    /// `component_order`th of its tournament.
    #[must_use]
    pub fn of(round: &Round, component_order: i64, filter: &RoundFilter) -> Self {
        if filter.in_order_of_play() {
            Self::Play { component_order, round_number: round.round_number, id: round.id }
        } else {
            Self::Id(round.id)
        }
    }
}

impl SortKey for RoundKey {
    type Filter = RoundFilter;

    fn fits(&self, filter: &RoundFilter) -> bool {
        matches!(self, Self::Play { .. }) == filter.in_order_of_play()
    }

    fn check(&self, checks: &mut Checks) {
        if let Self::Play { component_order, round_number, .. } = self {
            checks.integer("sequence_order", *component_order, 1);
            checks.integer("round_number", *round_number, 1);
        }
    }
}
