//! Migrations as a script for the database's own client.

use std::fmt::Write;

use crate::history::{MYSQL_LOCK, POSTGRES_LOCK};
use crate::plan::newest;
use crate::{Dialect, Direction, Migration, PlanError, create_history};

/// A script that leads from one version of the schema to another, the history included: for `psql`,
/// `mysql`, `mariadb` or `sqlite3`. It stops where the database is not at the version that it begins
/// at and, but for MySQL and MariaDB, changes nothing unless it comes to its end.
///
/// # Errors
///
/// [`PlanError::NoSuchVersion`].
pub fn script(
    dialect: Dialect,
    known: &[Migration],
    from: u32,
    to: u32,
) -> Result<String, PlanError> {
    let newest = newest(known);
    if let Some(asked) = [from, to].into_iter().find(|version| *version > newest) {
        return Err(PlanError::NoSuchVersion { asked, newest });
    }
    let mut steps: Vec<_> = known
        .iter()
        .filter(|one| one.version > from.min(to) && one.version <= from.max(to))
        .collect();
    let direction = if to < from { Direction::Down } else { Direction::Up };
    if direction == Direction::Down {
        steps.reverse();
    }
    let writer = Writer { dialect, direction };
    let mut script = format!(
        "-- Leads a schema of tournaments from version {from} to version {to} ({}).\n",
        dialect.as_str()
    );
    // Writing to a String cannot fail.
    let _ = writer.write(&mut script, from, &steps);
    Ok(script)
}

#[derive(Clone, Copy)]
struct Writer {
    dialect: Dialect,
    direction: Direction,
}

impl Writer {
    fn write(self, out: &mut String, from: u32, steps: &[&Migration]) -> std::fmt::Result {
        self.begin(out)?;
        if from == 0 {
            self.guard_ours(out)?;
            writeln!(out, "{};\n", create_history(self.dialect))?;
        }
        self.guard(out, from)?;
        for migration in steps {
            writeln!(out, "\n-- V{:04} {}", migration.version, migration.name)?;
            if self.dialect == Dialect::MySql {
                self.step_by_step(out, migration)?;
            } else {
                self.step(out, migration)?;
            }
        }
        self.end(out, steps)
    }

    fn begin(self, out: &mut String) -> std::fmt::Result {
        match self.dialect {
            Dialect::MySql => writeln!(
                out,
                "\
-- Each statement is kept as soon as it is done. Where one fails, `td migrate status` says how far
-- it came, and `td migrate repair` goes on.
SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION';
SET SESSION autocommit = 1;
DO GET_LOCK({MYSQL_LOCK}, 60);
"
            ),
            Dialect::Postgres => {
                writeln!(
                    out,
                    "\
\\set ON_ERROR_STOP on
BEGIN;
SELECT pg_advisory_xact_lock({POSTGRES_LOCK});
"
                )
            }
            Dialect::Sqlite => {
                writeln!(out, ".bail on\nPRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n")
            }
        }
    }

    /// Stops the script where tables are there, and no history: the database is somebody else's.
    fn guard_ours(self, out: &mut String) -> std::fmt::Result {
        match self.dialect {
            Dialect::MySql => mysql_guard(
                out,
                "the_database_is_this_programs",
                "\
    SELECT IF(COUNT(*) = 0 OR SUM(table_name = 'tournament_migrations') > 0, 1, NULL)
    FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')",
            ),
            Dialect::Postgres => postgres_guard(
                out,
                "the database is not this program''s",
                "\
to_regclass('tournament_migrations') IS NULL AND EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
            AND NOT EXISTS (SELECT FROM pg_depend
                WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'))",
            ),
            Dialect::Sqlite => sqlite_guard(
                out,
                "the database is this program's",
                "\
SELECT count(*) = 0 OR sum(name = 'tournament_migrations') > 0
    FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
            ),
        }
    }

    /// Stops the script where the database is at another version.
    fn guard(self, out: &mut String, version: u32) -> std::fmt::Result {
        match self.dialect {
            Dialect::MySql => mysql_guard(
                out,
                &format!("the_schema_is_at_version_{version}"),
                &format!(
                    "\
    SELECT IF(COUNT(*) = {version} AND COALESCE(MIN(success), 1) = 1, 1, NULL)
    FROM tournament_migrations"
                ),
            ),
            Dialect::Postgres => postgres_guard(
                out,
                &format!("the schema is not at version {version}"),
                &format!("(SELECT count(*) FROM tournament_migrations) <> {version}"),
            ),
            Dialect::Sqlite => sqlite_guard(
                out,
                &format!("the schema is at version {version}"),
                &format!("SELECT count(*) = {version} FROM tournament_migrations"),
            ),
        }
    }

    fn step(self, out: &mut String, migration: &Migration) -> std::fmt::Result {
        let Migration { version, name, .. } = migration;
        for statement in migration.statements(self.dialect, self.direction) {
            writeln!(out, "{}", ended(statement))?;
        }
        let (now, success) = match self.dialect {
            Dialect::Sqlite => ("strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')", "1"),
            _ => ("clock_timestamp()", "true"),
        };
        match self.direction {
            Direction::Up => writeln!(
                out,
                "\
INSERT INTO tournament_migrations (version, name, checksum, applied_at, duration_ms, success)
VALUES ({version}, '{name}', '{}', {now}, 0, {success});",
                migration.checksum()
            ),
            Direction::Down => {
                writeln!(out, "DELETE FROM tournament_migrations WHERE version = {version};")
            }
        }
    }

    /// MySQL and MariaDB keep how far it came.
    fn step_by_step(self, out: &mut String, migration: &Migration) -> std::fmt::Result {
        let Migration { version, name, .. } = migration;
        match self.direction {
            Direction::Up => writeln!(
                out,
                "\
INSERT INTO tournament_migrations (version, name, checksum, applied_at, duration_ms, success)
VALUES ({version}, '{name}', '{}', UTC_TIMESTAMP(6), 0, 0);",
                migration.checksum()
            )?,
            Direction::Down => writeln!(
                out,
                "{};",
                mysql_update(
                    *version,
                    "success = 0, reverting = 1, statements_done = 0, failed = 0, \
                     applied_at = UTC_TIMESTAMP(6)"
                )
            )?,
        }
        let statements = migration.statements(self.dialect, self.direction);
        for (number, statement) in (1..).zip(&statements) {
            if statement.contains(';') {
                // The client cuts what it reads at the delimiter.
                writeln!(out, "DELIMITER ;;;\n{statement}\n;;;\nDELIMITER ;")?;
            } else {
                writeln!(out, "{}", ended(statement))?;
            }
            if number < statements.len() {
                let done = format!("statements_done = {number}");
                writeln!(out, "{};", mysql_update(*version, &done))?;
            }
        }
        match self.direction {
            Direction::Up => {
                let done = mysql_update(*version, "success = 1, statements_done = 0");
                writeln!(out, "{done};")
            }
            Direction::Down => writeln!(
                out,
                "DELETE done FROM (SELECT {version} AS version) AS one \
                 NATURAL JOIN tournament_migrations AS done;"
            ),
        }
    }

    fn end(self, out: &mut String, steps: &[&Migration]) -> std::fmt::Result {
        match self.dialect {
            Dialect::MySql => writeln!(out, "\nDO RELEASE_LOCK({MYSQL_LOCK});"),
            Dialect::Postgres => writeln!(out, "\nCOMMIT;"),
            Dialect::Sqlite => {
                out.push('\n');
                // Of each table that the last step knows, if it is there still.
                let schema = steps.last().and_then(|last| last.schema().ok()).unwrap_or_default();
                let tables: Vec<_> = schema.tables().map(|table| format!("'{table}'")).collect();
                let so = format!(
                    "SELECT NOT EXISTS (
    SELECT 1 FROM sqlite_schema AS made, pragma_foreign_key_check(made.name)
    WHERE made.type = 'table' AND made.name IN ({}))",
                    tables.join(", ")
                );
                sqlite_guard(out, "every row has its parents", &so)?;
                writeln!(out, "COMMIT;")
            }
        }
    }
}

/// A statement with its end, which must not become a part of a comment.
fn ended(statement: &str) -> String {
    let last = statement.lines().next_back().unwrap_or_default();
    let between = if last.contains("--") || last.contains('#') { "\n" } else { "" };
    format!("{statement}{between};")
}

/// Writes to the row of a version. Which one, comes first: the client executes what it has read of a
/// script that was cut off, and that must not be meant for every row.
fn mysql_update(version: u32, set: &str) -> String {
    format!(
        "UPDATE (SELECT {version} AS version) AS one NATURAL JOIN tournament_migrations SET {set}"
    )
}

/// Stops the script where what is selected is NULL. The column's name is all that can be told.
fn mysql_guard(out: &mut String, so: &str, select: &str) -> std::fmt::Result {
    writeln!(
        out,
        "\
CREATE TEMPORARY TABLE tournament_guard ({so} INT NOT NULL PRIMARY KEY);
INSERT INTO tournament_guard
{select};
DROP TEMPORARY TABLE tournament_guard;
"
    )
}

/// Stops the script if that is so.
fn postgres_guard(out: &mut String, message: &str, if_so: &str) -> std::fmt::Result {
    writeln!(
        out,
        "\
DO $$
BEGIN
    IF {if_so} THEN
        RAISE EXCEPTION '{message}';
    END IF;
END
$$;
"
    )
}

/// Stops the script unless that is so: a script has no other way than a constraint.
fn sqlite_guard(out: &mut String, what: &str, so: &str) -> std::fmt::Result {
    writeln!(
        out,
        "\
CREATE TEMP TABLE tournament_guard (so INTEGER CONSTRAINT \"{what}\" CHECK (so));
INSERT INTO tournament_guard {so};
DROP TABLE temp.tournament_guard;"
    )
}
