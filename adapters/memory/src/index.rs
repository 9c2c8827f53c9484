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

/// Where a row stands within its group. An index has either numbers or texts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Number(u128),
    Text(Arc<str>),
}

/// The place before all others.
const FIRST: Place = Place::Number(0);

/// Numbers in the order of the integers.
fn unsigned(integer: i64) -> u128 {
    u128::from(integer.cast_unsigned() ^ (1 << 63))
}

impl From<()> for Place {
    fn from((): ()) -> Self {
        FIRST
    }
}

impl From<i64> for Place {
    fn from(integer: i64) -> Self {
        Self::Number(unsigned(integer))
    }
}

impl From<(i64, i64)> for Place {
    fn from((first, second): (i64, i64)) -> Self {
        Self::Number(unsigned(first) << 64 | unsigned(second))
    }
}

impl From<Time> for Place {
    fn from(time: Time) -> Self {
        Self::Number(unsigned(time.timestamp()) << 64 | u128::from(time.timestamp_subsec_nanos()))
    }
}

impl<E> From<Id<E>> for Place {
    fn from(id: Id<E>) -> Self {
        Self::Number(id.uuid().as_u128())
    }
}

impl From<Arc<str>> for Place {
    fn from(text: Arc<str>) -> Self {
        Self::Text(text)
    }
}

/// Where a row stands in an index.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    group: u128,
    place: Place,
}

/// A row in an index.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    spot: Spot,
    id: Uuid,
}

/// Where rows have places of their own, they are found by these alone.
impl Borrow<Spot> for Entry {
    fn borrow(&self) -> &Spot {
        &self.spot
    }
}

fn spot(group: impl Group, place: impl Into<Place>) -> Spot {
    Spot { group: group.number(), place: place.into() }
}

/// Rows in groups, each in the order of a place; rows that share one in the order of ids.
pub(crate) struct Index<G, P, E> {
    entries: OrdSet<Entry>,
    types: PhantomData<fn(G, P) -> E>,
}

impl<G: Group, P: Into<Place>, E> Index<G, P, E> {
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
        let (place, id) = row.map_or((FIRST, Uuid::nil()), |(place, id)| (place.into(), id.uuid()));
        let spot = spot(group, place);
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
        entries_after(&self.entries, start, Some(last.into())).map(Id::from_uuid)
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
fn entries_after(
    entries: &OrdSet<Entry>,
    start: Entry,
    last: Option<Place>,
) -> impl Iterator<Item = Uuid> + use<'_> {
    let group = start.spot.group;
    entries
        .range((Excluded(start), Unbounded))
        .take_while(move |Entry { spot, .. }| {
            spot.group == group && last.as_ref().is_none_or(|last| spot.place <= *last)
        })
        .map(|entry| entry.id)
}

impl<G, P, E> Clone for Index<G, P, E> {
    fn clone(&self) -> Self {
        Self { entries: self.entries.clone(), types: PhantomData }
    }
}

impl<G, P, E> Default for Index<G, P, E> {
    fn default() -> Self {
        Self { entries: OrdSet::default(), types: PhantomData }
    }
}
