//! Why nothing may be done.

use crate::{Difference, SchemaTextError};

/// Why nothing may be done. Displays as a sentence that says what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A migration has another text than when it ran.
    #[error(
        "migration {version} ({name}) is not the one that ran: its checksum differs; use the program \
         that ran it, or, if the change is harmless, run `td migrate repair`"
    )]
    Changed {
        /// Its version.
        version: u32,
        /// Its name here.
        name: String,
    },
    /// The database has run what this program does not know: a newer program migrated it.
    #[error(
        "the schema is at version {current}, this program knows {supported}: use a newer program"
    )]
    Newer {
        /// The highest version that has run.
        current: u32,
        /// The highest version known here.
        supported: u32,
    },
    /// A version was left out, or stands in the history twice.
    #[error(
        "the history says {found} where version {expected} should stand: something else wrote to \
         tournament_migrations, so restore that table from a backup"
    )]
    Gap {
        /// The version that should have come next.
        expected: u32,
        /// The one that stands there.
        found: u32,
    },
    /// A migration was started and did not end.
    #[error(
        "migration {version} ({name}) was started and did not end: unless another program is at it \
         just now, run `td migrate repair`"
    )]
    Unfinished {
        /// Its version.
        version: u32,
        /// Its name.
        name: String,
    },
    /// A migration did not end, and has another text now.
    #[error(
        "migration {version} ({name}) did not end, and is not the one that was started: its checksum \
         differs; run `td migrate repair` with the program that started it"
    )]
    ChangedWithin {
        /// Its version.
        version: u32,
        /// Its name here.
        name: String,
    },
    /// The database is not as it was when its plan was agreed to.
    #[error(
        "another program migrated the database meanwhile, and it is at version {current} now: look \
         again at what is to be done"
    )]
    Moved {
        /// The version that it is at now.
        current: u32,
    },
    /// Tables are there, and no history.
    #[error(
        "the database is not this program's: it has no history of migrations, and tables already \
         ({tables}); use another database, or, if they may stay beside those of this program, run \
         `td migrate baseline 0`, or, if they are this program's at version N, `td migrate baseline N`"
    )]
    NotOurs {
        /// Some of the tables.
        tables: String,
    },
    /// There is no such version.
    #[error("there is no version {asked}: this program knows 0 to {newest}")]
    NoSuchVersion {
        /// The version that was asked for.
        asked: u32,
        /// The newest.
        newest: u32,
    },
    /// Up leads to a later version.
    #[error("the schema is at version {current} already: use `td migrate down` to get to {asked}")]
    NotUp {
        /// The version of the database.
        current: u32,
        /// The version that was asked for.
        asked: u32,
    },
    /// Down leads to a version before.
    #[error("the schema is at version {current}: use `td migrate up` to get to {asked}")]
    NotDown {
        /// The version of the database.
        current: u32,
        /// The version that was asked for.
        asked: u32,
    },
    /// A baseline leads to a later version than the history says.
    #[error("the database has a history already, and it says version {current}")]
    HasHistory {
        /// The version of the database.
        current: u32,
    },
    /// The schema is not that of the version.
    #[error("the schema is not that of version {version}: {}", sentences(.differences))]
    Differs {
        /// The version.
        version: u32,
        /// In what it is not.
        differences: Vec<Difference>,
    },
    /// What is known here of a schema cannot be read.
    #[error("what version {version} makes is not known")]
    NoSchema {
        /// The version.
        version: u32,
        /// Why.
        source: SchemaTextError,
    },
}

/// How many differences or tables a message names before it only counts.
const NAMED: usize = 5;

fn sentences(differences: &[Difference]) -> String {
    listed(differences.iter().map(ToString::to_string), "; ")
}

pub(crate) fn listed(all: impl ExactSizeIterator<Item = String>, between: &str) -> String {
    let more = all.len().saturating_sub(NAMED);
    let text = all.take(NAMED).collect::<Vec<_>>().join(between);
    if more > 0 { format!("{text}{between}and {more} more") } else { text }
}
