//! Many rows at once.

use std::collections::BTreeMap;

use tournament_core::{EntityKind, Id, Result, Tournament};

use crate::rows::number;
use crate::session::Row;
use crate::step::Step;
use crate::values::Value;

/// How many rows a statement holds. Of each there is one prepared statement for each kind of row,
/// and any number of rows is a sum of few of them.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// Stores prepared rows, and the numbers that they give out.
pub(crate) async fn insert<E: Row>(step: &mut Step, rows: &[E]) -> Result<()> {
    // Before the rows: whoever gives out numbers waits here, and not for a key half-way.
    raise(step, &E::highest_sequence_ids(rows)).await?;
    insert_all(step, rows).await
}

/// Stores prepared rows, and leaves the numbers to the caller.
pub(crate) async fn insert_all<E: Row>(step: &mut Step, rows: &[E]) -> Result<()> {
    let most = step.bulk_bytes();
    let mut left = rows;
    while !left.is_empty() {
        let (count, values) = fitting(left, most);
        step.execute(E::KIND, &insert_of::<E>(count), values).await?;
        left = &left[count..];
    }
    Ok(())
}

/// As many of the first rows as one statement of so many bytes holds, and their values.
fn fitting<E: Row>(rows: &[E], most: usize) -> (usize, Vec<Value>) {
    let largest = at_once(rows.len());
    let mut values = Vec::new();
    let mut ends = Vec::with_capacity(largest);
    let mut bytes = 0;
    for row in &rows[..largest] {
        let row = row.values();
        bytes += row.iter().map(Value::size).sum::<usize>();
        if bytes > most && !ends.is_empty() {
            break;
        }
        values.extend(row);
        ends.push(values.len());
    }
    let count = at_once(ends.len());
    values.truncate(ends[count - 1]);
    (count, values)
}

/// INSERT of as many rows.
fn insert_of<E: Row>(count: usize) -> String {
    let row = E::INSERT.rsplit_once(" VALUES ").map_or("", |(_, row)| row);
    let mut sql = String::with_capacity(E::INSERT.len() + (count - 1) * (row.len() + 2));
    sql.push_str(E::INSERT);
    for _ in 1..count {
        sql.push_str(", ");
        sql.push_str(row);
    }
    sql
}

/// Raises the last number of each tournament to what is given; never lowers one.
pub(crate) async fn raise(step: &mut Step, numbers: &BTreeMap<Id<Tournament>, i64>) -> Result<()> {
    let numbers: Vec<_> = numbers.iter().collect();
    let mut left = &numbers[..];
    while !left.is_empty() {
        let count = at_once(left.len());
        let (now, later) = left.split_at(count);
        let given = now.iter().flat_map(|(id, last)| [(**id).into(), (**last).into()]);
        let values = given.chain(now.iter().map(|(id, _)| (**id).into())).collect();
        step.execute(EntityKind::Tournament, &raise_of(count), values).await?;
        left = later;
    }
    Ok(())
}

/// UPDATE of the last numbers of as many tournaments.
pub(crate) fn raise_of(count: usize) -> String {
    format!(
        "UPDATE tournaments SET last_sequence_id = GREATEST(last_sequence_id, CASE id{} END) \
         WHERE id IN ({})",
        " WHEN ? THEN ?".repeat(count),
        places(count)
    )
}

/// How many of these tournaments there are.
pub(crate) async fn count_tournaments<'i>(
    step: &mut Step,
    ids: impl Iterator<Item = &'i Id<Tournament>>,
) -> Result<u64> {
    let ids: Vec<_> = ids.collect();
    let (mut left, mut found) = (&ids[..], 0);
    while !left.is_empty() {
        let (now, later) = left.split_at(at_once(left.len()));
        let sql = format!("SELECT COUNT(*) FROM tournaments WHERE id IN ({})", places(now.len()));
        found += number(&step.query(&sql, now.iter().map(|id| (**id).into()).collect()).await?)?;
        left = later;
    }
    Ok(found)
}

/// As many places for values.
fn places(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// How many of so many go into one statement.
fn at_once(count: usize) -> usize {
    SIZES.into_iter().find(|size| *size <= count).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::{fitting, insert_of};
    use tournament_core::{Player, Venue};

    #[test]
    fn statements_hold_as_many_rows_as_their_values() {
        assert!(insert_of::<Venue>(1).ends_with("VALUES (?, ?, ?, ?, ?)"));
        assert!(insert_of::<Venue>(2).ends_with("VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)"));
        let rows: Vec<Player> = (0..300).map(|n| Player::new(format!("Player {n}"))).collect();
        for (given, count) in [(300, 256), (255, 64), (44, 16), (3, 1), (1, 1)] {
            let (fits, values) = fitting(&rows[..given], 1 << 20);
            assert_eq!((fits, values.len()), (count, count * 7), "of {given}");
        }
    }

    #[test]
    fn large_rows_travel_in_fewer_to_a_statement() {
        let venue = Venue::new("Hall").with_description("x".repeat(10_000));
        let (fits, values) = fitting(&vec![venue.clone(); 300], 200_000);
        assert_eq!((fits, values.len()), (16, 16 * 5));
        // One is sent whatever its size: the server is who says that it is too large.
        assert_eq!(fitting(&vec![venue; 3], 1_000).0, 1);
    }
}
