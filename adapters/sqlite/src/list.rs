//! Statements put together from fixed pieces of SQL, for lists whose filters combine.

use rusqlite::types::Value;
use tournament_core::Id;

use crate::values::{id, time};

/// A SELECT and what is bound to its `?`s, in order.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    sql: String,
    values: Vec<Value>,
    narrowed: bool,
}

impl Query {
    /// Begins with everything up to WHERE.
    pub(crate) fn new(select: &str) -> Self {
        let mut sql = String::with_capacity(select.len() + 256);
        sql.push_str(select);
        Self { sql, values: Vec::new(), narrowed: false }
    }

    /// Adds a condition.
    pub(crate) fn and<const N: usize>(&mut self, condition: &str, values: [Value; N]) {
        self.sql.push_str(if self.narrowed { " AND " } else { " WHERE " });
        self.narrowed = true;
        self.sql.push_str(condition);
        self.values.extend(values);
    }

    /// Adds a condition on one column, if there is a value for it.
    pub(crate) fn and_equal(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.and(condition, [value.into()]);
        }
    }

    /// Goes on with a second SELECT.
    pub(crate) fn union_all(&mut self, select: &str) {
        self.sql.push_str(" UNION ALL ");
        self.sql.push_str(select);
        self.narrowed = false;
    }

    pub(crate) fn order_by(mut self, order: &str) -> Self {
        self.sql.push_str(" ORDER BY ");
        self.sql.push_str(order);
        self
    }

    /// Narrows to a part of the order.
    pub(crate) fn limit(mut self, limit: i64, offset: i64) -> Self {
        self.sql.push_str(" LIMIT ? OFFSET ?");
        self.values.extend([limit.into(), offset.into()]);
        self
    }

    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }
}

/// An id among the values of a query.
pub(crate) fn id_value<E>(of: Id<E>) -> Value {
    Value::Text(id(of).as_str().to_owned())
}

/// A time among the values of a query.
pub(crate) fn time_value(of: tournament_core::Time) -> Value {
    Value::Text(time(of).as_str().to_owned())
}

/// A text among the values of a query.
pub(crate) fn text_value(of: &str) -> Value {
    Value::Text(of.to_owned())
}
