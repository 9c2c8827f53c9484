use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Entity, EntityKind, Format, Player, RegistrationAttempt, RegistrationControl,
    RegistrationRefusal, RegistrationStatus, SortKey, Venue,
};
use crate::json::{self, JsonObject};
use crate::time::{self, Time, now};
use crate::validate::Checks;
use crate::{Error, Id, Result, initial_version};

text_enum! {
    /// Where a tournament is in its life.
    ///
    /// `draft → registration_open ⇄ registration_closed → in_progress → completed`, and to
    /// `cancelled` from any but `completed`.
    #[derive(Default)]
    TournamentStatus {
        /// Being prepared.
        #[default]
        Draft = "draft",
        /// Players may register.
        RegistrationOpen = "registration_open",
        /// Players may no longer, or not at present, register.
        RegistrationClosed = "registration_closed",
        /// Rounds are played.
        InProgress = "in_progress",
        /// Over.
        Completed = "completed",
        /// Called off.
        Cancelled = "cancelled",
    }
}

impl TournamentStatus {
    /// Whether a tournament may move from this status to `next`.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use TournamentStatus::{
            Cancelled, Completed, Draft, InProgress, RegistrationClosed, RegistrationOpen,
        };
        matches!(
            (self, next),
            (Draft | RegistrationClosed, RegistrationOpen)
                | (RegistrationOpen, RegistrationClosed)
                | (RegistrationClosed, InProgress)
                | (InProgress, Completed)
                | (Draft | RegistrationOpen | RegistrationClosed | InProgress, Cancelled)
        )
    }
}

text_enum! {
    /// Who may see a tournament. Stores keep it; showing or hiding is the application's.
    #[derive(Default)]
    Visibility {
        /// Anyone.
        #[default]
        Public = "public",
        /// Those whom the organiser tells.
        Private = "private",
    }
}

/// An event: what is played, where, and by whose invitation.
///
/// ```
/// use tournament_core::{Id, Tournament, TournamentStatus};
///
/// let mut tournament = Tournament::new("Friday Night", Id::new(), Id::new(), Id::new());
/// tournament.move_to(TournamentStatus::RegistrationOpen)?;
/// assert!(tournament.move_to(TournamentStatus::Completed).is_err());
/// # Ok::<(), tournament_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Tournament {
    /// The id.
    #[serde(default = "Id::new")]
    pub id: Id<Self>,
    /// Rises by one with every update.
    #[serde(default = "initial_version")]
    pub version: i64,
    /// 1–200 characters.
    pub name: String,
    /// Where it is in its life. Stores take any; [`move_to`](Self::move_to) keeps to the rules.
    #[serde(default)]
    pub status: TournamentStatus,
    /// Who may see it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Who may register, and when.
    #[serde(default)]
    pub registration: RegistrationControl,
    /// When play begins.
    #[serde(default, with = "crate::time::text::optional")]
    pub start_time: Option<Time>,
    /// When play ends; not before it begins.
    #[serde(default, with = "crate::time::text::optional")]
    pub end_time: Option<Time>,
    /// What is played.
    pub format_id: Id<Format>,
    /// Where.
    pub venue_id: Id<Venue>,
    /// The organiser.
    pub created_by: Id<Player>,
    /// Never changes.
    #[serde(default = "now", with = "crate::time::text")]
    pub created_at: Time,
    /// At most 20,000 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// The last instant at which players may register by themselves.
    #[serde(default, with = "crate::time::text::optional")]
    pub registration_deadline: Option<Time>,
    /// Whether the application begins the next round by itself.
    #[serde(default)]
    pub auto_advance_rounds: bool,
    /// What a service keeps with it, such as its own ids; at most
    /// [`MAX_METADATA_BYTES`](crate::json::MAX_METADATA_BYTES) of compact JSON, nested at most
    /// [`MAX_DEPTH`](crate::json::MAX_DEPTH) deep. Normalised as the module
    /// [`json`](crate::json) says.
    #[serde(default)]
    pub metadata: JsonObject,
}

impl Tournament {
    /// A new tournament, in draft and public, created now.
    pub fn new(
        name: impl Into<String>,
        format_id: Id<Format>,
        venue_id: Id<Venue>,
        created_by: Id<Player>,
    ) -> Self {
        Self {
            id: Id::new(),
            version: initial_version(),
            name: name.into(),
            status: TournamentStatus::default(),
            visibility: Visibility::default(),
            registration: RegistrationControl::default(),
            start_time: None,
            end_time: None,
            format_id,
            venue_id,
            created_by,
            created_at: now(),
            description: None,
            registration_deadline: None,
            auto_advance_rounds: false,
            metadata: JsonObject::new(),
        }
    }

    /// Moves on to another status.
    ///
    /// # Errors
    ///
    /// [`Error::Validation`] of `status` where the life of a tournament does not go that way; the
    /// tournament stays as it was.
    pub fn move_to(&mut self, next: TournamentStatus) -> Result<()> {
        if !self.status.may_become(next) {
            return Err(Error::invalid(
                Self::KIND,
                "status",
                format!("cannot go from {} to {next}", self.status),
            ));
        }
        self.status = next;
        Ok(())
    }

    /// Decides whether somebody may register at `at`, and as what: the domain's decision, made
    /// before the store is asked to [`register`](crate::RegistrationRepository::register).
    ///
    /// - While the status is `registration_open`, within the opening and closing times and the
    ///   deadline, whoever knows the registration password (or all, if there is none) is
    ///   [`Active`](RegistrationStatus::Active).
    /// - Otherwise, until the tournament is over, whoever knows the late-registration password is a
    ///   [`LateEntry`](RegistrationStatus::LateEntry), once registration has been open.
    /// - An organiser with the override password may register anyone until the tournament is over,
    ///   if `allow_to_override` is set.
    ///
    /// Capacity is the store's to check, since only it can count and register in one step.
    ///
    /// # Errors
    ///
    /// The [`RegistrationRefusal`] to show.
    pub fn admit(
        &self,
        attempt: &RegistrationAttempt<'_>,
        at: Time,
    ) -> Result<RegistrationStatus, RegistrationRefusal> {
        self.registration.decide(self.status, self.registration_deadline, attempt, at)
    }
}

setters! { Tournament;
    value with_id(id: Id<Tournament>);
    value with_status(status: TournamentStatus);
    value with_visibility(visibility: Visibility);
    value with_registration(registration: RegistrationControl);
    some with_start_time(start_time: Time);
    some with_end_time(end_time: Time);
    value with_created_at(created_at: Time);
    text with_description(description);
    some with_registration_deadline(registration_deadline: Time);
    value with_auto_advance_rounds(auto_advance_rounds: bool);
    value with_metadata(metadata: JsonObject);
}

impl Entity for Tournament {
    type Filter = TournamentFilter;
    type SortKey = TournamentKey;
    const KIND: EntityKind = EntityKind::Tournament;

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
            status: TournamentStatus::Draft,
            visibility: Visibility::Public,
            registration: RegistrationControl::default(),
            start_time: None,
            end_time: None,
            format_id: Id::from_uuid(Uuid::nil()),
            venue_id: Id::from_uuid(Uuid::nil()),
            created_by: Id::from_uuid(Uuid::nil()),
            created_at: Time::UNIX_EPOCH,
            description: None,
            registration_deadline: None,
            auto_advance_rounds: false,
            metadata: JsonObject::new(),
        }
    }

    fn normalise(&mut self) {
        self.registration.normalise();
        time::cut_optional(&mut self.start_time);
        time::cut_optional(&mut self.end_time);
        self.created_at = time::cut(self.created_at);
        time::cut_optional(&mut self.registration_deadline);
        json::normalise(&mut self.metadata);
    }

    fn check(&self, checks: &mut Checks) {
        checks.id("id", self.id);
        checks.integer("version", self.version, 1);
        checks.name("name", &self.name, 1, 200);
        self.registration.check(checks);
        checks.span(("start_time", self.start_time), ("end_time", self.end_time));
        checks.id("format_id", self.format_id);
        checks.id("venue_id", self.venue_id);
        checks.id("created_by", self.created_by);
        checks.time("created_at", self.created_at);
        checks.optional_text("description", self.description.as_deref(), 0, 20_000);
        checks.optional_time("registration_deadline", self.registration_deadline);
        checks.json("metadata", &self.metadata, json::MAX_METADATA_BYTES);
    }

    fn check_unchanged(&self, stored: &Self, checks: &mut Checks) {
        checks.unchanged("created_at", &self.created_at, &stored.created_at);
    }
}

/// Which tournaments to list. What is `None` does not narrow; what is set combines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TournamentFilter {
    /// In this status.
    pub status: Option<TournamentStatus>,
    /// Of this visibility.
    pub visibility: Option<Visibility>,
    /// Of this format.
    pub format_id: Option<Id<Format>>,
    /// At this venue.
    pub venue_id: Option<Id<Venue>>,
    /// Of this organiser.
    pub created_by: Option<Id<Player>>,
}

setters! { TournamentFilter;
    some with_status(status: TournamentStatus);
    some with_visibility(visibility: Visibility);
    some with_format(format_id: Id<Format>);
    some with_venue(venue_id: Id<Venue>);
    some with_organiser(created_by: Id<Player>);
}

/// Tournaments are listed by creation, then id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)] // The fields are the entity's.
pub struct TournamentKey {
    #[serde(with = "crate::time::text")]
    pub created_at: Time,
    pub id: Id<Tournament>,
}

impl TournamentKey {
    /// The place of this tournament.
    #[must_use]
    pub fn of(tournament: &Tournament) -> Self {
        Self { created_at: tournament.created_at, id: tournament.id }
    }
}

impl SortKey for TournamentKey {
    type Filter = TournamentFilter;

    fn fits(&self, _: &TournamentFilter) -> bool {
        true
    }

    fn check(&self, checks: &mut Checks) {
        checks.time("created_at", self.created_at);
        if self.created_at != time::cut(self.created_at) {
            checks.refuse("created_at", "must be cut to microseconds");
        }
    }
}
