//! What a database is asked to become, and what is to be done for it.

use crate::{Applied, Direction, Migration, Schema};

/// What a database is asked to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MigrationGoal {
    /// The schema of a version that is later, or the same.
    Up {
        /// The version; the newest known here if none is said.
        to: Option<u32>,
    },
    /// The schema of a version before, or the same. What later versions added is destroyed.
    Down {
        /// The version.
        to: u32,
    },
    /// The schema of as many versions before, or of none.
    DownSteps {
        /// How many.
        steps: u32,
    },
    /// A history that says this version of a schema that something else made. 0 says that a database
    /// with other tables may be used.
    Baseline {
        /// The version.
        version: u32,
    },
    /// The same version, which was undone and run again. What it adds is destroyed.
    Redo,
    /// A history that holds what is true: the checksums of the migrations known here, and nothing
    /// that did not end. What stopped goes on, forward or back.
    Repair,
}

/// What is done for one migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MigrationAction {
    /// It is run.
    Apply,
    /// It is undone.
    Revert,
    /// One that stopped goes on.
    Resume {
        /// Whether it is run or undone.
        direction: Direction,
        /// How many of its statements are known to be done.
        done: u32,
        /// Whether the next one may be done too.
        in_doubt: bool,
    },
    /// The history is to say that it has run. Its schema is there.
    Record,
    /// The history is to say nothing of it. Nothing of it is there.
    Forget,
    /// The history is to have the checksum that it has here.
    UpdateChecksum,
}

impl MigrationAction {
    /// Whether it changes tables, and not the history alone.
    pub(crate) const fn alters(self) -> bool {
        matches!(self, Self::Apply | Self::Revert | Self::Resume { .. })
    }

    /// Whether it takes away what the migration adds.
    pub(crate) const fn reverts(self) -> bool {
        matches!(self, Self::Revert | Self::Resume { direction: Direction::Down, .. })
    }
}

/// One step of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedStep {
    /// Of which migration.
    pub migration: Migration,
    /// What is done.
    pub action: MigrationAction,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it leads to. So many steps back are a version here.
    pub goal: MigrationGoal,
    /// The version that the database is at; 0 before the first migration.
    pub current: u32,
    /// The version that it will be at.
    pub target: u32,
    /// What is done, in order.
    pub steps: Vec<PlannedStep>,
    /// Whether the table of the history is made.
    pub creates_history: bool,
}

/// What was found in a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Its history, in any order; `None` where it has none.
    pub history: Option<Vec<Applied>>,
    /// Its tables, but for the history's. Where there is a history, they are asked for only to
    /// [`Repair`](MigrationGoal::Repair) or to set a [`Baseline`](MigrationGoal::Baseline).
    pub schema: Schema,
}
