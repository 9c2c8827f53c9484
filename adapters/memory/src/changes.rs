//! What one step changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use tournament_core::{Dataset, Error, Id, Result, Tournament};

use crate::kinds::AnyRow;
use crate::table::Row;

/// A row as it was and as it is to be; absent where there was or is to be none.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) before: Option<AnyRow>,
    pub(crate) after: Option<AnyRow>,
}

impl Change {
    pub(crate) fn store<E: Row>(row: E) -> Self {
        Self { before: None, after: Some(E::erase(Arc::new(row))) }
    }

    pub(crate) fn delete<E: Row>(row: &Arc<E>) -> Self {
        Self { before: Some(E::erase(Arc::clone(row))), after: None }
    }

    /// The row, as it is or was.
    pub(crate) fn row(&self) -> Option<&AnyRow> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// The row as it is to be, if it is of this kind.
    pub(crate) fn stored<E: Row>(&self) -> Option<&Arc<E>> {
        self.after.as_ref().and_then(E::of)
    }

    /// [`stored`](Self::stored), to change it.
    pub(crate) fn stored_mut<E: Row>(&mut self) -> Option<&mut E> {
        self.after.as_mut().and_then(E::of_mut).map(Arc::make_mut)
    }
}

/// All that one step changes.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) rows: Vec<Change>,
    /// Tournaments' highest numbers as they are to be. Beyond these, registrations that are stored
    /// raise their tournament's number by themselves.
    pub(crate) last_sequence_ids: BTreeMap<Id<Tournament>, i64>,
    /// Tournaments that must not have changed, although the step leaves them alone.
    pub(crate) relied_on: Vec<Id<Tournament>>,
}

impl Changes {
    /// Stores this row.
    pub(crate) fn store<E: Row>(row: E) -> Self {
        Self { rows: vec![Change::store(row)], ..Self::default() }
    }

    /// Stores these rows.
    pub(crate) fn store_many<E: Row>(rows: Vec<E>) -> Self {
        let mut changes = Self::default();
        changes.add(rows);
        changes
    }

    /// Stores all rows of a dataset, parents before their children, and its numbers.
    pub(crate) fn store_all(dataset: Dataset) -> Self {
        let mut changes = Self::default();
        changes.rows.reserve(dataset.len());
        changes.add(dataset.players);
        changes.add(dataset.venues);
        changes.add(dataset.formats);
        changes.add(dataset.tournaments);
        changes.add(dataset.registrations);
        changes.add(dataset.components);
        changes.add(dataset.rounds);
        changes.add(dataset.matches);
        changes.last_sequence_ids = dataset.last_sequence_ids;
        changes
    }

    fn add<E: Row>(&mut self, rows: Vec<E>) {
        self.rows.reserve(rows.len());
        for row in rows {
            self.rows.push(Change::store(row));
        }
    }

    /// The rows of this kind that are stored.
    pub(crate) fn stored<E: Row>(&self) -> impl Iterator<Item = &Arc<E>> {
        self.rows.iter().filter_map(Change::stored)
    }

    /// The stored row with this id.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where this is not among the changes.
    pub(crate) fn stored_row<E: Row>(&self, id: Id<E>) -> Result<Arc<E>> {
        let row = self.stored::<E>().find(|row| row.id() == id);
        row.cloned().ok_or_else(|| Error::not_found(id))
    }
}
