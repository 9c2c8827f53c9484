//! Every promise of the design, on a file: as it is by default on a runtime of several threads, and
//! with quick commits on a runtime of one, where a wait on its thread would stop everything.

#[allow(dead_code)] // Each test file uses a part of it.
mod support;

use support::Files;
use tournament_conformance::suite;
use tournament_sqlite::Synchronous;

mod full {
    use super::*;

    suite!(Files::new(Synchronous::Full), tokio::test(flavor = "multi_thread", worker_threads = 4));
}

mod normal_on_one_thread {
    use super::*;

    suite!(Files::new(Synchronous::Normal), tokio::test(flavor = "current_thread"));
}
