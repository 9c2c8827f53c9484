//! What can be said on the command line.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgGroup, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use tournament_director::import::InputFormat;

const EXAMPLES: &str = "\
Examples:
  td demo                                   A small tournament in a new database, its rounds and standings
  td migrate up                             Makes the database, or brings its schema up to date
  td import events.jsonl.gz                 Stores published events
  td standings 'Winter Cup'                 The standings of a tournament
  td --db sqlite:league.db tournaments      What another database holds
  td --db postgres://bot@host/cup health    How a PostgreSQL database is
  td --db mysql://bot@host/cup health       How a database of MySQL or MariaDB is
  td --db memory: import --json - < file    Tries an import and stores nothing

Exit codes:
  0    done
  1    the output could not be written, or the program could not start
  2    the command line was not understood
  3    input was refused, or what was asked for is not there
  4    the store cannot be used: missing, unreachable, busy, damaged, or its schema is not current
  130  interrupted";

/// Stores tournaments, imports published events and prints standings.
#[derive(Debug, Parser)]
#[command(name = "td", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) database: Database,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which store.
#[derive(Args, Clone, Debug)]
pub(crate) struct Database {
    // A URL may hold a password, so the variable's value is not shown.
    #[arg(
        long = "db",
        value_name = "URL",
        help = "The store: sqlite:PATH, sqlite::memory:, postgres://USER@HOST/DATABASE, \
                mysql://USER@HOST/DATABASE (or mariadb://…) or memory: \
                [default: sqlite:tournaments.db]",
        env = "DATABASE_URL",
        hide_env_values = true,
        global = true
    )]
    url: Option<String>,
    /// Whether the URL was given as an option, and not by the environment.
    #[arg(skip)]
    is_option: bool,
}

impl Cli {
    /// The command line of this process; where it is wrong, says so and ends the process.
    pub(crate) fn read() -> Self {
        let matches = Self::command().get_matches();
        let given = matches.subcommand().and_then(|(_, matches)| matches.value_source("url"));
        let mut cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        cli.database.is_option = given == Some(ValueSource::CommandLine);
        cli
    }
}

impl Database {
    const DEFAULT: &'static str = "sqlite:tournaments.db";

    pub(crate) fn url(&self) -> &str {
        // An empty variable is how many a script says that there is none.
        self.url.as_deref().filter(|url| self.is_option || !url.is_empty()).unwrap_or(Self::DEFAULT)
    }

    /// The URL, if it was given as an option.
    pub(crate) fn option(&self) -> Option<&str> {
        self.url.as_deref().filter(|_| self.is_option)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Store a small tournament in a new database and print its rounds and standings
    ///
    /// Without --db the database is a new file in the temporary folder. With it, the file must not
    /// exist yet, and a server's database must be empty. The environment is not looked at: no
    /// database of yours is written to by accident.
    Demo,
    /// Store datasets or published events
    Import(ImportArgs),
    /// List the tournaments
    Tournaments(OutputArgs),
    /// Print standings
    Standings(StandingsArgs),
    /// Look after the database's schema
    Migrate(MigrateArgs),
    /// Ask the store how it is
    Health(OutputArgs),
}

/// How to print.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct OutputArgs {
    /// Print JSON, one document per line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "\
A file holds one document per line (.jsonl), or one or several documents as .json; packed with gzip
or not. Each document is stored whole or refused with its reason, and the others go on. The same
event is never stored twice.

With --json each event is answered by a line as soon as it is stored:
  {\"line\":1,\"tournament_id\":\"…\",\"players\":8,\"matches\":12}
  {\"line\":2,\"error\":{\"code\":\"validation\",…}}
`already_stored` is added to an event that was stored before, `file` where several files are given;
a dataset has `rows` in place of `tournament_id`.

Examples:
  td import --migrate events.jsonl.gz
  td import --format decklist-cache --strict 2025/*.json
  curl -s https://example.org/events.jsonl | td import --json -")]
pub(crate) struct ImportArgs {
    /// The files; - is the standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What they hold [default: guessed from each document]
    #[arg(long, value_enum)]
    pub(crate) format: Option<FormatArg>,
    /// Stop at the first document that is refused
    #[arg(long)]
    pub(crate) strict: bool,
    /// Make the database or bring its schema up to date first
    #[arg(long)]
    pub(crate) migrate: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FormatArg {
    /// Rows of all kinds in one document, stored as they are
    Dataset,
    /// Events as the MTG decklist cache publishes them
    DecklistCache,
}

impl From<FormatArg> for InputFormat {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Dataset => Self::Dataset,
            FormatArg::DecklistCache => Self::DecklistCache,
        }
    }
}

#[derive(Args, Debug)]
#[command(group(ArgGroup::new("which").required(true).args(["tournament", "all"])))]
#[command(after_help = "\
Examples:
  td standings 'Winter Cup'
  td standings --all --json > standings.jsonl")]
pub(crate) struct StandingsArgs {
    /// The tournament's id or name
    pub(crate) tournament: Option<String>,
    /// All tournaments, the oldest first
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    #[command(subcommand)]
    pub(crate) command: MigrateCommand,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Bring the schema up to date
    ///
    /// An SQLite file is made where there is none; a server's database has to be there.
    Up(OutputArgs),
    /// Print which versions of the schema have run
    Status(OutputArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
