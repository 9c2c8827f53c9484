use crate::{Dialect, Direction};

/// The table in which each database keeps what has run.
pub const HISTORY_TABLE: &str = "tournament_migrations";

/// A row of the history: one migration that has run, or was started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The migration's version.
    pub version: u32,
    /// Its name.
    pub name: String,
    /// Its checksum when it ran.
    pub checksum: String,
    /// When it ran, or was last started, in UTC, as ISO 8601 text.
    pub applied_at: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// False while it runs, and after it stopped where DDL cannot be rolled back.
    pub success: bool,
    /// How far one came that did not end, where the database keeps that.
    pub progress: Option<Progress>,
}

/// How far a migration came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// Whether it was being run or undone.
    pub direction: Direction,
    /// How many of its statements are known to be done.
    pub statements: u32,
    /// Whether the next one is known to have failed; else it may be done too.
    pub failed: bool,
}

/// The statement that makes the table of the history where it is not there.
///
/// MySQL and MariaDB commit each statement that defines a table, so theirs has three columns more, in
/// which a migration that did not end says how far it came.
#[must_use]
pub const fn create_history(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::MySql => {
            "\
CREATE TABLE IF NOT EXISTS tournament_migrations (
    version INT NOT NULL,
    name VARCHAR(255) NOT NULL,
    checksum CHAR(64) NOT NULL,
    applied_at DATETIME(6) NOT NULL,
    duration_ms BIGINT NOT NULL,
    success TINYINT(1) NOT NULL,
    reverting TINYINT(1) NOT NULL DEFAULT 0,
    statements_done INT NOT NULL DEFAULT 0,
    failed TINYINT(1) NOT NULL DEFAULT 0,
    PRIMARY KEY (version)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        }
        Dialect::Postgres => {
            "\
CREATE TABLE IF NOT EXISTS tournament_migrations (
    version integer NOT NULL,
    name text COLLATE \"C\" NOT NULL,
    checksum text COLLATE \"C\" NOT NULL,
    applied_at timestamptz NOT NULL,
    duration_ms bigint NOT NULL,
    success boolean NOT NULL,
    CONSTRAINT tournament_migrations_pk PRIMARY KEY (version)
)"
        }
        Dialect::Sqlite => {
            "\
CREATE TABLE IF NOT EXISTS tournament_migrations (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    success INTEGER NOT NULL
) STRICT"
        }
    }
}

/// The key of the advisory lock that keeps two from migrating one database of PostgreSQL at once:
/// "tourname" in ASCII.
pub const POSTGRES_LOCK: i64 = 0x746f_7572_6e61_6d65;

/// The name of the lock that does so on MySQL and MariaDB, as an expression. Such names are the whole
/// server's and have at most 64 characters, so it tells the database by a hash.
pub const MYSQL_LOCK: &str = "CONCAT('tournament_migrations ', LEFT(SHA2(DATABASE(), 256), 40))";
