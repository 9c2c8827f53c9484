//! Every promise of the design, on a store in memory.

#[allow(dead_code)] // Each test file uses a part of it.
mod support;

use support::Memory;
use tournament_conformance::suite;

suite!(Memory, tokio::test(flavor = "multi_thread", worker_threads = 4));
