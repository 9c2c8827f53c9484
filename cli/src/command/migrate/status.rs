//! `td migrate status`

use std::io::Write;

use serde_json::json;
use tournament_any::migrations::{Direction, Progress};
use tournament_any::{MigrationState, MigrationStatus, MigrationStep, StoreMigrator};

use crate::cli::OutputArgs;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{Align, Table};

pub(super) async fn run(
    migrator: &StoreMigrator,
    args: OutputArgs,
    out: &mut Output,
) -> Result<(), Failure> {
    let status = migrator.status().await?;
    if args.json { out.json(&as_json(&status)) } else { print(&status, out) }?;
    Ok(out.flush()?)
}

fn print(status: &MigrationStatus, out: &mut Output) -> std::io::Result<()> {
    let mut table = Table::new([
        ("Version", Align::Right),
        ("Name", Align::Left),
        ("State", Align::Left),
        ("Applied at", Align::Left),
        ("ms", Align::Right),
    ]);
    for step in &status.steps {
        table.row([
            step.version.to_string(),
            step.name.clone(),
            state(step),
            step.applied_at.clone().unwrap_or_default(),
            step.duration_ms.map(|ms| ms.to_string()).unwrap_or_default(),
        ]);
    }
    table.write(out)?;
    told(status, true, out)
}

/// How it stands and what to do next, in a line or two.
pub(super) fn told(
    status: &MigrationStatus,
    may_go_on: bool,
    out: &mut Output,
) -> std::io::Result<()> {
    let is_pending = status.steps.iter().any(|step| step.state == MigrationState::Pending);
    let next = if is_pending && may_go_on && status.problem.is_none() {
        ": run `td migrate up`"
    } else {
        ""
    };
    let MigrationStatus { current, required, .. } = status;
    writeln!(out, "the schema is at version {current}, this program needs {required}{next}")?;
    match &status.problem {
        Some(problem) => writeln!(out, "{problem}"),
        None => Ok(()),
    }
}

fn state(step: &MigrationStep) -> String {
    match step.progress {
        Some(Progress { direction, statements, failed }) => {
            let way = match direction {
                Direction::Up => "running",
                Direction::Down => "undoing",
            };
            let how = if failed { "the next failed" } else { "the next may be done" };
            format!("{}, {way} it: {statements} statements done, {how}", step.state)
        }
        None => step.state.to_string(),
    }
}

pub(super) fn as_json(status: &MigrationStatus) -> serde_json::Value {
    let steps: Vec<_> = status
        .steps
        .iter()
        .map(|step| {
            let mut json = json!({
                "version": step.version,
                "name": step.name,
                "state": step.state.as_str(),
                "applied_at": step.applied_at,
                "duration_ms": step.duration_ms,
            });
            if let Some(Progress { direction, statements, failed }) = step.progress {
                json["reverting"] = (direction == Direction::Down).into();
                json["statements_done"] = statements.into();
                json["failed"] = failed.into();
            }
            json
        })
        .collect();
    json!({
        "current": status.current,
        "required": status.required,
        "steps": steps,
        "problem": status.problem,
    })
}
