//! Units of work.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Mutex;
use tokio_postgres::Row;
use tournament_core::adapter::{UnitState, read_only_refusal};
use tournament_core::{EntityKind, Result, UnitOfWork, async_trait};

use crate::access::{Access, Weight};
use crate::error::{Class, Failure};
use crate::session::Session;
use crate::shared::{Lease, Shared, lost};
use crate::step::{self, Scope, Slot, Step, begin_writing, commit, roll_back, undo};
use crate::target::Settings;
use crate::values::Value;

/// Several calls, one transaction.
pub(crate) struct PostgresUnit {
    session: Session<UnitAccess>,
}

pub(crate) struct UnitAccess {
    state: Arc<UnitState>,
    /// Empty once the unit is finished. Dropped with a connection in it, the connection is closed
    /// and the server rolls back.
    slot: Arc<Mutex<Option<Lease>>>,
    read_only: bool,
    /// Whether a read was dropped half-way: it may have failed, and the transaction with it.
    unheard: Arc<AtomicBool>,
}

/// A transaction of one stable snapshot. BEGIN alone takes none; the first SELECT does.
fn begin_reading(settings: &Settings) -> String {
    format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY{}; SELECT 1", settings.local)
}

/// A connection with a transaction that was begun.
pub(crate) async fn begin(shared: &Arc<Shared>, read_only: bool) -> Result<Lease> {
    let sql = if read_only { begin_reading } else { begin_writing }(shared.settings());
    step::begin(shared, &sql).await
}

impl PostgresUnit {
    pub(crate) async fn begin(shared: &Arc<Shared>, read_only: bool) -> Result<Self> {
        let lease = begin(shared, read_only).await?;
        Ok(Self {
            session: Session {
                access: UnitAccess {
                    state: Arc::default(),
                    slot: Arc::new(Mutex::new(Some(lease))),
                    read_only,
                    unheard: Arc::default(),
                },
            },
        })
    }
}

impl UnitAccess {
    /// The connection, once no other call of this unit has it.
    async fn slot(&self) -> Slot {
        Arc::clone(&self.slot).lock_owned().await
    }

    async fn step(&self) -> Result<Step> {
        let slot = self.slot().await;
        self.state.check()?;
        Ok(Step::of_unit(slot, Arc::clone(&self.state)))
    }

    /// Takes the transaction away from the unit, which is finished by that.
    async fn take(&self) -> Result<Lease> {
        let mut slot = self.slot().await;
        self.state.check()?;
        self.state.finish();
        slot.take().ok_or_else(lost)
    }
}

impl Access for UnitAccess {
    fn admit(&self, write: Option<EntityKind>) -> Result<()> {
        match write {
            Some(kind) if self.read_only => Err(read_only_refusal(kind)),
            _ => self.state.check(),
        }
    }

    async fn answer<T: Send>(&self, answer: Result<T>) -> Result<T> {
        match answer {
            Err(error) if !error.leaves_unit_open() => self.step().await?.finish(Err(error)).await,
            answer => answer,
        }
    }

    async fn read(
        &self,
        _: Weight,
        sql: impl Into<Cow<'static, str>> + Send,
        values: Vec<Value<'static>>,
    ) -> Result<Vec<Row>> {
        let sql = sql.into();
        let mut slot = self.slot().await;
        self.state.check()?;
        let rows = {
            let lease = slot.as_ref().ok_or_else(lost)?;
            let unheard = Unheard(&self.unheard);
            let rows = lease.wire()?.query(&sql, &values).await;
            std::mem::forget(unheard);
            rows
        };
        let is_lost = matches!(&rows, Err(failure) if matches!(failure.class(), Class::Lost(_)));
        let rows = self.state.note(rows.map_err(Failure::into_error));
        if self.state.check().is_err()
            && let Some(lease) = slot.take()
        {
            undo(lease, is_lost).await;
        }
        rows
    }

    async fn step(&self, _: Scope) -> Result<Step> {
        Self::step(self).await
    }
}

/// Remembers that an answer was not waited for, unless it is forgotten itself.
struct Unheard<'u>(&'u AtomicBool);

impl Drop for Unheard<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

tournament_core::adapter::delegate_repositories!(PostgresUnit, session);

#[async_trait]
impl UnitOfWork for PostgresUnit {
    async fn commit(self: Box<Self>) -> Result<()> {
        let access = &self.session.access;
        let lease = access.take().await?;
        if access.read_only {
            // There is nothing to store; the snapshot is let go.
            roll_back(lease).await;
            return Ok(());
        }
        if access.unheard.load(Ordering::Acquire) {
            // COMMIT alone would roll a failed transaction back and say that all is well.
            lease.wire()?.batch("SELECT 1").await.map_err(Failure::into_error)?;
        }
        commit(lease).await
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        // A finished unit has no connection.
        if let Ok(lease) = self.session.access.take().await {
            roll_back(lease).await;
        }
        Ok(())
    }
}
