use crate::{PlanError, Schema, checksum, statements};

/// Whose SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// MySQL 5.7 and MariaDB 10.2, and later.
    MySql,
    /// PostgreSQL 12 and later.
    Postgres,
    /// SQLite 3.37 and later: the tables are STRICT.
    Sqlite,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: &'static [Self] = &[Self::MySql, Self::Postgres, Self::Sqlite];

    /// Its name, and that of the folder of its SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MySql => "mysql",
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }
}

/// Whether a migration is run or undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// It is run.
    Up,
    /// It is undone.
    Down,
}

/// One step from a version of the schema to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The version that it leads to, from 1 without gaps.
    pub version: u32,
    /// What it is called.
    pub name: &'static str,
    /// The SQL that leads there from the version before.
    pub up: &'static str,
    /// The SQL that leads back.
    pub down: &'static str,
    /// The schema that it leads to, as the text of a [`Schema`].
    pub schema: &'static str,
}

impl Migration {
    /// SHA-256 of the SQL in hexadecimal, whatever its line endings.
    #[must_use]
    pub fn checksum(&self) -> String {
        checksum::of(self.up)
    }

    /// The statements of its SQL, one after another, without the comments before them, so that
    /// whoever runs them knows which failed.
    #[must_use]
    pub fn statements(&self, dialect: Dialect, direction: Direction) -> Vec<&'static str> {
        statements::split(
            dialect,
            match direction {
                Direction::Up => self.up,
                Direction::Down => self.down,
            },
        )
    }

    /// The schema that it leads to.
    ///
    /// # Errors
    ///
    /// [`PlanError::NoSchema`].
    pub fn schema(&self) -> Result<Schema, PlanError> {
        let version = self.version;
        self.schema.parse().map_err(|source| PlanError::NoSchema { version, source })
    }
}

/// Every migration of the dialect, in order.
#[must_use]
pub const fn migrations(dialect: Dialect) -> &'static [Migration] {
    match dialect {
        Dialect::MySql => include!(concat!(env!("OUT_DIR"), "/mysql.rs")),
        Dialect::Postgres => include!(concat!(env!("OUT_DIR"), "/postgres.rs")),
        Dialect::Sqlite => include!(concat!(env!("OUT_DIR"), "/sqlite.rs")),
    }
}

/// The version that this program needs.
#[must_use]
pub fn required_version(dialect: Dialect) -> u32 {
    migrations(dialect).last().map_or(0, |migration| migration.version)
}
