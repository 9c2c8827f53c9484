//! Snapshots of all that is stored, and what changed between two of them.

use std::fmt;
use std::sync::Arc;

use imbl::ordmap::DiffItem;
use serde::{Deserialize, Serialize};
use tournament_core::{
    Component, Dataset, EntityKind, Format, Id, Match, Player, Result, Round, Tournament,
    TournamentRegistration, Venue,
};
use uuid::Uuid;

use crate::MemoryStore;
use crate::changes::{Change, Changes};
use crate::kinds::AnyRow;
use crate::rows::Access;
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
        let differ = |kind| Differences::between(&earlier.state, &self.state, kind);
        let players = differ(EntityKind::Player);
        let venues = differ(EntityKind::Venue);
        let formats = differ(EntityKind::Format);
        let tournaments = differ(EntityKind::Tournament);
        let registrations = differ(EntityKind::Registration);
        let components = differ(EntityKind::Component);
        let rounds = differ(EntityKind::Round);
        let matches = differ(EntityKind::Match);
        ChangeSet {
            stored: Dataset {
                players: players.stored(),
                venues: venues.stored(),
                formats: formats.stored(),
                tournaments: tournaments.stored(),
                registrations: registrations.stored(),
                components: components.stored(),
                rounds: rounds.stored(),
                matches: matches.stored(),
                last_sequence_ids: self.state.numbers_since(&earlier.state),
            },
            deleted: Deleted {
                players: players.deleted(),
                venues: venues.deleted(),
                formats: formats.deleted(),
                tournaments: tournaments.deleted(),
                registrations: registrations.deleted(),
                components: components.deleted(),
                rounds: rounds.deleted(),
                matches: matches.deleted(),
            },
        }
    }

    /// Whether no row was stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state.is_empty()
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
        Ok(Snapshot { state: self.shared().current()? })
    }

    /// Puts what a snapshot holds, of this store or another, in the place of all that is stored. A
    /// unit of work that is open meets it as a change by another.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](tournament_core::Error::Unavailable) once the store is closed.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<()> {
        self.shared().replace(&mut |_| Ok(Arc::clone(&snapshot.state)))
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
        let prepared = changes.stored.prepare().map(Changes::store_all);
        let retrace = |state: &State, made: &mut Changes| {
            for Change { before, after } in &mut made.rows {
                *before =
                    after.as_ref().and_then(|row| state.rows(row.kind()).get(&row.id())).cloned();
            }
            let gone = &changes.deleted;
            delete(state, &gone.players, made)?;
            delete(state, &gone.venues, made)?;
            delete(state, &gone.formats, made)?;
            delete(state, &gone.tournaments, made)?;
            delete(state, &gone.registrations, made)?;
            delete(state, &gone.components, made)?;
            delete(state, &gone.rounds, made)?;
            delete(state, &gone.matches, made)
        };
        self.shared().write(EntityKind::Tournament, prepared, &retrace).map(drop)
    }
}

fn delete<E: Row>(state: &State, ids: &[Id<E>], changes: &mut Changes) -> Result<()> {
    for &id in ids {
        changes.rows.push(Change::delete(state.get(id)?));
    }
    Ok(())
}

/// How the rows of one kind became others, in the order of ids.
struct Differences<'a> {
    stored: Vec<&'a AnyRow>,
    deleted: Vec<Uuid>,
}

impl<'a> Differences<'a> {
    /// Nodes of the trees that both share are passed over.
    fn between(earlier: &'a State, now: &'a State, kind: EntityKind) -> Self {
        let mut differences = Self { stored: Vec::new(), deleted: Vec::new() };
        for difference in earlier.rows(kind).diff(now.rows(kind)) {
            match difference {
                DiffItem::Add(_, row) | DiffItem::Update { new: (_, row), .. } => {
                    differences.stored.push(row);
                }
                DiffItem::Remove(&id, _) => differences.deleted.push(id),
            }
        }
        differences
    }

    fn stored<E: Row>(&self) -> Vec<E> {
        self.stored.iter().filter_map(|row| E::of(row)).map(|row| E::clone(row)).collect()
    }

    fn deleted<E>(&self) -> Vec<Id<E>> {
        self.deleted.iter().copied().map(Id::from_uuid).collect()
    }
}
