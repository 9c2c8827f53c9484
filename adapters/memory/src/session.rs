//! The repositories, written once for the store and for a unit of work.

use std::sync::Arc;

use tournament_core::adapter::{
    allow_delete, allow_update, prepare_many, prepare_new, prepare_update,
};
use tournament_core::{Dataset, EntityKind, Id, Listing, Page, Repository, Result, async_trait};

use crate::changes::{Change, Changes};
use crate::kinds::Kinds;
use crate::state::State;
use crate::table::Row;

/// How the repositories come by the state: at once, or within a unit of work.
pub(crate) trait Access: Send + Sync {
    /// What there is to read at present.
    fn state(&self) -> Result<Arc<State>>;

    /// Changes the state in one step: `prepare` looks at the input alone, `change` also at what is
    /// stored and says what to change, and what to answer once that has been done.
    fn write<P, T>(
        &self,
        kind: EntityKind,
        prepare: impl FnOnce() -> Result<P>,
        change: impl FnOnce(&State, P) -> Result<(Changes, T)>,
    ) -> Result<T>;
}

/// The eight repositories over one way to come by the state.
#[derive(Clone, Debug)]
pub(crate) struct Session<A>(pub(crate) A);

#[async_trait]
impl<A: Access, E: Row> Repository<E> for Session<A> {
    async fn create(&self, entity: &E) -> Result<E> {
        let prepare = || prepare_new(entity).map(Arc::new);
        let row = self.0.write(E::KIND, prepare, |_, row| {
            let change = Change::create(Arc::clone(&row));
            Ok((Changes::of(vec![change]), row))
        })?;
        Ok(E::clone(&row))
    }

    async fn create_many(&self, entities: &[E]) -> Result<Vec<E>> {
        let prepare = || prepare_many(entities);
        self.0.write(E::KIND, prepare, |_, rows| Ok((Changes::of(created(rows.clone())), rows)))
    }

    async fn get(&self, id: Id<E>) -> Result<E> {
        let state = self.0.state()?;
        state.get(id).map(|row| E::clone(row))
    }

    async fn update(&self, entity: &E) -> Result<E> {
        let prepare = || prepare_update(entity);
        let row = self.0.write(E::KIND, prepare, |state, mut row| {
            let stored = state.get(row.id())?;
            allow_update(&row, stored)?;
            row.set_version(stored.version() + 1);
            let row = Arc::new(row);
            let change = Change::replace(Arc::clone(stored), Arc::clone(&row));
            Ok((Changes::of(vec![change]), row))
        })?;
        Ok(E::clone(&row))
    }

    async fn delete(&self, id: Id<E>, version: Option<i64>) -> Result<()> {
        let prepare = || Ok(());
        self.0.write(E::KIND, prepare, |state, ()| {
            let stored = state.get(id)?;
            allow_delete(id, version, stored.version())?;
            Ok((Changes::of(vec![Change::delete(Arc::clone(stored))]), ()))
        })
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

impl<A: Access> Session<A> {
    #[allow(clippy::unused_async)] // As the trait has it; nothing in memory is waited for.
    pub(crate) async fn import(&self, dataset: &Dataset) -> Result<()> {
        // The kind is that of what a dataset is for.
        let prepare = || dataset.prepare();
        self.0.write(EntityKind::Tournament, prepare, |state, dataset| {
            let mut last_sequence_ids = dataset.highest_sequence_ids();
            for (id, number) in &mut last_sequence_ids {
                *number = state.last_sequence_id(*id).max(*number);
            }
            let rows = Kinds {
                players: created(dataset.players),
                venues: created(dataset.venues),
                formats: created(dataset.formats),
                tournaments: created(dataset.tournaments),
                registrations: created(dataset.registrations),
                components: created(dataset.components),
                rounds: created(dataset.rounds),
                matches: created(dataset.matches),
            };
            let changes = Changes { rows, last_sequence_ids, relied_on: Vec::new() };
            Ok((changes, ()))
        })
    }
}

fn created<E>(rows: Vec<E>) -> Vec<Change<E>> {
    rows.into_iter().map(|row| Change::create(Arc::new(row))).collect()
}
