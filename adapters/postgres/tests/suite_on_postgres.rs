//! Every promise of the design, on a server: on a runtime of several threads, on one of a single
//! thread, and through `PgBouncer` in transaction mode.

mod support;

use support::Databases;
use tournament_conformance::suite;

mod direct {
    use super::*;

    suite!(Databases::direct(), tokio::test(flavor = "multi_thread", worker_threads = 4));
}

mod direct_on_one_thread {
    use super::*;

    suite!(Databases::direct(), tokio::test(flavor = "current_thread"));
}

mod by_pgbouncer {
    use super::*;

    suite!(Databases::by_pgbouncer(), tokio::test(flavor = "multi_thread", worker_threads = 4));
}
