use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Entity, EntityKind, Player, SortKey, Tournament};
use crate::json::{self, JsonObject};
use crate::time::{self, Time, now};
use crate::validate::Checks;
use crate::{Id, initial_version};

text_enum! {
    /// Whether and how a player takes part.
    #[derive(Default)]
    RegistrationStatus {
        /// Takes part.
        #[default]
        Active = "active",
        /// Has left; does not count towards `max_players`.
        Dropped = "dropped",
        /// Takes part, having come late.
        LateEntry = "late_entry",
    }
}

/// A player's place in a tournament, with the number that the tournament gave them.
///
/// [`register`](crate::RegistrationRepository::register) gives the next number; this type is for
/// rows whose number is already known.
///
/// ```
/// use tournament_core::{Id, TournamentRegistration};
///
/// let registration = TournamentRegistration::new(Id::new(), Id::new(), 7);
/// assert_eq!(registration.status.as_str(), "active");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TournamentRegistration {
    /// The id.
    #[serde(default = "Id::new")]
    pub id: Id<Self>,
    /// Rises by one with every update.
    #[serde(default = "initial_version")]
    pub version: i64,
    /// The tournament. Never changes.
    pub tournament_id: Id<Tournament>,
    /// The player, unique within the tournament.
    pub player_id: Id<Player>,
    /// From 1, unique within the tournament.
    pub sequence_id: i64,
    /// Whether and how the player takes part.
    #[serde(default)]
    pub status: RegistrationStatus,
    /// Never changes.
    #[serde(default = "now", with = "crate::time::text")]
    pub registration_time: Time,
    /// When the player left.
    #[serde(default, with = "crate::time::text::optional")]
    pub drop_time: Option<Time>,
    /// At most 5,000 characters.
    #[serde(default)]
    pub notes: Option<String>,
    /// What a service keeps with it, such as its own ids; at most
    /// [`MAX_METADATA_BYTES`](crate::json::MAX_METADATA_BYTES) of compact JSON, nested at most
    /// [`MAX_DEPTH`](crate::json::MAX_DEPTH) deep. Normalised as the module
    /// [`json`](crate::json) says.
    #[serde(default)]
    pub metadata: JsonObject,
}

impl TournamentRegistration {
    /// An active registration with this number, made now.
    #[must_use]
    pub fn new(tournament_id: Id<Tournament>, player_id: Id<Player>, sequence_id: i64) -> Self {
        Self {
            id: Id::new(),
            version: initial_version(),
            tournament_id,
            player_id,
            sequence_id,
            status: RegistrationStatus::default(),
            registration_time: now(),
            drop_time: None,
            notes: None,
            metadata: JsonObject::new(),
        }
    }
}

setters! { TournamentRegistration;
    value with_id(id: Id<TournamentRegistration>);
    value with_status(status: RegistrationStatus);
    value with_registration_time(registration_time: Time);
    some with_drop_time(drop_time: Time);
    text with_notes(notes);
    value with_metadata(metadata: JsonObject);
}

impl Entity for TournamentRegistration {
    type Filter = RegistrationFilter;
    type SortKey = RegistrationKey;
    const KIND: EntityKind = EntityKind::Registration;

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
            player_id: Id::from_uuid(Uuid::nil()),
            sequence_id: 0,
            status: RegistrationStatus::Active,
            registration_time: Time::UNIX_EPOCH,
            drop_time: None,
            notes: None,
            metadata: JsonObject::new(),
        }
    }

    fn normalise(&mut self) {
        self.registration_time = time::cut(self.registration_time);
        time::cut_optional(&mut self.drop_time);
        json::normalise(&mut self.metadata);
    }

    fn check(&self, checks: &mut Checks) {
        checks.id("id", self.id);
        checks.integer("version", self.version, 1);
        checks.id("tournament_id", self.tournament_id);
        checks.id("player_id", self.player_id);
        checks.integer("sequence_id", self.sequence_id, 1);
        checks.time("registration_time", self.registration_time);
        checks.optional_time("drop_time", self.drop_time);
        checks.optional_text("notes", self.notes.as_deref(), 0, 5_000);
        checks.json("metadata", &self.metadata, json::MAX_METADATA_BYTES);
    }

    fn check_unchanged(&self, stored: &Self, checks: &mut Checks) {
        checks.unchanged("tournament_id", &self.tournament_id, &stored.tournament_id);
        checks.unchanged("registration_time", &self.registration_time, &stored.registration_time);
    }
}

/// Which registrations to list. What is `None` does not narrow; what is set combines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RegistrationFilter {
    /// For this tournament.
    pub tournament_id: Option<Id<Tournament>>,
    /// Of this player.
    pub player_id: Option<Id<Player>>,
    /// In this status.
    pub status: Option<RegistrationStatus>,
}

setters! { RegistrationFilter;
    some with_tournament(tournament_id: Id<Tournament>);
    some with_player(player_id: Id<Player>);
    some with_status(status: RegistrationStatus);
}

/// Registrations are listed by number where the filter names a tournament, else by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The fields are the entity's.
pub enum RegistrationKey {
    /// The filter names no tournament.
    Id(Id<TournamentRegistration>),
    /// The filter names a tournament.
    Sequence { sequence_id: i64, id: Id<TournamentRegistration> },
}

impl RegistrationKey {
    /// The place of this registration in a list with this filter.
    #[must_use]
    pub fn of(registration: &TournamentRegistration, filter: &RegistrationFilter) -> Self {
        if filter.tournament_id.is_some() {
            Self::Sequence { sequence_id: registration.sequence_id, id: registration.id }
        } else {
            Self::Id(registration.id)
        }
    }
}

impl SortKey for RegistrationKey {
    type Filter = RegistrationFilter;

    fn fits(&self, filter: &RegistrationFilter) -> bool {
        matches!(self, Self::Sequence { .. }) == filter.tournament_id.is_some()
    }

    fn check(&self, checks: &mut Checks) {
        if let Self::Sequence { sequence_id, .. } = self {
            checks.integer("sequence_id", *sequence_id, 1);
        }
    }
}
