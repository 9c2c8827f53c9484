//! The suite that every adapter of `tournament-core` passes: one case per promise, each a test of
//! its own.
//!
//! # Testing an adapter
//!
//! An adapter says how to get a fresh store, in a [`Harness`], and calls [`suite!`] once per way of
//! running it. That is all: each case becomes a test, `players::create_returns_what_get_returns`
//! and so on, in a module per topic.
//!
//! ```
//! // tests/conformance.rs of the adapter
//! use std::sync::Arc;
//!
//! use tournament_conformance::{Harness, suite};
//! use tournament_core::{BoxFuture, Store, async_trait};
//! use tournament_memory::MemoryStore;
//!
//! struct Memory;
//!
//! #[async_trait]
//! impl Harness for Memory {
//!     async fn open(&self) -> Arc<dyn Store> {
//!         Arc::new(MemoryStore::new())
//!     }
//!
//!     fn spawn(&self, task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
//!         let task = tokio::spawn(task);
//!         Box::pin(async move {
//!             if let Err(error) = task.await {
//!                 std::panic::resume_unwind(error.into_panic());
//!             }
//!         })
//!     }
//! }
//!
//! suite!(Memory, tokio::test(flavor = "multi_thread", worker_threads = 4));
//! # fn main() {}
//! ```
//!
//! The second argument is the attribute that makes a test of an `async fn`:
//! `wasm_bindgen_test::wasm_bindgen_test` serves Node and browsers, where `spawn_local` and a channel
//! make a [`Harness::spawn`]. A runtime with several threads shows more, so let at least one call of
//! `suite!` have it.
//!
//! # Random histories
//!
//! The case `histories::random_histories_agree_with_the_model` does hundreds of random steps to a
//! store and to a plain model of one, and compares every answer. Where one parts from the model it
//! is shrunk and shown with its seed. In the environment `HISTORIES` says how many to compare (48
//! unless said), `HISTORY_SEED` with which seed to begin (a random one unless said). WebAssembly has no
//! environment: there they are those of the build.
//!
//! # On a server
//!
//! With the feature `servers` the module `servers` has what happens when a server, a wire or a caller gives
//! up: connections killed, servers stopped and started, answers lost, futures dropped in the middle of each
//! kind of call, and 64 tasks at once under all of that.

#![allow(clippy::expect_used, clippy::unwrap_used)] // Cases fail by panicking.
#![allow(clippy::cloned_ref_to_slice_refs)] // `[row.clone()]` reads as the list that is expected.

mod cases;
mod expect;
mod fixture;
mod harness;
mod history;
mod list;
mod model;
mod sample;
#[cfg(feature = "servers")]
pub mod servers;

pub use harness::Harness;
pub use list::names;
#[doc(hidden)]
pub use list::topics;

/// Makes one test per case: `suite!(harness, attribute)`.
///
/// `harness` is an expression whose value implements [`Harness`]; each test evaluates it anew.
/// `attribute` makes a test of an `async fn`: `tokio::test`, or
/// `tokio::test(flavor = "multi_thread")`.
#[macro_export]
macro_rules! suite {
    ($harness:expr, $attribute:meta) => {
        $crate::__each_topic! { __tests ($harness, $attribute) }
    };
}
