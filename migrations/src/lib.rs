//! Versioned schemas for stores of tournaments, embedded, and the planner that says what to run.
//!
//! The SQL lies in a folder per [`Dialect`]. [`plan`] compares it with what a database's history
//! says has run; it is pure, so every adapter decides alike. Running is the adapter's: each keeps
//! the history in a table [`HISTORY_TABLE`] and hands its rows over as [`Applied`].
//!
//! ```
//! use tournament_migrations::{Dialect, migrations, plan};
//!
//! let known = migrations(Dialect::Sqlite);
//! let plan = plan(known, &[])?;
//! assert_eq!(plan.current, 0);
//! assert_eq!(plan.pending.len(), known.len());
//! # Ok::<(), tournament_migrations::PlanError>(())
//! ```

mod checksum;
mod history;
mod plan;
mod report;
mod statements;

pub use history::{Applied, HISTORY_TABLE};
pub use plan::{Plan, PlanError, plan};
pub use report::{
    MigrationReport, MigrationRun, MigrationState, MigrationStatus, MigrationStep, status,
};

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
}

impl Migration {
    /// SHA-256 of the SQL in hexadecimal, whatever its line endings.
    #[must_use]
    pub fn checksum(&self) -> String {
        checksum::of(self.up)
    }

    /// The statements of [`up`](Self::up), one after another, for servers that cannot undo one that
    /// defines tables, so that whoever runs them knows which failed.
    #[must_use]
    pub fn up_statements(&self) -> Vec<&'static str> {
        statements::split(self.up)
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
