/// The table in which each database keeps what has run.
pub const HISTORY_TABLE: &str = "tournament_migrations";

/// A row of the history: one migration that has run, or was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The migration's version.
    pub version: u32,
    /// Its name.
    pub name: String,
    /// Its checksum when it ran.
    pub checksum: String,
    /// When it ran, in UTC, as ISO 8601 text.
    pub applied_at: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// False while it runs, and for ever if it failed where DDL cannot be rolled back.
    pub success: bool,
}
