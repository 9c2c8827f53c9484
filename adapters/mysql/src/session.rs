//! What the eight repositories have in common, over any way of reaching the server.

use std::collections::BTreeMap;

use mysql_async::Row as DbRow;
use tournament_core::adapter::{
    allow_delete, allow_update, prepare_many, prepare_new, prepare_update, storable_integer,
};
use tournament_core::{
    Dataset, Entity, EntityKind, Error, Id, Listing, Page, Repository, Result, Tournament,
    async_trait,
};

use crate::access::{Access, blocking};
use crate::error::Class;
use crate::list::Query;
use crate::rows::{Columns, number};
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
        let mut step = self.access.step(Scope::Transaction).await?;
        let imported = snapshot::import(&mut step, &prepared).await;
        step.finish(imported).await
    }

    /// The one row of a look-up, if there is one.
    pub(crate) async fn find<E: Row>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<E>> {
        let rows = self.access.read(sql, values).await?;
        rows.into_iter().next().map(from_row).transpose()
    }

    /// All rows of a look-up.
    pub(crate) async fn find_all<E: Row>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<E>> {
        let rows = self.access.read(sql, values).await?;
        rows.into_iter().map(from_row).collect()
    }
}

/// What one entity's file says of its table.
pub(crate) trait Row: Entity {
    /// One row by its id.
    const GET: &'static str;
    /// The version of the row with this id.
    const VERSION: &'static str;
    /// A new row: the columns, then VALUES and one row of places.
    const INSERT: &'static str;
    /// What may change of the row with this id and this version, if what may not is the same.
    const UPDATE: &'static str;
    /// No more row with this id, and this version if one is given.
    const DELETE: &'static str;
    /// All rows by id.
    const EXPORT: &'static str;

    /// Whether storing a row changes others too.
    const TOUCHES_OTHERS: bool = false;

    fn from_row(columns: &mut Columns) -> Result<Self>;

    /// The values of a new row.
    fn values(&self) -> Vec<Value>;

    /// The values of UPDATE: what may change, the id, the version that was read, what may not change.
    fn changes(&self) -> Vec<Value>;

    /// The rows of a list in its order, from the place after `after`.
    fn list(filter: &Self::Filter, after: Option<&Self::SortKey>) -> Query;

    /// How many rows the filter lets through.
    fn count(filter: &Self::Filter) -> Query;

    /// The row's place in a list with this filter. `component_order` is what the list's SELECT has
    /// after the row's own columns, else 0.
    fn key(&self, component_order: i64, filter: &Self::Filter) -> Self::SortKey;

    /// The highest number that the rows give out for each tournament.
    fn highest_sequence_ids(_rows: &[Self]) -> BTreeMap<Id<Tournament>, i64> {
        BTreeMap::new()
    }

    /// Replaces a row where UPDATE does not reach, if there is such a case: see
    /// [`Replaced::NotByUpdate`].
    fn replace(step: &mut Step, row: &Self) -> impl Future<Output = Result<Replaced>> + Send {
        let _ = (step, row);
        async { Ok(Replaced::NotByUpdate) }
    }
}

/// What came of replacing a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replaced {
    Done,
    /// UPDATE hit no row, and the row that is stored gives no reason.
    NotByUpdate,
}

/// More rows than these are prepared on a thread for blocking work.
const FEW: usize = 64;

/// How often a row may come and go beside a call that cannot find it and cannot say why.
const ATTEMPTS: usize = 3;

#[async_trait]
impl<A: Access, E: Row> Repository<E> for Session<A> {
    async fn create(&self, entity: &E) -> Result<E> {
        self.access.admit(Some(E::KIND))?;
        let row = prepare_new(entity)?;
        let scope = if E::TOUCHES_OTHERS { Scope::Transaction } else { Scope::Statement };
        let mut step = self.access.step(scope).await?;
        let stored = bulk::insert(&mut step, std::slice::from_ref(&row)).await;
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
        let mut step = self.access.step(Scope::Transaction).await?;
        let stored = bulk::insert(&mut step, &rows).await;
        step.finish(stored).await?;
        Ok(rows)
    }

    async fn get(&self, id: Id<E>) -> Result<E> {
        self.access.admit(None)?;
        let rows = self.access.read(E::GET, vec![id.into()]).await?;
        rows.into_iter().next().map_or_else(|| Err(Error::not_found(id)), from_row)
    }

    async fn update(&self, entity: &E) -> Result<E> {
        self.access.admit(Some(E::KIND))?;
        let mut row = prepare_update(entity)?;
        for _ in 0..ATTEMPTS {
            let mut step = self.access.step(Scope::Statement).await?;
            let updated = update(&mut step, &row).await;
            let mut replaced = step.finish(updated).await?;
            if replaced == Replaced::NotByUpdate && E::TOUCHES_OTHERS {
                let mut step = self.access.step(Scope::Transaction).await?;
                let updated = E::replace(&mut step, &row).await;
                replaced = step.finish(updated).await?;
            }
            if replaced == Replaced::Done {
                row.set_version(row.version() + 1);
                return Ok(row);
            }
        }
        self.access.answer(Err(came_and_went())).await
    }

    async fn delete(&self, id: Id<E>, version: Option<i64>) -> Result<()> {
        self.access.admit(Some(E::KIND))?;
        let mut step = self.access.step(Scope::Statement).await?;
        let deleted = delete(&mut step, id, version).await;
        step.finish(deleted).await
    }

    async fn list(&self, filter: &E::Filter, page: &Page<E>) -> Result<Listing<E>> {
        self.access.admit(None)?;
        let window = page.window(filter)?;
        let query = E::list(filter, window.after).limit(window.limit + 1, window.offset);
        let (sql, values) = query.into_parts();
        let rows = self.access.read(sql, values).await?;
        let rows = rows.into_iter().map(ordered_from_row).collect::<Result<Vec<(E, i64)>>>()?;
        Ok(window.listing(rows, |(last, order)| last.key(*order, filter), |(row, _)| row))
    }

    async fn count(&self, filter: &E::Filter) -> Result<u64> {
        self.access.admit(None)?;
        let (sql, values) = E::count(filter).into_parts();
        number(&self.access.read(sql, values).await?)
    }
}

fn from_row<E: Row>(row: DbRow) -> Result<E> {
    E::from_row(&mut Columns::new(row, E::KIND))
}

/// A row, and the place of its component where the SELECT has it.
fn ordered_from_row<E: Row>(row: DbRow) -> Result<(E, i64)> {
    let mut columns = Columns::new(row, E::KIND);
    let entity = E::from_row(&mut columns)?;
    Ok((entity, columns.component_order()?))
}

/// All rows of a SELECT without values.
pub(crate) async fn select_all<E: Row>(step: &mut Step, sql: &str) -> Result<Vec<E>> {
    step.query(sql, Vec::new()).await?.into_iter().map(from_row).collect()
}

/// Replaces a row by UPDATE. Why there was none to replace is asked only then.
async fn update<E: Row>(step: &mut Step, row: &E) -> Result<Replaced> {
    if step.execute(E::KIND, E::UPDATE, row.changes()).await? == 1 {
        return Ok(Replaced::Done);
    }
    check_stored(step, row).await?;
    // It was made, or made as it should be, since; or UPDATE does not reach as far.
    Ok(Replaced::NotByUpdate)
}

/// Whether the row that is stored may be replaced by this one.
pub(crate) async fn check_stored<E: Row>(step: &mut Step, row: &E) -> Result<()> {
    let rows = step.query(E::GET, vec![row.id().into()]).await?;
    let stored: E =
        rows.into_iter().next().map_or_else(|| Err(Error::not_found(row.id())), from_row)?;
    allow_update(row, &stored)
}

async fn delete<E: Row>(step: &mut Step, id: Id<E>, version: Option<i64>) -> Result<()> {
    // No row is ever at version 0.
    let wanted = version.map(|version| storable_integer(version).unwrap_or(0));
    for _ in 0..ATTEMPTS {
        let deleted = step
            .execute_or(E::KIND, E::DELETE, vec![id.into(), wanted.into()], |failure| {
                (failure.class() == Class::ForeignKey).then(|| Error::still_referenced(id))
            })
            .await?;
        if deleted == 1 {
            return Ok(());
        }
        let rows = step.query(E::VERSION, vec![id.into()]).await?;
        if rows.is_empty() {
            return Err(Error::not_found(id));
        }
        let stored = i64::try_from(number(&rows)?).map_err(|error| {
            Error::corrupt(E::KIND, id.to_string(), "version", Some(error.into()))
        })?;
        allow_delete(id, version, stored)?;
    }
    Err(came_and_went())
}

pub(crate) fn came_and_went() -> Error {
    Error::busy("the row came and went beside this call", None)
}
