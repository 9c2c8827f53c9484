//! `td migrate sql`

use std::io::Write;

use tournament_any::Backend;
use tournament_any::migrations::{Dialect, migrations, required_version, script};
use tournament_core::Error;

use crate::cli::{Database, DialectArg, DirectionArg, SqlArgs};
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(database: &Database, args: SqlArgs, out: &mut Output) -> Result<(), Failure> {
    let dialect = match args.dialect {
        Some(DialectArg::Mysql) => Dialect::MySql,
        Some(DialectArg::Postgres) => Dialect::Postgres,
        Some(DialectArg::Sqlite) => Dialect::Sqlite,
        None => dialect_of(database)?,
    };
    let newest = required_version(dialect);
    let (from, to) = match args.direction {
        DirectionArg::Up => (args.from.unwrap_or(0), args.to.unwrap_or(newest)),
        DirectionArg::Down => {
            let from = args.from.unwrap_or(newest);
            (from, args.to.unwrap_or(from.saturating_sub(1)))
        }
    };
    let is_backwards = match args.direction {
        DirectionArg::Up => to < from,
        DirectionArg::Down => to > from,
    };
    if is_backwards {
        return Err(Failure::NotThere(format!(
            "the way from version {from} to version {to} is the other way: say {}",
            if args.direction == DirectionArg::Up { "down" } else { "up" }
        )));
    }
    let script = script(dialect, migrations(dialect), from, to)
        .map_err(|error| Failure::NotThere(error.to_string()))?;
    out.write_all(script.as_bytes())?;
    Ok(out.flush()?)
}

fn dialect_of(database: &Database) -> Result<Dialect, Failure> {
    match Backend::of(database.url())? {
        Backend::MySql => Ok(Dialect::MySql),
        Backend::Postgres => Ok(Dialect::Postgres),
        Backend::Sqlite => Ok(Dialect::Sqlite),
        other => Err(Error::backend(
            format!("a store of `{}:` has no schema: name one with --dialect", other.as_str()),
            None,
        )
        .into()),
    }
}
