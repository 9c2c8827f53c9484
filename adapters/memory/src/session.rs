//! The repositories, written once for the store and for a unit of work.

use std::sync::Arc;

use tournament_core::adapter::{
    allow_delete, allow_update, prepare_many, prepare_new, prepare_update,
};
use tournament_core::{Dataset, EntityKind, Id, Listing, Page, Repository, Result, async_trait};

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

/// The eight repositories over one way to come by the state.
#[derive(Clone)]
pub(crate) struct Session(pub(crate) Arc<dyn Access>);

#[async_trait]
impl<E: Row> Repository<E> for Session {
    async fn create(&self, entity: &E) -> Result<E> {
        let prepared = prepare_new(entity).map(Changes::store);
        self.0.write(E::KIND, prepared, &|_, _| Ok(()))?.stored_row(entity.id())
    }

    async fn create_many(&self, entities: &[E]) -> Result<Vec<E>> {
        let prepared = prepare_many(entities).map(Changes::store_many);
        let changes = self.0.write(E::KIND, prepared, &|_, _| Ok(()))?;
        Ok(changes.stored().cloned().collect())
    }

    async fn get(&self, id: Id<E>) -> Result<E> {
        let state = self.0.state()?;
        state.get(id).map(|row| E::clone(row))
    }

    async fn update(&self, entity: &E) -> Result<E> {
        let prepared = prepare_update(entity).map(Changes::store);
        let changes = self.0.write(E::KIND, prepared, &|state, changes| {
            changes.rows.iter_mut().try_for_each(|change| replace::<E>(state, change))
        })?;
        changes.stored_row(entity.id())
    }

    async fn delete(&self, id: Id<E>, version: Option<i64>) -> Result<()> {
        let prepared = Ok(Changes::default());
        let delete = |state: &State, changes: &mut Changes| {
            let stored = state.get(id)?;
            allow_delete(id, version, stored.version())?;
            changes.rows.push(Change::delete(stored));
            Ok(())
        };
        self.0.write(E::KIND, prepared, &delete).map(drop)
    }

    async fn list(&self, filter: &E::Filter, page: &Page<E>) -> Result<Listing<E>> {
        let state = self.0.state()?;
        let window = page.window(filter)?;
        let count = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        let rows = E::scan(&state, filter, window.after)
            .skip(count(window.offset))
            .take(count(window.limit + 1))
            .collect();
        Ok(window.listing(rows, |row| row.place(&state, filter), |row| E::clone(row)))
    }

    async fn count(&self, filter: &E::Filter) -> Result<u64> {
        let count = E::count(&*self.0.state()?, filter);
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }
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

impl Session {
    #[allow(clippy::unused_async)] // As the trait has it; nothing in memory is waited for.
    pub(crate) async fn import(&self, dataset: &Dataset) -> Result<()> {
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
}
