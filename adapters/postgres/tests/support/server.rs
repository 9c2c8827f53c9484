//! Servers for tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use tournament_conformance::servers::{self, Way};
use tournament_core::{Store, async_trait};
use tournament_postgres::PostgresOptions;

use super::database::{connect, url_of};

/// A URL out of the environment.
pub(crate) fn url(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} names no server; `tests/run --only postgres` starts one and sets it")
    })
}

/// A server of a test's own: it may be stopped. Gone with its data when dropped, unless the test
/// failed.
pub(crate) struct Server {
    folder: Option<TempDir>,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("tournament-postgres-").tempdir().unwrap();
        make_open(folder.path());
        let url = start(folder.path(), settings);
        Self { folder: Some(folder), url }
    }

    /// A server with an empty database whose schema is current.
    pub(crate) async fn with_store(settings: &[&str]) -> Self {
        let mut server = Self::start(settings);
        let client = connect(&server.url).await;
        client.batch_execute("CREATE DATABASE cup").await.unwrap();
        server.url = url_of(&server.url, "cup");
        super::options(&server.url).migrate().await.unwrap();
        server
    }

    /// A server that follows another, and only reads.
    pub(crate) fn standby_of(other: &Self) -> Self {
        let folder = tempfile::Builder::new().prefix("tournament-postgres-").tempdir().unwrap();
        make_open(folder.path());
        let server = run("standby", folder.path(), &[&other.port().to_string()]);
        Self { folder: Some(folder), url: url_of(&server, "cup") }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    pub(crate) fn port(&self) -> u16 {
        let text = std::fs::read_to_string(self.folder().join("port")).unwrap();
        text.trim().parse().unwrap()
    }

    /// As an administrator does it, so that open transactions are rolled back; or at once, as if it
    /// had died.
    pub(crate) fn stop(&self, at_once: bool) {
        run("stop", self.folder(), &[if at_once { "immediate" } else { "fast" }]);
    }
}

#[async_trait]
impl servers::Server for Server {
    fn port(&self) -> u16 {
        Self::port(self)
    }

    async fn open(&self, way: &Way<'_>) -> Arc<dyn Store> {
        let url = way.proxy.map_or_else(|| self.url.clone(), |proxy| proxy.url(&self.url));
        let url = format!("{url}&connect_timeout={}", way.connect_timeout.as_secs());
        let options = PostgresOptions::from_url(&url)
            .unwrap()
            .with_pool_size(way.pool_size)
            .with_pool_timeout(way.pool_timeout)
            .with_lock_timeout(way.lock_timeout)
            .with_statement_timeout(way.statement_timeout)
            // So that a write on it would be in the way of reads.
            .with_read_connections(1);
        Arc::new(options.open().await.unwrap())
    }

    fn stop(&self, at_once: bool) {
        Self::stop(self, at_once);
    }

    fn start_again(&self) {
        start(self.folder(), &[]);
    }

    async fn kill_one(&self) -> bool {
        terminate(&self.url, "true ORDER BY random() LIMIT 1").await > 0
    }

    async fn kill_units(&self) {
        let killed = terminate(&self.url, "state = 'idle in transaction'").await;
        assert!(killed > 0, "no transaction is open");
    }

    async fn waiting(&self) -> u64 {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        let waiting: i64 = connect(&self.url).await.query_one(sql, &[]).await.unwrap().get(0);
        waiting.unsigned_abs()
    }

    fn kind(&self) -> servers::Kind {
        servers::Kind {
            reads_are_apart: true,
            sees_closed_connections: true,
            ..servers::Kind::default()
        }
    }
}

/// Ends backends that others have in this database; how many.
async fn terminate(url: &str, which: &str) -> u64 {
    let sql = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"
    );
    connect(url).await.execute(&sql, &[]).await.unwrap()
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

fn start(folder: &Path, settings: &[&str]) -> String {
    run("start", folder, settings)
}

/// The recipe that `tests/run` uses too.
fn run(action: &str, folder: &Path, arguments: &[&str]) -> String {
    let script =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/servers/postgres"));
    let output = Command::new(script).arg(action).arg(folder).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{action}: {said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The server runs as somebody else where the tests run as root.
#[cfg(unix)]
fn make_open(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_open(_: &Path) {}
