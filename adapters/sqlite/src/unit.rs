//! Units of work.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tournament_core::adapter::{UnitState, read_only_refusal};
use tournament_core::{EntityKind, Error, Result, UnitOfWork, async_trait};

use crate::access::{Access, Weight, blocking, blocking_write};
use crate::session::Session;
use crate::shared::{Allowance, Reader, Shared, Writer, lost, take_turns};

/// Several calls, one transaction.
pub(crate) struct SqliteUnit {
    session: Session<UnitAccess>,
}

/// A unit's connection, in a transaction.
enum Held {
    Reader(Reader),
    Writer(Writer),
}

impl Held {
    fn connection(&self) -> Result<&Connection> {
        match self {
            Self::Reader(reader) => reader.connection(),
            Self::Writer(writer) => writer.connection(),
        }
    }
}

/// Empty once the unit is finished. Dropped with a connection in it, the transaction is rolled back.
type Slot = OwnedMutexGuard<Option<Held>>;

pub(crate) struct UnitAccess {
    state: Arc<UnitState>,
    slot: Arc<Mutex<Option<Held>>>,
    read_only: bool,
    shared: Arc<Shared>,
}

impl SqliteUnit {
    pub(crate) async fn begin(shared: &Arc<Shared>, read_only: bool) -> Result<Self> {
        let held = if read_only {
            Held::Reader(begin_reading(shared).await?)
        } else {
            Held::Writer(begin_writing(shared).await?)
        };
        Ok(Self {
            session: Session {
                access: UnitAccess {
                    state: Arc::default(),
                    slot: Arc::new(Mutex::new(Some(held))),
                    read_only,
                    shared: Arc::clone(shared),
                },
            },
        })
    }
}

async fn begin_reading(shared: &Arc<Shared>) -> Result<Reader> {
    let reader = shared.reader(Allowance::Long).await?;
    match reader.begin() {
        Err(Error::Busy { .. }) => {}
        began => return began.map(|()| reader),
    }
    drop(reader);
    let reader = shared.reader(Allowance::Long).await?;
    let wait = shared.settings.busy_timeout;
    blocking(move || {
        reader.wait(wait)?;
        reader.begin()?;
        reader.wait(Duration::ZERO)?;
        Ok(reader)
    })
    .await
}

async fn begin_writing(shared: &Arc<Shared>) -> Result<Writer> {
    let deadline = shared.deadline();
    let writer = shared.writer(deadline).await?;
    match writer.begin(Duration::ZERO) {
        Err(Error::Busy { .. }) => {}
        began => return began.map(|()| writer),
    }
    blocking(move || {
        writer.begin_until(deadline)?;
        Ok(writer)
    })
    .await
}

impl UnitAccess {
    /// The connection, once no other call of this unit has it.
    async fn slot(&self) -> Slot {
        take_turns().await;
        match Arc::clone(&self.slot).try_lock_owned() {
            Ok(slot) => slot,
            Err(_) => Arc::clone(&self.slot).lock_owned().await,
        }
    }

    /// Takes the transaction away from the unit, which is finished by that.
    async fn take(&self) -> Result<Held> {
        let mut slot = self.slot().await;
        self.state.check()?;
        self.state.finish();
        slot.take().ok_or_else(lost)
    }
}

/// Does the work and, if the answer finishes the unit, lets go of its locks at once.
fn run<T>(
    state: &UnitState,
    slot: &mut Slot,
    work: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    // A panic in the work may leave a part of it behind.
    let broken = FinishOnDrop(Some(state));
    let answer =
        state.check().and_then(|()| slot.as_ref().ok_or_else(lost)?.connection()).and_then(work);
    let answer = state.note(answer);
    broken.disarm();
    // Also where the caller gave up while the work was done.
    if state.check().is_err() {
        drop(slot.take());
    }
    answer
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
            Err(error) if !error.leaves_unit_open() => {
                let mut slot = self.slot().await;
                run(&self.state, &mut slot, |_| Err(error))
            }
            answer => answer,
        }
    }

    async fn read<T, W>(&self, weight: Weight, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: Fn(&Connection) -> Result<T> + Send + 'static,
    {
        let mut slot = self.slot().await;
        let state = Arc::clone(&self.state);
        if weight == Weight::Light {
            return run(&state, &mut slot, work);
        }
        blocking(move || run(&state, &mut slot, work)).await
    }

    async fn write<T, W>(&self, weight: Weight, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let mut slot = self.slot().await;
        let state = Arc::clone(&self.state);
        if weight == Weight::Light {
            return run(&state, &mut slot, work);
        }
        // Who drops this future does not learn whether the write became part of the unit.
        let given_up = FinishOnDrop(Some(&self.state));
        let answer = blocking_write(move || run(&state, &mut slot, work)).await;
        given_up.disarm();
        // The thread may have stopped before it could note that.
        self.state.note(answer)
    }
}

struct FinishOnDrop<'s>(Option<&'s UnitState>);

impl FinishOnDrop<'_> {
    fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for FinishOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(state) = self.0 {
            state.finish();
        }
    }
}

tournament_core::adapter::delegate_repositories!(SqliteUnit, session);

#[async_trait]
impl UnitOfWork for SqliteUnit {
    async fn commit(self: Box<Self>) -> Result<()> {
        let access = &self.session.access;
        match access.take().await? {
            // There is nothing to store; the snapshot is let go.
            Held::Reader(_) => Ok(()),
            Held::Writer(writer) if access.shared.commits_inline() => writer.commit(),
            Held::Writer(writer) => blocking_write(move || writer.commit()).await,
        }
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        // Dropping the connection rolls back; a finished unit has none.
        drop(self.session.access.take().await);
        Ok(())
    }
}
