//! Statements put together from fixed pieces of SQL, for lists whose filters combine.

use crate::values::Value;

/// A SELECT and what is bound to it.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    sql: String,
    values: Vec<Value>,
    narrowed: bool,
    halves: Option<Halves>,
}

/// The order of two SELECTs, each of which has to give no more rows than both together.
#[derive(Clone, Debug)]
struct Halves {
    order: &'static str,
    /// Where the first ends, in the text and among the values.
    end: (usize, usize),
}

impl Query {
    /// Begins with everything up to WHERE.
    pub(crate) fn new(select: &str) -> Self {
        let mut sql = String::with_capacity(select.len() + 256);
        sql.push_str(select);
        Self { sql, values: Vec::new(), narrowed: false, halves: None }
    }

    /// A SELECT that is whole.
    pub(crate) fn whole(select: &str, values: Vec<Value>) -> Self {
        Self { values, ..Self::new(select) }
    }

    /// Adds a condition. Each `?` in it stands for the next of the values.
    pub(crate) fn and<const N: usize>(&mut self, condition: &str, values: [Value; N]) {
        debug_assert_eq!(condition.matches('?').count(), N, "a value for each place");
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

    /// Adds the condition of what comes after this place, given as what is ordered by and its value
    /// there. It is written out: neither server looks a place up in an index where rows are compared,
    /// as in `(name, id) > (?, ?)`.
    pub(crate) fn and_after<const N: usize>(&mut self, place: [(&str, Value); N]) {
        self.sql.push_str(if self.narrowed { " AND (" } else { " WHERE (" });
        self.narrowed = true;
        let last = N - 1;
        for (number, (column, value)) in place.into_iter().enumerate() {
            self.sql.push_str(column);
            self.sql.push_str(" > ?");
            if number < last {
                self.sql.push_str(" OR (");
                self.sql.push_str(column);
                self.sql.push_str(" = ? AND (");
                self.values.push(value.clone());
            }
            self.values.push(value);
        }
        self.sql.push_str(&"))".repeat(last));
        self.sql.push(')');
    }

    /// Ends the first of two SELECTs with no row in common, and begins the second. Each is in this
    /// order by itself, and gives only as many rows as the page needs.
    pub(crate) fn union_all(mut self, order: &'static str, select: &str) -> Self {
        self.halves = Some(Halves { order, end: (self.sql.len(), self.values.len()) });
        self.sql.push_str(select);
        self.narrowed = false;
        self
    }

    pub(crate) fn order_by(mut self, order: &str) -> Self {
        self.sql.push_str(" ORDER BY ");
        self.sql.push_str(order);
        self
    }

    /// Narrows to a part of the order.
    pub(crate) fn limit(mut self, limit: i64, offset: i64) -> Self {
        if let Some(Halves { order, end: (text, values) }) = self.halves.take() {
            let second = self.sql.split_off(text);
            let of_second = self.values.split_off(values);
            let first = &self.sql;
            self.sql = format!(
                "({first} ORDER BY {order} LIMIT ?) UNION ALL ({second} ORDER BY {order} LIMIT ?) \
                 ORDER BY {order}"
            );
            let most = limit.saturating_add(offset);
            self.values.push(most.into());
            self.values.extend(of_second);
            self.values.push(most.into());
        }
        self.sql.push_str(" LIMIT ?");
        self.values.push(limit.into());
        if offset > 0 {
            self.sql.push_str(" OFFSET ?");
            self.values.push(offset.into());
        }
        self
    }

    pub(crate) fn into_parts(self) -> (String, Vec<Value>) {
        (self.sql, self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    fn sql(query: Query) -> (String, usize) {
        let (sql, values) = query.into_parts();
        (sql, values.len())
    }

    #[test]
    fn a_place_is_written_out() {
        let mut query = Query::new("SELECT");
        query.and_after([("a", 1.into())]);
        assert_eq!(sql(query), ("SELECT WHERE (a > ?)".to_owned(), 1));
        let mut query = Query::new("SELECT");
        query.and("x = ?", [1.into()]);
        query.and_after([("a", 1.into()), ("b", 2.into()), ("c", 3.into())]);
        let written =
            "SELECT WHERE x = ? AND (a > ? OR (a = ? AND (b > ? OR (b = ? AND (c > ?)))))";
        assert_eq!(sql(query), (written.to_owned(), 6));
    }

    #[test]
    fn each_half_is_as_long_as_the_page_needs() {
        let mut query = Query::new("SELECT 1");
        query.and("a = ?", [1.into()]);
        let mut query = query.union_all("id", "SELECT 2");
        query.and("b = ?", [2.into()]);
        let (sql, values) = sql(query.limit(11, 5));
        assert_eq!(
            sql,
            "(SELECT 1 WHERE a = ? ORDER BY id LIMIT ?) UNION ALL \
             (SELECT 2 WHERE b = ? ORDER BY id LIMIT ?) ORDER BY id LIMIT ? OFFSET ?"
        );
        assert_eq!(values, 6);
    }
}
