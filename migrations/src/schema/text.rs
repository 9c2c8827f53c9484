//! A schema as text.

use std::fmt;
use std::str::FromStr;

use super::{Column, Schema, Table};

/// A line that says nothing of a schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the schema is not understood: {text}")]
pub struct SchemaTextError {
    /// Its number, from 1.
    pub line: usize,
    /// What it says.
    pub text: String,
}

const NOT_NULL: &str = " not null";
const DEFAULT: &str = " default ";

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, table) in &self.tables {
            match table.options.as_str() {
                "" => writeln!(f, "table {name}")?,
                options => writeln!(f, "table {name}: {options}")?,
            }
            for (name, column) in &table.columns {
                writeln!(f, "  column {name}: {column}")?;
            }
            for (key, on) in &table.keys {
                writeln!(f, "  {key}: {on}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.data_type)?;
        if !self.nullable {
            f.write_str(NOT_NULL)?;
        }
        match &self.default {
            Some(default) => write!(f, "{DEFAULT}{default}"),
            None => Ok(()),
        }
    }
}

impl Column {
    fn parse(text: &str) -> Self {
        let (rest, default) = match text.split_once(DEFAULT) {
            Some((rest, default)) => (rest, Some(default.to_owned())),
            None => (text, None),
        };
        let not_null = rest.strip_suffix(NOT_NULL);
        Self {
            data_type: not_null.unwrap_or(rest).to_owned(),
            nullable: not_null.is_none(),
            default,
        }
    }
}

impl FromStr for Schema {
    type Err = SchemaTextError;

    fn from_str(text: &str) -> Result<Self, SchemaTextError> {
        let mut schema = Self::new();
        let mut table = String::new();
        for (number, line) in text.lines().enumerate() {
            if let Some(head) = line.strip_prefix("table ") {
                let (name, options) = head.split_once(": ").unwrap_or((head, ""));
                schema.add_table(name, options);
                name.clone_into(&mut table);
                continue;
            }
            let part = line.strip_prefix("  ").and_then(|part| part.split_once(": "));
            match (part, schema.tables.get_mut(&table)) {
                (Some((part, says)), Some(table)) => table.add(part, says),
                _ => return Err(SchemaTextError { line: number + 1, text: line.to_owned() }),
            }
        }
        Ok(schema)
    }
}

impl Table {
    fn add(&mut self, part: &str, says: &str) {
        match part.strip_prefix("column ") {
            Some(name) => drop(self.columns.insert(name.to_owned(), Column::parse(says))),
            None => drop(self.keys.insert(part.to_owned(), says.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dialect, Schema, migrations};

    #[test]
    fn every_migration_has_its_schema_and_it_is_read_as_it_is_written() {
        for dialect in Dialect::ALL {
            for migration in migrations(*dialect) {
                let schema: Schema = migration.schema.parse().unwrap();
                assert_eq!(schema.to_string(), migration.schema.replace("\r\n", "\n"));
                assert!(schema.tables().count() >= 8, "{dialect:?} {}", migration.version);
            }
        }
    }

    #[test]
    fn what_is_no_schema_is_refused_with_its_line() {
        for (text, line) in
            [("x", 1), ("  column id: TEXT", 1), ("table a\n  id", 2), ("table a\nb: c", 2)]
        {
            assert_eq!(text.parse::<Schema>().unwrap_err().line, line, "{text}");
        }
    }
}
