//! What tables a database has, in a form in which two can be compared.

mod difference;
mod text;

use std::collections::BTreeMap;
use std::fmt;

pub use difference::Difference;
pub use text::SchemaTextError;

/// The tables of a database, by name.
///
/// An adapter reads it from its database's catalogue, and says the same of what means the same, on
/// every version of the server. As text it is what lies beside each migration, one line for each
/// thing:
///
/// ```
/// use tournament_migrations::Schema;
///
/// let text = "table seats: STRICT\n  column id: TEXT not null\n  primary key: (id)\n";
/// let schema: Schema = text.parse()?;
/// assert_eq!(schema.to_string(), text);
/// # Ok::<(), tournament_migrations::SchemaTextError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    tables: BTreeMap<String, Table>,
    /// The type whose columns cannot have a default where this was found.
    without_default: Option<&'static str>,
}

/// One table. What the order of its columns is does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Table {
    /// What else is said of it as a whole, as `STRICT`.
    options: String,
    columns: BTreeMap<String, Column>,
    /// Keys, indexes and other constraints: what each is (`index players_name_idx`) and on what.
    keys: BTreeMap<String, String>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its type, with whatever belongs to it, as a collation.
    pub data_type: String,
    /// Whether it may be null.
    pub nullable: bool,
    /// The expression of its default.
    pub default: Option<String>,
}

impl Schema {
    /// No table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a table, or says what is said of it as a whole.
    pub fn add_table(&mut self, name: impl Into<String>, options: impl Into<String>) {
        self.tables.entry(name.into()).or_default().options = options.into();
    }

    /// Adds a column to a table that was added.
    pub fn add_column(&mut self, table: &str, name: impl Into<String>, column: Column) {
        if let Some(table) = self.tables.get_mut(table) {
            table.columns.insert(name.into(), column);
        }
    }

    /// Adds a key, an index or another constraint to a table that was added: what it is, as
    /// `index players_name_idx`, and on what, as `(name, id)`.
    pub fn add_key(&mut self, table: &str, key: impl Into<String>, on: impl Into<String>) {
        if let Some(table) = self.tables.get_mut(table) {
            table.keys.insert(key.into(), on.into());
        }
    }

    /// Says that columns of this type cannot have a default in this database, so that it is not
    /// missed.
    pub const fn set_without_default(&mut self, data_type: &'static str) {
        self.without_default = Some(data_type);
    }

    /// The names of its tables.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// Leaves only tables of which that is so.
    pub fn retain_tables(&mut self, keep: impl Fn(&str) -> bool) {
        self.tables.retain(|name, _| keep(name));
    }

    /// The tables and columns that it has and the other has not.
    pub(crate) fn lost_in<'s>(&'s self, other: &'s Self) -> Vec<Loss<'s>> {
        let mut lost = Vec::new();
        for (name, table) in &self.tables {
            match other.tables.get(name) {
                None => lost.push(Loss { table: name, column: None }),
                Some(left) => {
                    let columns =
                        table.columns.keys().filter(|name| !left.columns.contains_key(*name));
                    lost.extend(columns.map(|column| Loss { table: name, column: Some(column) }));
                }
            }
        }
        lost
    }

    /// Whether what would be gone is there.
    pub(crate) fn has(&self, loss: Loss<'_>) -> bool {
        self.tables.get(loss.table).is_some_and(|table| {
            loss.column.is_none_or(|column| table.columns.contains_key(column))
        })
    }
}

/// What is gone where a migration is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loss<'s> {
    pub(crate) table: &'s str,
    /// The column; none where it is the whole table.
    pub(crate) column: Option<&'s str>,
}

impl fmt::Display for Loss<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "{}.{column}", self.table),
            None => f.write_str(self.table),
        }
    }
}
