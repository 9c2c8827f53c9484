//! Databases on the servers that the environment names.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder};

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    MariaDb,
    MySql,
    Postgres,
}

impl Server {
    /// The scheme of its stores' URLs, which tells the adapter.
    pub(crate) const fn adapter(self) -> &'static str {
        match self {
            Self::MariaDb | Self::MySql => "mysql",
            Self::Postgres => "postgres",
        }
    }

    fn url(self) -> String {
        let name = match self {
            Self::MariaDb => "MARIADB_URL",
            Self::MySql => "MYSQL_URL",
            Self::Postgres => "POSTGRES_URL",
        };
        std::env::var(name).unwrap_or_else(|_| {
            panic!("{name} names no server; `tests/run` starts one and sets it")
        })
    }

    fn ask(self, url: &str, sql: &str) -> String {
        match self {
            Self::MariaDb | Self::MySql => ask_mysql(url, sql),
            Self::Postgres => psql(url, sql),
        }
    }
}

/// A new database, gone when dropped unless the test failed.
pub(crate) struct Database {
    server: Server,
    name: String,
    pub(crate) url: String,
}

impl Database {
    pub(crate) fn new(server: Server, purpose: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("tournament_test_{purpose}_{}_{number}", std::process::id());
        let url = server.url();
        let (address, parameters) = url.split_once('?').unwrap_or((&url, ""));
        let (host, _) = address.rsplit_once('/').expect("the URL names a database");
        server.ask(&url, &format!("CREATE DATABASE {name}"));
        if server == Server::MariaDb {
            let version = server.ask(&url, "SELECT VERSION()");
            assert!(version.contains("MariaDB"), "MARIADB_URL leads to {version}");
        }
        Self { server, url: format!("{host}/{name}?{parameters}"), name }
    }

    /// The only value of the only row.
    pub(crate) fn ask(&self, sql: &str) -> String {
        self.server.ask(&self.url, sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let force = if self.server == Server::Postgres { " (FORCE)" } else { "" };
            self.server.ask(&self.server.url(), &format!("DROP DATABASE {}{force}", self.name));
        }
    }
}

/// By the client that comes with the server.
fn psql(url: &str, sql: &str) -> String {
    let program = std::env::var("POSTGRES_BIN").map_or("psql".into(), |bin| format!("{bin}/psql"));
    let output = Command::new(program).args(["-X", "-A", "-t", "-q", "-c", sql, url]).output();
    let output = output.expect("psql is there");
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// By the driver: what comes with one of the two servers need not get on with the other.
fn ask_mysql(url: &str, sql: &str) -> String {
    let address = url.split_once('?').map_or(url, |(address, _)| address);
    let opts = Opts::from_url(&address.replace("mariadb://", "mysql://")).unwrap();
    let opts = OptsBuilder::from_opts(opts).prefer_socket(false);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut conn = Conn::new(opts).await.unwrap();
        let value: Option<String> =
            conn.query_first(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        conn.disconnect().await.unwrap();
        value.unwrap_or_default()
    })
}
