//! Opening, migrating and closing: what is refused, and that a refusal changes nothing.

#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use tournament_core::{Error, Player, PlayerFilter, Repositories, Store, UnitOptions};
use tournament_migrations::{Dialect, MigrationGoal, MigrationState, migrations, required_version};
use tournament_sqlite::{SqliteOptions, SqliteStore, Synchronous};

fn required() -> u32 {
    required_version(Dialect::Sqlite)
}

async fn refusal(options: SqliteOptions) -> Error {
    match options.open().await {
        Ok(_) => panic!("the store was opened"),
        Err(error) => error,
    }
}

async fn migrated(path: &Path) -> Connection {
    SqliteOptions::new(path).migrate().await.unwrap();
    Connection::open(path).unwrap()
}

#[tokio::test]
async fn a_missing_file_is_named_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing.db");
    for error in [
        refusal(SqliteOptions::new(&path)).await,
        SqliteOptions::new(&path).migration_status().await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "unavailable");
        let text = error.to_string();
        assert!(text.contains("missing.db") && text.contains("td migrate up"), "{text}");
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn a_missing_folder_is_not_made_either() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/x.db");
    let error = refusal(SqliteOptions::new(path).with_migrate(true)).await;
    assert_eq!(error.code(), "unavailable");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn an_empty_file_is_outdated_and_stays_empty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    std::fs::write(&path, "").unwrap();
    match refusal(SqliteOptions::new(&path)).await {
        Error::SchemaOutdated { current, required: needed, .. } => {
            assert_eq!((current, needed), (0, required()));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let notes = "Round one went well. ".repeat(100);
    std::fs::write(&path, &notes).unwrap();
    for migrate in [false, true] {
        let error = refusal(SqliteOptions::new(&path).with_migrate(migrate)).await;
        assert_eq!(error.code(), "unavailable");
        assert!(error.to_string().contains("not an SQLite database"), "{error}");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), notes);
}

#[tokio::test]
async fn a_truncated_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    migrated(&path).await.close().unwrap();
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(refusal(SqliteOptions::new(&path)).await.code(), "unavailable");
}

#[tokio::test]
async fn another_programs_database_is_outdated_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE players (shirt INTEGER)").unwrap();
    drop(other);
    let before = std::fs::read(&path).unwrap();
    assert_eq!(refusal(SqliteOptions::new(&path)).await.code(), "schema_outdated");
    assert_eq!(std::fs::read(&path).unwrap(), before);

    // Nor is it migrated, where that is asked for.
    let error = SqliteOptions::new(&path).migrate().await.unwrap_err();
    assert_eq!(error.code(), "backend");
    assert!(error.to_string().contains("not this program's"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let status = SqliteOptions::new(&path).migration_status().await.unwrap();
    assert_eq!(status.current, 0);
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let newer = required() + 1;
    migrated(&path)
        .await
        .execute(
            "INSERT INTO tournament_migrations
             VALUES (?1, 'future', 'x', '2099-01-01T00:00:00.000000Z', 1, 1)",
            [newer],
        )
        .unwrap();
    for migrate in [false, true] {
        match refusal(SqliteOptions::new(&path).with_migrate(migrate)).await {
            Error::SchemaTooNew { current, supported, .. } => {
                assert_eq!((current, supported), (newer, required()));
            }
            other => panic!("{other:?}"),
        }
    }
    let status = SqliteOptions::new(&path).migration_status().await.unwrap();
    assert_eq!(status.steps.last().unwrap().state, MigrationState::Unknown);
}

#[tokio::test]
async fn a_changed_migration_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let bare = migrated(&path).await;
    bare.execute("UPDATE tournament_migrations SET checksum = 'x' WHERE version = 1", []).unwrap();
    let error = refusal(SqliteOptions::new(&path)).await;
    assert_eq!(error.code(), "backend");
    assert!(error.to_string().contains("checksum"), "{error}");
}

#[tokio::test]
async fn migrating_says_what_ran_and_is_done_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let options = SqliteOptions::new(&path);
    let first = options.clone().migrate().await.unwrap();
    assert_eq!((first.from, first.to), (0, required()));
    let names: Vec<_> = first.ran.iter().map(|run| run.name.as_str()).collect();
    let expected: Vec<_> = migrations(Dialect::Sqlite).iter().map(|m| m.name).collect();
    assert_eq!(names, expected);

    let second = options.clone().migrate().await.unwrap();
    assert_eq!((second.from, second.to), (required(), required()));
    assert!(second.ran.is_empty());

    let status = options.migration_status().await.unwrap();
    assert_eq!((status.current, status.required), (required(), required()));
    assert!(status.steps.iter().all(|step| step.state == MigrationState::Applied));
    assert!(status.steps.iter().all(|step| step.applied_at.is_some()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn any_number_may_migrate_one_file_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let tasks: Vec<_> =
            (0..8).map(|_| tokio::spawn(SqliteOptions::new(&path).migrate())).collect();
        let mut ran = 0;
        for task in tasks {
            ran += task.await.unwrap().unwrap().ran.len();
        }
        assert_eq!(ran, migrations(Dialect::Sqlite).len());
        SqliteOptions::new(&path).open().await.unwrap();
    }
}

#[tokio::test]
async fn a_lock_that_is_not_let_go_is_busy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let bare = Connection::open(&path).unwrap();
    bare.execute_batch("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE").unwrap();
    let migrator = SqliteOptions::new(&path).migrator().unwrap();
    let hasty = migrator.clone().with_wait(Duration::from_millis(100));
    let up = MigrationGoal::Up { to: None };
    assert_eq!(hasty.run(up).await.unwrap_err().code(), "busy");
    bare.execute_batch("ROLLBACK").unwrap();
    migrator.run(up).await.unwrap();
}

#[tokio::test]
async fn a_current_schema_is_migrated_beside_a_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let options = SqliteOptions::new(&path).with_busy_timeout(Duration::from_millis(100));
    let store = options.clone().with_migrate(true).open().await.unwrap();
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    assert!(options.clone().migrate().await.unwrap().ran.is_empty());
    options.with_migrate(true).open().await.unwrap().close().await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn what_was_stored_is_there_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let url = format!("sqlite:{}?synchronous=normal", path.display());
    let options = SqliteOptions::from_url(&url).unwrap();
    assert_eq!(options, SqliteOptions::new(&path).with_synchronous(Synchronous::Normal));
    let store = options.with_migrate(true).open().await.unwrap();
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    store.close().await.unwrap();

    // Closing left one whole file.
    let left: Vec<_> =
        folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["x.db"]);

    let store = SqliteStore::open(&url).await.unwrap();
    assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let store = SqliteOptions::in_memory().open().await.unwrap();
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    store.close().await.unwrap();
    store.close().await.unwrap();
    assert_eq!(store.players().get(ada.id).await.unwrap_err().code(), "unavailable");
    assert_eq!(store.players().create(&ada).await.unwrap_err().code(), "unavailable");
    assert_eq!(store.begin(UnitOptions::new()).await.map(drop).unwrap_err().code(), "unavailable");
    assert_eq!(store.export().await.unwrap_err().code(), "unavailable");
    let health = store.health().await;
    assert!(!health.healthy);
    assert!(health.problem.unwrap().contains("closed"));
}

#[tokio::test]
async fn closing_waits_for_a_unit_and_not_for_ever() {
    for unit_options in [UnitOptions::new(), UnitOptions::new().read_only()] {
        let options = SqliteOptions::in_memory().with_busy_timeout(Duration::from_millis(100));
        let store = options.open().await.unwrap();
        let unit = store.begin(unit_options).await.unwrap();
        assert_eq!(store.close().await.unwrap_err().code(), "busy");
        // The unit goes on: only what begins is refused.
        assert_eq!(unit.players().count(&PlayerFilter::default()).await.unwrap(), 0);
        assert_eq!(
            store.health().await.problem.unwrap(),
            "the store is unavailable: the store is closed"
        );
        unit.rollback().await.unwrap();
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn health_tells_the_versions() {
    let store = SqliteOptions::in_memory().open().await.unwrap();
    let health = store.health().await;
    assert!(health.healthy);
    assert_eq!(health.backend, "sqlite");
    assert_eq!(health.server_version.as_deref(), Some(rusqlite::version()));
    assert_eq!(health.schema_version, Some(required()));
    assert_eq!(health.problem, None);
}

#[tokio::test]
async fn health_tells_that_the_schema_moved_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let bare = migrated(&path).await;
    let store = SqliteOptions::new(&path).open().await.unwrap();
    bare.execute("DELETE FROM tournament_migrations", []).unwrap();
    let health = store.health().await;
    assert!(!health.healthy);
    assert_eq!(health.schema_version, Some(0));
    assert!(health.problem.unwrap().contains("td migrate up"));
}

#[tokio::test]
async fn waits_of_any_length_can_be_asked_for() {
    for wait in [Duration::ZERO, Duration::MAX] {
        let store = SqliteOptions::in_memory().with_busy_timeout(wait).open().await.unwrap();
        let ada = store.players().create(&Player::new("Ada")).await.unwrap();
        assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
        store.close().await.unwrap();
    }
}
