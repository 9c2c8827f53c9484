//! Servers for tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tournament_conformance::servers::{self, Way};
use tournament_core::{Store, async_trait};
use tournament_mysql::MySqlOptions;

use super::database::{connect, number, url_of};
use mysql_async::prelude::Queryable;

/// Which of the two servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    MariaDb,
    MySql,
}

impl Kind {
    /// The recipe that starts one.
    const fn recipe(self) -> &'static str {
        match self {
            Self::MariaDb => "mariadb",
            Self::MySql => "mysql",
        }
    }

    /// The one that the environment names. It has to be of this kind.
    pub(crate) async fn url(self) -> String {
        let name = match self {
            Self::MariaDb => "MARIADB_URL",
            Self::MySql => "MYSQL_URL",
        };
        let url = std::env::var(name).unwrap_or_else(|_| {
            panic!("{name} names no server; `tests/run --only mysql` starts one and sets it")
        });
        self.check(&url).await;
        url
    }

    async fn check(self, url: &str) {
        let mut conn = connect(url).await;
        let version: String = conn.query_first("SELECT VERSION()").await.unwrap().unwrap();
        let is_mariadb = version.contains("MariaDB");
        assert_eq!(is_mariadb, self == Self::MariaDb, "{version} is no {self:?}");
        conn.disconnect().await.unwrap();
    }
}

/// A test for each server that the environment names. A function that is not listed is not used,
/// which is an error.
#[allow(unused_macros)] // Nor does each file use it.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        $crate::support::server::tests_of!(on_mariadb, MariaDb, $($test),+);
        $crate::support::server::tests_of!(on_mysql, MySql, $($test),+);
    };
}

/// The same for tests that start servers of their own.
#[allow(unused_macros)]
macro_rules! on_private_servers {
    ($($test:ident),+ $(,)?) => {
        $crate::support::server::tests_of!(on_private_mariadb, MariaDb, $($test),+);
        $crate::support::server::tests_of!(on_private_mysql, MySql, $($test),+);
    };
}

#[allow(unused_macros)]
macro_rules! tests_of {
    ($module:ident, $kind:ident, $($test:ident),+) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    super::$test($crate::support::server::Kind::$kind).await;
                }
            )+
        }
    };
}
#[allow(unused_imports)]
pub(crate) use {on_both, on_private_servers, tests_of};

/// A server of a test's own: it may be stopped. Gone with its data when dropped, unless the test
/// failed.
pub(crate) struct Server {
    folder: Option<TempDir>,
    pub(crate) kind: Kind,
    pub(crate) url: String,
}

impl Server {
    pub(crate) async fn start(kind: Kind, settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("tournament-mysql-").tempdir().unwrap();
        let url = run(kind, "start", folder.path(), settings);
        // The tests count connections, and MySQL has keys of its own for TLS.
        let server = Self { folder: Some(folder), kind, url: format!("{url}?ssl-mode=DISABLED") };
        kind.check(&server.url).await;
        server
    }

    /// A server with an empty database whose schema is current.
    pub(crate) async fn with_store(kind: Kind, settings: &[&str]) -> Self {
        let mut server = Self::start(kind, settings).await;
        server.url = server.create("cup").await;
        super::options(&server.url).migrate().await.unwrap();
        server
    }

    /// A new database.
    pub(crate) async fn create(&self, database: &str) -> String {
        let mut conn = connect(&self.url).await;
        conn.query_drop(format!("CREATE DATABASE {database}")).await.unwrap();
        conn.disconnect().await.unwrap();
        url_of(&self.url, database)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    pub(crate) fn port(&self) -> u16 {
        let text = std::fs::read_to_string(self.folder().join("port")).unwrap();
        text.trim().parse().unwrap()
    }

    /// How many connections there are by others than this one that asks.
    pub(crate) async fn connections(&self) -> u64 {
        let mut conn = connect(&self.url).await;
        let count = "SELECT COUNT(*) FROM information_schema.processlist \
                     WHERE id <> CONNECTION_ID() AND db = 'cup'";
        let connections = number(&mut conn, count).await;
        conn.disconnect().await.unwrap();
        connections
    }

    /// As an administrator does it, so that open transactions are rolled back; or at once, as if it
    /// had died.
    pub(crate) fn stop(&self, at_once: bool) {
        let how = if at_once { "immediate" } else { "fast" };
        run(self.kind, "stop", self.folder(), &[how]);
    }
}

#[async_trait]
impl servers::Server for Server {
    fn port(&self) -> u16 {
        Self::port(self)
    }

    async fn open(&self, way: &Way<'_>) -> Arc<dyn Store> {
        let url = way.proxy.map_or_else(|| self.url.clone(), |proxy| proxy.url(&self.url));
        let options = MySqlOptions::from_url(&url)
            .unwrap()
            .with_pool_size(way.pool_size)
            .with_pool_timeout(way.pool_timeout)
            .with_lock_timeout(way.lock_timeout)
            .with_statement_timeout(way.statement_timeout)
            .with_connect_timeout(way.connect_timeout);
        Arc::new(options.open().await.unwrap())
    }

    fn stop(&self, at_once: bool) {
        Self::stop(self, at_once);
    }

    fn start_again(&self) {
        run(self.kind, "start", self.folder(), &[]);
    }

    async fn kill_one(&self) -> bool {
        let mut admin = connect(&self.url).await;
        let others = "SELECT id FROM information_schema.processlist \
                      WHERE id <> CONNECTION_ID() AND db = 'cup' ORDER BY RAND() LIMIT 1";
        let other: Option<u64> = admin.query_first(others).await.unwrap();
        let Some(other) = other else { return false };
        // It may have been closed since.
        admin.query_drop(format!("KILL CONNECTION {other}")).await.is_ok()
    }

    async fn kill_units(&self) {
        let mut admin = connect(&self.url).await;
        let open = "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx \
                    WHERE trx_mysql_thread_id <> CONNECTION_ID()";
        let mut killed = 0;
        for attempt in 0.. {
            let open: Vec<u64> = admin.query(open).await.unwrap();
            for connection in open {
                // One that was killed before is listed for a while.
                let kill = admin.query_drop(format!("KILL CONNECTION {connection}")).await;
                killed += usize::from(kill.is_ok());
            }
            if killed > 0 {
                return;
            }
            assert!(attempt < 10, "no transaction is open");
            // The server looks anew only once nobody has asked for 100 ms.
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }

    async fn waiting(&self) -> u64 {
        let mut admin = connect(&self.url).await;
        let waits =
            "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
        number(&mut admin, waits).await
    }

    fn kind(&self) -> servers::Kind {
        servers::Kind { counts_seconds: true, ..servers::Kind::default() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop(true);
        if std::thread::panicking()
            && let Some(folder) = self.folder.take()
        {
            eprintln!("what the test left is kept in {}", folder.keep().display());
        }
    }
}

/// The recipe that `tests/run` uses too.
fn run(kind: Kind, action: &str, folder: &Path, arguments: &[&str]) -> String {
    let recipes = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/servers"));
    let recipe = recipes.join(kind.recipe());
    let output = Command::new(recipe).arg(action).arg(folder).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{action}: {said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
