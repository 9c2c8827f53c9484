//! Ordered indexes: how rows are found and listed without looking at the others.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use imbl::OrdSet;
use tournament_core::{Entity, Error, GameSystem, Id, Result, Time, TournamentStatus};
use uuid::Uuid;

/// What the rows of a group have in common.
pub(crate) trait Group {
    /// A number of its own. Groups have no order among themselves.
    fn number(self) -> u128;
}

impl Group for () {
    fn number(self) -> u128 {
        0
    }
}

impl<E> Group for Id<E> {
    fn number(self) -> u128 {
        self.uuid().as_u128()
    }
}

impl Group for GameSystem {
    fn number(self) -> u128 {
        self as u128
    }
}

impl Group for TournamentStatus {
    fn number(self) -> u128 {
        self as u128
    }
}

/// Where a row stands within its group.
///
/// What is kept of it is of one of three types, so that there are three copies of the trees' code, not
/// one for each index: a number that stands for it in the same order, a text, or nothing. Nothing could
/// be a number too, but a match's players would take half as much room again, and a commit is slower for
/// it.
pub(crate) trait Place {
    /// What is kept of it.
    type Key: Clone + Ord;

    /// A place before which no row stands.
    fn least() -> Self::Key;

    fn key(self) -> Self::Key;
}

impl Place for () {
    type Key = ();

    fn least() {}

    fn key(self) {}
}

impl Place for i64 {
    type Key = u128;

    fn least() -> u128 {
        0
    }

    fn key(self) -> u128 {
        unsigned(self)
    }
}

impl Place for (i64, i64) {
    type Key = u128;

    fn least() -> u128 {
        0
    }

    fn key(self) -> u128 {
        unsigned(self.0) << 64 | unsigned(self.1)
    }
}

impl Place for Time {
    type Key = u128;

    fn least() -> u128 {
        0
    }

    fn key(self) -> u128 {
        unsigned(self.timestamp()) << 64 | u128::from(self.timestamp_subsec_nanos())
    }
}

impl<E> Place for Id<E> {
    type Key = u128;

    fn least() -> u128 {
        0
    }

    fn key(self) -> u128 {
        self.uuid().as_u128()
    }
}

/// Numbers in the order of the integers.
fn unsigned(integer: i64) -> u128 {
    u128::from(integer.cast_unsigned() ^ (1 << 63))
}

impl Place for Arc<str> {
    type Key = Self;

    fn least() -> Self {
        Self::from("")
    }

    fn key(self) -> Self {
        self
    }
}

/// Where a row stands in an index.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Spot<K> {
    group: u128,
    place: K,
}

/// A row in an index.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry<K> {
    spot: Spot<K>,
    id: Uuid,
}

/// Where rows have places of their own, they are found by these alone.
impl<K> Borrow<Spot<K>> for Entry<K> {
    fn borrow(&self) -> &Spot<K> {
        &self.spot
    }
}

fn spot<P: Place>(group: impl Group, place: P) -> Spot<P::Key> {
    Spot { group: group.number(), place: place.key() }
}

/// Rows in groups, each in the order of a place; rows that share one in the order of ids.
pub(crate) struct Index<G, P: Place, E> {
    entries: OrdSet<Entry<P::Key>>,
    types: PhantomData<fn(G) -> E>,
}

impl<G: Group, P: Place, E> Index<G, P, E> {
    pub(crate) fn insert(&mut self, group: G, place: P, id: Id<E>) {
        self.entries.insert(Entry { spot: spot(group, place), id: id.uuid() });
    }

    /// Enters a row at a place of its own.
    ///
    /// # Errors
    ///
    /// [`Error::AlreadyExists`] of `field` where the place is taken.
    pub(crate) fn claim(&mut self, group: G, place: P, id: Id<E>, field: &'static str) -> Result<()>
    where
        E: Entity,
    {
        let spot = spot(group, place);
        if self.entries.contains(&spot) {
            return Err(Error::already_exists(E::KIND, field));
        }
        self.entries.insert(Entry { spot, id: id.uuid() });
        Ok(())
    }

    pub(crate) fn remove(&mut self, group: G, place: P, id: Id<E>) {
        self.entries.remove(&Entry { spot: spot(group, place), id: id.uuid() });
    }

    /// The row at this place of the group, which is its own.
    pub(crate) fn get(&self, group: G, place: P) -> Option<Id<E>> {
        self.entries.get(&spot(group, place)).map(|entry| Id::from_uuid(entry.id))
    }

    /// The group's rows in order, from the first or from after this one.
    pub(crate) fn after(
        &self,
        group: G,
        row: Option<(P, Id<E>)>,
    ) -> impl Iterator<Item = Id<E>> + use<'_, G, P, E> {
        let (place, id) =
            row.map_or_else(|| (P::least(), Uuid::nil()), |(place, id)| (place.key(), id.uuid()));
        let spot = Spot { group: group.number(), place };
        entries_after(&self.entries, Entry { spot, id }, None).map(Id::from_uuid)
    }

    /// The group's rows from one place to another, both included.
    pub(crate) fn between(
        &self,
        group: G,
        first: P,
        last: P,
    ) -> impl Iterator<Item = Id<E>> + use<'_, G, P, E> {
        // No row has the nil id.
        let start = Entry { spot: spot(group, first), id: Uuid::nil() };
        entries_after(&self.entries, start, Some(last.key())).map(Id::from_uuid)
    }

    /// The group's rows at this very place.
    pub(crate) fn at(&self, group: G, place: P) -> impl Iterator<Item = Id<E>> + use<'_, G, P, E>
    where
        P: Clone,
    {
        self.between(group, place.clone(), place)
    }

    /// Whether the group has a row.
    pub(crate) fn holds(&self, group: G) -> bool {
        self.after(group, None).next().is_some()
    }
}

/// The rows of the group after this one, up to and with those at the last place.
fn entries_after<K: Clone + Ord>(
    entries: &OrdSet<Entry<K>>,
    start: Entry<K>,
    last: Option<K>,
) -> impl Iterator<Item = Uuid> + use<'_, K> {
    let group = start.spot.group;
    entries
        .range((Excluded(start), Unbounded))
        .take_while(move |Entry { spot, .. }| {
            spot.group == group && last.as_ref().is_none_or(|last| spot.place <= *last)
        })
        .map(|entry| entry.id)
}

impl<G, P: Place, E> Clone for Index<G, P, E> {
    fn clone(&self) -> Self {
        Self { entries: self.entries.clone(), types: PhantomData }
    }
}

impl<G, P: Place, E> Default for Index<G, P, E> {
    fn default() -> Self {
        Self { entries: OrdSet::default(), types: PhantomData }
    }
}
