//! The line in which units of work stand once one has been overtaken.
//!
//! While nobody is overtaken, units begin at once and meet at their commits. From the first that
//! must try again until nobody waits any more, units that begin go one after another: each keeps
//! its place until it ends, so those that try again do not overtake each other once more.
//!
//! There is no timer that works on every executor and in a browser, so a wait is counted in turns:
//! the waiting task lets the executor run others, and looks again. Everyone looks for themself, so
//! a wait ends whether or not the others in the line, or the one at work, are polled: whoever has
//! seen nothing move for too long takes the place.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use crate::shared::Shared;

/// For how many turns a waiter sees nothing move before it takes the place.
const PATIENCE: u32 = 1 << 17;

/// Who waits to begin, and who is at work.
#[derive(Default)]
pub(crate) struct Line {
    state: Mutex<LineState>,
    /// Tickets up to this one may go; 0 while somebody is at work. Read without the lock: waiters
    /// look often.
    called: AtomicU64,
    /// How many went to work.
    went: AtomicU64,
}

#[derive(Default)]
struct LineState {
    /// Whether units that begin stand in line.
    formed: bool,
    /// Who waits, in the order in which they go.
    waiting: BTreeSet<u64>,
    /// Who is at work.
    at_work: Option<u64>,
    /// How many came.
    tickets: u64,
}

impl Line {
    /// A unit was overtaken and will begin anew.
    pub(crate) fn form(&self) {
        self.state().formed = true;
    }

    pub(crate) fn is_formed(&self) -> bool {
        self.state().formed
    }

    /// Changes who waits and who is at work, and calls the next.
    fn change(&self, change: impl FnOnce(&mut LineState)) {
        let mut state = self.state();
        change(&mut state);
        let first = state.waiting.first().copied();
        state.formed &= state.at_work.is_some() || first.is_some();
        let called = if state.at_work.is_some() { 0 } else { first.unwrap_or(0) };
        self.called.store(called, Ordering::Release);
    }

    fn state(&self) -> MutexGuard<'_, LineState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of the unit at work, given up when it is dropped.
pub(crate) struct Place {
    store: Arc<Shared>,
    ticket: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.store.line().change(|state| {
            state.at_work.take_if(|ticket| *ticket == self.ticket);
        });
    }
}

/// Somebody in line, until they go or are dropped.
pub(crate) struct Wait {
    store: Arc<Shared>,
    ticket: u64,
    /// How many had gone when it last looked.
    went: u64,
    patience: u32,
}

impl Wait {
    pub(crate) fn join(store: &Arc<Shared>) -> Self {
        let mut ticket = 0;
        store.line().change(|state| {
            state.tickets += 1;
            ticket = state.tickets;
            state.waiting.insert(ticket);
        });
        let went = store.line().went.load(Ordering::Acquire);
        Self { store: Arc::clone(store), ticket, went, patience: PATIENCE }
    }
}

impl Future for Wait {
    type Output = Place;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Place> {
        let ticket = self.ticket;
        let store = Arc::clone(&self.store);
        let line = store.line();
        let went = line.went.load(Ordering::Acquire);
        if self.went != went {
            self.went = went;
            self.patience = PATIENCE;
        }
        if ticket <= line.called.load(Ordering::Acquire) || self.patience == 0 {
            line.change(|state| {
                // Whoever is before this one was not there to go, and need not be waited for again.
                state.waiting = state.waiting.split_off(&(ticket + 1));
                state.at_work = Some(ticket);
            });
            line.went.fetch_add(1, Ordering::Release);
            return Poll::Ready(Place { store, ticket });
        }
        self.patience -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.store.line().change(|state| {
            state.waiting.remove(&self.ticket);
        });
    }
}

/// Lets the executor run others once.
#[derive(Default)]
pub(crate) struct Yield {
    done: bool,
}

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.done {
            return Poll::Ready(());
        }
        self.done = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
