//! The state that all tasks share, and how it moves from one to the next.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tournament_core::{EntityKind, Error, Result};

use crate::changes::Changes;
use crate::line::Line;
use crate::session::Access;
use crate::state::State;

/// The current state, which readers take as a snapshot and writers replace as a whole.
pub(crate) struct Shared {
    /// Held from the moment a writer looks until its state is in place, so writers go one by one.
    /// Readers need not wait for it, however much is being written.
    writing: Mutex<()>,
    /// Held only to take or to replace the pointer. Every state is whole before it is put here, so
    /// what a panic leaves behind is sound. `None` once the store is closed.
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
        self.replace(&mut |current| {
            complete(current, &mut changes)?;
            let mut next = State::clone(current);
            next.apply(&changes)?;
            Ok(Arc::new(next))
        })?;
        Ok(changes)
    }
}
