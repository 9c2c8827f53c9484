//! The rows of one kind.

use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use tournament_core::{Error, Id, Result};

use crate::kinds::{Family, Kind};
use crate::state::State;

/// Rows in some order.
pub(crate) type Rows<'a, E> = Box<dyn Iterator<Item = &'a Arc<E>> + 'a>;

/// What the store needs to know of a kind: its indexes, its constraints and its order.
pub(crate) trait Row: Kind {
    /// The kind's indexes.
    type Indexes: Clone + Default + Send + Sync;

    /// Takes the row out of the indexes.
    fn unlink(&self, indexes: &mut Self::Indexes);

    /// Enters the row into the indexes. Its parents are already known to be there.
    ///
    /// # Errors
    ///
    /// [`Error::AlreadyExists`].
    fn link(&self, indexes: &mut Self::Indexes) -> Result<()>;

    /// Looks for every parent that the row refers to.
    ///
    /// # Errors
    ///
    /// [`Error::ReferenceMissing`].
    fn check_parents(&self, state: &State) -> Result<()>;

    /// Whether some row refers to this one as it was, and would refer to nothing now that `after`
    /// is in its place.
    fn is_missed(&self, after: Option<&Self>, state: &State) -> bool;

    /// The rows that the filter lets through, in order, from the first or from after this place.
    fn scan<'a>(
        state: &'a State,
        filter: &'a Self::Filter,
        after: Option<&Self::SortKey>,
    ) -> Rows<'a, Self>;

    /// The row's place in a list with this filter.
    fn place(&self, state: &State, filter: &Self::Filter) -> Self::SortKey;

    /// How many rows the filter lets through.
    fn count(state: &State, filter: &Self::Filter) -> usize {
        Self::scan(state, filter, None).count()
    }
}

/// The rows of one kind, by id, and its indexes.
#[derive(Clone)]
pub(crate) struct Table<E: Row> {
    rows: OrdMap<Id<E>, Arc<E>>,
    pub(crate) indexes: E::Indexes,
}

impl<E: Row> Table<E> {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, id: Id<E>) -> Option<&Arc<E>> {
        self.rows.get(&id)
    }

    pub(crate) fn holds(&self, id: Id<E>) -> bool {
        self.rows.contains_key(&id)
    }

    /// Every row, by id, from the first or from after this one.
    pub(crate) fn after(&self, id: Option<Id<E>>) -> impl Iterator<Item = &Arc<E>> {
        let start = id.map_or(Unbounded, Excluded);
        self.rows.range((start, Unbounded)).map(|(_, row)| row)
    }

    /// The rows with these ids.
    pub(crate) fn of(&self, ids: impl Iterator<Item = Id<E>>) -> impl Iterator<Item = &Arc<E>> {
        ids.filter_map(|id| self.get(id))
    }

    /// How this table became the other, by id. Nodes that both share are passed over.
    pub(crate) fn diff<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = DiffItem<'a, 'a, Id<E>, Arc<E>>> {
        self.rows.diff(&other.rows)
    }

    /// The row with the id that an index gave, if it gave one.
    pub(crate) fn find(&self, id: Option<Id<E>>) -> Option<E> {
        id.and_then(|id| self.get(id)).map(|row| E::clone(row))
    }

    /// Takes a row away, from the indexes too.
    pub(crate) fn remove(&mut self, row: &E) {
        self.rows.remove(&row.id());
        row.unlink(&mut self.indexes);
    }

    /// Stores a row, not yet in the indexes.
    pub(crate) fn insert(&mut self, row: Arc<E>) -> Result<()> {
        match self.rows.insert(row.id(), row) {
            None => Ok(()),
            Some(_) => Err(Error::already_exists(E::KIND, "id")),
        }
    }
}

impl<E: Row> Default for Table<E> {
    fn default() -> Self {
        Self { rows: OrdMap::default(), indexes: E::Indexes::default() }
    }
}

/// A table for each kind.
pub(crate) struct Tables;

impl Family for Tables {
    type Of<E: Row> = Table<E>;
}
