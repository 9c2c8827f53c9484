//! Servers for tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

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

    /// Again, at the same port.
    pub(crate) fn start_again(&self) {
        start(self.folder(), &[]);
    }

    /// As an administrator does it, so that open transactions are rolled back; or at once, as if it
    /// had died.
    pub(crate) fn stop(&self, at_once: bool) {
        run("stop", self.folder(), &[if at_once { "immediate" } else { "fast" }]);
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
