//! Snapshots of all that is stored, and what changed between two of them.

use std::fmt;
use std::sync::Arc;

use imbl::ordmap::DiffItem;
use serde::{Deserialize, Serialize};
use tournament_core::{
    Component, Dataset, EntityKind, Format, Id, Match, Player, Result, Round, Tournament,
    TournamentRegistration, Venue,
};

use crate::MemoryStore;
use crate::changes::{Change, Changes};
use crate::session::Access;
use crate::state::State;
use crate::table::Row;

/// All that a [`MemoryStore`] held at one instant. Taking one, keeping one and going back to one
/// costs the same however much is stored.
///
/// With these a store can be kept elsewhere: what [changed](Self::changes_since) since the last
/// snapshot is written down, and [applied](MemoryStore::apply) again later.
///
/// ```
/// use tournament_core::{Player, Repositories};
/// use tournament_memory::MemoryStore;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> tournament_core::Result<()> {
/// let store = MemoryStore::new();
/// let before = store.snapshot()?;
/// let ada = store.players().create(&Player::new("Ada")).await?;
/// let changes = store.snapshot()?.changes_since(&before);
///
/// let copy = MemoryStore::new();
/// copy.apply(&changes)?;
/// assert_eq!(copy.players().get(ada.id).await?, ada);
///
/// store.restore(&before)?;
/// assert!(store.players().get(ada.id).await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Snapshot {
    state: Arc<State>,
}

impl Snapshot {
    /// What became of the rows since the earlier snapshot. The time that it takes grows with what
    /// changed, and hardly with what did not, where one snapshot was made from the other.
    #[must_use]
    pub fn changes_since(&self, earlier: &Self) -> ChangeSet {
        let (earlier, now) = (&earlier.state, &self.state);
        ChangeSet {
            stored: Dataset {
                players: stored(earlier, now),
                venues: stored(earlier, now),
                formats: stored(earlier, now),
                tournaments: stored(earlier, now),
                registrations: stored(earlier, now),
                components: stored(earlier, now),
                rounds: stored(earlier, now),
                matches: stored(earlier, now),
                last_sequence_ids: now.numbers_since(earlier),
            },
            deleted: Deleted {
                players: deleted(earlier, now),
                venues: deleted(earlier, now),
                formats: deleted(earlier, now),
                tournaments: deleted(earlier, now),
                registrations: deleted(earlier, now),
                components: deleted(earlier, now),
                rounds: deleted(earlier, now),
                matches: deleted(earlier, now),
            },
        }
    }

    /// All of it as a dataset, each list in the order of ids.
    #[must_use]
    pub fn export(&self) -> Dataset {
        self.state.export()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

/// Two snapshots are equal if one was made from the other without any change.
impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.state, &other.state)
    }
}

/// What became of rows between two [snapshots](Snapshot), in any number of steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ChangeSet {
    /// The rows that were created or updated, as they are now, and the numbers of tournaments that
    /// changed, as they are now.
    pub stored: Dataset,
    /// The ids of the rows that are gone.
    pub deleted: Deleted,
}

impl ChangeSet {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Ids of rows that are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
#[allow(missing_docs)] // The fields are the kinds of rows.
pub struct Deleted {
    pub players: Vec<Id<Player>>,
    pub venues: Vec<Id<Venue>>,
    pub formats: Vec<Id<Format>>,
    pub tournaments: Vec<Id<Tournament>>,
    pub registrations: Vec<Id<TournamentRegistration>>,
    pub components: Vec<Id<Component>>,
    pub rounds: Vec<Id<Round>>,
    pub matches: Vec<Id<Match>>,
}

impl MemoryStore {
    /// All that is stored at present.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](tournament_core::Error::Unavailable) once the store is closed.
    pub fn snapshot(&self) -> Result<Snapshot> {
        Ok(Snapshot { state: self.shared().state()? })
    }

    /// Puts what a snapshot holds, of this store or another, in the place of all that is stored. A
    /// unit of work that is open meets it as a change by another.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](tournament_core::Error::Unavailable) once the store is closed.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<()> {
        self.shared().replace(|_| Ok((Arc::clone(&snapshot.state), ())))
    }

    /// Makes changes that were made between two snapshots, in one step, to a store that holds what
    /// the earlier one held.
    ///
    /// # Errors
    ///
    /// [`Validation`](tournament_core::Error::Validation), [`NotFound`](tournament_core::Error::NotFound) of a row that is to be gone,
    /// [`AlreadyExists`](tournament_core::Error::AlreadyExists), [`ReferenceMissing`](tournament_core::Error::ReferenceMissing),
    /// [`StillReferenced`](tournament_core::Error::StillReferenced): these are not the changes to what is stored.
    pub fn apply(&self, changes: &ChangeSet) -> Result<()> {
        let prepare = || changes.stored.prepare();
        self.shared().write(EntityKind::Tournament, prepare, |state, rows| {
            Ok((retraced(state, rows, &changes.deleted)?, ()))
        })
    }
}

/// The changes as the state makes them.
fn retraced(state: &State, rows: Dataset, gone: &Deleted) -> Result<Changes> {
    let mut changes = Changes::default();
    let lists = &mut changes.rows;
    lists.players = list(state, rows.players, &gone.players)?;
    lists.venues = list(state, rows.venues, &gone.venues)?;
    lists.formats = list(state, rows.formats, &gone.formats)?;
    lists.tournaments = list(state, rows.tournaments, &gone.tournaments)?;
    lists.registrations = list(state, rows.registrations, &gone.registrations)?;
    lists.components = list(state, rows.components, &gone.components)?;
    lists.rounds = list(state, rows.rounds, &gone.rounds)?;
    lists.matches = list(state, rows.matches, &gone.matches)?;
    changes.last_sequence_ids = rows.last_sequence_ids;
    Ok(changes)
}

fn list<E: Row>(state: &State, rows: Vec<E>, gone: &[Id<E>]) -> Result<Vec<Change<E>>> {
    let stored = rows.into_iter().map(|row| {
        let before = state.table().get(row.id()).cloned();
        Ok(Change { before, after: Some(Arc::new(row)) })
    });
    let deleted = gone.iter().map(|&id| state.get(id).cloned().map(Change::delete));
    stored.chain(deleted).collect()
}

fn stored<E: Row>(earlier: &State, now: &State) -> Vec<E> {
    let differences = earlier.table::<E>().diff(now.table());
    let rows = differences.filter_map(|difference| match difference {
        DiffItem::Add(_, row) | DiffItem::Update { new: (_, row), .. } => Some(E::clone(row)),
        DiffItem::Remove(..) => None,
    });
    rows.collect()
}

fn deleted<E: Row>(earlier: &State, now: &State) -> Vec<Id<E>> {
    let differences = earlier.table::<E>().diff(now.table());
    let ids = differences.filter_map(|difference| match difference {
        DiffItem::Remove(&id, _) => Some(id),
        DiffItem::Add(..) | DiffItem::Update { .. } => None,
    });
    ids.collect()
}
