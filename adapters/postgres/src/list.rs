//! Statements put together from fixed pieces of SQL, for lists whose filters combine.

use std::fmt::Write;

use crate::values::Value;

/// A SELECT and what is bound to it.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    sql: String,
    values: Vec<Value<'static>>,
    narrowed: bool,
}

impl Query {
    /// Begins with everything up to WHERE.
    pub(crate) fn new(select: &str) -> Self {
        let mut sql = String::with_capacity(select.len() + 256);
        sql.push_str(select);
        Self { sql, values: Vec::new(), narrowed: false }
    }

    /// Adds a condition. Each `?` in it stands for the next of the values.
    pub(crate) fn and<const N: usize>(&mut self, condition: &str, values: [Value<'static>; N]) {
        self.sql.push_str(if self.narrowed { " AND " } else { " WHERE " });
        self.narrowed = true;
        self.push(condition, values);
    }

    /// Adds a condition on one column, if there is a value for it.
    pub(crate) fn and_equal(&mut self, condition: &str, value: Option<impl Into<Value<'static>>>) {
        if let Some(value) = value {
            self.and(condition, [value.into()]);
        }
    }

    /// Ends the first of two SELECTs, which was begun with `(`, and begins the second. Each is in
    /// order by itself, so that PostgreSQL merges them and sorts nothing.
    pub(crate) fn union_all(mut self, order: &str, select: &str) -> Self {
        self = self.order_by(order);
        self.sql.push_str(") UNION ALL (");
        self.sql.push_str(select);
        self.narrowed = false;
        self
    }

    /// Ends the second of two SELECTs.
    pub(crate) fn end_union(mut self, order: &str) -> Self {
        self = self.order_by(order);
        self.sql.push(')');
        self
    }

    pub(crate) fn order_by(mut self, order: &str) -> Self {
        self.sql.push_str(" ORDER BY ");
        self.sql.push_str(order);
        self
    }

    /// Narrows to a part of the order. The limit stands in the text: bound, it would be unknown when
    /// the statement is planned, and PostgreSQL would plan for a tenth of all rows.
    pub(crate) fn limit(mut self, limit: i64, offset: i64) -> Self {
        // Writing to a String cannot fail.
        let _ = write!(self.sql, " LIMIT {limit}");
        if offset > 0 {
            self.push(" OFFSET ?", [offset.into()]);
        }
        self
    }

    #[cfg(test)]
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    pub(crate) fn into_parts(self) -> (String, Vec<Value<'static>>) {
        (self.sql, self.values)
    }

    /// Numbers the places, as PostgreSQL wants them.
    fn push<const N: usize>(&mut self, sql: &str, values: [Value<'static>; N]) {
        let mut place = self.values.len();
        self.values.extend(values);
        for (number, piece) in sql.split('?').enumerate() {
            if number > 0 {
                place += 1;
                let _ = write!(self.sql, "${place}");
            }
            self.sql.push_str(piece);
        }
        debug_assert_eq!(place, self.values.len(), "a value for each place in {sql}");
    }
}
