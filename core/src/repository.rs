//! What can be done with each kind of row.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::json::JsonObject;
use crate::time::{Time, now};
use crate::{
    Component, Dataset, Entity, Format, GameSystem, Id, Listing, Match, Page, Player,
    RegistrationStatus, Result, Round, Tournament, TournamentRegistration, Venue,
};

/// What every repository offers. All of it is atomic: one call is done whole or not at all.
///
/// # Errors
///
/// Any call may answer [`Busy`](crate::Error::Busy), [`Unavailable`](crate::Error::Unavailable),
/// [`Aborted`](crate::Error::Aborted) (in a unit of work that is finished),
/// [`Corrupt`](crate::Error::Corrupt) or [`Backend`](crate::Error::Backend); the others are named
/// where they belong.
#[async_trait]
pub trait Repository<E: Entity>: Send + Sync {
    /// Stores a new row at version 1, whatever version it carries, and returns what is stored.
    ///
    /// # Errors
    ///
    /// [`Validation`](crate::Error::Validation), [`AlreadyExists`](crate::Error::AlreadyExists),
    /// [`ReferenceMissing`](crate::Error::ReferenceMissing).
    async fn create(&self, entity: &E) -> Result<E>;

    /// [`create`](Self::create) for any number of rows, in one step; the answer is in their order.
    /// Validation names each refused field with the row's index.
    async fn create_many(&self, entities: &[E]) -> Result<Vec<E>>;

    /// The row with this id.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound).
    async fn get(&self, id: Id<E>) -> Result<E>;

    /// Replaces the row that was read as this version, and returns what is stored: the version is
    /// one higher.
    ///
    /// # Errors
    ///
    /// [`Validation`](crate::Error::Validation), also where a field differs that never changes;
    /// [`NotFound`](crate::Error::NotFound); [`Conflict`](crate::Error::Conflict) where the row
    /// has moved on; [`AlreadyExists`](crate::Error::AlreadyExists),
    /// [`ReferenceMissing`](crate::Error::ReferenceMissing).
    async fn update(&self, entity: &E) -> Result<E>;

    /// Deletes the row, if it is at the version given; without one, whatever its version.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound), [`Conflict`](crate::Error::Conflict),
    /// [`StillReferenced`](crate::Error::StillReferenced).
    async fn delete(&self, id: Id<E>, version: Option<i64>) -> Result<()>;

    /// A page of the rows that the filter lets through, in the entity's order.
    ///
    /// # Errors
    ///
    /// [`Validation`](crate::Error::Validation) of the page.
    async fn list(&self, filter: &E::Filter, page: &Page<E>) -> Result<Listing<E>>;

    /// How many rows the filter lets through.
    async fn count(&self, filter: &E::Filter) -> Result<u64>;
}

/// Players.
#[async_trait]
pub trait PlayerRepository: Repository<Player> {
    /// All players of this name, by id.
    async fn find_by_name(&self, name: &str) -> Result<Vec<Player>>;

    /// The player with this discord id.
    async fn find_by_discord_id(&self, discord_id: &str) -> Result<Option<Player>>;
}

/// Venues.
#[async_trait]
pub trait VenueRepository: Repository<Venue> {
    /// All venues of this name, by id.
    async fn find_by_name(&self, name: &str) -> Result<Vec<Venue>>;
}

/// Formats.
#[async_trait]
pub trait FormatRepository: Repository<Format> {
    /// The format of this name in this game.
    async fn find_by_name(&self, game_system: GameSystem, name: &str) -> Result<Option<Format>>;
}

/// Tournaments.
#[async_trait]
pub trait TournamentRepository: Repository<Tournament> {}

/// Registrations.
#[async_trait]
pub trait RegistrationRepository: Repository<TournamentRegistration> {
    /// Registers a player under the tournament's next number, which was never given before.
    ///
    /// It checks references, uniqueness and capacity, nothing else: whether the player may register
    /// is decided before, by [`Tournament::admit`].
    ///
    /// # Errors
    ///
    /// [`Validation`](crate::Error::Validation) of the options;
    /// [`ReferenceMissing`](crate::Error::ReferenceMissing) of `tournament_id` or `player_id`;
    /// [`AlreadyExists`](crate::Error::AlreadyExists) of `player_id`, or of `id` where the options
    /// give one; [`Full`](crate::Error::Full).
    async fn register(
        &self,
        tournament_id: Id<Tournament>,
        player_id: Id<Player>,
        options: &RegisterOptions,
    ) -> Result<TournamentRegistration>;

    /// This player's registration in this tournament.
    async fn find_by_player(
        &self,
        tournament_id: Id<Tournament>,
        player_id: Id<Player>,
    ) -> Result<Option<TournamentRegistration>>;

    /// The registration with this number in this tournament.
    async fn find_by_sequence_id(
        &self,
        tournament_id: Id<Tournament>,
        sequence_id: i64,
    ) -> Result<Option<TournamentRegistration>>;
}

/// What a registration is made with beside its tournament and player.
///
/// ```
/// use tournament_core::{RegisterOptions, RegistrationStatus};
///
/// let options = RegisterOptions::new().with_status(RegistrationStatus::LateEntry);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RegisterOptions {
    /// The registration's id; a new one unless given.
    pub id: Option<Id<TournamentRegistration>>,
    /// Its status; active unless given. One that is dropped takes no place.
    pub status: RegistrationStatus,
    /// Its time; now unless given.
    pub registration_time: Option<Time>,
    /// Its notes.
    pub notes: Option<String>,
    /// Its metadata.
    pub metadata: JsonObject,
}

impl RegisterOptions {
    /// An active registration, made now, without notes or metadata.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `id`.
    #[must_use]
    pub fn with_id(mut self, id: Id<TournamentRegistration>) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets `status`.
    #[must_use]
    pub fn with_status(mut self, status: RegistrationStatus) -> Self {
        self.status = status;
        self
    }

    /// Sets `registration_time`.
    #[must_use]
    pub fn with_registration_time(mut self, registration_time: Time) -> Self {
        self.registration_time = Some(registration_time);
        self
    }

    /// Sets `notes`.
    #[must_use]
    pub fn with_notes(mut self, notes: impl Into<String>) -> Self {
        self.notes = Some(notes.into());
        self
    }

    /// Sets `metadata`.
    #[must_use]
    pub fn with_metadata(mut self, metadata: JsonObject) -> Self {
        self.metadata = metadata;
        self
    }

    /// The registration that these options ask for, but for its number, which is 1 until the store
    /// has given it.
    #[must_use]
    pub fn registration(
        &self,
        tournament_id: Id<Tournament>,
        player_id: Id<Player>,
    ) -> TournamentRegistration {
        let mut registration = TournamentRegistration::new(tournament_id, player_id, 1)
            .with_id(self.id.unwrap_or_else(Id::new))
            .with_status(self.status)
            .with_registration_time(self.registration_time.unwrap_or_else(now))
            .with_metadata(self.metadata.clone());
        registration.notes.clone_from(&self.notes);
        registration
    }
}

/// Components.
#[async_trait]
pub trait ComponentRepository: Repository<Component> {
    /// The component at this place in this tournament.
    async fn find_by_sequence_order(
        &self,
        tournament_id: Id<Tournament>,
        sequence_order: i64,
    ) -> Result<Option<Component>>;
}

/// Rounds.
#[async_trait]
pub trait RoundRepository: Repository<Round> {
    /// The round of this number in this component.
    async fn find_by_number(
        &self,
        component_id: Id<Component>,
        round_number: i64,
    ) -> Result<Option<Round>>;
}

/// Matches.
#[async_trait]
pub trait MatchRepository: Repository<Match> {}

/// The eight repositories, of a store or of a unit of work.
#[async_trait]
pub trait Repositories: Send + Sync {
    /// Players.
    fn players(&self) -> &dyn PlayerRepository;
    /// Venues.
    fn venues(&self) -> &dyn VenueRepository;
    /// Formats.
    fn formats(&self) -> &dyn FormatRepository;
    /// Tournaments.
    fn tournaments(&self) -> &dyn TournamentRepository;
    /// Registrations.
    fn registrations(&self) -> &dyn RegistrationRepository;
    /// Components.
    fn components(&self) -> &dyn ComponentRepository;
    /// Rounds.
    fn rounds(&self) -> &dyn RoundRepository;
    /// Matches.
    fn matches(&self) -> &dyn MatchRepository;

    /// Stores every row of the dataset as it is, versions included, in one step. It may refer to
    /// rows that are already stored.
    ///
    /// # Errors
    ///
    /// Those of [`create_many`](Repository::create_many), of whichever list.
    async fn import(&self, dataset: &Dataset) -> Result<()>;
}

/// What is made of a repository's own calls.
#[async_trait]
pub trait RepositoryExt<E: Entity>: Repository<E> {
    /// Every row that the filter lets through, in order, page by page: rows whose place stays
    /// unchanged meanwhile are given exactly once. For one stable snapshot, ask in a read-only unit
    /// of work.
    async fn list_all(&self, filter: &E::Filter) -> Result<Vec<E>> {
        let largest = Page::new().with_limit(Page::<E>::MAX_LIMIT);
        let Listing { mut items, mut next } = self.list(filter, &largest).await?;
        while let Some(cursor) = next {
            let page = self.list(filter, &largest.clone().after(cursor)).await?;
            items.extend(page.items);
            next = page.next;
        }
        Ok(items)
    }
}

impl<E: Entity, R: Repository<E> + ?Sized> RepositoryExt<E> for R {}
