//! Ordered indexes: how rows are found and listed without looking at the others.

use std::ops::Bound::{Excluded, Included, Unbounded};
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use tournament_core::{Entity, Error, Id, Result, Time};
use uuid::Uuid;

/// Where a row stands within its group.
pub(crate) trait Place: Clone + Ord {
    /// A place before which no row stands.
    fn least() -> Self;
}

impl Place for () {
    fn least() -> Self {}
}

/// Stored integers begin at 0.
impl Place for i64 {
    fn least() -> Self {
        -1
    }
}

impl Place for Time {
    fn least() -> Self {
        Self::MIN_UTC
    }
}

impl Place for Arc<str> {
    fn least() -> Self {
        Self::from("")
    }
}

impl<E> Place for Id<E> {
    fn least() -> Self {
        nil()
    }
}

impl<A: Place, B: Place> Place for (A, B) {
    fn least() -> Self {
        (A::least(), B::least())
    }
}

/// The id that no row has, and that comes before all others.
fn nil<E>() -> Id<E> {
    Id::from_uuid(Uuid::nil())
}

/// Rows in groups, each in the order of a place that rows may share; then by id.
#[derive(Clone)]
pub(crate) struct Index<G, P, E> {
    entries: OrdSet<(G, P, Id<E>)>,
}

impl<G: Clone + Ord, P: Place, E> Index<G, P, E> {
    pub(crate) fn insert(&mut self, group: G, place: P, id: Id<E>) {
        self.entries.insert((group, place, id));
    }

    pub(crate) fn remove(&mut self, group: G, place: P, id: Id<E>) {
        self.entries.remove(&(group, place, id));
    }

    /// The group's rows in order, from the first or from after this one.
    pub(crate) fn after(
        &self,
        group: G,
        row: Option<(P, Id<E>)>,
    ) -> impl Iterator<Item = Id<E>> + '_ {
        self.entries_after(group, row).map(|(.., id)| *id)
    }

    /// The group's rows at this very place.
    pub(crate) fn at(&self, group: G, place: P) -> impl Iterator<Item = Id<E>> + '_ {
        self.entries_after(group, Some((place.clone(), nil())))
            .take_while(move |(_, found, _)| *found == place)
            .map(|(.., id)| *id)
    }

    /// Whether the group has a row.
    pub(crate) fn holds(&self, group: G) -> bool {
        self.entries_after(group, None).next().is_some()
    }

    /// [`after`](Self::after), whole entries.
    pub(crate) fn entries_after(
        &self,
        group: G,
        row: Option<(P, Id<E>)>,
    ) -> impl Iterator<Item = &(G, P, Id<E>)> {
        let (place, id) = row.unwrap_or_else(|| (P::least(), nil()));
        let start = (group.clone(), place, id);
        self.entries
            .range((Excluded(start), Unbounded))
            .take_while(move |(found, ..)| *found == group)
    }
}

impl<G, P, E> Default for Index<G, P, E> {
    fn default() -> Self {
        Self { entries: OrdSet::default() }
    }
}

/// Rows in groups, each at a place of its own.
#[derive(Clone)]
pub(crate) struct Unique<G, P, E> {
    entries: OrdMap<(G, P), Id<E>>,
}

impl<G: Clone + Ord, P: Place, E: Entity> Unique<G, P, E> {
    /// Enters a row.
    ///
    /// # Errors
    ///
    /// [`Error::AlreadyExists`] of `field` where the place is taken.
    pub(crate) fn claim(
        &mut self,
        group: G,
        place: P,
        id: Id<E>,
        field: &'static str,
    ) -> Result<()> {
        match self.entries.insert((group, place), id) {
            None => Ok(()),
            Some(_) => Err(Error::already_exists(E::KIND, field)),
        }
    }

    pub(crate) fn remove(&mut self, group: G, place: P) {
        self.entries.remove(&(group, place));
    }

    /// The row at this place of the group.
    pub(crate) fn get(&self, group: G, place: P) -> Option<Id<E>> {
        self.entries.get(&(group, place)).copied()
    }

    /// The group's rows in order, from the first or from after this one. Its place may have a new
    /// row by now, which comes after it if its id does.
    pub(crate) fn after(
        &self,
        group: G,
        row: Option<(P, Id<E>)>,
    ) -> impl Iterator<Item = Id<E>> + '_ {
        let (place, last) = row.unwrap_or_else(|| (P::least(), nil()));
        let start = (group.clone(), place.clone());
        self.entries
            .range((Included(start), Unbounded))
            .take_while(move |((found, _), _)| *found == group)
            .skip_while(move |((_, found), id)| *found == place && **id <= last)
            .map(|(_, id)| *id)
    }

    /// Whether the group has a row.
    pub(crate) fn holds(&self, group: G) -> bool {
        self.after(group, None).next().is_some()
    }
}

impl<G, P, E> Default for Unique<G, P, E> {
    fn default() -> Self {
        Self { entries: OrdMap::default() }
    }
}
