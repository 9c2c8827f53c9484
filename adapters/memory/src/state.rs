//! All that is stored, and how it changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use tournament_core::{Dataset, EntityKind, Error, Id, Result, Tournament};

use crate::changes::{Change, Changes};
use crate::kinds::{Kinds, Visitor, each_kind};
use crate::table::{Row, Table, Tables};

/// All that is stored. A clone is a snapshot: it shares every node of the trees with the original
/// until one of them changes it.
#[derive(Clone, Default)]
pub(crate) struct State {
    pub(crate) tables: Kinds<Tables>,
}

impl State {
    pub(crate) fn table<E: Row>(&self) -> &Table<E> {
        E::of(&self.tables)
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
        self.tables.registrations.indexes.last_sequence_id(id)
    }

    /// The highest numbers of tournaments that are not what they were in the earlier state.
    pub(crate) fn numbers_since(&self, earlier: &Self) -> BTreeMap<Id<Tournament>, i64> {
        let numbers = &self.tables.registrations.indexes;
        numbers
            .tournaments_renumbered_since(&earlier.tables.registrations.indexes)
            .filter(|&id| self.tables.tournaments.holds(id))
            .map(|id| (id, self.last_sequence_id(id)))
            .collect()
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
        for step in
            [Step::Remove, Step::Insert, Step::CheckParents, Step::Link, Step::CheckChildren]
        {
            each_kind(&mut Applying { state: self, changes, step })?;
        }
        let numbers = &mut self.tables.registrations.indexes;
        for change in &changes.rows.tournaments {
            if let Change { before: Some(gone), after: None } = change {
                numbers.set_last_sequence_id(gone.id, 0);
            }
        }
        for (&id, &number) in &changes.last_sequence_ids {
            if !self.tables.tournaments.holds(id) {
                return Err(Error::reference_missing(EntityKind::Tournament, "last_sequence_ids"));
            }
            numbers.set_last_sequence_id(id, number);
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
        dataset.last_sequence_ids = self.tables.registrations.indexes.last_sequence_ids();
        dataset
    }

    fn all<E: Row>(&self) -> Vec<E> {
        let rows = self.table::<E>().after(None);
        rows.map(|row| E::clone(row)).collect()
    }
}

#[derive(Clone, Copy)]
enum Step {
    Remove,
    Insert,
    CheckParents,
    Link,
    CheckChildren,
}

struct Applying<'a> {
    state: &'a mut State,
    changes: &'a Changes,
    step: Step,
}

impl Visitor for Applying<'_> {
    fn visit<E: Row>(&mut self) -> Result<()> {
        for change in E::of(&self.changes.rows) {
            let table = E::of_mut(&mut self.state.tables);
            match (self.step, &change.before, &change.after) {
                (Step::Remove, Some(before), _) => table.remove(before),
                (Step::Insert, _, Some(after)) => table.insert(Arc::clone(after))?,
                (Step::CheckParents, _, Some(after)) => after.check_parents(self.state)?,
                (Step::Link, _, Some(after)) => after.link(&mut table.indexes)?,
                (Step::CheckChildren, Some(before), after)
                    if before.is_missed(after.as_deref(), self.state) =>
                {
                    return Err(Error::still_referenced(before.id()));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
