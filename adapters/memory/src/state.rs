//! All that is stored, and how it changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;
use tournament_core::{Dataset, EntityKind, Error, Id, Result, Tournament};
use uuid::Uuid;

use crate::changes::{Change, Changes};
use crate::kinds::{AnyRow, Indexes};
use crate::table::{Row, Table};

/// All that is stored. A clone is a snapshot: it shares every node of the trees with the original
/// until one of them changes it.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// The rows of each kind, in the order of [`EntityKind::ALL`].
    rows: [OrdMap<Uuid, AnyRow>; EntityKind::ALL.len()],
    indexes: Indexes,
}

impl State {
    pub(crate) fn table<E: Row>(&self) -> Table<'_, E> {
        Table::new(self.rows(E::KIND), E::indexes(&self.indexes))
    }

    /// The rows of a kind, by id.
    pub(crate) fn rows(&self, kind: EntityKind) -> &OrdMap<Uuid, AnyRow> {
        &self.rows[kind as usize]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.iter().all(OrdMap::is_empty)
    }

    /// The row with this id.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub(crate) fn get<E: Row>(&self, id: Id<E>) -> Result<&Arc<E>> {
        self.table().get(id).ok_or_else(|| Error::not_found(id))
    }

    /// The highest number that the tournament ever gave; 0 before the first.
    pub(crate) fn last_sequence_id(&self, id: Id<Tournament>) -> i64 {
        self.indexes.registrations.last_sequence_id(id)
    }

    /// The highest numbers of tournaments that are not what they were in the earlier state.
    pub(crate) fn numbers_since(&self, earlier: &Self) -> BTreeMap<Id<Tournament>, i64> {
        let mut numbers = BTreeMap::new();
        let registrations = &self.indexes.registrations;
        for id in registrations.tournaments_renumbered_since(&earlier.indexes.registrations) {
            if self.table().holds(id) {
                numbers.insert(id, self.last_sequence_id(id));
            }
        }
        numbers
    }

    /// Makes all of the changes, which is the only way to change anything. Where it fails, the
    /// state is left half changed: it is for the caller to throw it away.
    ///
    /// Every row is taken out before any is put in, so what one row gives up another may take; and
    /// every row is in before references are checked, so rows may come in any order.
    ///
    /// # Errors
    ///
    /// [`Error::AlreadyExists`], [`Error::ReferenceMissing`], [`Error::StillReferenced`].
    pub(crate) fn apply(&mut self, changes: &Changes) -> Result<()> {
        let before = || changes.rows.iter().filter_map(|change| change.before.as_ref());
        let after = || changes.rows.iter().filter_map(|change| change.after.as_ref());
        for row in before() {
            self.rows[row.kind() as usize].remove(&row.id());
            row.unlink(&mut self.indexes);
        }
        for row in after() {
            if self.rows[row.kind() as usize].insert(row.id(), row.clone()).is_some() {
                return Err(Error::already_exists(row.kind(), "id"));
            }
        }
        for row in after() {
            row.check_parents(self)?;
        }
        for row in after() {
            row.link(&mut self.indexes)?;
        }
        for Change { before, after } in &changes.rows {
            if let Some(before) = before {
                before.check_children(after.as_ref(), self)?;
            }
        }
        self.renumber(changes)
    }

    /// Makes a single change as [`apply`](Self::apply) does, but whole or not at all: where it fails, the
    /// state is as it was.
    ///
    /// # Errors
    ///
    /// Those of `apply`.
    pub(crate) fn apply_one(&mut self, change: &Change) -> Result<()> {
        // What stands elsewhere does not depend on the row itself, so it is looked at first.
        if let Change { before: None, after: Some(row) } = change
            && self.rows(row.kind()).contains_key(&row.id())
        {
            return Err(Error::already_exists(row.kind(), "id"));
        }
        let Change { before, after } = change;
        if let Some(row) = after {
            row.check_parents(self)?;
        }
        if let Some(row) = before {
            row.check_children(after.as_ref(), self)?;
            row.unlink(&mut self.indexes);
        }
        if let Some(row) = after
            && let Err(taken) = row.link(&mut self.indexes)
        {
            if let Some(row) = before {
                row.link(&mut self.indexes)?;
            }
            return Err(taken);
        }
        match (before, after) {
            (_, Some(row)) => drop(self.rows[row.kind() as usize].insert(row.id(), row.clone())),
            (Some(row), None) => {
                self.rows[row.kind() as usize].remove(&row.id());
                self.forget_number(row);
            }
            (None, None) => {}
        }
        Ok(())
    }

    /// The number of a tournament that is gone is gone with it.
    fn forget_number(&mut self, gone: &AnyRow) {
        if let AnyRow::Tournament(gone) = gone {
            self.indexes.registrations.set_last_sequence_id(gone.id, 0);
        }
    }

    fn renumber(&mut self, changes: &Changes) -> Result<()> {
        for change in &changes.rows {
            if let Change { before: Some(gone), after: None } = change {
                self.forget_number(gone);
            }
        }
        for (&id, &number) in &changes.last_sequence_ids {
            if !self.table().holds(id) {
                return Err(Error::reference_missing(EntityKind::Tournament, "last_sequence_ids"));
            }
            self.indexes.registrations.set_last_sequence_id(id, number);
        }
        Ok(())
    }

    pub(crate) fn export(&self) -> Dataset {
        let mut dataset = Dataset::new();
        dataset.players = self.all();
        dataset.venues = self.all();
        dataset.formats = self.all();
        dataset.tournaments = self.all();
        dataset.registrations = self.all();
        dataset.components = self.all();
        dataset.rounds = self.all();
        dataset.matches = self.all();
        dataset.last_sequence_ids = self.indexes.registrations.last_sequence_ids();
        dataset
    }

    fn all<E: Row>(&self) -> Vec<E> {
        let table = self.table::<E>();
        let mut rows = Vec::with_capacity(table.len());
        for row in table.after(None) {
            rows.push(E::clone(row));
        }
        rows
    }
}
