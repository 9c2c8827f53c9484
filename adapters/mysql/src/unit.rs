//! Units of work.

use std::borrow::Cow;
use std::sync::Arc;

use mysql_async::Row;
use tokio::sync::Mutex;
use tournament_core::adapter::{UnitState, read_only_refusal};
use tournament_core::{EntityKind, Error, Result, UnitOfWork, async_trait};

use crate::access::Access;
use crate::error::Failure;
use crate::session::Session;
use crate::shared::{Lease, Shared, lost};
use crate::step::{self, BEGIN_READING, BEGIN_WRITING, Scope, Slot, Step};
use crate::values::Value;

/// Several calls, one transaction.
pub(crate) struct MySqlUnit {
    session: Session<UnitAccess>,
}

pub(crate) struct UnitAccess {
    state: Arc<UnitState>,
    /// Empty once the unit is finished. Dropped with a connection in it, the transaction is rolled
    /// back.
    slot: Arc<Mutex<Option<Lease>>>,
    read_only: bool,
}

impl MySqlUnit {
    pub(crate) async fn begin(shared: &Arc<Shared>, read_only: bool) -> Result<Self> {
        let sql = if read_only { BEGIN_READING } else { BEGIN_WRITING };
        let lease = step::begin(shared, sql).await?;
        Ok(Self {
            session: Session {
                access: UnitAccess {
                    state: Arc::default(),
                    slot: Arc::new(Mutex::new(Some(lease))),
                    read_only,
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

    /// On a task of its own: the driver cannot go on with a connection on which a call was dropped
    /// half-way, and a unit outlives a read that was.
    async fn read(
        &self,
        sql: impl Into<Cow<'static, str>> + Send,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let sql = sql.into();
        let mut slot = self.slot().await;
        self.state.check()?;
        let state = Arc::clone(&self.state);
        let read = tokio::spawn(async move {
            let rows = match slot.as_mut() {
                Some(lease) => lease.query(&sql, values).await.map_err(Failure::into_error),
                None => Err(lost()),
            };
            let rows = state.note(rows);
            if state.check().is_err()
                && let Some(lease) = slot.take()
            {
                lease.roll_back().await;
            }
            rows
        });
        read.await.unwrap_or_else(|error| {
            Err(Error::backend("the read was stopped with its task", Some(error.into())))
        })
    }

    async fn step(&self, _: Scope) -> Result<Step> {
        Self::step(self).await
    }
}

/// What is left of it is rolled back as soon as a read ends that was dropped before it; but a read
/// that is under way has nothing left to read for.
impl Drop for UnitAccess {
    fn drop(&mut self) {
        self.state.finish();
    }
}

tournament_core::adapter::delegate_repositories!(MySqlUnit, session);

#[async_trait]
impl UnitOfWork for MySqlUnit {
    async fn commit(self: Box<Self>) -> Result<()> {
        let access = &self.session.access;
        let lease = access.take().await?;
        if access.read_only {
            // There is nothing to store; the snapshot is let go.
            lease.roll_back().await;
            return Ok(());
        }
        lease.commit().await.map_err(Failure::into_uncommitted)
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        // A finished unit has no connection.
        if let Ok(lease) = self.session.access.take().await {
            lease.roll_back().await;
        }
        Ok(())
    }
}
