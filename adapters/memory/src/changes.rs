//! What one step changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use tournament_core::{Id, Tournament};

use crate::kinds::{Family, Kinds};
use crate::table::Row;

/// A row as it was and as it is to be; absent where there was or is to be none.
#[derive(Clone)]
pub(crate) struct Change<E> {
    pub(crate) before: Option<Arc<E>>,
    pub(crate) after: Option<Arc<E>>,
}

impl<E> Change<E> {
    pub(crate) fn create(row: Arc<E>) -> Self {
        Self { before: None, after: Some(row) }
    }

    pub(crate) fn replace(before: Arc<E>, after: Arc<E>) -> Self {
        Self { before: Some(before), after: Some(after) }
    }

    pub(crate) fn delete(row: Arc<E>) -> Self {
        Self { before: Some(row), after: None }
    }

    /// The row, as it is or was.
    pub(crate) fn row(&self) -> Option<&Arc<E>> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// A list of changes for each kind.
pub(crate) struct Lists;

impl Family for Lists {
    type Of<E: Row> = Vec<Change<E>>;
}

/// All that one step changes.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) rows: Kinds<Lists>,
    /// Tournaments' highest numbers as they are to be. Beyond these, registrations that are stored
    /// raise their tournament's number by themselves.
    pub(crate) last_sequence_ids: BTreeMap<Id<Tournament>, i64>,
    /// Tournaments that must not have changed, although the step leaves them alone.
    pub(crate) relied_on: Vec<Id<Tournament>>,
}

impl Changes {
    pub(crate) fn of<E: Row>(list: Vec<Change<E>>) -> Self {
        let mut changes = Self::default();
        *E::of_mut(&mut changes.rows) = list;
        changes
    }
}
