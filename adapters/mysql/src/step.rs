//! One call that writes: a statement or a transaction of its own, or a part of a unit's.

use std::sync::Arc;

use mysql_async::Row;
use tokio::sync::OwnedMutexGuard;
use tournament_core::adapter::UnitState;
use tournament_core::{EntityKind, Error, Result};

use crate::error::{Class, Failure};
use crate::shared::{BULK_BYTES, Lease, Shared, lost};
use crate::values::Value;

/// What a call writes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A single statement, which is a transaction by itself.
    Statement,
    /// Several statements.
    Transaction,
}

/// A unit's connection, empty once the unit is finished.
pub(crate) type Slot = OwnedMutexGuard<Option<Lease>>;

pub(crate) struct Step {
    held: Held,
    /// Whether each statement is stored by itself, so that a lost answer leaves it open whether it
    /// was.
    autocommit: bool,
}

enum Held {
    Own(Box<Lease>),
    Unit(UnitStep),
}

struct UnitStep {
    slot: Slot,
    state: Arc<UnitState>,
    finished: bool,
}

/// Who drops a step half-way does not learn whether it became part of the unit.
impl Drop for UnitStep {
    fn drop(&mut self) {
        if !self.finished {
            self.state.finish();
            drop(self.slot.take());
        }
    }
}

/// Of the isolation that each connection begins with, READ COMMITTED.
pub(crate) const BEGIN_WRITING: &str = "START TRANSACTION";

/// A transaction of one stable snapshot, as of now and not as of the first SELECT.
pub(crate) const BEGIN_READING: &str = "\
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; \
    START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

/// A connection on which a transaction was begun by these statements.
pub(crate) async fn begin(shared: &Arc<Shared>, sql: &str) -> Result<Lease> {
    let mut lease = shared.lease().await?;
    let Err(failure) = lease.open(sql).await else { return Ok(lease) };
    // It may have been closed while it was idle; nothing was asked of it yet.
    if !failure.is_worth_another() {
        return Err(failure.into_error());
    }
    lease.distrust();
    drop(lease);
    let mut lease = shared.lease().await?;
    lease.open(sql).await.map_err(Failure::into_error)?;
    Ok(lease)
}

impl Step {
    /// A step of the store, which ends with it.
    pub(crate) async fn own(shared: &Arc<Shared>, scope: Scope) -> Result<Self> {
        let autocommit = scope == Scope::Statement;
        let lease =
            if autocommit { shared.lease().await? } else { begin(shared, BEGIN_WRITING).await? };
        Ok(Self { held: Held::Own(Box::new(lease)), autocommit })
    }

    /// A step whose transaction has begun.
    pub(crate) fn begun(lease: Lease) -> Self {
        Self { held: Held::Own(Box::new(lease)), autocommit: false }
    }

    /// A step of a unit, which goes on after it.
    pub(crate) fn of_unit(slot: Slot, state: Arc<UnitState>) -> Self {
        let unit = UnitStep { slot, state, finished: false };
        Self { held: Held::Unit(unit), autocommit: false }
    }

    fn lease(&mut self) -> Result<&mut Lease> {
        match &mut self.held {
            Held::Own(lease) => Ok(lease),
            Held::Unit(unit) => unit.slot.as_mut().ok_or_else(lost),
        }
    }

    /// The rows of a statement that changes nothing.
    pub(crate) async fn query(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>> {
        self.lease()?.query(sql, values).await.map_err(Failure::into_error)
    }

    /// How many rows of this kind a statement stored, changed or deleted.
    pub(crate) async fn execute(
        &mut self,
        kind: EntityKind,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<u64> {
        self.execute_or(kind, sql, values, |_| None).await
    }

    /// [`execute`](Self::execute) where a broken reference has a meaning of its own.
    pub(crate) async fn execute_or(
        &mut self,
        kind: EntityKind,
        sql: &str,
        values: Vec<Value>,
        refusal: impl FnOnce(&Failure) -> Option<Error> + Send,
    ) -> Result<u64> {
        let done = self.lease()?.execute(sql, values).await;
        done.map_err(|failure| refusal(&failure).unwrap_or_else(|| self.refusal(kind, failure)))
    }

    /// How many bytes of values a statement holds at most.
    pub(crate) fn bulk_bytes(&mut self) -> usize {
        self.lease().map_or(BULK_BYTES, |lease| lease.bulk_bytes())
    }

    /// Executes statements without values, one after another.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        let lease = self.lease().map_err(|_| Failure::Unsent(None))?;
        lease.batch(sql).await
    }

    /// Why a statement that changes rows did not.
    fn refusal(&self, kind: EntityKind, failure: Failure) -> Error {
        if let Some(broken) = failure.broken(kind) {
            return broken;
        }
        if self.autocommit && matches!(failure.class(), Class::Lost(_)) {
            return failure.into_unknown();
        }
        failure.into_error()
    }

    /// Ends a step of the store that has nothing to store.
    pub(crate) async fn undo<T>(self, answer: Result<T>) -> Result<T> {
        if let Held::Own(lease) = self.held {
            lease.roll_back().await;
        }
        answer
    }

    /// Stores what was done, or undoes it, as the answer says, and passes the answer on.
    pub(crate) async fn finish<T>(self, answer: Result<T>) -> Result<T> {
        match self.held {
            Held::Own(_) if self.autocommit => answer,
            Held::Own(lease) => match answer {
                Ok(value) => {
                    lease.commit().await.map_err(Failure::into_uncommitted)?;
                    Ok(value)
                }
                Err(error) => {
                    lease.roll_back().await;
                    Err(error)
                }
            },
            Held::Unit(mut unit) => {
                let answer = unit.state.note(answer);
                if unit.state.check().is_err()
                    && let Some(lease) = unit.slot.take()
                {
                    lease.roll_back().await;
                }
                unit.finished = true;
                answer
            }
        }
    }
}
