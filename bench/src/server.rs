//! A server of the benchmark's own, by the recipe of the tests, but one that waits for its disk.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

const RECIPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/servers");

/// Stopped and gone when dropped.
pub struct Server {
    recipe: PathBuf,
    folder: TempDir,
    pub url: String,
}

impl Server {
    pub fn postgres() -> Self {
        let settings =
            ["fsync=on", "full_page_writes=on", "shared_buffers=512MB", "max_wal_size=4GB"];
        Self::start("postgres", &settings)
    }

    /// MariaDB or MySQL, by the name of its recipe.
    pub fn mysql(name: &str) -> Self {
        let settings = [
            "innodb-flush-log-at-trx-commit=1",
            "innodb-doublewrite=1",
            "innodb-buffer-pool-size=512M",
        ];
        Self::start(name, &settings)
    }

    fn start(name: &str, settings: &[&str]) -> Self {
        let recipe = PathBuf::from(RECIPES).join(name);
        let folder = TempDir::new().unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let output =
            Command::new(&recipe).arg("start").arg(folder.path()).args(settings).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { recipe, folder, url: String::from_utf8(output.stdout).unwrap().trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = Command::new(&self.recipe).arg("stop").arg(self.folder.path()).status();
        assert!(stopped.is_ok_and(|status| status.success()), "the server does not stop");
    }
}
