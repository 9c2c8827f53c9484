//! Every promise of the design, on MariaDB and on MySQL: on a runtime of several threads, and on one of a
//! single thread.

mod support;

use support::Databases;
use support::server::Kind;
use tournament_conformance::suite;

mod on_mariadb {
    use super::*;

    suite!(Databases::of(Kind::MariaDb), tokio::test(flavor = "multi_thread", worker_threads = 4));
}

mod on_mariadb_on_one_thread {
    use super::*;

    suite!(Databases::of(Kind::MariaDb), tokio::test(flavor = "current_thread"));
}

mod on_mysql {
    use super::*;

    suite!(Databases::of(Kind::MySql), tokio::test(flavor = "multi_thread", worker_threads = 4));
}

mod on_mysql_on_one_thread {
    use super::*;

    suite!(Databases::of(Kind::MySql), tokio::test(flavor = "current_thread"));
}
