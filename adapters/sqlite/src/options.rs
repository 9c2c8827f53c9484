//! How a store is opened.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tournament_core::{Error, Result};
use tournament_migrations::{MigrationGoal, MigrationReport, MigrationStatus};

use crate::migrate::SqliteFile;
use crate::{SqliteMigrator, SqliteStore};

/// When a commit is written through to the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Synchronous {
    /// With each commit: a confirmed one survives a power cut.
    #[default]
    Full,
    /// Now and then: commits are fast, the last of them may be lost in a power cut, nothing is
    /// damaged, and the death of the process loses nothing.
    Normal,
}

/// What is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File(PathBuf),
    Memory,
}

/// Where a store is, and how it is opened.
///
/// ```
/// use tournament_sqlite::{SqliteOptions, Synchronous};
///
/// let options = SqliteOptions::from_url("sqlite:tournaments.db?synchronous=normal")?;
/// let same = SqliteOptions::new("tournaments.db").with_synchronous(Synchronous::Normal);
/// assert_eq!(options, same);
/// # Ok::<(), tournament_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteOptions {
    pub(crate) place: Place,
    pub(crate) synchronous: Synchronous,
    pub(crate) busy_timeout: Duration,
    pub(crate) readers: usize,
    pub(crate) migrate: bool,
}

/// How a URL begins.
const SCHEME: &str = "sqlite:";

impl SqliteOptions {
    const MAX_READERS: usize = 1_000;

    /// The file at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::at(Place::File(path.into()))
    }

    /// A store of its own that is gone when it is closed or dropped. Its schema is always current.
    ///
    /// It is a private temporary file: SQLite's own in-memory databases do not let anybody read
    /// beside an open unit of work. Only a process that is killed leaves it behind.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::at(Place::Memory)
    }

    /// What a URL says: `sqlite:PATH` or `sqlite::memory:`, and after a `?`, joined by `&`:
    /// `synchronous=full` or `normal`, `busy_timeout=` milliseconds, `readers=` connections.
    ///
    /// # Errors
    ///
    /// [`Error::Backend`] that says what is wrong with the URL.
    pub fn from_url(url: &str) -> Result<Self> {
        // Nothing of another store's URL is repeated: it may hold a password.
        let rest = url
            .strip_prefix(SCHEME)
            .ok_or_else(|| Error::backend(format!("the URL does not begin with {SCHEME}"), None))?;
        let (path, settings) = rest.split_once('?').unwrap_or((rest, ""));
        let refused = |reason: Cow<'static, str>| {
            Error::backend(format!("the URL {SCHEME}{path}: {reason}"), None)
        };
        let after_slashes = path.strip_prefix("//").unwrap_or(path);
        if after_slashes.len() < path.len() && has_user(after_slashes) {
            // A URL of another store under the wrong scheme: nothing of it is repeated either.
            return Err(Error::backend(
                format!("the URL names a user or a host; {SCHEME} takes only a path"),
                None,
            ));
        }
        let mut options = match after_slashes {
            ":memory:" => Self::in_memory(),
            "" => return Err(refused("it names no file".into())),
            path => Self::new(path),
        };
        for setting in settings.split('&').filter(|setting| !setting.is_empty()) {
            options = options.with_setting(setting).map_err(refused)?;
        }
        Ok(options)
    }

    fn with_setting(self, setting: &str) -> Result<Self, Cow<'static, str>> {
        let (name, value) = setting.split_once('=').ok_or("an option has no value")?;
        match (name, value) {
            ("synchronous", "full") => Ok(self.with_synchronous(Synchronous::Full)),
            ("synchronous", "normal") => Ok(self.with_synchronous(Synchronous::Normal)),
            ("synchronous", _) => Err("synchronous is full or normal".into()),
            ("busy_timeout", milliseconds) => milliseconds
                .parse::<u32>()
                .map(|ms| self.with_busy_timeout(Duration::from_millis(ms.into())))
                .map_err(|_| "busy_timeout is a number of milliseconds".into()),
            ("readers", number) => match number.parse() {
                Ok(readers @ 1..=Self::MAX_READERS) => Ok(self.with_readers(readers)),
                _ => Err("readers is a number from 1 to 1000".into()),
            },
            _ => Err(format!(
                "{name:?} is no option; they are synchronous, busy_timeout and readers"
            )
            .into()),
        }
    }

    fn at(place: Place) -> Self {
        Self {
            place,
            synchronous: Synchronous::default(),
            busy_timeout: Duration::from_secs(5),
            readers: 8,
            migrate: false,
        }
    }

    /// When a commit is written through to the disk: with each one unless said.
    #[must_use]
    pub const fn with_synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = synchronous;
        self
    }

    /// How long anything waits for a lock or a connection: 5 seconds unless said, at most a day.
    #[must_use]
    pub fn with_busy_timeout(mut self, timeout: Duration) -> Self {
        // SQLite counts milliseconds in 31 bits, which would be 24 days.
        self.busy_timeout = timeout.min(Duration::from_secs(24 * 60 * 60));
        self
    }

    /// How many connections read at once: 8 unless said, at least 1 and at most 1,000. As many again
    /// serve read-only units of work and whatever else reads for long.
    #[must_use]
    pub fn with_readers(mut self, readers: usize) -> Self {
        self.readers = readers.clamp(1, Self::MAX_READERS);
        self
    }

    /// Whether to make the file if it is missing and to bring its schema up to date. Unless asked
    /// for, neither is done.
    #[must_use]
    pub const fn with_migrate(mut self, migrate: bool) -> Self {
        self.migrate = migrate;
        self
    }

    /// Opens the store.
    ///
    /// # Errors
    ///
    /// [`Error::SchemaOutdated`], [`Error::SchemaTooNew`]; [`Error::Unavailable`] where the file is
    /// missing, cannot be opened or is no database; [`Error::Busy`] where another process does not
    /// let go of it; [`Error::Backend`] where its history is not this program's.
    pub async fn open(self) -> Result<SqliteStore> {
        SqliteStore::open_with(self).await
    }

    /// Makes the file if it is missing and brings its schema up to date: in short what
    /// [`migrator`](Self::migrator) does. Any number may do so at once.
    ///
    /// # Errors
    ///
    /// Those of [`SqliteMigrator`].
    pub async fn migrate(self) -> Result<MigrationReport> {
        self.migrator()?.run(MigrationGoal::Up { to: None }).await
    }

    /// How the file's schema stands, whatever state it is in. Changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`SqliteMigrator`].
    pub async fn migration_status(self) -> Result<MigrationStatus> {
        self.migrator()?.status().await
    }

    /// What looks after the file's schema.
    ///
    /// # Errors
    ///
    /// [`Error::Backend`] of a store in memory, which is made with its schema.
    pub fn migrator(self) -> Result<SqliteMigrator> {
        Ok(SqliteMigrator::new(SqliteFile { path: self.file()? }))
    }

    fn file(&self) -> Result<PathBuf> {
        match &self.place {
            Place::File(path) => absolute(path),
            Place::Memory => Err(Error::backend(
                "a store in memory is made with its schema; there is nothing to migrate",
                None,
            )),
        }
    }
}

/// The path from the root on: connections are opened later too, when the process may work in another
/// folder, and SQLite takes `file:x` and `:memory:` for more than names.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path)
        .map_err(|error| Error::unavailable("the path names no file", Some(error.into())))
}

/// Whether what follows `//` begins like `user:password@host`.
fn has_user(after_slashes: &str) -> bool {
    after_slashes.split('/').next().is_some_and(|authority| authority.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::{SqliteOptions, Synchronous};
    use std::time::Duration;

    #[test]
    fn urls_say_it_all() {
        let options = SqliteOptions::from_url(
            "sqlite:/a b/c.db?synchronous=normal&busy_timeout=250&readers=3",
        );
        let expected = SqliteOptions::new("/a b/c.db")
            .with_synchronous(Synchronous::Normal)
            .with_busy_timeout(Duration::from_millis(250))
            .with_readers(3);
        assert_eq!(options.unwrap(), expected);
        for (url, expected) in [
            ("sqlite:x.db", SqliteOptions::new("x.db")),
            ("sqlite:x.db?synchronous=full", SqliteOptions::new("x.db")),
            ("sqlite://x.db", SqliteOptions::new("x.db")),
            ("sqlite:///x.db", SqliteOptions::new("/x.db")),
            ("sqlite:ada@home.db", SqliteOptions::new("ada@home.db")),
            ("sqlite::memory:", SqliteOptions::in_memory()),
            ("sqlite::memory:?readers=8", SqliteOptions::in_memory()),
        ] {
            assert_eq!(SqliteOptions::from_url(url).unwrap(), expected, "{url}");
        }
    }

    #[test]
    fn no_wait_is_too_long_to_be_counted() {
        let day = SqliteOptions::in_memory().with_busy_timeout(Duration::from_secs(86_400));
        let url = "sqlite::memory:?busy_timeout=4294967295";
        assert_eq!(SqliteOptions::from_url(url).unwrap(), day);
        assert_eq!(SqliteOptions::in_memory().with_busy_timeout(Duration::MAX), day);
    }

    #[test]
    fn what_a_url_cannot_mean_is_refused() {
        for (url, part) in [
            ("postgres:x", "does not begin with sqlite:"),
            ("x.db", "does not begin with sqlite:"),
            ("sqlite:", "names no file"),
            ("sqlite:?readers=1", "names no file"),
            ("sqlite:x?colour=red", "\"colour\" is no option"),
            ("sqlite:x?readers", "has no value"),
            ("sqlite:x?readers=0", "1 to 1000"),
            ("sqlite:x?readers=-1", "1 to 1000"),
            ("sqlite:x?busy_timeout=soon", "milliseconds"),
            ("sqlite:x?synchronous=off", "full or normal"),
        ] {
            let error = SqliteOptions::from_url(url).unwrap_err();
            assert_eq!(error.code(), "backend");
            assert!(error.to_string().contains(part), "{url}: {error}");
        }
    }

    #[test]
    fn a_refusal_repeats_no_secret() {
        for url in [
            "postgres://ada:owl@host/db",
            "sqlite://ada:owl@host/db",
            "sqlite:x?password=owl",
            "sqlite:x?readers=owl",
        ] {
            let error = SqliteOptions::from_url(url).unwrap_err();
            assert!(!error.to_string().contains("owl"), "{error}");
        }
    }
}
