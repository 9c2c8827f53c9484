//! What can be said on the command line.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgGroup, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use tournament_director::import::InputFormat;

const EXAMPLES: &str = "\
Examples:
  td demo                                   A small tournament in a new database, its rounds and standings
  td migrate up                             Makes the database, or brings its schema up to date
  td migrate check                          Whether the schema is current, by the exit code
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
  130  interrupted
`td migrate check` has codes of its own, which its --help tells.";

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
    /// An SQLite file is made where there is none; a server's database has to be there. Any number
    /// may do so at once: one migrates, the others wait for it.
    Up(UpArgs),
    /// Take the schema back to a version before
    ///
    /// What later versions added is destroyed. Where that holds something, says how many rows and
    /// asks first.
    #[command(after_help = DOWN_EXAMPLES)]
    Down(DownArgs),
    /// Take the schema back by one version and bring it up again
    ///
    /// What that version added is destroyed, as `down` does.
    Redo(WriteArgs),
    /// Print which versions of the schema have run
    Status(OutputArgs),
    /// Tell by the exit code whether the schema is what this program needs
    ///
    /// Compares every table, column, key and index with what the migrations make.
    #[command(after_help = CHECK_CODES)]
    Check(OutputArgs),
    /// Print the SQL, as a script for the database's own client
    ///
    /// The database is not asked. The script keeps the history too, and stops where the database is
    /// not at the version that it begins at.
    #[command(after_help = SQL_EXAMPLES)]
    Sql(SqlArgs),
    /// Say that the schema is at a version already, after making sure that it is
    ///
    /// For a database whose tables something else made: a script, a restored backup without its
    /// history. Version 0 says that a database with other tables may be used.
    Baseline(BaselineArgs),
    /// Mend the history: checksums that differ, and a migration that did not end
    ///
    /// Shows what it will do and asks first. A migration that stopped half-way, as it can on MySQL and
    /// MariaDB, goes on where it stopped; so does one that was being undone.
    Repair(WriteArgs),
}

const DOWN_EXAMPLES: &str = "\
Examples:
  td migrate down                Back by one version
  td migrate down --to 1         Back to version 1
  td migrate down --to 0 --yes   Destroys every table of this program, without asking
  td migrate down --dry-run      Says what would be destroyed";

const CHECK_CODES: &str = "\
Exit codes:
  0  current
  1  pending: migrations have not run yet
  2  changed, half done, newer than this program, or not what the migrations make
  4  the store cannot be used";

const SQL_EXAMPLES: &str = "\
Examples:
  td migrate sql up --dialect postgres | psql -v ON_ERROR_STOP=1 cup
  td migrate sql up --from 1 --dialect mysql | mysql cup
  td migrate sql down --from 2 --to 1 --dialect sqlite | sqlite3 tournaments.db";

/// How to change the schema.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ChangeArgs {
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How long to wait for another that migrates
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) wait: u32,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// [`ChangeArgs`], of what asks first.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct WriteArgs {
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) change: ChangeArgs,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct UpArgs {
    /// The version [default: the newest]
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<u32>,
    #[command(flatten)]
    pub(crate) change: ChangeArgs,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct DownArgs {
    /// The version
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<u32>,
    /// How many versions back [default: 1]
    #[arg(long, value_name = "COUNT", conflicts_with = "to")]
    pub(crate) steps: Option<u32>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct SqlArgs {
    /// Which way
    #[arg(value_enum)]
    pub(crate) direction: DirectionArg,
    /// The version that the database is at [default: 0 for up, the newest for down]
    #[arg(long, value_name = "VERSION")]
    pub(crate) from: Option<u32>,
    /// The version that it is to be at [default: the newest for up, one back for down]
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<u32>,
    /// Whose SQL [default: that of --db]
    #[arg(long, value_enum)]
    pub(crate) dialect: Option<DialectArg>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DirectionArg {
    /// To a later version
    Up,
    /// To a version before
    Down,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DialectArg {
    /// MySQL and MariaDB
    #[value(alias = "mariadb")]
    Mysql,
    /// PostgreSQL
    #[value(alias = "postgresql")]
    Postgres,
    /// SQLite
    Sqlite,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct BaselineArgs {
    /// The version
    pub(crate) version: u32,
    #[command(flatten)]
    pub(crate) change: ChangeArgs,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
