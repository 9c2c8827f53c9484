//! `td`: stores tournaments, imports published events and prints standings.

mod cli;
mod command;
mod failure;
mod output;
mod table;

use std::process::ExitCode;

use cli::{Cli, Command};
use failure::Failure;

fn main() -> ExitCode {
    match run(Cli::read()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let database = cli.database;
    runtime.block_on(async {
        match cli.command {
            Command::Demo => command::demo::run(&database).await,
            Command::Import(args) => command::import::run(&database, args).await,
            Command::Tournaments(args) => command::tournaments::run(&database, args).await,
            Command::Standings(args) => command::standings::run(&database, args).await,
            Command::Migrate(args) => command::migrate::run(&database, args).await,
            Command::Health(args) => command::health::run(&database, args).await,
        }
    })
}
