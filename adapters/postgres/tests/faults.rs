//! What happens when the server, the wire or the caller gives up: terminated backends, restarts, lost
//! answers, dropped futures, and many at once under all of that.
#![allow(clippy::expect_used, clippy::unwrap_used)] // Helpers are tests too.

mod support;

use std::time::Duration;

use support::database::connect;
use support::server::Server;
use support::{LOCK_TIMEOUT, event, options};
use tokio::time::timeout;
use tournament_conformance::on_a_server;
use tournament_core::{Player, PlayerFilter, Repositories, RepositoryExt, Store, UnitOptions};

on_a_server!(
    Server::with_store(&[]).await,
    tokio::test(flavor = "multi_thread", worker_threads = 4), dropped: all
);
on_a_server!(
    Server::with_store(&[]).await,
    tokio::test(flavor = "multi_thread", worker_threads = 4), faults: all
);
on_a_server!(
    Server::with_store(&[]).await,
    tokio::test(flavor = "multi_thread", worker_threads = 4), storm: all
);

/// Who asks for much, and turns to something else before the answer is in, holds nobody up.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_is_not_polled_keeps_nobody_else_waiting() {
    let server = Server::with_store(&[]).await;
    let store = options(&server.url).with_read_connections(1).open().await.unwrap();
    let rows = event(1_000);
    store.import(&rows).await.unwrap();
    let (filter, page) = (PlayerFilter::default(), tournament_core::Page::new().with_limit(1_000));
    store.players().list(&filter, &page).await.unwrap();
    // Now and then the whole answer is in before the first look.
    let mut unpolled = store.players().list(&filter, &page);
    for attempt in 0.. {
        if is_pending(&mut unpolled).await {
            break;
        }
        assert!(attempt < 100, "the list is always there at once");
        unpolled = store.players().list(&filter, &page);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let id = rows.players[0].id;
    let read = tokio::time::timeout(Duration::from_secs(2), store.players().get(id)).await;
    assert_eq!(read.expect("it waits for the other").unwrap().id, id);
    assert_eq!(unpolled.await.unwrap().items.len(), 1_000);
}

/// Polls once.
async fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())
    })
    .await
}

/// A transaction that failed unheard of must not be taken for one that was committed.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_nobody_heard_is_not_committed() {
    let server = Server::with_store(&[]).await;
    let store = options(&server.url).open().await.unwrap();
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    unit.players().create(&Player::new("Ben")).await.unwrap();
    let filter = PlayerFilter::default();
    unit.players().count(&filter).await.unwrap();
    let admin = connect(&server.url).await;
    admin.batch_execute("BEGIN; LOCK TABLE tournaments IN ACCESS EXCLUSIVE MODE").await.unwrap();
    // It waits for the lock; whoever waits for it gives up first.
    let read =
        timeout(Duration::from_millis(50), unit.tournaments().get(event(2).tournaments[0].id));
    assert!(read.await.is_err());
    tokio::time::sleep(2 * LOCK_TIMEOUT).await;
    admin.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(unit.commit().await.unwrap_err().code(), "aborted");
    let all = store.players().list_all(&filter).await.unwrap();
    assert_eq!(all, []);
}
