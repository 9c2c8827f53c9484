//! Units of work.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tournament_core::adapter::read_only_refusal;
use tournament_core::{
    EntityKind, Error, Id, Result, Tournament, UnitOfWork, UnitOptions, async_trait,
};

use crate::changes::{Change, Changes};
use crate::kinds::{Family, Kinds, Visitor, each_kind};
use crate::line::Place;
use crate::session::{Access, Session};
use crate::shared::Shared;
use crate::state::State;
use crate::table::Row;

/// A unit of work on a [`MemoryStore`](crate::MemoryStore).
pub(crate) struct MemoryUnit {
    session: Session<Unit>,
}

impl MemoryUnit {
    pub(crate) fn begin(
        store: &Arc<Shared>,
        options: UnitOptions,
        place: Option<Place>,
    ) -> Result<Self> {
        let base = store.state()?;
        let unit = Unit {
            store: Arc::clone(store),
            read_only: options.read_only,
            work: Mutex::new(Some(Work {
                state: Arc::clone(&base),
                base,
                touched: Touched::default(),
                _place: place,
            })),
        };
        Ok(Self { session: Session(unit) })
    }
}

tournament_core::adapter::delegate_repositories!(MemoryUnit, session);

#[async_trait]
impl UnitOfWork for MemoryUnit {
    async fn commit(self: Box<Self>) -> Result<()> {
        let unit = &self.session.0;
        let work = unit.work().take().ok_or_else(Error::aborted)?;
        unit.store.state()?;
        if work.is_untouched() {
            return Ok(());
        }
        unit.store.replace(|current| {
            let next =
                if Arc::ptr_eq(current, &work.base) { work.state } else { work.rebase(current)? };
            Ok((next, ()))
        })
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

/// How the repositories of a unit come by its state.
struct Unit {
    store: Arc<Shared>,
    read_only: bool,
    /// `None` once the unit is finished.
    work: Mutex<Option<Work>>,
}

impl Unit {
    fn work(&self) -> MutexGuard<'_, Option<Work>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something in the unit, and finishes it unless it can go on after the answer.
    fn within<T>(&self, call: impl FnOnce(&mut Work) -> Result<T>) -> Result<T> {
        let mut open = self.work();
        // Out of its place meanwhile, so that a panic leaves no half-done work to commit.
        let mut work = open.take().ok_or_else(Error::aborted)?;
        let answer = self.store.state().and_then(|_| call(&mut work));
        if answer.as_ref().err().is_none_or(Error::leaves_unit_open) {
            *open = Some(work);
        }
        answer
    }
}

impl Access for Unit {
    fn state(&self) -> Result<Arc<State>> {
        self.within(|work| Ok(Arc::clone(&work.state)))
    }

    fn write<P, T>(
        &self,
        kind: EntityKind,
        prepare: impl FnOnce() -> Result<P>,
        change: impl FnOnce(&State, P) -> Result<(Changes, T)>,
    ) -> Result<T> {
        self.within(|work| {
            if self.read_only {
                return Err(read_only_refusal(kind));
            }
            let (changes, answer) = change(&work.state, prepare()?)?;
            work.write(&changes)?;
            Ok(answer)
        })
    }
}

/// What a unit has done so far.
struct Work {
    /// The store's state when the unit began.
    base: Arc<State>,
    /// What the unit sees: the base and its own writes.
    state: Arc<State>,
    touched: Touched,
    /// Its place in the line, if it had to stand in it.
    _place: Option<Place>,
}

/// Which rows a unit depends on.
#[derive(Default)]
struct Touched {
    rows: Kinds<Ids>,
    /// Tournaments whose highest number the unit may have raised.
    numbers: BTreeSet<Id<Tournament>>,
}

/// A set of ids for each kind.
struct Ids;

impl Family for Ids {
    type Of<E: Row> = BTreeSet<Id<E>>;
}

impl Work {
    fn is_untouched(&self) -> bool {
        Arc::ptr_eq(&self.base, &self.state)
    }

    /// Changes what the unit sees. Where this fails the state is spoilt, which does not matter: such
    /// a failure finishes the unit.
    fn write(&mut self, changes: &Changes) -> Result<()> {
        Arc::make_mut(&mut self.state).apply(changes)?;
        each_kind(&mut Touching { touched: &mut self.touched, changes })?;
        let tournaments = &mut self.touched.rows.tournaments;
        tournaments.extend(&changes.relied_on);
        let registrations = &changes.rows.registrations;
        let rows = registrations.iter().filter_map(Change::row);
        let numbers = &mut self.touched.numbers;
        numbers.extend(rows.map(|row| row.tournament_id));
        numbers.extend(changes.last_sequence_ids.keys());
        Ok(())
    }

    /// Repeats what the unit did on a state that has moved on since it began.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] where another has changed what the unit depends on, or has broken what a
    /// constraint of the unit's rows needs. Tried again, the unit meets that change itself.
    fn rebase(&self, current: &State) -> Result<Arc<State>> {
        let mut rebasing = Rebasing { work: self, current, changes: Changes::default() };
        each_kind(&mut rebasing)?;
        rebasing.take_numbers()?;
        let mut next = current.clone();
        next.apply(&rebasing.changes)
            .map_err(|error| Error::busy(OVERTAKEN, Some(error.into())))?;
        Ok(Arc::new(next))
    }
}

const OVERTAKEN: &str = "another has changed what this unit of work depends on";

struct Touching<'a> {
    touched: &'a mut Touched,
    changes: &'a Changes,
}

impl Visitor for Touching<'_> {
    fn visit<E: Row>(&mut self) -> Result<()> {
        let rows = E::of(&self.changes.rows).iter().filter_map(Change::row);
        E::of_mut(&mut self.touched.rows).extend(rows.map(|row| row.id()));
        Ok(())
    }
}

struct Rebasing<'a> {
    work: &'a Work,
    current: &'a State,
    changes: Changes,
}

impl Rebasing<'_> {
    fn take_numbers(&mut self) -> Result<()> {
        let touched = &self.work.touched;
        for &id in touched.numbers.union(&touched.rows.tournaments) {
            let base = self.work.base.last_sequence_id(id);
            let number = self.work.state.last_sequence_id(id);
            if number == base {
                continue;
            }
            if self.current.last_sequence_id(id) != base {
                return Err(Error::busy(OVERTAKEN, None));
            }
            if self.work.state.table::<Tournament>().holds(id) {
                self.changes.last_sequence_ids.insert(id, number);
            }
        }
        Ok(())
    }
}

impl Visitor for Rebasing<'_> {
    fn visit<E: Row>(&mut self) -> Result<()> {
        for &id in E::of(&self.work.touched.rows) {
            let before = self.work.base.table().get(id);
            let after = self.work.state.table().get(id);
            if !same(before, self.current.table().get(id)) {
                return Err(Error::busy(OVERTAKEN, None));
            }
            if !same(before, after) {
                E::of_mut(&mut self.changes.rows)
                    .push(Change { before: before.cloned(), after: after.cloned() });
            }
        }
        Ok(())
    }
}

/// Whether both are the very same row, or both are absent.
fn same<E>(one: Option<&Arc<E>>, other: Option<&Arc<E>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}
