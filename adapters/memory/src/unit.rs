//! Units of work.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tournament_core::adapter::read_only_refusal;
use tournament_core::{
    EntityKind, Error, Id, Result, Tournament, UnitOfWork, UnitOptions, async_trait,
};
use uuid::Uuid;

use crate::changes::{Change, Changes};
use crate::kinds::{AnyRow, same};
use crate::line::Place;
use crate::rows::{Access, MemoryRows};
use crate::shared::Shared;
use crate::state::State;

/// A unit of work on a [`MemoryStore`](crate::MemoryStore).
#[derive(Debug)]
pub struct MemoryUnit {
    unit: Arc<Unit>,
    rows: MemoryRows,
}

impl MemoryUnit {
    pub(crate) fn begin(
        store: &Arc<Shared>,
        options: UnitOptions,
        place: Option<Place>,
    ) -> Result<Self> {
        let base = store.current()?;
        let unit = Arc::new(Unit {
            store: Arc::clone(store),
            read_only: options.read_only,
            work: Mutex::new(Some(Work {
                state: Arc::clone(&base),
                base,
                touched: Touched::default(),
                _place: place,
            })),
        });
        Ok(Self { rows: MemoryRows(unit.clone()), unit })
    }

    /// The unit's rows, without futures and copies.
    #[must_use]
    pub fn rows(&self) -> &MemoryRows {
        &self.rows
    }

    /// [`commit`](UnitOfWork::commit), without a future.
    ///
    /// # Errors
    ///
    /// Those of `commit`.
    pub fn commit_now(self) -> Result<()> {
        let work = self.unit.work().take().ok_or_else(Error::aborted)?;
        let store = &self.unit.store;
        store.current()?;
        if work.is_untouched() {
            return Ok(());
        }
        store.replace(&mut |current| {
            if Arc::ptr_eq(current, &work.base) {
                Ok(Arc::clone(&work.state))
            } else {
                work.rebase(current)
            }
        })
    }
}

tournament_core::adapter::delegate_repositories!(MemoryUnit, rows);

#[async_trait]
impl UnitOfWork for MemoryUnit {
    async fn commit(self: Box<Self>) -> Result<()> {
        self.commit_now()
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

/// Rolls back what was not committed, also where somebody holds on to the unit's rows.
impl Drop for MemoryUnit {
    fn drop(&mut self) {
        drop(self.unit.work().take());
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
        let answer = self.store.current().and_then(|_| call(&mut work));
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

    fn write(
        &self,
        kind: EntityKind,
        prepared: Result<Changes>,
        complete: &dyn Fn(&State, &mut Changes) -> Result<()>,
    ) -> Result<Changes> {
        self.within(|work| {
            if self.read_only {
                return Err(read_only_refusal(kind));
            }
            let mut changes = prepared?;
            complete(&work.state, &mut changes)?;
            work.write(&changes)?;
            Ok(changes)
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
    /// Parents before their children, as in [`EntityKind::ALL`].
    rows: BTreeSet<(EntityKind, Uuid)>,
    /// Tournaments whose highest number the unit may have raised.
    numbers: BTreeSet<Id<Tournament>>,
}

impl Touched {
    fn add(&mut self, changes: &Changes) {
        for row in changes.rows.iter().filter_map(Change::row) {
            self.rows.insert((row.kind(), row.id()));
            match row {
                AnyRow::Tournament(row) => self.numbers.insert(row.id),
                AnyRow::Registration(row) => self.numbers.insert(row.tournament_id),
                _ => continue,
            };
        }
        for &id in &changes.relied_on {
            self.rows.insert((EntityKind::Tournament, id.uuid()));
        }
        self.numbers.extend(changes.relied_on.iter().chain(changes.last_sequence_ids.keys()));
    }
}

impl Work {
    fn is_untouched(&self) -> bool {
        Arc::ptr_eq(&self.base, &self.state)
    }

    /// Changes what the unit sees. Where this fails the state is spoilt, which does not matter: such
    /// a failure finishes the unit.
    fn write(&mut self, changes: &Changes) -> Result<()> {
        Arc::make_mut(&mut self.state).apply(changes)?;
        self.touched.add(changes);
        Ok(())
    }

    /// Repeats what the unit did on a state that has moved on since it began.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] where another has changed what the unit depends on, or has broken what a
    /// constraint of the unit's rows needs. Tried again, the unit meets that change itself.
    fn rebase(&self, current: &State) -> Result<Arc<State>> {
        let mut changes = Changes::default();
        for (kind, id) in &self.touched.rows {
            let row = |state: &State| state.rows(*kind).get(id).cloned();
            let (before, after) = (row(&self.base), row(&self.state));
            if !same(before.as_ref(), row(current).as_ref()) {
                return Err(Error::busy(OVERTAKEN, None));
            }
            if !same(before.as_ref(), after.as_ref()) {
                changes.rows.push(Change { before, after });
            }
        }
        changes.last_sequence_ids = self.numbers(current)?;
        let mut next = current.clone();
        next.apply(&changes).map_err(|error| Error::busy(OVERTAKEN, Some(error.into())))?;
        Ok(Arc::new(next))
    }

    /// The highest numbers that the unit leaves behind.
    fn numbers(&self, current: &State) -> Result<BTreeMap<Id<Tournament>, i64>> {
        let mut numbers = BTreeMap::new();
        for &id in &self.touched.numbers {
            let base = self.base.last_sequence_id(id);
            let number = self.state.last_sequence_id(id);
            if number == base {
                continue;
            }
            if current.last_sequence_id(id) != base {
                return Err(Error::busy(OVERTAKEN, None));
            }
            if self.state.table().holds(id) {
                numbers.insert(id, number);
            }
        }
        Ok(numbers)
    }
}

const OVERTAKEN: &str = "another has changed what this unit of work depends on";

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unit").finish_non_exhaustive()
    }
}
