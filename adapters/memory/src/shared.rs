//! The state that all tasks share, and how it moves from one to the next.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tournament_core::{EntityKind, Error, Result};

use crate::changes::Changes;
use crate::line::Line;
use crate::rows::Access;
use crate::state::State;

/// The current state, which readers take as a snapshot and writers replace as a whole.
pub(crate) struct Shared {
    /// Held from the moment a writer looks until its state is in place, so writers go one by one.
    /// Readers need not wait for it, however much is being written: for a single row they may wait as
    /// long as it takes to put that in place.
    writing: Mutex<()>,
    /// Held only to take or to replace the pointer, or to change a single row. `None` once the store is
    /// closed.
    current: RwLock<Option<Arc<State>>>,
    line: Line,
}

impl Shared {
    pub(crate) fn new() -> Self {
        Self {
            writing: Mutex::default(),
            current: RwLock::new(Some(Arc::default())),
            line: Line::default(),
        }
    }

    pub(crate) fn line(&self) -> &Line {
        &self.line
    }

    pub(crate) fn current(&self) -> Result<Arc<State>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone().ok_or_else(|| Error::unavailable("it is closed", None))
    }

    /// Replaces the state by what `next` makes of it.
    pub(crate) fn replace(
        &self,
        next: &mut dyn FnMut(&Arc<State>) -> Result<Arc<State>>,
    ) -> Result<()> {
        let _writing = self.lock_writing();
        let state = next(&self.current()?)?;
        self.set(Some(state));
        Ok(())
    }

    /// Changes a single row where it is, if nobody holds the state: to copy the way to it in every tree
    /// takes several times as long. Readers that come meanwhile wait for it. None of its steps panics: what
    /// is half changed here nobody could throw away.
    fn change_in_place(&self, changes: &Changes) -> Option<Result<()>> {
        let [change] = &*changes.rows else { return None };
        if !changes.last_sequence_ids.is_empty() {
            return None;
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let state = current.as_mut().and_then(Arc::get_mut)?;
        Some(state.apply_one(change))
    }

    /// Lets go of everything; every later call fails.
    pub(crate) fn close(&self) {
        let _writing = self.lock_writing();
        self.set(None);
    }

    fn lock_writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: Option<Arc<State>>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let last = std::mem::replace(&mut *current, state);
        // Whoever drops the last reference frees the trees: not while readers wait.
        drop(current);
        drop(last);
    }
}

impl Access for Shared {
    fn state(&self) -> Result<Arc<State>> {
        self.current()
    }

    fn write(
        &self,
        _: EntityKind,
        prepared: Result<Changes>,
        complete: &dyn Fn(&State, &mut Changes) -> Result<()>,
    ) -> Result<Changes> {
        self.state()?;
        let mut changes = prepared?;
        let _writing = self.lock_writing();
        complete(&*self.current()?, &mut changes)?;
        let done = self.change_in_place(&changes).unwrap_or_else(|| {
            let mut next = State::clone(&*self.current()?);
            next.apply(&changes)?;
            self.set(Some(Arc::new(next)));
            Ok(())
        });
        done.map(|()| changes)
    }
}
