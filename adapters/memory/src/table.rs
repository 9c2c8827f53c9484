//! The rows of one kind.

use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use imbl::OrdMap;
use tournament_core::{Id, Result};
use uuid::Uuid;

use crate::kinds::{AnyRow, Kind};
use crate::state::State;

/// Rows in some order.
pub(crate) type Rows<'a, E> = Box<dyn Iterator<Item = &'a Arc<E>> + 'a>;

/// What the store needs to know of a kind: its indexes, its constraints and its order.
pub(crate) trait Row: Kind {
    /// The kind's indexes.
    type Indexes: Clone + Default + Send + Sync;

    /// Takes the row out of the indexes.
    fn unlink(&self, indexes: &mut Self::Indexes);

    /// Enters the row into the indexes, into all of them or none. Its parents are already known to be
    /// there.
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
pub(crate) struct Table<'a, E: Row> {
    rows: &'a OrdMap<Uuid, AnyRow>,
    pub(crate) indexes: &'a E::Indexes,
}

impl<'a, E: Row> Table<'a, E> {
    pub(crate) fn new(rows: &'a OrdMap<Uuid, AnyRow>, indexes: &'a E::Indexes) -> Self {
        Self { rows, indexes }
    }

    pub(crate) fn len(self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(self, id: Id<E>) -> Option<&'a Arc<E>> {
        self.rows.get(&id.uuid()).and_then(E::of)
    }

    pub(crate) fn holds(self, id: Id<E>) -> bool {
        self.rows.contains_key(&id.uuid())
    }

    /// Every row, by id, from the first or from after this one.
    pub(crate) fn after(self, id: Option<Id<E>>) -> impl Iterator<Item = &'a Arc<E>> {
        let start = id.map_or(Unbounded, |id| Excluded(id.uuid()));
        self.rows.range((start, Unbounded)).filter_map(|(_, row)| E::of(row))
    }

    /// The rows with these ids.
    pub(crate) fn of(self, ids: impl Iterator<Item = Id<E>>) -> impl Iterator<Item = &'a Arc<E>> {
        ids.filter_map(move |id| self.get(id))
    }

    /// The row with the id that an index gave, if it gave one.
    pub(crate) fn find(self, id: Option<Id<E>>) -> Option<E> {
        id.and_then(|id| self.get(id)).map(|row| E::clone(row))
    }
}

#[allow(clippy::expl_impl_clone_on_copy)] // A derived one asks for rows that are `Copy`.
impl<E: Row> Clone for Table<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: Row> Copy for Table<'_, E> {}
