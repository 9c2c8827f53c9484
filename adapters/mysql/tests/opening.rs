//! Opening, migrating and closing: what is refused, and that a refusal changes nothing.
#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

mod support;

use std::time::Duration;

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use support::database::{connect, number, url_of};
use support::options;
use support::server::{Kind, Server, on_private_servers};
use tournament_core::{Error, Player, Repositories, RepositoryExt, Store, UnitOptions};
use tournament_migrations::{Dialect, MigrationGoal, MigrationState, migrations, required_version};

on_private_servers! {
    what_is_no_store_is_refused_and_stays_as_it_is,
    a_history_that_is_not_this_programs_is_refused,
    migrating_says_what_ran_and_is_done_once,
    any_number_may_migrate_one_database_at_once,
    a_user_without_rights_and_a_server_that_only_reads_are_told_so,
    a_password_opens_and_a_wrong_one_is_refused_without_being_shown,
    closing_waits_for_a_bounded_time_and_lets_go,
    a_unit_may_outlive_its_runtime,
    what_a_server_has_for_defaults_decides_nothing,
    rows_are_sent_in_packets_that_the_server_takes,
}

fn required() -> u32 {
    required_version(Dialect::MySql)
}

async fn refusal(url: &str) -> Error {
    match options(url).open().await {
        Ok(_) => panic!("the store was opened"),
        Err(error) => error,
    }
}

/// The URL of a new database, and a connection to it.
async fn database(server: &Server, name: &str) -> (String, Conn) {
    let url = server.create(name).await;
    let conn = connect(&url).await;
    (url, conn)
}

async fn tables(conn: &mut Conn) -> u64 {
    let sql = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()";
    number(conn, sql).await
}

async fn what_is_no_store_is_refused_and_stays_as_it_is(kind: Kind) {
    let server = Server::start(kind, &[]).await;
    let missing = url_of(&server.url, "missing");
    for error in [
        refusal(&missing).await,
        options(&missing).migrate().await.unwrap_err(),
        options(&missing).migration_status().await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "unavailable");
        assert!(error.to_string().contains("the database does not exist"), "{error}");
    }

    let (empty, mut conn) = database(&server, "empty_one").await;
    match refusal(&empty).await {
        Error::SchemaOutdated { current, required: needed, .. } => {
            assert_eq!((current, needed), (0, required()));
        }
        other => panic!("{other:?}"),
    }
    let status = options(&empty).migration_status().await.unwrap();
    assert_eq!((status.current, status.steps[0].state), (0, MigrationState::Pending));
    assert_eq!(tables(&mut conn).await, 0);

    // Another program's.
    let (other, mut conn) = database(&server, "other_one").await;
    conn.query_drop("CREATE TABLE players (shirt INT)").await.unwrap();
    assert_eq!(refusal(&other).await.code(), "schema_outdated");
    let error = options(&other).migrate().await.unwrap_err();
    assert_eq!(error.code(), "backend");
    assert!(error.to_string().contains("not this program's"), "{error}");
    assert_eq!(tables(&mut conn).await, 1);
    conn.query_drop("DROP TABLE players").await.unwrap();
    options(&other).migrate().await.unwrap();
}

async fn a_history_that_is_not_this_programs_is_refused(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let mut conn = connect(&server.url).await;
    let newer = required() + 1;
    let insert = format!(
        "INSERT INTO tournament_migrations \
         VALUES ({newer}, 'future', 'x', '2026-01-01', 1, 1, 0, 0, 0)"
    );
    conn.query_drop(insert).await.unwrap();
    let too_new = options(&server.url).migrate().await.unwrap_err();
    for error in [refusal(&server.url).await, too_new] {
        assert_eq!(error.code(), "schema_too_new", "{error}");
    }
    let status = options(&server.url).migration_status().await.unwrap();
    assert_eq!(status.steps.last().unwrap().state, MigrationState::Unknown);
    let sql = "DELETE FROM tournament_migrations WHERE name = 'future'; \
               UPDATE tournament_migrations SET checksum = 'x' WHERE version = 1";
    conn.query_drop(sql).await.unwrap();
    let error = refusal(&server.url).await;
    assert_eq!(error.code(), "backend");
    assert!(error.to_string().contains("checksum"), "{error}");
    conn.query_drop("ALTER TABLE tournament_migrations DROP COLUMN checksum").await.unwrap();
    let error = refusal(&server.url).await;
    assert!(error.to_string().contains("tournament_migrations cannot be read"), "{error}");
}

async fn migrating_says_what_ran_and_is_done_once(kind: Kind) {
    let server = Server::start(kind, &[]).await;
    let (url, mut conn) = database(&server, "cup").await;
    let first = options(&url).migrate().await.unwrap();
    assert_eq!((first.from, first.to), (0, required()));
    let names: Vec<_> = first.ran.iter().map(|run| run.name.as_str()).collect();
    let expected: Vec<_> = migrations(Dialect::MySql).iter().map(|m| m.name).collect();
    assert_eq!(names, expected);
    let second = options(&url).migrate().await.unwrap();
    assert_eq!((second.from, second.to, second.ran.len()), (required(), required(), 0));
    let status = options(&url).migration_status().await.unwrap();
    assert_eq!((status.current, status.required), (required(), required()));
    for step in status.steps {
        assert_eq!(step.state, MigrationState::Applied);
        let applied_at = step.applied_at.unwrap();
        let applied_at: tournament_core::Time = applied_at.parse().unwrap();
        let ago = tournament_core::now() - applied_at;
        assert!(ago.num_seconds().abs() < 60, "{ago}");
    }
    for migration in migrations(Dialect::MySql).iter().rev() {
        conn.query_drop(migration.down).await.unwrap();
    }
    assert_eq!(tables(&mut conn).await, 1, "only the history is left");
}

async fn any_number_may_migrate_one_database_at_once(kind: Kind) {
    let server = Server::start(kind, &[]).await;
    for round in 0..3 {
        let (url, _) = database(&server, &format!("cup_{round}")).await;
        let tasks: Vec<_> = (0..20).map(|_| tokio::spawn(options(&url).migrate())).collect();
        let mut ran = 0;
        for task in tasks {
            ran += task.await.unwrap().unwrap().ran.len();
        }
        assert_eq!(ran, migrations(Dialect::MySql).len());
        options(&url).with_migrate(true).open().await.unwrap();
    }
    // Who waits for another in vain is told so.
    let (url, mut conn) = database(&server, "held").await;
    let hold = "SELECT GET_LOCK(CONCAT('tournament_migrations ', \
                LEFT(SHA2(DATABASE(), 256), 40)), 0)";
    assert_eq!(number(&mut conn, hold).await, 1);
    let migrator = options(&url).migrator().unwrap().with_wait(Duration::from_secs(1));
    let error = migrator.run(MigrationGoal::Up { to: None }).await.unwrap_err();
    assert_eq!(error.code(), "busy");
    assert!(
        error.to_string().contains("another is migrating the database (connection "),
        "{error}"
    );
    // The lock of another database is another.
    let (url, _) = database(&server, "free").await;
    options(&url).migrate().await.unwrap();
}

async fn a_user_without_rights_and_a_server_that_only_reads_are_told_so(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let mut admin = connect(&server.url).await;
    for host in ["localhost", "127.0.0.1"] {
        let sql = format!(
            "CREATE USER guest@'{host}' IDENTIFIED BY 'hunter2'; \
             GRANT SELECT ON cup.* TO guest@'{host}'; \
             CREATE USER writer@'{host}' IDENTIFIED BY 'hunter2'; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON cup.* TO writer@'{host}'; \
             CREATE USER owner@'{host}' IDENTIFIED BY 'hunter2'; \
             GRANT ALL ON cup.* TO owner@'{host}'"
        );
        admin.query_drop(sql).await.unwrap();
    }
    let as_guest = server.url.replace("mysql://root@", "mysql://guest:hunter2@");
    let store = options(&as_guest).open().await.unwrap();
    let error = store.players().create(&Player::new("Ada")).await.unwrap_err();
    assert_eq!(error.code(), "unavailable");
    assert!(error.to_string().contains("lacks a right"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));

    // Who may write rows and no more can use the store.
    let as_writer = server.url.replace("mysql://root@", "mysql://writer:hunter2@");
    let store = options(&as_writer).open().await.unwrap();
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let bad = support::event(2).tournaments.remove(0);
    let error = store.tournaments().create(&bad).await.unwrap_err();
    assert_eq!(error.code(), "reference_missing", "{error:?}");

    admin.query_drop("SET GLOBAL read_only = 1").await.unwrap();
    let ben = Player::new("Ben");
    assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
    for refused in [
        store.players().create(&ben).await.map(drop),
        store.players().create_many(std::slice::from_ref(&ben)).await.map(drop),
        store.clear().await,
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.code(), "unavailable", "{error:?}");
        assert!(error.to_string().contains("only reads"), "{error}");
    }
    let unit = store.begin(UnitOptions::new().read_only()).await.unwrap();
    assert_eq!(unit.players().get(ada.id).await.unwrap(), ada);
    unit.commit().await.unwrap();
    let as_owner = server.url.replace("mysql://root@", "mysql://owner:hunter2@");
    let migrator = options(&as_owner).migrator().unwrap();
    let error = migrator.run(MigrationGoal::Down { to: 0 }).await.unwrap_err();
    assert_eq!(error.code(), "unavailable", "{error:?}");
    assert!(error.to_string().contains("only reads"), "{error}");
    assert!(migrator.drift().await.unwrap().is_empty());
    admin.query_drop("SET GLOBAL read_only = 0").await.unwrap();
    store.players().create(&ben).await.unwrap();
}

async fn a_password_opens_and_a_wrong_one_is_refused_without_being_shown(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let mut admin = connect(&server.url).await;
    for host in ["localhost", "127.0.0.1"] {
        let sql = format!(
            "CREATE USER bot@'{host}' IDENTIFIED BY 'p@ss:/?%'; GRANT ALL ON cup.* TO bot@'{host}'"
        );
        admin.query_drop(sql).await.unwrap();
    }
    let url = |password: &str| server.url.replace("root@", &format!("bot:{password}@"));
    let store = options(&url("p%40ss%3A%2F%3F%25")).open().await.unwrap();
    assert!(store.health().await.healthy);
    let error = refusal(&url("hunter2")).await;
    assert_eq!(error.code(), "unavailable");
    assert!(error.to_string().contains("refused the user, the password"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

async fn closing_waits_for_a_bounded_time_and_lets_go(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
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
    for attempt in 0.. {
        if server.connections().await == 0 {
            break;
        }
        assert!(attempt < 100, "connections are left");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut admin = connect(&server.url).await;
    assert_eq!(number(&mut admin, "SELECT COUNT(*) FROM players").await, 2);
}

async fn a_unit_may_outlive_its_runtime(kind: Kind) {
    let server = Server::with_store(kind, &[]).await;
    let url = server.url.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // One is dropped while the runtime shuts down, one after it.
        for before in [true, false] {
            let unit = runtime.block_on(async {
                let store = options(&url).open().await.unwrap();
                let unit = store.begin(UnitOptions::new()).await.unwrap();
                unit.players().create(&Player::new("Lost")).await.unwrap();
                unit
            });
            let _entered = before.then(|| runtime.enter());
            drop(unit);
        }
        let unit = runtime.block_on(async {
            let store = options(&url).open().await.unwrap();
            store.begin(UnitOptions::new()).await.unwrap()
        });
        drop(runtime);
        drop(unit);
    })
    .join()
    .unwrap();
    for attempt in 0.. {
        if server.connections().await == 0 {
            break;
        }
        assert!(attempt < 100, "connections are left");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut admin = connect(&server.url).await;
    assert_eq!(number(&mut admin, "SELECT COUNT(*) FROM players").await, 0);
}

/// Lax, western, of another zone, without autocommit, and with another isolation.
async fn what_a_server_has_for_defaults_decides_nothing(kind: Kind) {
    let mut settings = vec![
        "character-set-server=latin1",
        "collation-server=latin1_swedish_ci",
        "sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT",
        "default-time-zone=-11:00",
        "transaction-isolation=SERIALIZABLE",
        "autocommit=0",
        "completion-type=CHAIN",
        "innodb-lock-wait-timeout=1000",
    ];
    settings.extend(match kind {
        Kind::MariaDb => &[
            "default-storage-engine=Aria",
            "lower-case-table-names=1",
            "max-statement-time=0.001",
            "skip-character-set-client-handshake",
        ][..],
        Kind::MySql => &["max-execution-time=1"],
    });
    let server = Server::with_store(kind, &settings).await;
    let mut admin = connect(&server.url).await;
    let more = "SET GLOBAL lc_messages = 'de_DE'; SET GLOBAL sql_select_limit = 1; \
                SET GLOBAL max_join_size = 1";
    admin.query_drop(more).await.unwrap();
    let store = options(&server.url).open().await.unwrap();
    let mut event = support::event(3);
    "Zoë 🂡 \\ ' \" `".clone_into(&mut event.players[0].name);
    event.tournaments[0].registration =
        std::mem::take(&mut event.tournaments[0].registration).with_registration_password("\\\"'🂡");
    store.import(&event).await.unwrap();
    let stored = store.export().await.unwrap();
    assert_eq!(stored.tournaments, event.tournaments);
    let mut players = event.players.clone();
    players.sort_by_key(|player| player.id);
    assert_eq!(stored.players, players);
    assert_eq!(store.players().find_by_name("ZOË 🂡 \\ ' \" `").await.unwrap(), []);
    assert_eq!(store.players().find_by_name(&players[0].name).await.unwrap().len(), 1);

    let twice = Player::new("Twice").with_discord_id("same");
    store.players().create(&twice).await.unwrap();
    let error =
        store.players().create(&Player::new("x").with_discord_id("same")).await.unwrap_err();
    assert_eq!((error.code(), error.fields()), ("already_exists", vec!["discord_id"]));

    // Committed by itself, and seen by another at once.
    let other = options(&server.url).open().await.unwrap();
    let all = tournament_core::PlayerFilter::default();
    assert_eq!(other.players().list_all(&all).await.unwrap().len(), 4);
    let unit = other.begin(UnitOptions::new()).await.unwrap();
    assert_eq!(unit.players().count(&all).await.unwrap(), 4);
    store.players().delete(twice.id, None).await.unwrap();
    assert_eq!(unit.players().count(&all).await.unwrap(), 3, "READ COMMITTED");
    unit.rollback().await.unwrap();
    let others = "SELECT COUNT(*) FROM information_schema.tables \
                  WHERE table_schema = 'cup' AND (engine <> 'InnoDB' OR \
                  table_collation <> 'utf8mb4_bin' OR row_format <> 'Dynamic')";
    assert_eq!(number(&mut admin, others).await, 0);
}

async fn rows_are_sent_in_packets_that_the_server_takes(kind: Kind) {
    let server = Server::with_store(kind, &["max-allowed-packet=1048576"]).await;
    let store = options(&server.url).open().await.unwrap();
    // 80,000 bytes each.
    let description = "🂡".repeat(20_000);
    let venues: Vec<_> = (0..200)
        .map(|n| {
            tournament_core::Venue::new(format!("Hall {n}")).with_description(description.clone())
        })
        .collect();
    assert_eq!(store.venues().create_many(&venues).await.unwrap().len(), 200);
    let all = tournament_core::VenueFilter::default();
    assert_eq!(store.venues().count(&all).await.unwrap(), 200);

    let mut admin = connect(&server.url).await;
    admin.query_drop("SET GLOBAL max_allowed_packet = 65536").await.unwrap();
    // What no packet holds is refused for good, and the store goes on.
    let store = options(&server.url).open().await.unwrap();
    let hall = tournament_core::Venue::new("Hall").with_description(description);
    let error = store.venues().create(&hall).await.unwrap_err();
    assert_eq!(error.code(), "backend", "{error:?}");
    assert!(error.to_string().contains("max_allowed_packet"), "{error}");
    assert_eq!(store.venues().count(&all).await.unwrap(), 200);
}
