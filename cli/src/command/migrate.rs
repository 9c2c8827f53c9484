//! `td migrate up` and `td migrate status`

use std::io::Write;

use serde_json::json;
use tournament_any::{MigrationReport, MigrationState, MigrationStatus, OpenOptions};

use crate::cli::{Database, MigrateArgs, MigrateCommand};
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{Align, Table};

pub(crate) async fn run(database: &Database, args: MigrateArgs) -> Result<(), Failure> {
    let store = OpenOptions::new(database.url());
    let mut out = Output::new();
    match args.command {
        MigrateCommand::Up(output) => {
            let report = store.migrate().await?;
            if output.json { up_json(&report, &mut out) } else { up(&report, &mut out) }?;
        }
        MigrateCommand::Status(output) => {
            let status = store.migration_status().await?;
            if output.json { status_json(&status, &mut out) } else { print(&status, &mut out) }?;
        }
    }
    out.flush()?;
    Ok(())
}

fn up(report: &MigrationReport, out: &mut Output) -> std::io::Result<()> {
    for run in &report.ran {
        writeln!(out, "ran V{:04} {} in {} ms", run.version, run.name, run.duration_ms)?;
    }
    writeln!(out, "the schema is at version {}", report.to)
}

fn up_json(report: &MigrationReport, out: &mut Output) -> std::io::Result<()> {
    let ran: Vec<_> = report
        .ran
        .iter()
        .map(|run| {
            json!({
                "version": run.version,
                "name": run.name,
                "duration_ms": run.duration_ms,
            })
        })
        .collect();
    out.json(&json!({ "from": report.from, "to": report.to, "ran": ran }))
}

fn print(status: &MigrationStatus, out: &mut Output) -> std::io::Result<()> {
    let mut table = Table::new([
        ("Version", Align::Right),
        ("Name", Align::Left),
        ("State", Align::Left),
        ("Applied at", Align::Left),
    ]);
    for step in &status.steps {
        table.row([
            step.version.to_string(),
            step.name.clone(),
            step.state.to_string(),
            step.applied_at.clone().unwrap_or_default(),
        ]);
    }
    table.write(out)?;
    let advice = if status.steps.iter().any(|step| step.state == MigrationState::Pending) {
        ": run `td migrate up`"
    } else {
        ""
    };
    writeln!(
        out,
        "the schema is at version {}, this program needs {}{advice}",
        status.current, status.required
    )
}

fn status_json(status: &MigrationStatus, out: &mut Output) -> std::io::Result<()> {
    let steps: Vec<_> = status
        .steps
        .iter()
        .map(|step| {
            json!({
                "version": step.version,
                "name": step.name,
                "state": step.state.as_str(),
                "applied_at": step.applied_at,
                "duration_ms": step.duration_ms,
            })
        })
        .collect();
    out.json(&json!({ "current": status.current, "required": status.required, "steps": steps }))
}
