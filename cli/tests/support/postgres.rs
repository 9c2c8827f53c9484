//! Databases on the server that `POSTGRES_URL` names.

use std::process::Command;

/// A new database, gone when dropped unless the test failed.
pub(crate) struct PostgresDatabase {
    server: String,
    name: String,
    pub(crate) url: String,
}

impl PostgresDatabase {
    pub(crate) fn new(purpose: &str) -> Self {
        let name = format!("tournament_test_{purpose}_{}", std::process::id());
        let server = std::env::var("POSTGRES_URL")
            .expect("POSTGRES_URL names no server; `tests/run` starts one and sets it");
        let (address, parameters) = server.split_once('?').unwrap_or((&server, ""));
        let (host, _) = address.rsplit_once('/').expect("the URL names a database");
        let url = format!("{host}/{name}?{parameters}");
        psql(&server, &format!("CREATE DATABASE {name}"));
        Self { server, name, url }
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            psql(&self.server, &format!("DROP DATABASE {} (FORCE)", self.name));
        }
    }
}

/// By the client that comes with the server.
pub(crate) fn psql(url: &str, sql: &str) -> String {
    let program = std::env::var("POSTGRES_BIN").map_or("psql".into(), |bin| format!("{bin}/psql"));
    let output = Command::new(program).args(["-X", "-A", "-t", "-q", "-c", sql, url]).output();
    let output = output.expect("psql is there");
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
