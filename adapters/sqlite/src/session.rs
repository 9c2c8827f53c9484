//! What the eight repositories have in common, over any way of reaching a connection.

use rusqlite::{Connection, Params, Statement, params_from_iter};
use tournament_core::adapter::{
    allow_delete, allow_update, prepare_many, prepare_new, prepare_update,
};
use tournament_core::{
    Dataset, Entity, EntityKind, Error, Id, Listing, Page, Repository, Result, async_trait,
};

use crate::access::{Access, Weight, blocking};
use crate::error::{Class, class_of, failure, unique_field};
use crate::list::Query;
use crate::rows::Columns;
use crate::snapshot;
use crate::values::id;

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
        self.access
            .write(Weight::Heavy, move |connection| snapshot::import(connection, &prepared))
            .await
    }

    /// All rows of a look-up by a text. More than a page of them are read elsewhere.
    pub(crate) async fn find_all<E: Row>(&self, sql: &'static str, text: String) -> Result<Vec<E>> {
        let found = {
            let text = text.clone();
            self.access
                .read(Weight::Light, move |connection| select(connection, sql, [&text], MANY))
                .await?
        };
        if found.len() < MANY {
            return Ok(found);
        }
        self.access
            .read(Weight::Heavy, move |connection| select(connection, sql, [&text], usize::MAX))
            .await
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
    /// What may change of the row with this id and this version.
    const UPDATE: &'static str;
    /// No more row with this id.
    const DELETE: &'static str;
    /// All rows by id.
    const EXPORT: &'static str;

    fn from_row(columns: &mut Columns<'_>) -> Result<Self>;

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize>;

    /// Sets what may change; the row's own version is still the one that was read.
    fn change(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize>;

    /// The first of its fields whose parent is absent or does not agree.
    fn missing_reference(&self, connection: &Connection) -> Result<Option<&'static str>>;

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

    /// What else is to be written once rows were.
    fn written(_connection: &Connection, _rows: &[Self]) -> Result<()> {
        Ok(())
    }
}

/// More rows than these are written on a thread for blocking work.
const FEW: usize = 8;

/// Pages that begin farther in are read on such a thread.
const SHALLOW: i64 = 1_000;

/// So are as many rows of a look-up, or more.
const MANY: usize = 1_000;

#[async_trait]
impl<A: Access, E: Row> Repository<E> for Session<A> {
    async fn create(&self, entity: &E) -> Result<E> {
        self.access.admit(Some(E::KIND))?;
        let row = prepare_new(entity)?;
        self.access
            .write(Weight::Light, move |connection| {
                insert_one(connection, &row)?;
                Ok(row)
            })
            .await
    }

    async fn create_many(&self, entities: &[E]) -> Result<Vec<E>> {
        self.access.admit(Some(E::KIND))?;
        if entities.is_empty() {
            return Ok(Vec::new());
        }
        let (weight, rows) = if entities.len() <= FEW {
            (Weight::Light, prepare_many(entities)?)
        } else {
            let given = entities.to_vec();
            let prepared = blocking(move || prepare_many(&given)).await;
            (Weight::Heavy, self.access.answer(prepared).await?)
        };
        self.access
            .write(weight, move |connection| {
                insert(connection, &rows)?;
                Ok(rows)
            })
            .await
    }

    async fn get(&self, id: Id<E>) -> Result<E> {
        self.access.admit(None)?;
        self.access.read(Weight::Light, move |connection| get(connection, id)).await
    }

    async fn update(&self, entity: &E) -> Result<E> {
        self.access.admit(Some(E::KIND))?;
        let row = prepare_update(entity)?;
        self.access.write(Weight::Light, move |connection| update(connection, row)).await
    }

    async fn delete(&self, id: Id<E>, version: Option<i64>) -> Result<()> {
        self.access.admit(Some(E::KIND))?;
        self.access.write(Weight::Light, move |connection| delete(connection, id, version)).await
    }

    async fn list(&self, filter: &E::Filter, page: &Page<E>) -> Result<Listing<E>> {
        self.access.admit(None)?;
        let window = page.window(filter)?;
        let weight = if window.offset > SHALLOW || !E::is_indexed(filter) {
            Weight::Heavy
        } else {
            Weight::Light
        };
        let limit = window.limit;
        let query = E::list(filter, window.after).limit(limit + 1, window.offset);
        let (rows, component_order) = self
            .access
            .read(weight, move |connection| select_page(connection, &query, limit))
            .await?;
        Ok(window.listing(rows, |last: &E| last.key(component_order, filter), |row| row))
    }

    async fn count(&self, filter: &E::Filter) -> Result<u64> {
        self.access.admit(None)?;
        let query = E::count(filter);
        self.access
            .read(Weight::Heavy, move |connection| {
                connection
                    .prepare_cached(query.sql())
                    .and_then(|mut statement| {
                        statement
                            .query_row(params_from_iter(query.values()), |row| row.get::<_, i64>(0))
                    })
                    .map(i64::unsigned_abs)
                    .map_err(failure)
            })
            .await
    }
}

/// The row with this id.
pub(crate) fn get<E: Row>(connection: &Connection, row_id: Id<E>) -> Result<E> {
    find(connection, E::GET, [id(row_id)])?.ok_or_else(|| Error::not_found(row_id))
}

/// The one row of a look-up, if there is one.
pub(crate) fn find<E: Row>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
) -> Result<Option<E>> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let mut rows = statement.query(parameters).map_err(failure)?;
    rows.next()
        .map_err(failure)?
        .map(|row| E::from_row(&mut Columns::new(row, E::KIND)))
        .transpose()
}

/// The rows of a SELECT, at most so many.
pub(crate) fn select<E: Row>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    most: usize,
) -> Result<Vec<E>> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let mut rows = statement.query(parameters).map_err(failure)?;
    let mut found = Vec::new();
    while found.len() < most
        && let Some(row) = rows.next().map_err(failure)?
    {
        found.push(E::from_row(&mut Columns::new(row, E::KIND))?);
    }
    Ok(found)
}

/// The rows of a page and the one after it, and the place of the component of the page's last row.
fn select_page<E: Row>(
    connection: &Connection,
    query: &Query,
    limit: i64,
) -> Result<(Vec<E>, i64)> {
    let mut statement = connection.prepare_cached(query.sql()).map_err(failure)?;
    let mut rows = statement.query(params_from_iter(query.values())).map_err(failure)?;
    let mut found = Vec::new();
    let mut component_order = 0;
    for place in 0..=limit {
        let Some(row) = rows.next().map_err(failure)? else {
            break;
        };
        let mut columns = Columns::new(row, E::KIND);
        found.push(E::from_row(&mut columns)?);
        if place < limit {
            component_order = columns.component_order()?;
        }
    }
    Ok((found, component_order))
}

/// Whether a look-up has a row.
pub(crate) fn exists(connection: &Connection, sql: &str, parameters: impl Params) -> Result<bool> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.exists(parameters))
        .map_err(failure)
}

/// Stores a prepared row.
pub(crate) fn insert_one<E: Row>(connection: &Connection, row: &E) -> Result<()> {
    insert(connection, std::slice::from_ref(row))
}

/// Stores prepared rows.
fn insert<E: Row>(connection: &Connection, rows: &[E]) -> Result<()> {
    insert_all(connection, rows)?;
    E::written(connection, rows)
}

/// Stores prepared rows, and leaves what else is to be written to the caller.
pub(crate) fn insert_all<E: Row>(connection: &Connection, rows: &[E]) -> Result<()> {
    let mut statement = connection.prepare_cached(E::INSERT).map_err(failure)?;
    for row in rows {
        row.insert(&mut statement).map_err(|error| refusal(connection, row, error))?;
    }
    Ok(())
}

fn update<E: Row>(connection: &Connection, mut row: E) -> Result<E> {
    let stored: E = get(connection, row.id())?;
    allow_update(&row, &stored)?;
    let mut statement = connection.prepare_cached(E::UPDATE).map_err(failure)?;
    let changed = row.change(&mut statement).map_err(|error| refusal(connection, &row, error))?;
    if changed != 1 {
        return Err(Error::backend("a row that was just read could not be changed", None));
    }
    row.set_version(row.version() + 1);
    E::written(connection, std::slice::from_ref(&row))?;
    Ok(row)
}

fn delete<E: Row>(connection: &Connection, row_id: Id<E>, version: Option<i64>) -> Result<()> {
    let stored = connection
        .prepare_cached(E::VERSION)
        .and_then(|mut statement| {
            let mut rows = statement.query([id(row_id)])?;
            rows.next()?.map(|row| row.get::<_, i64>(0)).transpose()
        })
        .map_err(failure)?
        .ok_or_else(|| Error::not_found(row_id))?;
    allow_delete(row_id, version, stored)?;
    connection
        .prepare_cached(E::DELETE)
        .and_then(|mut statement| statement.execute([id(row_id)]))
        .map_err(|error| match class_of(&error) {
            Class::ForeignKey => Error::still_referenced(row_id),
            _ => failure(error),
        })?;
    Ok(())
}

/// Why a row was not stored. SQLite does not name a broken foreign key, so its parents are looked
/// up; that is sound because the transaction that failed is still open.
fn refusal<E: Row>(connection: &Connection, row: &E, error: rusqlite::Error) -> Error {
    match class_of(&error) {
        Class::Unique => unique_field(&error)
            .map_or_else(|| failure(error), |field| Error::already_exists(E::KIND, field)),
        Class::ForeignKey => match row.missing_reference(connection) {
            Ok(Some(field)) => Error::reference_missing(E::KIND, field),
            Ok(None) => failure(error),
            Err(error) => error,
        },
        _ => failure(error),
    }
}
