//! Versioned schemas for stores of tournaments, embedded, and the planner that says what to run.
//!
//! The SQL lies in a folder per [`Dialect`], with the [`Schema`] that each version makes. [`plan`]
//! compares it with what was found in a database; it is pure, so every adapter decides alike. An
//! adapter gives its database as a [`Database`], on which a [`Migrator`] works.
//! Each database keeps what has run in a table [`HISTORY_TABLE`].
//!
//! ```
//! use tournament_migrations::{Dialect, Found, MigrationGoal, migrations, plan};
//!
//! let known = migrations(Dialect::Sqlite);
//! let plan = plan(known, &Found::default(), MigrationGoal::Up { to: None })?;
//! assert_eq!(plan.current, 0);
//! assert_eq!(plan.steps.len(), known.len());
//! # Ok::<(), tournament_migrations::PlanError>(())
//! ```

use std::time::Duration;

mod checks;
mod checksum;
mod failure;
mod goal;
mod history;
mod migration;
mod migrator;
mod plan;
mod refusal;
mod report;
mod run;
mod schema;
mod script;
mod statements;

pub use checks::{check_constraints, sqlite_words};
pub use failure::failed_at;
pub use goal::{Found, MigrationAction, MigrationGoal, Plan, PlannedStep};
pub use history::{Applied, HISTORY_TABLE, MYSQL_LOCK, POSTGRES_LOCK, Progress, create_history};
pub use migration::{Dialect, Direction, Migration, migrations, required_version};
pub use migrator::{Connect, ErrorOf, IfMissing, Migrator};
pub use plan::{current_version, differences, plan};
pub use refusal::PlanError;
pub use report::{MigrationReport, MigrationRun, MigrationState, MigrationStatus, MigrationStep};
pub use run::Database;
/// How long whoever migrates waits for another that does, unless told otherwise. Longer than a statement
/// of a store waits for a lock: a migration may rewrite a table, and who starts a service meanwhile is
/// to find it current.
pub const MIGRATION_WAIT: Duration = Duration::from_secs(60);

pub use schema::{Column, Difference, Schema, SchemaTextError};
pub use script::script;
