//! Waiting without a clock.

use std::pin::Pin;
use std::task::{Context, Poll};

/// How many turns the longest pause gives to others, as a power of two.
const LONGEST: u32 = 10;

/// A future that lets the executor run others for a number of turns. There is no timer that works
/// on every executor and in a browser, and what a writer waits for here is never far away.
#[derive(Debug)]
pub(crate) struct Pause {
    turns: u32,
}

impl Pause {
    /// Twice as long with each attempt.
    pub(crate) fn before(attempt: u32) -> Self {
        Self { turns: 1 << attempt.min(LONGEST) }
    }
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.turns == 0 {
            return Poll::Ready(());
        }
        self.turns -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
