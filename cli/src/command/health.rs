//! `td health`

use std::io::Write;

use tournament_any::{Backend, OpenOptions};
use tournament_core::Health;

use crate::cli::{Database, OutputArgs};
use crate::failure::{Failure, Sentence, one_line};
use crate::output::Output;

pub(crate) async fn run(database: &Database, args: OutputArgs) -> Result<(), Failure> {
    let backend = Backend::of(database.url())?;
    let health = match OpenOptions::new(database.url()).open().await {
        Ok(store) => store.health().await,
        // A store that does not open is not healthy: that is the answer, in the same form.
        Err(error) => Health::new(backend.as_str()).with_problem(Sentence(&error).to_string()),
    };
    let mut out = Output::new();
    if args.json {
        out.json(&health)?;
    } else {
        print(&health, &mut out)?;
    }
    out.flush()?;
    if health.healthy {
        Ok(())
    } else {
        Err(Failure::Unhealthy(health.problem.unwrap_or_else(|| "the store is not healthy".into())))
    }
}

fn print(health: &Health, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{}", if health.healthy { "healthy" } else { "not healthy" })?;
    write!(out, "backend     {}", health.backend)?;
    match &health.server_version {
        Some(version) => writeln!(out, " {}", one_line(version))?,
        None => writeln!(out)?,
    }
    if let Some(version) = health.schema_version {
        writeln!(out, "schema      version {version}")?;
    }
    if health.healthy {
        writeln!(out, "round trip  {:.3} ms", health.round_trip_ms)?;
    }
    Ok(())
}
