//! `td migrate`

mod ask;
mod change;
mod check;
mod sql;
mod status;

use tournament_any::MigrationGoal;
use tournament_any::{OpenOptions, StoreMigrator};

use crate::cli::{Database, DownArgs, MigrateArgs, MigrateCommand};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) async fn run(database: &Database, args: MigrateArgs) -> Result<(), Failure> {
    let migrator =
        || -> Result<StoreMigrator, Failure> { Ok(OpenOptions::new(database.url()).migrator()?) };
    let mut out = Output::new();
    match args.command {
        MigrateCommand::Up(args) => {
            let goal = MigrationGoal::Up { to: args.to };
            change::run(migrator()?, goal, args.change, &mut out).await
        }
        MigrateCommand::Baseline(args) => {
            let goal = MigrationGoal::Baseline { version: args.version };
            change::run(migrator()?, goal, args.change, &mut out).await
        }
        MigrateCommand::Down(args) => {
            change::back(migrator()?, back(args), args.write, &mut out).await
        }
        MigrateCommand::Redo(args) => {
            change::back(migrator()?, MigrationGoal::Redo, args, &mut out).await
        }
        MigrateCommand::Repair(args) => change::repair(migrator()?, args, &mut out).await,
        MigrateCommand::Status(args) => status::run(&migrator()?, args, &mut out).await,
        MigrateCommand::Check(args) => check::run(&migrator()?, args, &mut out).await,
        MigrateCommand::Sql(args) => sql::run(database, args, &mut out),
    }
}

fn back(args: DownArgs) -> MigrationGoal {
    match args.to {
        Some(to) => MigrationGoal::Down { to },
        None => MigrationGoal::DownSteps { steps: args.steps.unwrap_or(1) },
    }
}
