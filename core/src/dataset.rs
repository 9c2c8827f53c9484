//! All eight lists in one document.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::adapter::validate_all;
use crate::{
    Checks, Component, Entity, EntityKind, Error, Format, Id, Match, Player, Result, Round,
    Tournament, TournamentRegistration, Venue,
};

/// Everything that a store holds, or a part of it: what `export` gives and `import` takes.
///
/// ```
/// use tournament_core::{Dataset, Player};
///
/// let dataset = Dataset { players: vec![Player::new("Ada")], ..Dataset::new() };
/// let json = serde_json::to_string(&dataset)?;
/// assert_eq!(serde_json::from_str::<Dataset>(&json)?, dataset);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dataset {
    /// Players.
    pub players: Vec<Player>,
    /// Venues.
    pub venues: Vec<Venue>,
    /// Formats.
    pub formats: Vec<Format>,
    /// Tournaments.
    pub tournaments: Vec<Tournament>,
    /// Registrations.
    pub registrations: Vec<TournamentRegistration>,
    /// Components.
    pub components: Vec<Component>,
    /// Rounds.
    pub rounds: Vec<Round>,
    /// Matches.
    pub matches: Vec<Match>,
    /// The highest number that each tournament ever gave, so that it is not given again even if
    /// its registration is gone. Where a tournament is left out, or its number is lower than one
    /// of its registrations, the highest registration counts.
    pub last_sequence_ids: BTreeMap<Id<Tournament>, i64>,
}

impl Dataset {
    /// An empty dataset.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many rows it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.players.len()
            + self.venues.len()
            + self.formats.len()
            + self.tournaments.len()
            + self.registrations.len()
            + self.components.len()
            + self.rounds.len()
            + self.matches.len()
    }

    /// Whether it holds no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The dataset as `import` stores it: normalised, and found to be sound in itself. Whether the
    /// rows that it refers to but does not hold are stored, only the store can tell.
    ///
    /// # Errors
    ///
    /// [`Error::Validation`] of every refused field; [`Error::AlreadyExists`] where two rows share
    /// what must be unique; [`Error::ReferenceMissing`] where a row's parents do not agree.
    pub fn prepare(&self) -> Result<Self> {
        let mut prepared = self.clone();
        prepared.normalise();
        prepared.validate()?;
        prepared.check_unique()?;
        prepared.check_parents()?;
        Ok(prepared)
    }

    /// The highest number given by each tournament, as `import` raises it to: the dataset's own
    /// record and its registrations together.
    #[must_use]
    pub fn highest_sequence_ids(&self) -> BTreeMap<Id<Tournament>, i64> {
        let mut highest = self.last_sequence_ids.clone();
        for registration in &self.registrations {
            let last = highest.entry(registration.tournament_id).or_default();
            *last = registration.sequence_id.max(*last);
        }
        highest
    }

    fn normalise(&mut self) {
        self.players.iter_mut().for_each(Entity::normalise);
        self.venues.iter_mut().for_each(Entity::normalise);
        self.formats.iter_mut().for_each(Entity::normalise);
        self.tournaments.iter_mut().for_each(Entity::normalise);
        self.registrations.iter_mut().for_each(Entity::normalise);
        self.components.iter_mut().for_each(Entity::normalise);
        self.rounds.iter_mut().for_each(Entity::normalise);
        self.matches.iter_mut().for_each(Entity::normalise);
    }

    fn validate(&self) -> Result<()> {
        let mut problems = Vec::new();
        validate_all(&self.players, &mut problems);
        validate_all(&self.venues, &mut problems);
        validate_all(&self.formats, &mut problems);
        validate_all(&self.tournaments, &mut problems);
        validate_all(&self.registrations, &mut problems);
        validate_all(&self.components, &mut problems);
        validate_all(&self.rounds, &mut problems);
        validate_all(&self.matches, &mut problems);
        for (id, last) in &self.last_sequence_ids {
            let mut checks = Checks::new(EntityKind::Tournament);
            checks.id("last_sequence_ids", *id);
            checks.integer("last_sequence_ids", *last, 0);
            problems.extend(checks.into_problems());
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::Validation { problems }) }
    }

    fn check_unique(&self) -> Result<()> {
        unique_ids(&self.players)?;
        unique(&self.players, "discord_id", |player| player.discord_id.as_deref())?;
        unique_ids(&self.venues)?;
        unique_ids(&self.formats)?;
        unique(&self.formats, "name", |format| Some((format.game_system, &format.name)))?;
        unique_ids(&self.tournaments)?;
        unique_ids(&self.registrations)?;
        unique(&self.registrations, "player_id", |row| Some((row.tournament_id, row.player_id)))?;
        unique(&self.registrations, "sequence_id", |row| {
            Some((row.tournament_id, row.sequence_id))
        })?;
        unique_ids(&self.components)?;
        unique(&self.components, "sequence_order", |row| {
            Some((row.tournament_id, row.sequence_order))
        })?;
        unique_ids(&self.rounds)?;
        unique(&self.rounds, "round_number", |row| Some((row.component_id, row.round_number)))?;
        unique_ids(&self.matches)?;
        unique(&self.matches, "table_number", |row| {
            row.table_number.map(|table| (row.round_id, table))
        })
    }

    fn check_parents(&self) -> Result<()> {
        let components: HashMap<_, _> = self.components.iter().map(|row| (row.id, row)).collect();
        for round in &self.rounds {
            if components
                .get(&round.component_id)
                .is_some_and(|component| component.tournament_id != round.tournament_id)
            {
                return Err(Error::reference_missing(EntityKind::Round, "component_id"));
            }
        }
        let rounds: HashMap<_, _> = self.rounds.iter().map(|row| (row.id, row)).collect();
        for row in &self.matches {
            if rounds.get(&row.round_id).is_some_and(|round| {
                (round.tournament_id, round.component_id, round.round_number)
                    != (row.tournament_id, row.component_id, row.round_number)
            }) {
                return Err(Error::reference_missing(EntityKind::Match, "round_id"));
            }
        }
        Ok(())
    }
}

fn unique_ids<E: Entity>(rows: &[E]) -> Result<()> {
    unique(rows, "id", |row| Some(row.id()))
}

/// Refuses two rows with one key; rows without a key do not count.
fn unique<'a, E: Entity, K: Eq + Hash>(
    rows: &'a [E],
    field: &'static str,
    key: impl Fn(&'a E) -> Option<K>,
) -> Result<()> {
    let mut seen = HashSet::with_capacity(rows.len());
    if rows.iter().filter_map(key).all(|key| seen.insert(key)) {
        Ok(())
    } else {
        Err(Error::already_exists(E::KIND, field))
    }
}
