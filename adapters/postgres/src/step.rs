//! One call that writes: a transaction of its own, or a part of a unit's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use tournament_core::adapter::UnitState;
use tournament_core::{Error, Result};

use crate::error::{Class, Failure, ONLY_READS};
use crate::shared::{Lease, Shared, lost};
use crate::target::Settings;
use crate::values::Value;
use crate::wire::Wire;

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
    /// Whether the connection was found to be lost.
    lost: AtomicBool,
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

/// Writing units are READ COMMITTED, whatever the role's default.
pub(crate) fn begin_writing(settings: &Settings) -> String {
    format!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE{}", settings.local)
}

/// A connection on which a transaction was begun with this statement.
pub(crate) async fn begin(shared: &Arc<Shared>, sql: &str) -> Result<Lease> {
    let failure = match begin_on(shared.lease().await?, sql).await {
        Ok(lease) => return Ok(lease),
        Err(failure) => failure,
    };
    // It may have been closed while it was idle; nothing was asked of it yet.
    if !failure.is_worth_another() {
        return Err(failure.into_error());
    }
    shared.distrust();
    begin_on(shared.lease().await?, sql).await.map_err(not_begun)
}

/// Why a transaction did not begin.
pub(crate) fn not_begun(failure: Failure) -> Error {
    match failure.class() {
        // Nothing was prepared: a standby refuses READ WRITE with this code.
        Class::Stale => Error::unavailable(ONLY_READS, failure.source()),
        _ => failure.into_error(),
    }
}

async fn begin_on(mut lease: Lease, sql: &str) -> Result<Lease, Failure> {
    lease.mark_unclean();
    let Ok(wire) = lease.wire() else { return Err(Failure::Unsent(None)) };
    wire.batch(sql).await?;
    Ok(lease)
}

impl Step {
    /// A step of the store, which ends with it.
    pub(crate) async fn own(shared: &Arc<Shared>, scope: Scope) -> Result<Self> {
        // Without a session of its own, only a transaction can be told how long to wait.
        let autocommit = scope == Scope::Statement && shared.settings().local.is_empty();
        let lease = if autocommit {
            let mut lease = shared.lease().await?;
            lease.mark_unclean();
            lease
        } else {
            begin(shared, &begin_writing(shared.settings())).await?
        };
        Ok(Self::new(Held::Own(Box::new(lease)), autocommit))
    }

    /// A step whose transaction has begun.
    pub(crate) fn begun(lease: Lease) -> Self {
        Self::new(Held::Own(Box::new(lease)), false)
    }

    /// A step of a unit, which goes on after it.
    pub(crate) fn of_unit(slot: Slot, state: Arc<UnitState>) -> Self {
        let unit = UnitStep { slot, state, finished: false };
        Self::new(Held::Unit(unit), false)
    }

    const fn new(held: Held, autocommit: bool) -> Self {
        Self { held, autocommit, lost: AtomicBool::new(false) }
    }

    fn lease(&self) -> Result<&Lease> {
        match &self.held {
            Held::Own(lease) => Ok(lease),
            Held::Unit(unit) => unit.slot.as_ref().ok_or_else(lost),
        }
    }

    pub(crate) fn wire(&self) -> Result<Wire<'_>> {
        self.lease()?.wire()
    }

    /// Whether COPY can be used: it has to be prepared.
    pub(crate) fn copies(&self) -> bool {
        self.lease().is_ok_and(|lease| lease.settings().prepares)
    }

    /// The rows of a statement that changes nothing.
    pub(crate) async fn query(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.wire()?.query(sql, values).await.map_err(|failure| self.failure(failure))
    }

    /// The rows of a statement that changes some.
    pub(crate) async fn change(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.wire()?.query(sql, values).await.map_err(|failure| self.refusal(failure))
    }

    /// How many rows a statement changed.
    pub(crate) async fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64> {
        let done = self.wire()?.execute(sql, values).await;
        done.map_err(|failure| self.refusal(failure))
    }

    /// [`execute`](Self::execute) where a broken reference has a meaning of its own.
    pub(crate) async fn execute_or(
        &self,
        sql: &str,
        values: &[Value<'_>],
        refusal: impl FnOnce(&Failure) -> Option<Error> + Send,
    ) -> Result<u64> {
        let done = self.wire()?.execute(sql, values).await;
        done.map_err(|failure| refusal(&failure).unwrap_or_else(|| self.refusal(failure)))
    }

    /// How many rows a statement over lists changed.
    pub(crate) async fn execute_lists(
        &self,
        sql: &str,
        lists: &[(Vec<Value<'_>>, Type)],
    ) -> Result<u64> {
        let done = self.wire()?.execute_lists(sql, lists).await;
        done.map_err(|failure| self.refusal(failure))
    }

    /// How many rows a COPY stored.
    pub(crate) async fn copy<'v>(
        &self,
        sql: &str,
        types: &[Type],
        rows: impl Iterator<Item = Vec<Value<'v>>> + Send,
    ) -> Result<u64> {
        let done = self.wire()?.copy(sql, types, rows).await;
        done.map_err(|failure| self.refusal(failure))
    }

    /// Why a statement that changes nothing failed.
    pub(crate) fn failure(&self, failure: Failure) -> Error {
        if matches!(failure.class(), Class::Lost(_)) {
            self.lost.store(true, Ordering::Release);
        }
        failure.into_error()
    }

    /// Why a statement that changes rows did not.
    fn refusal(&self, failure: Failure) -> Error {
        if let Some(broken) = failure.broken() {
            return broken;
        }
        if self.autocommit && matches!(failure.class(), Class::Lost(_)) {
            self.lost.store(true, Ordering::Release);
            return failure.into_unknown();
        }
        self.failure(failure)
    }

    /// Ends a step of the store that has nothing to store.
    pub(crate) async fn undo<T>(self, answer: Result<T>) -> Result<T> {
        let lost = self.lost.load(Ordering::Acquire);
        if let Held::Own(lease) = self.held {
            undo(*lease, lost).await;
        }
        answer
    }

    /// Stores what was done, or undoes it, as the answer says, and passes the answer on.
    pub(crate) async fn finish<T>(self, answer: Result<T>) -> Result<T> {
        let lost = self.lost.load(Ordering::Acquire);
        match self.held {
            Held::Own(lease) => end_own(*lease, self.autocommit, lost, answer).await,
            Held::Unit(mut unit) => {
                let answer = unit.state.note(answer);
                if unit.state.check().is_err()
                    && let Some(lease) = unit.slot.take()
                {
                    undo(lease, lost).await;
                }
                unit.finished = true;
                answer
            }
        }
    }
}

async fn end_own<T>(
    mut lease: Lease,
    autocommit: bool,
    lost: bool,
    answer: Result<T>,
) -> Result<T> {
    match answer {
        _ if autocommit => {
            if !lost {
                lease.mark_clean();
            }
            answer
        }
        Ok(value) => {
            commit(lease).await?;
            Ok(value)
        }
        Err(_) => {
            undo(lease, lost).await;
            answer
        }
    }
}

/// Undoes what was done, and lets go of the connection. One that was lost is not asked again: the
/// server rolls back when it is closed.
pub(crate) async fn undo(lease: Lease, lost: bool) {
    if !lost {
        roll_back(lease).await;
    }
}

/// Commits the transaction and lets go of its connection.
pub(crate) async fn commit(mut lease: Lease) -> Result<()> {
    lease.wire()?.batch("COMMIT").await.map_err(Failure::into_unknown)?;
    lease.mark_clean();
    Ok(())
}

/// Rolls the transaction back and lets go of its connection. Where that does not succeed soon, the
/// connection is closed.
pub(crate) async fn roll_back(mut lease: Lease) {
    if let Ok(wire) = lease.wire()
        && let Ok(Ok(())) = timeout(lease.patience(), wire.batch("ROLLBACK")).await
    {
        lease.mark_clean();
    }
}
