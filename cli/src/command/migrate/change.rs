//! `td migrate up`, `down`, `redo`, `baseline` and `repair`

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};
use tournament_any::migrations::{Direction, MigrationAction, Plan, PlannedStep};
use tournament_any::{MigrationGoal, MigrationReport, MigrationRun, StoreMigrator};

use super::ask;
use crate::cli::{ChangeArgs, WriteArgs};
use crate::failure::Failure;
use crate::output::Output;

/// Rows that are gone, by table or column.
type Losses = [(String, u64)];

/// What destroys nothing is done without being asked for.
pub(super) async fn run(
    migrator: StoreMigrator,
    goal: MigrationGoal,
    args: ChangeArgs,
    out: &mut Output,
) -> Result<(), Failure> {
    let migrator = patient(migrator, args);
    if args.dry_run {
        let plan = migrator.plan(goal).await?;
        return dry_run(&plan, &[], args, out);
    }
    let report = migrator.run(goal).await?;
    done(&report, args, out)
}

/// What may destroy rows, and asks if it does.
pub(super) async fn back(
    migrator: StoreMigrator,
    goal: MigrationGoal,
    args: WriteArgs,
    out: &mut Output,
) -> Result<(), Failure> {
    let WriteArgs { yes, change } = args;
    let migrator = patient(migrator, change);
    let plan = migrator.plan(goal).await?;
    if change.dry_run {
        let losses = migrator.losses(&plan).await?;
        return dry_run(&plan, &losses, change, out);
    }
    if !yes {
        let losses = migrator.losses(&plan).await?;
        if !losses.is_empty() {
            show(&plan, &losses)?;
            ask::agree()?;
        }
    }
    let report = migrator.run_planned(&plan).await?;
    done(&report, change, out)
}

pub(super) async fn repair(
    migrator: StoreMigrator,
    args: WriteArgs,
    out: &mut Output,
) -> Result<(), Failure> {
    let WriteArgs { yes, change } = args;
    let migrator = patient(migrator, change);
    let plan = migrator.plan(MigrationGoal::Repair).await?;
    if change.dry_run || plan.steps.is_empty() {
        let losses = migrator.losses(&plan).await?;
        return dry_run(&plan, &losses, change, out);
    }
    if !yes {
        show(&plan, &migrator.losses(&plan).await?)?;
        let only_checksums =
            plan.steps.iter().all(|step| step.action == MigrationAction::UpdateChecksum);
        if only_checksums {
            // A changed file may have changed what the schema should be.
            for difference in migrator.drift().await? {
                writeln!(io::stderr(), "but {difference}")?;
            }
        }
        ask::agree()?;
    }
    let report = migrator.run_planned(&plan).await?;
    done(&report, change, out)?;
    let resumed = |step: &PlannedStep| matches!(step.action, MigrationAction::Resume { .. });
    if !plan.steps.iter().any(resumed) {
        return Ok(());
    }
    // It may have met what somebody made by hand meanwhile.
    let differences = migrator.drift().await?;
    let Some(first) = differences.first() else { return Ok(()) };
    Err(Failure::Unhealthy(format!(
        "the schema is not what version {} makes: {first}; `td migrate check` lists all of {}",
        report.to,
        differences.len()
    )))
}

fn patient(migrator: StoreMigrator, args: ChangeArgs) -> StoreMigrator {
    migrator.with_wait(Duration::from_secs(args.wait.into()))
}

/// What will be done, for whoever is asked.
fn show(plan: &Plan, losses: &Losses) -> io::Result<()> {
    let mut err = io::stderr().lock();
    for step in &plan.steps {
        writeln!(err, "{} will be {}", named(step), will_be(step))?;
    }
    if !losses.is_empty() {
        writeln!(err, "this destroys {}", lost(losses))?;
    }
    Ok(())
}

fn lost(losses: &Losses) -> String {
    let total: u64 = losses.iter().map(|(_, rows)| rows).sum();
    let each: Vec<_> = losses.iter().map(|(name, rows)| format!("{rows} in {name}")).collect();
    let rows = if total == 1 { "row holds" } else { "rows hold" };
    format!("what {total} {rows}: {}", each.join(", "))
}

fn named(step: &PlannedStep) -> String {
    format!("V{:04} {}", step.migration.version, step.migration.name)
}

/// What becomes of a step: reads on from "will be" and "would be".
fn will_be(step: &PlannedStep) -> String {
    match step.action {
        MigrationAction::Apply => "run".to_owned(),
        MigrationAction::Revert => "undone".to_owned(),
        MigrationAction::Resume { direction, done, .. } => {
            let way = if direction == Direction::Up { "run" } else { "undone" };
            format!("{way} to its end, after {done} of its statements")
        }
        MigrationAction::Record => "recorded as run: its schema is there".to_owned(),
        MigrationAction::Forget => "forgotten: nothing of it is there".to_owned(),
        _ => "recorded with the checksum that it has in this program".to_owned(),
    }
}

const fn verb(action: MigrationAction) -> &'static str {
    match action {
        MigrationAction::Apply => "ran",
        MigrationAction::Revert | MigrationAction::Resume { direction: Direction::Down, .. } => {
            "undid"
        }
        MigrationAction::Resume { direction: Direction::Up, .. } => "ended",
        MigrationAction::Record => "recorded",
        MigrationAction::Forget => "forgot",
        _ => "recorded the checksum of",
    }
}

const fn action_name(action: MigrationAction) -> &'static str {
    match action {
        MigrationAction::Apply => "apply",
        MigrationAction::Revert => "revert",
        MigrationAction::Resume { direction: Direction::Up, .. } => "resume_apply",
        MigrationAction::Resume { direction: Direction::Down, .. } => "resume_revert",
        MigrationAction::Record => "record",
        MigrationAction::Forget => "forget",
        _ => "update_checksum",
    }
}

fn dry_run(
    plan: &Plan,
    losses: &Losses,
    args: ChangeArgs,
    out: &mut Output,
) -> Result<(), Failure> {
    if args.output.json {
        let steps: Vec<_> = plan
            .steps
            .iter()
            .map(|step| {
                json!({
                    "version": step.migration.version,
                    "name": step.migration.name,
                    "action": action_name(step.action),
                })
            })
            .collect();
        let destroys: serde_json::Map<_, _> =
            losses.iter().map(|(name, rows)| (name.clone(), Value::from(*rows))).collect();
        out.json(&json!({
            "from": plan.current,
            "to": plan.target,
            "steps": steps,
            "destroys": destroys,
        }))?;
    } else {
        for step in &plan.steps {
            writeln!(out, "{} would be {}", named(step), will_be(step))?;
        }
        if !losses.is_empty() {
            writeln!(out, "this would destroy {}", lost(losses))?;
        }
        if plan.steps.is_empty() {
            writeln!(out, "there is nothing to do: the schema is at version {}", plan.current)?;
        } else {
            writeln!(out, "the schema would be at version {}; nothing was changed", plan.target)?;
        }
    }
    Ok(out.flush()?)
}

fn done(report: &MigrationReport, args: ChangeArgs, out: &mut Output) -> Result<(), Failure> {
    if args.output.json {
        let ran: Vec<_> = report.ran.iter().map(run_json).collect();
        out.json(&json!({ "from": report.from, "to": report.to, "ran": ran }))?;
    } else {
        for run in &report.ran {
            let (verb, version, name) = (verb(run.action), run.version, &run.name);
            writeln!(out, "{verb} V{version:04} {name} in {} ms", run.duration_ms)?;
        }
        writeln!(out, "the schema is at version {}", report.to)?;
    }
    Ok(out.flush()?)
}

fn run_json(run: &MigrationRun) -> Value {
    json!({
        "action": action_name(run.action),
        "version": run.version,
        "name": run.name,
        "duration_ms": run.duration_ms,
    })
}
