//! `td migrate check`

use std::io::Write;

use tournament_any::migrations::Difference;
use tournament_any::{MigrationState, MigrationStatus, StoreMigrator};

use super::status::{as_json, told};
use crate::cli::OutputArgs;
use crate::failure::Failure;
use crate::output::Output;

const PENDING: u8 = 1;
const CHANGED: u8 = 2;

pub(super) async fn run(
    migrator: &StoreMigrator,
    args: OutputArgs,
    out: &mut Output,
) -> Result<(), Failure> {
    let status = migrator.status().await?;
    let worst = worst(&status);
    // What a newer program makes is not known, and of what did not end it is known that it differs.
    let differences = match worst {
        MigrationState::Unknown | MigrationState::Unfinished => Vec::new(),
        _ => migrator.drift().await?,
    };
    let verdict = match verdict(worst) {
        verdict if differences.is_empty() => verdict,
        _ => "drifted",
    };
    // Of whatever else may not be migrated, the history says no state of a version.
    let verdict = match (verdict, &status.problem) {
        ("current" | "pending", Some(_)) => "refused",
        (verdict, _) => verdict,
    };
    if args.json {
        let mut json = as_json(&status);
        json["verdict"] = verdict.into();
        json["differences"] = differences.iter().map(ToString::to_string).collect();
        out.json(&json)?;
    } else {
        print(&status, verdict, &differences, out)?;
    }
    out.flush()?;
    match verdict {
        "current" => Ok(()),
        "pending" => Err(Failure::Told(PENDING)),
        _ => Err(Failure::Told(CHANGED)),
    }
}

fn worst(status: &MigrationStatus) -> MigrationState {
    [
        MigrationState::Unknown,
        MigrationState::Unfinished,
        MigrationState::Changed,
        MigrationState::Pending,
    ]
    .into_iter()
    .find(|state| status.steps.iter().any(|step| step.state == *state))
    .unwrap_or(MigrationState::Applied)
}

const fn verdict(worst: MigrationState) -> &'static str {
    match worst {
        MigrationState::Applied => "current",
        other => other.as_str(),
    }
}

fn print(
    status: &MigrationStatus,
    verdict: &str,
    differences: &[Difference],
    out: &mut Output,
) -> std::io::Result<()> {
    write!(out, "{verdict}: ")?;
    told(status, verdict != "drifted", out)?;
    for difference in differences {
        writeln!(out, "{difference}")?;
    }
    Ok(())
}
