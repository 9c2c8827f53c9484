//! What happens when the server, the wire or the caller gives up: killed connections, restarts, lost
//! answers, dropped futures, and many at once under all of that, on both servers.

#![allow(clippy::unwrap_used)] // Helpers are tests too.

mod support;

use mysql_async::prelude::Queryable;
use std::sync::Arc;
use std::time::Duration;

use support::database::connect;
use support::options;
use support::server::{Kind, Server, on_private_servers};
use tournament_core::{Player, PlayerFilter, RepositoryExt, Store, UnitOptions};

on_private_servers!(a_single_connection_killed_while_idle_is_noticed);

macro_rules! on_a_server {
    ($kind:ident) => {
        use super::{Kind, Server};

        tournament_conformance::on_a_server!(
            Server::with_store(Kind::$kind, &[]).await,
            tokio::test(flavor = "multi_thread", worker_threads = 4), dropped: all
        );
        tournament_conformance::on_a_server!(
            Server::with_store(Kind::$kind, &[]).await,
            tokio::test(flavor = "multi_thread", worker_threads = 4), faults: all
        );
        tournament_conformance::on_a_server!(
            Server::with_store(Kind::$kind, &[]).await,
            tokio::test(flavor = "multi_thread", worker_threads = 4),
            faults: a_unit_on_a_dead_wire_leaves_its_rows_to_others
        );
        tournament_conformance::on_a_server!(
            Server::with_store(Kind::$kind, &[]).await,
            tokio::test(flavor = "multi_thread", worker_threads = 4), storm: all
        );
    };
}

mod faults_on_private_mariadb {
    on_a_server!(MariaDb);
}

mod faults_on_private_mysql {
    on_a_server!(MySql);
}

/// Nothing is sent over a connection that the server closed, so nothing is left open.
async fn a_single_connection_killed_while_idle_is_noticed(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let store: Arc<dyn Store> =
        Arc::new(options(&server.url).with_pool_size(1).open().await.unwrap());
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let mut admin = connect(&server.url).await;
    for round in 0..10 {
        let others = "SELECT id FROM information_schema.processlist \
                      WHERE id <> CONNECTION_ID() AND db = 'cup'";
        let others: Vec<u64> = admin.query(others).await.unwrap();
        assert_eq!(others.len(), 1, "the store's");
        admin.query_drop(format!("KILL CONNECTION {}", others[0])).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        match round % 3 {
            0 => drop(store.players().create(&Player::new("Ben")).await.unwrap()),
            1 => drop(store.players().get(ada.id).await.unwrap()),
            _ => store.begin(UnitOptions::new()).await.unwrap().rollback().await.unwrap(),
        }
    }
    let all = store.players().list_all(&PlayerFilter::default()).await.unwrap();
    assert_eq!(all.len(), 5);
}
