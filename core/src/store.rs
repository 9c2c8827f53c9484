//! Stores and units of work.

use async_trait::async_trait;
use serde::Serialize;

use crate::{Dataset, Repositories, Result};

/// A place where tournaments are kept. Any number of tasks may use one at once.
///
/// Each call of its repositories is a step of its own; [`begin`](Self::begin), or better
/// [`StoreExt::transact`](crate::StoreExt::transact), joins several.
#[async_trait]
pub trait Store: Repositories {
    /// Begins a unit of work.
    ///
    /// # Errors
    ///
    /// [`Busy`](crate::Error::Busy) where another writer does not finish in time,
    /// [`Unavailable`](crate::Error::Unavailable).
    async fn begin(&self, options: UnitOptions) -> Result<Box<dyn UnitOfWork>>;

    /// How the store is. Bounded in time and never an error: what is wrong is in the answer.
    async fn health(&self) -> Health;

    /// All that is stored, from one stable snapshot, each list in the order of ids.
    async fn export(&self) -> Result<Dataset>;

    /// Deletes every row, in one step.
    ///
    /// # Errors
    ///
    /// [`Busy`](crate::Error::Busy) where an open unit of work is in the way.
    async fn clear(&self) -> Result<()>;

    /// Waits for what is under way and lets go of files and connections. Every later call says
    /// [`Unavailable`](crate::Error::Unavailable).
    ///
    /// # Errors
    ///
    /// [`Busy`](crate::Error::Busy) where something is under way for too long; it can be asked again.
    async fn close(&self) -> Result<()>;

    /// Waits before the next attempt at something that was busy; longer with each `attempt`, from
    /// 1. The core has no timer of its own.
    async fn pause(&self, attempt: u32);
}

/// How a unit of work is to behave.
///
/// ```
/// use tournament_core::UnitOptions;
///
/// assert!(UnitOptions::new().read_only().read_only);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnitOptions {
    /// Whether it only reads. It then sees one stable snapshot, waits for no writer and stops
    /// none; a write in it is [`Validation`](crate::Error::Validation) of `read_only`.
    pub read_only: bool,
}

impl UnitOptions {
    /// A unit that reads and writes.
    #[must_use]
    pub const fn new() -> Self {
        Self { read_only: false }
    }

    /// A unit that only reads.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }
}

/// Several calls as one step: all of it is stored by [`commit`](Self::commit), or none.
///
/// A unit sees its own writes; others see them once it is committed. Dropped without a commit, it
/// rolls back. After any error but [`NotFound`](crate::Error::NotFound) and
/// [`Validation`](crate::Error::Validation) it is finished: every later call and `commit` say
/// [`Aborted`](crate::Error::Aborted), and `rollback` succeeds.
#[async_trait]
pub trait UnitOfWork: Repositories {
    /// Stores all that the unit wrote.
    ///
    /// # Errors
    ///
    /// [`Aborted`](crate::Error::Aborted), [`Busy`](crate::Error::Busy), and
    /// [`Unavailable`](crate::Error::Unavailable) with the mark where the outcome is unknown.
    async fn commit(self: Box<Self>) -> Result<()>;

    /// Forgets all that the unit wrote.
    async fn rollback(self: Box<Self>) -> Result<()>;
}

/// How a store is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// Whether the store answers and its schema is the one that this program needs.
    pub healthy: bool,
    /// Which kind of store: `memory`, `sqlite`, `postgres`.
    pub backend: &'static str,
    /// The version of the server or library behind it.
    pub server_version: Option<String>,
    /// The version of the schema; `None` where there is none to speak of.
    pub schema_version: Option<u32>,
    /// How long the store took to answer, in milliseconds.
    pub round_trip_ms: f64,
    /// What is wrong, and what to do.
    pub problem: Option<String>,
}

impl Health {
    /// A store of this kind that answers, in no time.
    #[must_use]
    pub const fn new(backend: &'static str) -> Self {
        Self {
            healthy: true,
            backend,
            server_version: None,
            schema_version: None,
            round_trip_ms: 0.0,
            problem: None,
        }
    }

    /// Sets `server_version`.
    #[must_use]
    pub fn with_server_version(mut self, version: impl Into<String>) -> Self {
        self.server_version = Some(version.into());
        self
    }

    /// Sets `schema_version`.
    #[must_use]
    pub const fn with_schema_version(mut self, version: u32) -> Self {
        self.schema_version = Some(version);
        self
    }

    /// Sets `round_trip_ms`.
    #[must_use]
    pub const fn with_round_trip_ms(mut self, milliseconds: f64) -> Self {
        self.round_trip_ms = milliseconds;
        self
    }

    /// Sets `problem`, and that the store is not healthy.
    #[must_use]
    pub fn with_problem(mut self, problem: impl Into<String>) -> Self {
        self.healthy = false;
        self.problem = Some(problem.into());
        self
    }
}
