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

    pub(crate) fn state(&self) -> Result<Arc<State>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone().ok_or_else(|| Error::unavailable("it is closed", None))
    }

    /// Replaces the state by what `next` makes of it.
    pub(crate) fn replace<T>(
        &self,
        next: impl FnOnce(&Arc<State>) -> Result<(Arc<State>, T)>,
    ) -> Result<T> {
        let _writing = self.lock_writing();
        let (state, answer) = next(&self.state()?)?;
        self.set(Some(state));
        Ok(answer)
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

impl Access for Arc<Shared> {
    fn state(&self) -> Result<Arc<State>> {
        Shared::state(self)
    }

    fn write<P, T>(
        &self,
        _: EntityKind,
        prepare: impl FnOnce() -> Result<P>,
        change: impl FnOnce(&State, P) -> Result<(Changes, T)>,
    ) -> Result<T> {
        self.state()?;
        let prepared = prepare()?;
        self.replace(|current| {
            let (changes, answer) = change(current, prepared)?;
            let mut next = State::clone(current);
            next.apply(&changes)?;
            Ok((Arc::new(next), answer))
        })
    }
}
