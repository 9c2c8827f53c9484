//! What is said of a migration that fails.

use crate::{Direction, Migration};

/// How much of a statement is shown.
const SHOWN: usize = 160;

/// A statement of a migration that failed, for a message: `migration 2 (metadata) failed at statement
/// 3 of 12, "ALTER TABLE …", and nothing of it was kept; mend this and run …`, whatever is next. What is
/// to be mended, the caller adds.
#[must_use]
pub fn failed_at(
    migration: &Migration,
    direction: Direction,
    number: usize,
    statements: &[&str],
    kept: bool,
    next: &str,
) -> String {
    let Migration { version, name, .. } = migration;
    let undoing = match direction {
        Direction::Up => "",
        Direction::Down => "undoing ",
    };
    let count = statements.len();
    let statement = shown(statements.get(number - 1).copied().unwrap_or_default());
    let left =
        if kept { "what the statements before it did is kept" } else { "nothing of it was kept" };
    format!(
        "{undoing}migration {version} ({name}) failed at statement {number} of {count}, \
         \"{statement}\", and {left}; mend this and run {next}"
    )
}

/// A statement in one line, and no longer than a line can be.
fn shown(statement: &str) -> String {
    let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
