//! A database of each kind, by `td`, by the library and by the client that comes with it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tournament_any::migrations::{Dialect, Migration, migrations};
use tournament_any::{OpenOptions, StoreMigrator};

use crate::support::servers::{Database, Server};
use crate::support::{Ended, Place};

/// Runs each case on each kind of database, as a test of its own.
macro_rules! on_each {
    (@on $module:ident, $backend:ident: $($(#[$attribute:meta])* $case:ident),+) => {
        mod $module {
            $(
                #[test]
                $(#[$attribute])*
                fn $case() {
                    super::$case($crate::backend::Backend::$backend);
                }
            )+
        }
    };
    (servers: $($cases:tt)+) => {
        $crate::backend::on_each!(@on on_postgres, Postgres: $($cases)+);
        $crate::backend::on_each!(mysql: $($cases)+);
    };
    (mysql: $($cases:tt)+) => {
        $crate::backend::on_each!(@on on_mariadb, MariaDb: $($cases)+);
        $crate::backend::on_each!(@on on_mysql, MySql: $($cases)+);
    };
    ($($(#[$attribute:meta])* $case:ident),+ $(,)?) => {
        $crate::backend::on_each!(@on on_sqlite, Sqlite: $($(#[$attribute])* $case),+);
        $crate::backend::on_each!(servers: $($(#[$attribute])* $case),+);
    };
}
pub(crate) use on_each;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
    MariaDb,
    MySql,
}

impl Backend {
    pub(crate) const fn dialect(self) -> Dialect {
        match self {
            Self::Sqlite => Dialect::Sqlite,
            Self::Postgres => Dialect::Postgres,
            Self::MariaDb | Self::MySql => Dialect::MySql,
        }
    }

    pub(crate) fn known(self) -> &'static [Migration] {
        migrations(self.dialect())
    }

    /// Whether a migration and its row in the history are kept together.
    pub(crate) const fn is_transactional(self) -> bool {
        matches!(self, Self::Sqlite | Self::Postgres)
    }

    const fn server(self) -> Option<Server> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(Server::Postgres),
            Self::MariaDb => Some(Server::MariaDb),
            Self::MySql => Some(Server::MySql),
        }
    }
}

/// A database of a test's own, with nothing in it.
pub(crate) struct Subject {
    pub(crate) backend: Backend,
    pub(crate) place: Place,
    pub(crate) url: String,
    /// Gone with this.
    _database: Option<Database>,
}

impl Subject {
    pub(crate) fn new(backend: Backend, purpose: &str) -> Self {
        let place = Place::new();
        let database = backend.server().map(|server| Database::new(server, purpose));
        let url = database.as_ref().map_or_else(
            || format!("sqlite:{}", place.path("subject.db").display()),
            |database| database.url.clone(),
        );
        Self { backend, place, url, _database: database }
    }

    /// One whose schema is current.
    pub(crate) fn migrated(backend: Backend, purpose: &str) -> Self {
        let subject = Self::new(backend, purpose);
        subject.td(&["migrate", "up"]).succeeds();
        subject
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.place.path("subject.db")
    }

    pub(crate) fn arguments<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["--db", &self.url], arguments].concat()
    }

    pub(crate) fn td(&self, arguments: &[&str]) -> Ended {
        self.place.td(&self.arguments(arguments))
    }

    /// Whatever version it is at, nothing is in the way of the newest.
    pub(crate) fn is_sound(&self) {
        self.td(&["migrate", "up"]).succeeds();
        self.td(&["migrate", "check"]).succeeds();
    }

    pub(crate) fn td_answering(&self, arguments: &[&str], answer: &str) -> Ended {
        self.place.td_reading(&self.arguments(arguments), answer.as_bytes())
    }

    pub(crate) fn migrator(&self) -> StoreMigrator {
        OpenOptions::new(&self.url).migrator().unwrap()
    }

    /// SQL by the database's own client, which stops at the first error: what it printed.
    pub(crate) fn sql(&self, script: &str) -> String {
        let ended = self.client(script);
        assert!(ended.status.success(), "{script}: {}", ended.err);
        ended.out.trim().to_owned()
    }

    pub(crate) fn client(&self, script: &str) -> Ended {
        let mut command = self.client_command();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        drop(child.stdin.take().unwrap().write_all(script.as_bytes()));
        Ended::of(child.wait_with_output().unwrap())
    }

    /// The client, which reads SQL and answers each statement at once.
    pub(crate) fn client_command(&self) -> Command {
        match self.backend {
            Backend::Sqlite => {
                let mut command = Command::new("sqlite3");
                command.arg("-bail").arg(self.file());
                command
            }
            Backend::Postgres => {
                let mut command = postgres_program("psql");
                command.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1"]).arg(&self.url);
                command
            }
            Backend::MariaDb => self.mysql_program("mariadb", CLIENT),
            Backend::MySql => self.mysql_program("mysql", CLIENT),
        }
    }

    /// The schema as the database's own program writes it, without what differs from time to time.
    pub(crate) fn dump(&self) -> String {
        let mut command = match self.backend {
            Backend::Sqlite => {
                // In the order in which they were made, which means nothing.
                let told = self.sql(".schema\n");
                let mut statements: Vec<_> = told.split_inclusive(";\n").map(str::trim).collect();
                statements.sort_unstable();
                return statements.join("\n");
            }
            Backend::Postgres => {
                let mut command = postgres_program("pg_dump");
                command.args(["--schema-only", "--no-owner"]).arg(&self.url);
                command
            }
            Backend::MariaDb => self.mysql_program("mariadb-dump", DUMP),
            Backend::MySql => self.mysql_program("mysqldump", DUMP),
        };
        let ended = Ended::of(command.output().unwrap());
        assert!(ended.status.success(), "{}", ended.err);
        // Newer versions of pg_dump say a word against injected commands, another one each time.
        let told: Vec<_> = ended.out.lines().filter(|line| !line.starts_with('\\')).collect();
        told.join("\n")
    }

    fn mysql_program(&self, program: &str, arguments: &[&str]) -> Command {
        let script = match self.backend {
            Backend::MariaDb => "mariadb",
            _ => "mysql",
        };
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/servers/");
        let address = self.url.split_once('?').map_or(self.url.as_str(), |(address, _)| address);
        let (_, rest) = address.split_once("://").unwrap();
        let (user, host) = rest.split_once('@').unwrap();
        let (host, database) = host.split_once('/').unwrap();
        let (host, port) = host.split_once(':').unwrap_or((host, "3306"));
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        let mut command = Command::new(format!("{root}{script}"));
        command.args(["client", program, "--no-defaults", "--protocol=TCP"]);
        command.args([format!("--host={host}"), format!("--port={port}")]);
        command.args([format!("--user={user}")]).args(arguments).arg(database);
        command.env("MYSQL_PWD", password);
        command
    }
}

const CLIENT: &[&str] = &["--batch", "--skip-column-names", "--unbuffered"];
const DUMP: &[&str] = &["--no-data", "--skip-comments", "--triggers"];

fn postgres_program(name: &str) -> Command {
    Command::new(std::env::var("POSTGRES_BIN").map_or(name.into(), |bin| format!("{bin}/{name}")))
}

/// Compares dumps, and shows only the lines that differ.
pub(crate) fn expect_same(found: &str, expected: &str) {
    let only_in = |one: &str, other: &str| -> Vec<String> {
        one.lines().filter(|line| !other.contains(line)).map(str::to_owned).collect()
    };
    assert!(
        found == expected,
        "only found: {:#?}\nonly expected: {:#?}",
        only_in(found, expected),
        only_in(expected, found)
    );
}

/// Runs what is asynchronous to its end.
pub(crate) fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}
