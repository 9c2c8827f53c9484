//! A PostgreSQL of the benchmark's own, by the recipe of the tests, but one that waits for its disk.

use std::process::Command;

use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/servers/postgres");

/// Stopped and gone when dropped.
pub struct Server {
    folder: TempDir,
    pub url: String,
}

impl Server {
    pub fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let output = Command::new(SCRIPT)
            .arg("start")
            .arg(folder.path())
            .args(["fsync=on", "full_page_writes=on", "shared_buffers=512MB", "max_wal_size=4GB"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { folder, url: String::from_utf8(output.stdout).unwrap().trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = Command::new(SCRIPT).arg("stop").arg(self.folder.path()).status();
        assert!(stopped.is_ok_and(|status| status.success()), "the server does not stop");
    }
}
