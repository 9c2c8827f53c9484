//! Opening, migrating and closing: what is refused, and that a refusal changes nothing.
#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

mod support;

use std::time::Duration;

use support::database::{connect, url_of};
use support::options;
use support::server::Server;
use tokio_postgres::Client;
use tournament_core::{Error, Player, Repositories, Store, UnitOptions};
use tournament_migrations::{Dialect, MigrationGoal, MigrationState, migrations, required_version};
use tournament_postgres::PostgresStore;

fn required() -> u32 {
    required_version(Dialect::Postgres)
}

async fn refusal(url: &str) -> Error {
    match options(url).open().await {
        Ok(_) => panic!("the store was opened"),
        Err(error) => error,
    }
}

/// The URL of a new database, and a connection to it.
async fn database(server: &Server, name: &str) -> (String, Client) {
    let admin = connect(&server.url).await;
    admin.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let url = url_of(&server.url, name);
    let client = connect(&url).await;
    (url, client)
}

async fn tables(client: &Client) -> i64 {
    let sql = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    client.query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_store_is_refused_and_stays_as_it_is() {
    let server = Server::start(&[]);
    let missing = url_of(&server.url, "missing");
    for error in [
        refusal(&missing).await,
        options(&missing).migrate().await.unwrap_err(),
        options(&missing).migration_status().await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "unavailable");
        assert!(error.to_string().contains("the database does not exist"), "{error}");
    }

    let (empty, client) = database(&server, "empty_one").await;
    match refusal(&empty).await {
        Error::SchemaOutdated { current, required: needed, .. } => {
            assert_eq!((current, needed), (0, required()));
        }
        other => panic!("{other:?}"),
    }
    let status = options(&empty).migration_status().await.unwrap();
    assert_eq!((status.current, status.steps[0].state), (0, MigrationState::Pending));
    assert_eq!(tables(&client).await, 0);

    // Another program's.
    let (other, client) = database(&server, "other_one").await;
    client.batch_execute("CREATE TABLE players (shirt int)").await.unwrap();
    assert_eq!(refusal(&other).await.code(), "schema_outdated");
    let error = options(&other).migrate().await.unwrap_err();
    assert_eq!(error.code(), "backend");
    assert!(error.to_string().contains("not this program's"), "{error}");
    assert_eq!(tables(&client).await, 1);

    let admin = connect(&server.url).await;
    let latin = "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0";
    admin.batch_execute(latin).await.unwrap();
    for error in [
        refusal(&url_of(&server.url, "latin")).await,
        options(&url_of(&server.url, "latin")).migrate().await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "backend");
        assert!(error.to_string().contains("encoding is LATIN1"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_is_not_this_programs_is_refused() {
    let server = Server::with_store(&[]).await;
    let client = connect(&server.url).await;
    let newer = i32::try_from(required()).unwrap() + 1;
    client
        .execute(
            "INSERT INTO tournament_migrations VALUES ($1, 'future', 'x', now(), 1, true)",
            &[&newer],
        )
        .await
        .unwrap();
    let too_new = options(&server.url).migrate().await.unwrap_err();
    for error in [refusal(&server.url).await, too_new] {
        assert_eq!(error.code(), "schema_too_new", "{error}");
    }
    let status = options(&server.url).migration_status().await.unwrap();
    assert_eq!(status.steps.last().unwrap().state, MigrationState::Unknown);
    let sql = "DELETE FROM tournament_migrations WHERE name = 'future';
               UPDATE tournament_migrations SET checksum = 'x' WHERE version = 1";
    client.batch_execute(sql).await.unwrap();
    let error = refusal(&server.url).await;
    assert_eq!(error.code(), "backend");
    assert!(error.to_string().contains("checksum"), "{error}");
    client.batch_execute("ALTER TABLE tournament_migrations DROP COLUMN checksum").await.unwrap();
    let error = refusal(&server.url).await;
    assert!(error.to_string().contains("tournament_migrations cannot be read"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_says_what_ran_and_is_done_once() {
    let server = Server::start(&[]);
    let (url, client) = database(&server, "cup").await;
    let first = options(&url).migrate().await.unwrap();
    assert_eq!((first.from, first.to), (0, required()));
    let names: Vec<_> = first.ran.iter().map(|run| run.name.as_str()).collect();
    let expected: Vec<_> = migrations(Dialect::Postgres).iter().map(|m| m.name).collect();
    assert_eq!(names, expected);
    let second = options(&url).migrate().await.unwrap();
    assert_eq!((second.from, second.to, second.ran.len()), (required(), required(), 0));
    let status = options(&url).migration_status().await.unwrap();
    assert_eq!((status.current, status.required), (required(), required()));
    for step in status.steps {
        assert_eq!(step.state, MigrationState::Applied);
        let applied_at = step.applied_at.unwrap();
        applied_at.parse::<tournament_core::Time>().unwrap_or_else(|_| panic!("{applied_at}"));
    }
    for migration in migrations(Dialect::Postgres).iter().rev() {
        client.batch_execute(migration.down).await.unwrap();
    }
    assert_eq!(tables(&client).await, 1, "only the history is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn any_number_may_migrate_one_database_at_once() {
    let server = Server::start(&[]);
    for round in 0..3 {
        let (url, _) = database(&server, &format!("cup_{round}")).await;
        let tasks: Vec<_> = (0..20).map(|_| tokio::spawn(options(&url).migrate())).collect();
        let mut ran = 0;
        for task in tasks {
            ran += task.await.unwrap().unwrap().ran.len();
        }
        assert_eq!(ran, migrations(Dialect::Postgres).len());
        options(&url).with_migrate(true).open().await.unwrap();
    }
    // Who waits for another in vain is told so.
    let (url, client) = database(&server, "held").await;
    client.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(8390053765153123685)").await.unwrap();
    let migrator = options(&url).migrator().unwrap().with_wait(Duration::from_millis(300));
    let error = migrator.run(MigrationGoal::Up { to: None }).await.unwrap_err();
    assert_eq!(error.code(), "busy");
    let holder = "another is migrating the database (process ";
    assert!(error.to_string().contains(holder), "{error}");
    assert!(error.to_string().contains("user postgres"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_rights_and_a_server_that_only_reads_are_told_so() {
    let server = Server::with_store(&[]).await;
    let admin = connect(&server.url).await;
    admin.batch_execute("CREATE ROLE guest LOGIN PASSWORD 'hunter2'").await.unwrap();
    admin.batch_execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest").await.unwrap();
    let as_guest = server.url.replace("postgres://postgres@", "postgres://guest:hunter2@");
    let store = options(&as_guest).open().await.unwrap();
    let error = store.players().create(&Player::new("Ada")).await.unwrap_err();
    assert_eq!(error.code(), "unavailable");
    assert!(error.to_string().contains("lacks a right"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));

    let reads = "ALTER DATABASE cup SET default_transaction_read_only = on";
    admin.batch_execute(reads).await.unwrap();
    let store = options(&server.url).open().await.unwrap();
    let error = store.players().create(&Player::new("Ada")).await.unwrap_err();
    assert!(error.to_string().contains("only reads"), "{error}");
    let down = MigrationGoal::Down { to: 0 };
    let migrator = options(&server.url).migrator().unwrap();
    let error = migrator.run(down).await.unwrap_err();
    assert_eq!(error.code(), "unavailable");
    assert!(error.to_string().contains("only reads"), "{error}");
    assert!(migrator.drift().await.unwrap().is_empty());
    // Asked for a server that writes, this one is not taken.
    let error = refusal(&format!("{}target_session_attrs=read-write", server.url)).await;
    assert_eq!(error.code(), "unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_host_is_taken_where_one_is_dead() {
    let server = Server::with_store(&[]).await;
    // One refuses, one takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = silent.local_addr().unwrap().port();
    let hosts = format!("127.0.0.1:1,127.0.0.1:{silent},127.0.0.1:{}", server.port());
    let url = server.url.replace(&format!("127.0.0.1:{}", server.port()), &hosts);
    let url = format!("{url}connect_timeout=1&target_session_attrs=read-write");
    let store = PostgresStore::open(&url).await.unwrap();
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_a_bounded_time_and_lets_go() {
    let server = Server::with_store(&[]).await;
    let patience = Duration::from_millis(300);
    let store = options(&server.url).with_pool_timeout(patience).open().await.unwrap();
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    store.players().get(ada.id).await.unwrap();
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    unit.players().create(&Player::new("Ben")).await.unwrap();
    assert_eq!(store.close().await.unwrap_err().code(), "busy");
    assert_eq!(store.players().get(ada.id).await.unwrap_err().code(), "unavailable");
    unit.commit().await.unwrap();
    store.close().await.unwrap();
    let admin = connect(&server.url).await;
    let left =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tournament-postgres'";
    for attempt in 0.. {
        if admin.query_one(left, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            break;
        }
        assert!(attempt < 100, "connections are left");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(admin.query("SELECT 1 FROM players", &[]).await.unwrap().len(), 2);
}

/// One that only reads is told so by every kind of write, and passed over where it is not wanted.
#[tokio::test(flavor = "multi_thread")]
async fn a_standby_reads_and_refuses_to_write() {
    let server = Server::with_store(&[]).await;
    let writer = options(&server.url).open().await.unwrap();
    let ada = writer.players().create(&Player::new("Ada")).await.unwrap();
    let standby = Server::standby_of(&server);
    let store = options(&standby.url).open().await.unwrap();
    assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
    assert!(store.health().await.healthy);
    let unit = store.begin(UnitOptions::new().read_only()).await.unwrap();
    assert_eq!(unit.players().get(ada.id).await.unwrap(), ada);
    unit.commit().await.unwrap();
    let ben = Player::new("Ben");
    for refused in [
        store.players().create(&ben).await.map(drop),
        store.players().create_many(std::slice::from_ref(&ben)).await.map(drop),
        store.begin(UnitOptions::new()).await.map(drop),
        store.clear().await,
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.code(), "unavailable", "{error:?}");
        assert!(error.to_string().contains("only reads"), "{error}");
    }
    let both = format!("127.0.0.1:{},127.0.0.1:{}", standby.port(), server.port());
    let url = server.url.replace(&format!("127.0.0.1:{}", server.port()), &both);
    let store = options(&format!("{url}target_session_attrs=read-write")).open().await.unwrap();
    store.players().create(&ben).await.unwrap();
    assert_eq!(store.players().get(ben.id).await.unwrap(), ben);
}
