//! Each URL leads to its store, or to an error that says why not.
#![allow(clippy::unwrap_used)] // Helpers are tests too.

use tournament_any::{Backend, OpenOptions, open};
use tournament_core::Error;

#[test]
fn a_url_names_its_adapter() {
    for (url, backend) in [
        ("memory:", Backend::Memory),
        ("mysql://me@host/cup", Backend::MySql),
        ("mariadb://me@host/cup", Backend::MySql),
        ("postgres://me@host/cup", Backend::Postgres),
        ("postgresql://me@host/cup", Backend::Postgres),
        ("sqlite:x.db", Backend::Sqlite),
        ("sqlite::memory:", Backend::Sqlite),
    ] {
        assert_eq!(Backend::of(url).unwrap(), backend, "{url}");
    }
    assert_eq!(Backend::ALL.len(), 4);
    for backend in Backend::ALL.iter().filter(|backend| **backend != Backend::Memory) {
        assert_eq!(Backend::of(&format!("{}:x", backend.as_str())).unwrap(), *backend);
    }
}

#[test]
fn another_url_is_refused_without_being_shown() {
    for (url, part) in [
        ("", "begins with `memory:`, `mysql:`, `postgres:` or `sqlite:`"),
        ("tournaments.db", "begins with `memory:`, `mysql:`, `postgres:` or `sqlite:`"),
        ("memory:x", "nothing may follow `memory:`"),
        ("Sqlite:x", "no adapter serves `Sqlite:`"),
        ("oracle://me:hunter2@host", "no adapter serves `oracle:`"),
        ("hunter2!:", "no adapter serves this URL"),
        (":", "no adapter serves this URL"),
    ] {
        let error = Backend::of(url).unwrap_err();
        assert_eq!(error.code(), "backend");
        let message = error.to_string();
        assert!(message.contains(part), "{url}: {message}");
        assert!(!message.contains("hunter2"), "{message}");
        assert!(!error.is_retryable());
    }
    let debug = format!("{:?}", OpenOptions::new("oracle://me:hunter2@host"));
    assert!(!debug.contains("hunter2"), "{debug}");
}

#[cfg(feature = "memory")]
#[tokio::test]
async fn a_store_in_memory_needs_no_migration() {
    let store = open("memory:").await.unwrap();
    assert_eq!(store.health().await.backend, "memory");
    let report = OpenOptions::new("memory:").migrate().await.unwrap();
    assert_eq!((report.from, report.to, report.ran.len()), (0, 0, 0));
    let status = OpenOptions::new("memory:").migration_status().await.unwrap();
    assert_eq!((status.current, status.required), (0, 0));
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_file_is_made_only_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tournaments.db");
    let url = format!("sqlite:{}", path.display());
    assert!(matches!(open(&url).await, Err(Error::Unavailable { .. })));
    let options = || OpenOptions::new(&url);
    assert!(matches!(options().migration_status().await, Err(Error::Unavailable { .. })));
    assert!(!path.exists());

    let report = options().migrate().await.unwrap();
    let status = options().migration_status().await.unwrap();
    assert_eq!((report.from, report.to), (0, status.required));
    assert_eq!(status.current, status.required);
    let store = open(&url).await.unwrap();
    assert_eq!(store.health().await.backend, "sqlite");
    store.close().await.unwrap();

    let other = format!("sqlite:{}", folder.path().join("other.db").display());
    let store = OpenOptions::new(other).with_migrate(true).open().await.unwrap();
    assert!(store.health().await.healthy);
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_private_sqlite_store_is_ready_at_once() {
    let store = open("sqlite::memory:").await.unwrap();
    assert!(store.health().await.healthy);
    assert!(OpenOptions::new("sqlite:x.db?colour=red").open().await.is_err());
}

#[cfg(not(feature = "sqlite"))]
#[tokio::test]
async fn a_feature_that_is_off_is_named() {
    let Err(Error::Backend { reason, .. }) = open("sqlite:x.db").await else {
        panic!("opened without its adapter")
    };
    assert!(reason.contains("the feature `sqlite`"), "{reason}");
    assert!(!Backend::Sqlite.is_enabled());
}

#[cfg(not(feature = "memory"))]
#[tokio::test]
async fn a_store_in_memory_may_be_left_out() {
    let Err(Error::Backend { reason, .. }) = open("memory:").await else {
        panic!("opened without its adapter")
    };
    assert!(reason.contains("the feature `memory`"), "{reason}");
    assert!(!Backend::Memory.is_enabled());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    for backend in [Backend::MySql, Backend::Postgres] {
        if backend.is_enabled() {
            // Nothing listens at port 1.
            expect_unavailable(&format!("{}://me:hunter2@127.0.0.1:1/cup", backend.as_str())).await;
        }
    }
}

async fn expect_unavailable(url: &str) {
    for error in [
        open(url).await.err().unwrap(),
        OpenOptions::new(url).with_migrate(true).open().await.err().unwrap(),
        OpenOptions::new(url).migrate().await.unwrap_err(),
        OpenOptions::new(url).migration_status().await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "unavailable");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("127.0.0.1:1") && !shown.contains("hunter2"), "{shown}");
    }
}

#[cfg(not(feature = "mysql"))]
#[tokio::test]
async fn mysql_may_be_left_out() {
    expect_left_out(Backend::MySql).await;
}

#[cfg(not(feature = "postgres"))]
#[tokio::test]
async fn postgres_may_be_left_out() {
    expect_left_out(Backend::Postgres).await;
}

#[cfg(not(all(feature = "mysql", feature = "postgres")))]
async fn expect_left_out(backend: Backend) {
    let name = backend.as_str();
    let opened = open(&format!("{name}://me:hunter2@host/cup")).await;
    let Err(Error::Backend { reason, .. }) = opened else { panic!("opened without its adapter") };
    assert!(reason.contains(&format!("the feature `{name}`")), "{reason}");
    assert!(!reason.contains("hunter2"), "{reason}");
    assert!(!backend.is_enabled());
}
