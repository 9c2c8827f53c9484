//! Stores what was read, each input in one step.

use std::collections::{HashMap, HashSet};
use std::fmt;

use tournament_core::{
    Dataset, Entity, Error, Format, Id, Player, Repository, Result, Store, Tournament, Venue,
};

use super::Input;

/// How often one input is tried: others may be writing the same players, or just be writing.
const MAX_ATTEMPTS: u32 = 10;

/// How many stored players are remembered, so that memory does not grow with the input.
const MAX_KNOWN: usize = 100_000;

/// Stores inputs, each whole or not at all.
///
/// An event is one call of [`import`](tournament_core::Repositories::import): atomic by itself, and
/// no lock is held while the rows that it shares with other events are looked up. Where another
/// importer stores one of them in between, the store refuses the import, and it is tried again.
pub struct Importer<'a> {
    store: &'a dyn Store,
    known: Known,
}

/// Shared rows that are in the store. Should one be deleted meanwhile, the store refuses the
/// import, all of this is forgotten and looked up anew.
#[derive(Debug, Default)]
struct Known {
    players: HashSet<Id<Player>>,
    venues: HashSet<Id<Venue>>,
    formats: HashMap<String, Id<Format>>,
}

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The tournament, of an event.
    pub tournament_id: Option<Id<Tournament>>,
    /// Whether it was stored before, so that there was nothing to do.
    pub already_stored: bool,
    /// How many players an event has; of a dataset, how many it holds.
    pub players: usize,
    /// How many matches it has.
    pub matches: usize,
    /// How many rows were stored.
    pub rows: usize,
}

impl<'a> Importer<'a> {
    /// Stores into this store.
    #[must_use]
    pub fn new(store: &'a dyn Store) -> Self {
        Self { store, known: Known::default() }
    }

    /// Stores an input, or leaves the store as it was.
    ///
    /// # Errors
    ///
    /// Those of [`import`](tournament_core::Repositories::import).
    pub async fn store(&mut self, input: Input) -> Result<Outcome> {
        match input {
            Input::Dataset(dataset) => self.store_dataset(&dataset).await,
            Input::Event(event) => self.store_event(event).await,
        }
    }

    async fn store_dataset(&self, dataset: &Dataset) -> Result<Outcome> {
        let mut attempt = 1;
        loop {
            match self.store.import(dataset).await {
                Err(error) if error.is_retryable() && attempt < MAX_ATTEMPTS => {
                    self.store.pause(attempt).await;
                    attempt += 1;
                }
                answer => {
                    return answer.map(|()| Outcome {
                        tournament_id: None,
                        already_stored: false,
                        players: dataset.players.len(),
                        matches: dataset.matches.len(),
                        rows: dataset.len(),
                    });
                }
            }
        }
    }

    async fn store_event(&mut self, mut event: Dataset) -> Result<Outcome> {
        let shared = Shared::take(&mut event);
        let mut attempt = 1;
        loop {
            match self.try_event(&mut event, &shared).await {
                Err(error) if is_a_race(&error) && attempt < MAX_ATTEMPTS => {
                    self.known = Known::default();
                    self.store.pause(attempt).await;
                    attempt += 1;
                }
                answer => return answer,
            }
        }
    }

    async fn try_event(&mut self, event: &mut Dataset, shared: &Shared) -> Result<Outcome> {
        let tournament_id = event.tournaments.first().map(|tournament| tournament.id);
        let mut outcome = Outcome {
            tournament_id,
            already_stored: false,
            players: event.registrations.len(),
            matches: event.matches.len(),
            rows: 0,
        };
        if let Some(id) = tournament_id
            && is_stored(self.store.tournaments(), id).await?
        {
            outcome.already_stored = true;
            return Ok(outcome);
        }
        self.find_missing(event, shared).await?;
        self.store.import(event).await?;
        outcome.rows = event.len();
        self.remember(event, shared);
        Ok(outcome)
    }

    /// Puts those shared rows into the event that are not stored.
    async fn find_missing(&mut self, event: &mut Dataset, shared: &Shared) -> Result<()> {
        event.players.clear();
        for player in &shared.players {
            if !self.known.players.contains(&player.id) {
                if is_stored(self.store.players(), player.id).await? {
                    self.known.players.insert(player.id);
                } else {
                    event.players.push(player.clone());
                }
            }
        }
        event.venues.clear();
        for venue in &shared.venues {
            if !self.known.venues.contains(&venue.id)
                && !is_stored(self.store.venues(), venue.id).await?
            {
                event.venues.push(venue.clone());
            }
        }
        event.formats.clear();
        for format in &shared.formats {
            let stored = match self.known.formats.get(&format.name) {
                Some(id) => Some(*id),
                None => self.stored_format(format).await?,
            };
            if stored.is_none() {
                event.formats.push(format.clone());
            }
            for tournament in &mut event.tournaments {
                tournament.format_id = stored.unwrap_or(format.id);
            }
        }
        Ok(())
    }

    /// A store may have the format already under an id of its own, or have renamed it.
    async fn stored_format(&self, format: &Format) -> Result<Option<Id<Format>>> {
        let formats = self.store.formats();
        if let Some(stored) = formats.find_by_name(format.game_system, &format.name).await? {
            return Ok(Some(stored.id));
        }
        Ok(is_stored(formats, format.id).await?.then_some(format.id))
    }

    fn remember(&mut self, event: &Dataset, shared: &Shared) {
        if self.known.players.len() > MAX_KNOWN {
            self.known = Known::default();
        }
        self.known.players.extend(shared.players.iter().map(|player| player.id));
        self.known.venues.extend(shared.venues.iter().map(|venue| venue.id));
        for (format, tournament) in shared.formats.iter().zip(&event.tournaments) {
            self.known.formats.insert(format.name.clone(), tournament.format_id);
        }
    }
}

impl fmt::Debug for Importer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Importer").finish_non_exhaustive()
    }
}

/// The rows of an event that other events have too.
struct Shared {
    players: Vec<Player>,
    venues: Vec<Venue>,
    formats: Vec<Format>,
}

impl Shared {
    fn take(event: &mut Dataset) -> Self {
        Self {
            players: std::mem::take(&mut event.players),
            venues: std::mem::take(&mut event.venues),
            formats: std::mem::take(&mut event.formats),
        }
    }
}

async fn is_stored<E: Entity, R: Repository<E> + ?Sized>(rows: &R, id: Id<E>) -> Result<bool> {
    match rows.get(id).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the same event may be stored after another look at the store.
fn is_a_race(error: &Error) -> bool {
    error.is_retryable()
        || matches!(error, Error::AlreadyExists { .. } | Error::ReferenceMissing { .. })
}
