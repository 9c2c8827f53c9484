//! A store that is kept elsewhere, as a snapshot and a journal of what changed since.
//!
//! Where the records are kept is JavaScript's to do. This side makes them, reads them back, and knows
//! which of what is in memory has been stored: a record is made of all that has changed since the last,
//! and counts once it is known to be stored. Until then only the store's own writers see the change, so
//! that nothing is read that might yet be lost.

mod record;

use tournament_core::{Error, Result};
use tournament_memory::{ChangeSet, MemoryStore, Snapshot};
use wasm_bindgen::prelude::wasm_bindgen;

use self::record::{Contents, Record};
use crate::Session;
use crate::answer::{Answer, thrown};

/// A store and what of it is stored elsewhere.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Journal {
    /// What writers write to.
    head: MemoryStore,
    /// What is stored: what readers read.
    stored: MemoryStore,
    /// The number of the last record that is stored; 0 before the first.
    sequence: u64,
    /// What the record that is being stored leads to.
    pending: Option<Snapshot>,
}

#[wasm_bindgen]
impl Journal {
    /// An empty store, of which nothing is stored elsewhere.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)] // JavaScript has constructors, and no defaults.
    #[must_use]
    pub fn new() -> Self {
        Self { head: MemoryStore::new(), stored: MemoryStore::new(), sequence: 0, pending: None }
    }

    /// The store for whoever writes.
    #[must_use]
    pub fn head(&self) -> Session {
        Session::over(self.head.clone())
    }

    /// The store for whoever reads: what has been stored.
    #[must_use]
    pub fn stored(&self) -> Session {
        Session::over(self.stored.clone())
    }

    /// The number of the last record that is stored; 0 before the first.
    #[wasm_bindgen(getter)]
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // Exact up to 2⁵³ records.
    pub fn sequence(&self) -> f64 {
        self.sequence as f64
    }

    /// Takes in a record: a snapshot, or the changes that follow the last record.
    ///
    /// # Errors
    ///
    /// `corrupt` where the record is damaged or does not follow, `schema_too_new` where a newer program
    /// wrote it. The store then is as before.
    pub fn load(&mut self, record: &[u8]) -> Answer<()> {
        self.take_in(record).map_err(|error| error.thrown())
    }

    /// The record of all that has changed since the last one, or nothing where nothing has. It counts
    /// once it is [accepted](Self::accept); until then there is no other.
    pub fn changes(&mut self) -> Answer<Option<Vec<u8>>> {
        self.pending_record().map_err(|error| thrown(&error))
    }

    /// The record that was made last is stored.
    pub fn accept(&mut self) -> Answer<()> {
        let accepted = self.pending.take().map_or(Ok(()), |pending| {
            self.sequence += 1;
            self.stored.restore(&pending)
        });
        accepted.map_err(|error| thrown(&error))
    }

    /// Whether nothing is left of what was stored: the record that was made last deletes all of it.
    #[wasm_bindgen(js_name = isEmptied)]
    #[must_use]
    pub fn is_emptied(&self) -> bool {
        self.pending.as_ref().is_some_and(Snapshot::is_empty)
    }

    /// The record that was made last left nothing, and every record is deleted: their numbers begin anew.
    pub fn restart(&mut self) -> Answer<()> {
        self.accept()?;
        self.sequence = 0;
        Ok(())
    }

    /// The record that was made last could not be stored, but what it holds stays: the next has it too.
    pub fn retain(&mut self) {
        self.pending = None;
    }

    /// The record that was made last could not be stored: what is not stored is undone.
    pub fn revert(&mut self) -> Answer<()> {
        self.pending = None;
        let reverted = self.stored.snapshot().and_then(|stored| self.head.restore(&stored));
        reverted.map_err(|error| thrown(&error))
    }

    /// The record of all that is stored, in the place of every record so far.
    pub fn snapshot(&self) -> Answer<Vec<u8>> {
        let snapshot = self.stored.snapshot();
        let record = snapshot.and_then(|stored| {
            Record { sequence: self.sequence, contents: Contents::Snapshot(stored.export()) }
                .written()
        });
        record.map_err(|error| thrown(&error))
    }
}

impl Journal {
    fn take_in(&mut self, record: &[u8]) -> std::result::Result<(), record::Unreadable> {
        let Record { sequence, contents } = Record::read(record)?;
        match contents {
            Contents::Snapshot(dataset) => {
                let next = MemoryStore::new();
                next.rows().import_rows(&dataset)?;
                self.stored.restore(&next.snapshot()?)?;
            }
            Contents::Changes(_) if sequence != self.sequence + 1 => {
                return Err(record::Unreadable::damaged(format!(
                    "record {sequence} follows record {}",
                    self.sequence
                )));
            }
            Contents::Changes(changes) => self.stored.apply(&changes)?,
        }
        self.head.restore(&self.stored.snapshot()?)?;
        self.sequence = sequence;
        Ok(())
    }

    fn pending_record(&mut self) -> Result<Option<Vec<u8>>> {
        if self.pending.is_some() {
            return Err(Error::backend("a record is already on its way to be stored", None));
        }
        let now = self.head.snapshot()?;
        let changes: ChangeSet = now.changes_since(&self.stored.snapshot()?);
        if changes.is_empty() {
            return Ok(None);
        }
        let record = Record { sequence: self.sequence + 1, contents: Contents::Changes(changes) };
        let written = record.written()?;
        self.pending = Some(now);
        Ok(Some(written))
    }
}
