//! The repositories, written once for the store and for a unit of work.

use std::fmt;
use std::sync::Arc;

use tournament_core::adapter::{
    allow_delete, allow_update, prepare_own_many, prepare_own_new, prepare_own_update,
};
use tournament_core::{
    Cursor, Dataset, EntityKind, Id, Listing, Page, Repository, Result, async_trait,
};

use crate::changes::{Change, Changes};
use crate::state::State;
use crate::table::Row;

/// How the repositories come by the state: at once, or within a unit of work.
pub(crate) trait Access: Send + Sync {
    /// What there is to read at present.
    fn state(&self) -> Result<Arc<State>>;

    /// Changes the state in one step. What was `prepared` is what the input alone says; `complete`
    /// also looks at what is stored. Gives what was changed.
    ///
    /// Whether this can be written to at all comes first, before what is wrong with the input.
    fn write(
        &self,
        kind: EntityKind,
        prepared: Result<Changes>,
        complete: &dyn Fn(&State, &mut Changes) -> Result<()>,
    ) -> Result<Changes>;
}

/// Rows of a list, and where the next page begins.
pub type SharedPage<E> = (Vec<Arc<E>>, Option<Cursor<E>>);

/// One of the eight kinds of row.
#[allow(private_bounds)] // There are no others.
pub trait StoredRow: Row {}

impl<E: Row> StoredRow for E {}

/// The rows of a [`MemoryStore`](crate::MemoryStore) or of a [`MemoryUnit`](crate::MemoryUnit): its eight
/// repositories, and the same without a future and without a copy. What is given becomes the store's, and
/// what is returned is shared with it.
///
/// Bindings for other languages use these: they copy each row anyway.
#[derive(Clone)]
pub struct MemoryRows(pub(crate) Arc<dyn Access>);

impl fmt::Debug for MemoryRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRows").finish_non_exhaustive()
    }
}

impl MemoryRows {
    /// [`Repository::create`]
    pub fn create_row<E: StoredRow>(&self, row: E) -> Result<Arc<E>> {
        let id = row.id();
        let prepared = prepare_own_new(row).map(Changes::store);
        self.0.write(E::KIND, prepared, &|_, _| Ok(()))?.stored_row(id)
    }

    /// [`Repository::create_many`]
    pub fn create_rows<E: StoredRow>(&self, rows: Vec<E>) -> Result<Vec<Arc<E>>> {
        let prepared = prepare_own_many(rows).map(Changes::store_many);
        let changes = self.0.write(E::KIND, prepared, &|_, _| Ok(()))?;
        Ok(changes.stored().cloned().collect())
    }

    /// [`Repository::get`]
    pub fn row<E: StoredRow>(&self, id: Id<E>) -> Result<Arc<E>> {
        self.0.state()?.get(id).cloned()
    }

    /// [`Repository::update`]
    pub fn update_row<E: StoredRow>(&self, row: E) -> Result<Arc<E>> {
        let id = row.id();
        let prepared = prepare_own_update(row).map(Changes::store);
        let changes = self.0.write(E::KIND, prepared, &|state, changes| {
            changes.rows.iter_mut().try_for_each(|change| replace::<E>(state, change))
        })?;
        changes.stored_row(id)
    }

    /// [`Repository::delete`]
    pub fn delete_row<E: StoredRow>(&self, id: Id<E>, version: Option<i64>) -> Result<()> {
        let delete = |state: &State, changes: &mut Changes| {
            let stored = state.get(id)?;
            allow_delete(id, version, stored.version())?;
            changes.rows.push(Change::delete(stored));
            Ok(())
        };
        self.0.write(E::KIND, Ok(Changes::default()), &delete).map(drop)
    }

    /// [`Repository::list`]: the rows, and where the next page begins.
    pub fn page<E: StoredRow>(&self, filter: &E::Filter, page: &Page<E>) -> Result<SharedPage<E>> {
        let state = self.0.state()?;
        let window = page.window(filter)?;
        let count = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        let rows = E::scan(&state, filter, window.after)
            .skip(count(window.offset))
            .take(count(window.limit + 1));
        let mut rows: Vec<_> = rows.cloned().collect();
        let next = window.cut(&mut rows, |row| row.place(&state, filter));
        Ok((rows, next))
    }

    /// All rows that the filter lets through, in order, from one snapshot.
    pub fn all<E: StoredRow>(&self, filter: &E::Filter) -> Result<Vec<Arc<E>>> {
        Ok(E::scan(&*self.0.state()?, filter, None).cloned().collect())
    }

    /// [`Repository::count`]
    pub fn count_rows<E: StoredRow>(&self, filter: &E::Filter) -> Result<u64> {
        let count = E::count(&*self.0.state()?, filter);
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// [`Repositories::import`](tournament_core::Repositories::import)
    pub fn import_rows(&self, dataset: &Dataset) -> Result<()> {
        let prepared = dataset.prepare().map(|dataset| Changes {
            last_sequence_ids: dataset.highest_sequence_ids(),
            ..Changes::store_all(dataset)
        });
        let raise_numbers = |state: &State, changes: &mut Changes| {
            for (id, number) in &mut changes.last_sequence_ids {
                *number = state.last_sequence_id(*id).max(*number);
            }
            Ok(())
        };
        // The kind is that of what a dataset is for.
        self.0.write(EntityKind::Tournament, prepared, &raise_numbers).map(drop)
    }

    #[allow(clippy::unused_async)] // As the trait has it; nothing in memory is waited for.
    pub(crate) async fn import(&self, dataset: &Dataset) -> Result<()> {
        self.import_rows(dataset)
    }
}

#[async_trait]
impl<E: Row> Repository<E> for MemoryRows {
    async fn create(&self, entity: &E) -> Result<E> {
        Ok(E::clone(&*self.create_row(entity.clone())?))
    }

    async fn create_many(&self, entities: &[E]) -> Result<Vec<E>> {
        Ok(copies(&self.create_rows(entities.to_vec())?))
    }

    async fn get(&self, id: Id<E>) -> Result<E> {
        let state = self.0.state()?;
        state.get(id).map(|row| E::clone(row))
    }

    async fn update(&self, entity: &E) -> Result<E> {
        Ok(E::clone(&*self.update_row(entity.clone())?))
    }

    async fn delete(&self, id: Id<E>, version: Option<i64>) -> Result<()> {
        self.delete_row(id, version)
    }

    async fn list(&self, filter: &E::Filter, page: &Page<E>) -> Result<Listing<E>> {
        let (rows, next) = self.page(filter, page)?;
        Ok(Listing::new(copies(&rows), next))
    }

    async fn count(&self, filter: &E::Filter) -> Result<u64> {
        self.count_rows::<E>(filter)
    }
}

fn copies<E: Row>(rows: &[Arc<E>]) -> Vec<E> {
    rows.iter().map(|row| E::clone(row)).collect()
}

/// Makes of a row to store one that replaces what is stored.
fn replace<E: Row>(state: &State, change: &mut Change) -> Result<()> {
    if let Some(row) = change.stored_mut::<E>() {
        let stored = state.get(row.id())?;
        allow_update(row, stored)?;
        row.set_version(stored.version() + 1);
        change.before = Some(E::erase(Arc::clone(stored)));
    }
    Ok(())
}
