//! A store, or a unit of work on one.

use std::fmt;

use tournament_core::{Error, Result, Store, UnitOptions};
use tournament_memory::{MemoryRows, MemoryStore, MemoryUnit};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::answer::{Answer, answered, done, ready, thrown};
use crate::input::parsed_lists;

/// A store in memory, or a unit of work on one. Both have rows, of a kind that a number chooses.
#[wasm_bindgen]
pub struct Session(Source);

enum Source {
    Store(MemoryStore),
    /// `None` once it is committed or rolled back.
    Unit(Option<MemoryUnit>),
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    pub(crate) fn over(store: MemoryStore) -> Self {
        Self(Source::Store(store))
    }

    pub(crate) fn rows(&self) -> Result<&MemoryRows> {
        match &self.0 {
            Source::Store(store) => Ok(store.rows()),
            Source::Unit(Some(unit)) => Ok(unit.rows()),
            Source::Unit(None) => Err(Error::aborted()),
        }
    }

    fn store(&self) -> Result<&MemoryStore> {
        match &self.0 {
            Source::Store(store) => Ok(store),
            Source::Unit(_) => {
                Err(Error::backend("only a store has this, not a unit of work", None))
            }
        }
    }

    fn take_unit(&mut self) -> Result<MemoryUnit> {
        match &mut self.0 {
            Source::Unit(unit) => unit.take().ok_or_else(Error::aborted),
            Source::Store(_) => {
                Err(Error::backend("only a unit of work has this, not a store", None))
            }
        }
    }
}

#[wasm_bindgen]
impl Session {
    /// A new store without rows.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)] // JavaScript has constructors, and no defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::over(MemoryStore::new())
    }

    /// [`Store::begin`]
    pub fn begin(&self, read_only: bool) -> Answer<Session> {
        let options = UnitOptions::new();
        let options = if read_only { options.read_only() } else { options };
        let unit = self.store().and_then(|store| store.begin_now(options));
        unit.map(|unit| Self(Source::Unit(Some(unit)))).map_err(|error| thrown(&error))
    }

    /// [`UnitOfWork::commit`](tournament_core::UnitOfWork::commit)
    pub fn commit(&mut self) -> Answer<()> {
        done(self.take_unit().and_then(MemoryUnit::commit_now))
    }

    /// [`Repositories::import`](tournament_core::Repositories::import)
    pub fn import(&self, dataset: &str) -> Answer<()> {
        done(self.rows().and_then(|rows| {
            let dataset = parsed_lists(dataset)?;
            rows.import_rows(&dataset)
        }))
    }

    /// Puts a dataset in the place of all that is stored, in one step.
    pub fn replace(&self, dataset: &str) -> Answer<()> {
        done(self.store().and_then(|store| {
            let next = MemoryStore::new();
            next.rows().import_rows(&parsed_lists(dataset)?)?;
            store.restore(&next.snapshot()?)
        }))
    }

    /// [`Store::export`]
    pub fn export(&self) -> Answer {
        answered(self.store().and_then(|store| Ok(store.snapshot()?.export())))
    }

    /// [`Store::health`]
    pub fn health(&self) -> Answer {
        answered(self.store().and_then(|store| ready(async { Ok(store.health().await) })))
    }

    /// [`Store::clear`]
    pub fn clear(&self) -> Answer<()> {
        done(self.store().and_then(|store| ready(store.clear())))
    }

    /// [`Store::close`]
    pub fn close(&self) -> Answer<()> {
        done(self.store().and_then(|store| ready(store.close())))
    }
}
