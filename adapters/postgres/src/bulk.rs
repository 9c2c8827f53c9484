//! Many rows at once.

use std::collections::BTreeMap;

use tokio_postgres::types::Type;
use tournament_core::{Id, Result, Tournament};

use crate::session::Row;
use crate::step::Step;
use crate::values::Value;

/// Raises numbers; never lowers one.
pub(crate) const RAISE_LAST_SEQUENCE_IDS: &str = "\
    UPDATE tournaments SET last_sequence_id = given.last
    FROM unnest($1::uuid[], $2::int4[]) AS given (id, last)
    WHERE tournaments.id = given.id AND tournaments.last_sequence_id < given.last";

/// As many rows are not worth a COPY, which takes one more exchange with the server.
const FEW: usize = 100;

/// How many rows travel as lists in one statement, where there is no COPY.
const LISTED: usize = 1_000;

/// Stores prepared rows, and the numbers that they give out.
pub(crate) async fn insert<E: Row>(step: &Step, rows: &[E]) -> Result<()> {
    // Before the rows: whoever gives out numbers waits here, and not for a key half-way.
    raise(step, &E::highest_sequence_ids(rows)).await?;
    insert_all(step, rows).await
}

/// Stores prepared rows, and leaves the numbers to the caller.
pub(crate) async fn insert_all<E: Row>(step: &Step, rows: &[E]) -> Result<()> {
    if rows.len() > FEW && step.copies() {
        return copy(step, rows).await;
    }
    for rows in rows.chunks(LISTED) {
        step.execute_lists(E::INSERT_MANY, &columns(rows)).await?;
    }
    Ok(())
}

async fn copy<E: Row>(step: &Step, rows: &[E]) -> Result<()> {
    let types: Vec<Type> = rows
        .first()
        .map_or_else(Vec::new, |row| row.values().iter().map(Value::column_type).collect());
    step.copy(E::COPY, &types, rows.iter().map(E::values)).await.map(drop)
}

/// Raises the last number of each tournament to what is given.
pub(crate) async fn raise(step: &Step, numbers: &BTreeMap<Id<Tournament>, i64>) -> Result<()> {
    if numbers.is_empty() {
        return Ok(());
    }
    let ids = numbers.keys().map(|id| (*id).into()).collect();
    let last = numbers.values().map(|last| (*last).into()).collect();
    let lists = [(ids, Type::UUID_ARRAY), (last, Type::INT4_ARRAY)];
    step.execute_lists(RAISE_LAST_SEQUENCE_IDS, &lists).await.map(drop)
}

/// The rows as a list for each column.
fn columns<E: Row>(rows: &[E]) -> Vec<(Vec<Value<'_>>, Type)> {
    let mut columns: Vec<(Vec<Value<'_>>, Type)> = Vec::new();
    for row in rows {
        for (place, value) in row.values().into_iter().enumerate() {
            if let Some((column, _)) = columns.get_mut(place) {
                column.push(value);
            } else {
                let of = value.array_type();
                columns.push((vec![value], of));
            }
        }
    }
    columns
}
