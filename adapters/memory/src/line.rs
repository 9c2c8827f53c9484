//! The line in which units of work that were overtaken wait to try again.
//!
//! There is no timer that works on every executor and in a browser, so a wait is counted in turns:
//! the waiting task lets the executor run others, and looks again. A number of turns alone would
//! not help, since tasks that were overtaken at the same time would come back at the same time, and
//! all but one be overtaken again. So they stand in line. The first goes as soon as the store has
//! changed since the one before it went, for then that one is through; or when its patience ends,
//! for that one may have given up. While anyone waits, new units queue up behind.
//!
//! Only two in the line keep looking, whatever its length, so that those at work get the processor:
//! the first, and the newest, which watches that the first does look. A task may hold the first's
//! future without polling it while it waits here itself; then the first loses its place, or both
//! would wait for ever. The others sleep until they are one of the two.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::shared::Shared;

/// How many turns the first in line waits at most, at attempt 0. It doubles with each attempt.
const PATIENCE: u32 = 256;

/// The attempt from which on the patience no longer grows.
const LONGEST: u32 = 5;

/// How many turns the first may be silent before it loses its place. A thread that the system has
/// put aside for a moment should not.
const SILENCE: u32 = 16_384;

/// Who waits to begin.
#[derive(Default)]
pub(crate) struct Line {
    state: Mutex<LineState>,
}

#[derive(Default)]
struct LineState {
    /// In the order in which they go. Those asleep have left a waker.
    waiting: BTreeMap<Ticket, Option<Waker>>,
    tickets: u64,
    /// How often a first in line has looked.
    looks: u64,
    /// How often the store had changed when the last one went.
    went_at: Option<u64>,
    /// Whether the last one that went has yet to begin.
    going: bool,
}

/// Who has tried more often goes first, then who came earlier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ticket {
    attempt: Reverse<u32>,
    number: u64,
}

impl Line {
    /// Whether a unit may begin at once: nobody waits, or it is the one that just went.
    pub(crate) fn lets_through(&self) -> bool {
        let mut state = self.state();
        std::mem::take(&mut state.going) || state.waiting.is_empty()
    }

    fn join(&self, attempt: u32) -> Ticket {
        let mut state = self.state();
        state.tickets += 1;
        let ticket = Ticket { attempt: Reverse(attempt), number: state.tickets };
        state.waiting.insert(ticket, None);
        ticket
    }

    /// Takes a ticket out of the line, and wakes those who have to look now.
    fn leave(&self, ticket: Ticket) {
        let mut state = self.state();
        state.waiting.remove(&ticket);
        let lookers = [state.first(), state.newest()];
        let wakers = lookers.map(|ticket| state.waiting.get_mut(&ticket?)?.take());
        drop(state);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, LineState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LineState {
    fn first(&self) -> Option<Ticket> {
        self.waiting.keys().next().copied()
    }

    fn go(&mut self, ticket: Ticket, changes: u64) -> Turn {
        self.went_at = Some(changes);
        // A first attempt begins within the same call; a later one has yet to call.
        self.going = ticket.attempt != Reverse(0);
        Turn::Go
    }

    fn newest(&self) -> Option<Ticket> {
        self.waiting.keys().max_by_key(|ticket| ticket.number).copied()
    }
}

/// A place in a store's line, given up when it is dropped.
pub(crate) struct Wait {
    store: Arc<Shared>,
    ticket: Ticket,
    /// Others get one turn at least.
    gave_way: bool,
    /// For how many turns it looks for a change once it is first.
    patience: u32,
    /// Who was first, and how often one had looked, when it last watched.
    watched: Option<(Ticket, u64)>,
    /// For how many turns nothing of that has changed.
    silence: u32,
}

/// What to do in this turn.
enum Turn {
    Go,
    LookAgain,
    Sleep,
    Remove(Ticket),
}

impl Wait {
    /// Before an attempt at a unit of work; 0 is the first.
    pub(crate) fn before(store: &Arc<Shared>, attempt: u32) -> Self {
        Self {
            store: Arc::clone(store),
            ticket: store.line().join(attempt),
            gave_way: false,
            patience: PATIENCE << attempt.min(LONGEST),
            watched: None,
            silence: 0,
        }
    }

    fn turn(&mut self, waker: &Waker) -> Turn {
        let store = Arc::clone(&self.store);
        let changes = store.changes();
        let mut state = store.line().state();
        let first = state.first().filter(|_| state.waiting.contains_key(&self.ticket));
        match first {
            Some(first) if first != self.ticket => self.watch(first, &mut state, waker),
            // Whoever was removed has waited long enough.
            None => state.go(self.ticket, changes),
            Some(_) if state.went_at != Some(changes) || self.patience == 0 => {
                state.go(self.ticket, changes)
            }
            Some(_) => {
                state.looks += 1;
                self.patience -= 1;
                Turn::LookAgain
            }
        }
    }

    /// What to do while another is first.
    fn watch(&mut self, first: Ticket, state: &mut LineState, waker: &Waker) -> Turn {
        if state.newest() != Some(self.ticket) {
            state.waiting.insert(self.ticket, Some(waker.clone()));
            return Turn::Sleep;
        }
        let seen = Some((first, state.looks));
        if self.watched != seen {
            self.watched = seen;
            self.silence = 0;
        }
        self.silence += 1;
        if self.silence > SILENCE { Turn::Remove(first) } else { Turn::LookAgain }
    }
}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let turn = if self.gave_way { self.turn(context.waker()) } else { Turn::LookAgain };
        self.gave_way = true;
        match turn {
            Turn::Go => {
                self.store.line().leave(self.ticket);
                return Poll::Ready(());
            }
            Turn::LookAgain => context.waker().wake_by_ref(),
            Turn::Sleep => {}
            Turn::Remove(first) => {
                self.store.line().leave(first);
                context.waker().wake_by_ref();
            }
        }
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.store.line().leave(self.ticket);
    }
}
