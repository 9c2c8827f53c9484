//! What the eight repositories have in common, over any way of reaching the server.

use std::collections::BTreeMap;

use tokio_postgres::Row as DbRow;
use tournament_core::adapter::{
    allow_delete, allow_update, prepare_many, prepare_new, prepare_update, storable_integer,
};
use tournament_core::{
    Dataset, Entity, EntityKind, Error, Id, Listing, Page, Repository, Result, Tournament,
    async_trait,
};

use crate::access::{Access, Weight, blocking};
use crate::error::Class;
use crate::list::Query;
use crate::rows::Columns;
use crate::step::{Scope, Step};
use crate::values::Value;
use crate::{bulk, snapshot};

/// The repositories, of a store or of a unit of work.
pub(crate) struct Session<A> {
    pub(crate) access: A,
}

impl<A: Access> Session<A> {
    /// Stores a dataset, see [`Repositories::import`](tournament_core::Repositories::import).
    pub(crate) async fn import(&self, dataset: &Dataset) -> Result<()> {
        self.access.admit(Some(EntityKind::Tournament))?;
        if *dataset == Dataset::new() {
            return Ok(());
        }
        let given = dataset.clone();
        let prepared = blocking(move || given.prepare()).await;
        let prepared = self.access.answer(prepared).await?;
        let step = self.access.step(Scope::Transaction).await?;
        let imported = snapshot::import(&step, &prepared).await;
        step.finish(imported).await
    }

    /// The one row of a look-up, if there is one.
    pub(crate) async fn find<E: Row>(
        &self,
        sql: &'static str,
        values: Vec<Value<'static>>,
    ) -> Result<Option<E>> {
        let rows = self.access.read(Weight::Light, sql, values).await?;
        rows.first().map(from_row).transpose()
    }

    /// All rows of a look-up.
    pub(crate) async fn find_all<E: Row>(
        &self,
        sql: &'static str,
        values: Vec<Value<'static>>,
    ) -> Result<Vec<E>> {
        let rows = self.access.read(Weight::Light, sql, values).await?;
        rows.iter().map(from_row).collect()
    }
}

/// What one entity's file says of its table.
pub(crate) trait Row: Entity {
    /// One row by its id.
    const GET: &'static str;
    /// The version of the row with this id.
    const VERSION: &'static str;
    /// A new row.
    const INSERT: &'static str;
    /// New rows, from a list for each column.
    const INSERT_MANY: &'static str;
    /// New rows, from a stream.
    const COPY: &'static str;
    /// What may change of the row with this id and this version, if what may not is the same.
    const UPDATE: &'static str;
    /// No more row with this id, and this version if one is given.
    const DELETE: &'static str;
    /// All rows by id.
    const EXPORT: &'static str;

    fn from_row(columns: &mut Columns<'_>) -> Result<Self>;

    /// The values of a new row, and of UPDATE, for which the version is the one that was read.
    fn values(&self) -> Vec<Value<'_>>;

    /// The rows of a list in its order, from the place after `after`.
    fn list(filter: &Self::Filter, after: Option<&Self::SortKey>) -> Query;

    /// How many rows the filter lets through.
    fn count(filter: &Self::Filter) -> Query;

    /// Whether an index leads to just the rows that the filter lets through.
    fn is_indexed(_filter: &Self::Filter) -> bool {
        true
    }

    /// The row's place in a list with this filter. `component_order` is what the list's SELECT has
    /// after the row's own columns, else 0.
    fn key(&self, component_order: i64, filter: &Self::Filter) -> Self::SortKey;

    /// The highest number that the rows give out for each tournament.
    fn highest_sequence_ids(_rows: &[Self]) -> BTreeMap<Id<Tournament>, i64> {
        BTreeMap::new()
    }
}

/// More rows than these are prepared on a thread for blocking work.
const FEW: usize = 64;

/// Pages that begin farther in are not read over a shared connection.
const SHALLOW: i64 = 1_000;

/// How often a row may come and go beside a call that cannot find it and cannot say why.
const ATTEMPTS: usize = 3;

#[async_trait]
impl<A: Access, E: Row> Repository<E> for Session<A> {
    async fn create(&self, entity: &E) -> Result<E> {
        self.access.admit(Some(E::KIND))?;
        let row = prepare_new(entity)?;
        let step = self.access.step(Scope::Statement).await?;
        let stored = step.execute(E::INSERT, &row.values()).await;
        step.finish(stored).await?;
        Ok(row)
    }

    async fn create_many(&self, entities: &[E]) -> Result<Vec<E>> {
        self.access.admit(Some(E::KIND))?;
        if entities.is_empty() {
            return Ok(Vec::new());
        }
        let rows = if entities.len() <= FEW {
            prepare_many(entities)?
        } else {
            let given = entities.to_vec();
            let prepared = blocking(move || prepare_many(&given)).await;
            self.access.answer(prepared).await?
        };
        let step = self.access.step(Scope::Transaction).await?;
        let stored = bulk::insert(&step, &rows).await;
        step.finish(stored).await?;
        Ok(rows)
    }

    async fn get(&self, id: Id<E>) -> Result<E> {
        self.access.admit(None)?;
        let rows = self.access.read(Weight::Light, E::GET, vec![id.into()]).await?;
        rows.first().map_or_else(|| Err(Error::not_found(id)), from_row)
    }

    async fn update(&self, entity: &E) -> Result<E> {
        self.access.admit(Some(E::KIND))?;
        let mut row = prepare_update(entity)?;
        let step = self.access.step(Scope::Statement).await?;
        let updated = update(&step, &row).await;
        step.finish(updated).await?;
        row.set_version(row.version() + 1);
        Ok(row)
    }

    async fn delete(&self, id: Id<E>, version: Option<i64>) -> Result<()> {
        self.access.admit(Some(E::KIND))?;
        let step = self.access.step(Scope::Statement).await?;
        let deleted = delete(&step, id, version).await;
        step.finish(deleted).await
    }

    async fn list(&self, filter: &E::Filter, page: &Page<E>) -> Result<Listing<E>> {
        self.access.admit(None)?;
        let window = page.window(filter)?;
        let weight = if window.offset > SHALLOW || !E::is_indexed(filter) {
            Weight::Heavy
        } else {
            Weight::Light
        };
        let query = E::list(filter, window.after).limit(window.limit + 1, window.offset);
        let (sql, values) = query.into_parts();
        let rows = self.access.read(weight, sql, values).await?;
        let rows = rows.iter().map(ordered_from_row).collect::<Result<Vec<(E, i64)>>>()?;
        Ok(window.listing(rows, |(last, order)| last.key(*order, filter), |(row, _)| row))
    }

    async fn count(&self, filter: &E::Filter) -> Result<u64> {
        self.access.admit(None)?;
        let (sql, values) = E::count(filter).into_parts();
        let rows = self.access.read(Weight::Heavy, sql, values).await?;
        number(rows.first())
    }
}

fn from_row<E: Row>(row: &DbRow) -> Result<E> {
    E::from_row(&mut Columns::new(row, E::KIND))
}

/// A row, and the place of its component where the SELECT has it.
fn ordered_from_row<E: Row>(row: &DbRow) -> Result<(E, i64)> {
    let mut columns = Columns::new(row, E::KIND);
    let entity = E::from_row(&mut columns)?;
    Ok((entity, columns.component_order()?))
}

/// The only number of the only row.
pub(crate) fn number(row: Option<&DbRow>) -> Result<u64> {
    row.and_then(|row| row.try_get::<_, i64>(0).ok())
        .map(i64::unsigned_abs)
        .ok_or_else(|| Error::backend("a count gave no number", None))
}

/// All rows of a SELECT without values.
pub(crate) async fn select_all<E: Row>(step: &Step, sql: &str) -> Result<Vec<E>> {
    step.query(sql, &[]).await?.iter().map(from_row).collect()
}

/// Replaces a row. Why there was none to replace is asked only then.
async fn update<E: Row>(step: &Step, row: &E) -> Result<()> {
    for _ in 0..ATTEMPTS {
        if step.execute(E::UPDATE, &row.values()).await? == 1 {
            return Ok(());
        }
        let rows = step.query(E::GET, &[row.id().into()]).await?;
        let stored: E = rows.first().map_or_else(|| Err(Error::not_found(row.id())), from_row)?;
        allow_update(row, &stored)?;
        // It was made, or made as it should be, since.
    }
    Err(came_and_went())
}

async fn delete<E: Row>(step: &Step, id: Id<E>, version: Option<i64>) -> Result<()> {
    // No row is ever at version 0.
    let wanted = version.map(|version| storable_integer(version).unwrap_or(0));
    for _ in 0..ATTEMPTS {
        let deleted = step
            .execute_or(E::DELETE, &[id.into(), wanted.into()], |failure| {
                (failure.class() == Class::ForeignKey).then(|| Error::still_referenced(id))
            })
            .await?;
        if deleted == 1 {
            return Ok(());
        }
        let rows = step.query(E::VERSION, &[id.into()]).await?;
        let stored = rows.first().ok_or_else(|| Error::not_found(id))?;
        let stored = stored.try_get::<_, i32>(0).map_err(|error| {
            Error::corrupt(E::KIND, id.to_string(), "version", Some(error.into()))
        })?;
        allow_delete(id, version, stored.into())?;
    }
    Err(came_and_went())
}

fn came_and_went() -> Error {
    Error::busy("the row came and went beside this call", None)
}
