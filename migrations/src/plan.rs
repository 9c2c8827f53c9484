//! From what is known here and what a database has to what is to be done, or why nothing may be.

use crate::{Applied, Difference, Direction, Migration, Schema, SchemaTextError};

/// What a database is asked to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MigrationGoal {
    /// The schema of a version that is later, or the same.
    Up {
        /// The version; the newest known here if none is said.
        to: Option<u32>,
    },
    /// The schema of a version before, or the same. What later versions added is destroyed.
    Down {
        /// The version.
        to: u32,
    },
    /// The schema of as many versions before, or of none.
    DownSteps {
        /// How many.
        steps: u32,
    },
    /// A history that says this version of a schema that something else made. 0 says that a database
    /// with other tables may be used.
    Baseline {
        /// The version.
        version: u32,
    },
    /// A history that holds what is true: the checksums of the migrations known here, and nothing
    /// that did not end.
    Repair {
        /// Whether what did not end is undone; else it goes on where it stopped.
        undo: bool,
    },
}

/// What is done for one migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MigrationAction {
    /// It is run.
    Apply,
    /// It is undone.
    Revert,
    /// One that stopped goes on.
    Resume {
        /// Whether it is run or undone.
        direction: Direction,
        /// How many of its statements are known to be done.
        done: u32,
        /// Whether the next one may be done too.
        in_doubt: bool,
    },
    /// The history is to say that it has run. Its schema is there.
    Record,
    /// The history is to say nothing of it. Nothing of it is there.
    Forget,
    /// The history is to have the checksum that it has here.
    UpdateChecksum,
}

impl MigrationAction {
    /// Whether it changes tables, and not the history alone.
    pub(crate) const fn alters(self) -> bool {
        matches!(self, Self::Apply | Self::Revert | Self::Resume { .. })
    }
}

/// One step of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedStep {
    /// Of which migration.
    pub migration: Migration,
    /// What is done.
    pub action: MigrationAction,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it leads to. So many steps back are a version here.
    pub goal: MigrationGoal,
    /// The version that the database is at; 0 before the first migration.
    pub current: u32,
    /// The version that it will be at.
    pub target: u32,
    /// What is done, in order.
    pub steps: Vec<PlannedStep>,
    /// Whether the table of the history is made.
    pub creates_history: bool,
}

/// What was found in a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Its history, in any order; `None` where it has none.
    pub history: Option<Vec<Applied>>,
    /// Its tables, but for the history's. Where there is a history, they are asked for only to
    /// [`Repair`](MigrationGoal::Repair) or to set a [`Baseline`](MigrationGoal::Baseline).
    pub schema: Schema,
}

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
    #[error("the schema is at version {current}, this program knows {supported}")]
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
    /// Only a database without a history takes a baseline.
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

fn listed(all: impl ExactSizeIterator<Item = String>, between: &str) -> String {
    let more = all.len().saturating_sub(NAMED);
    let text = all.take(NAMED).collect::<Vec<_>>().join(between);
    if more > 0 { format!("{text}{between}and {more} more") } else { text }
}

/// The version that a history says, if it is this program's.
///
/// # Errors
///
/// [`PlanError`]. What a newer program did comes first: its history is not ours to judge.
pub fn current_version(known: &[Migration], history: &[Applied]) -> Result<u32, PlanError> {
    for row in sequence(known, history)? {
        row.check()?;
    }
    Ok(u32::try_from(history.len()).unwrap_or(u32::MAX))
}

/// A row of the history, and the migration that it is of.
struct Row<'a> {
    applied: &'a Applied,
    migration: Migration,
}

impl Row<'_> {
    fn check(&self) -> Result<(), PlanError> {
        let Migration { version, name, .. } = self.migration;
        if !self.applied.success {
            return Err(PlanError::Unfinished { version, name: name.to_owned() });
        }
        if self.is_changed() {
            return Err(PlanError::Changed { version, name: name.to_owned() });
        }
        Ok(())
    }

    fn is_changed(&self) -> bool {
        self.applied.checksum != self.migration.checksum()
    }
}

/// The rows of a history in order, if they are of versions known here, from the first on.
fn sequence<'a>(known: &[Migration], history: &'a [Applied]) -> Result<Vec<Row<'a>>, PlanError> {
    let supported = newest(known);
    let mut rows: Vec<&Applied> = history.iter().collect();
    rows.sort_by_key(|row| row.version);
    let current = rows.last().map_or(0, |row| row.version);
    if current > supported {
        return Err(PlanError::Newer { current, supported });
    }
    let mut expected = 0;
    rows.into_iter()
        .map(|applied| {
            expected += 1;
            match known.iter().find(|migration| migration.version == expected) {
                Some(migration) if applied.version == expected => {
                    Ok(Row { applied, migration: *migration })
                }
                _ => Err(PlanError::Gap { expected, found: applied.version }),
            }
        })
        .collect()
}

pub(crate) fn newest(known: &[Migration]) -> u32 {
    known.last().map_or(0, |migration| migration.version)
}

/// What is to be done to a database in which this was found, so that it becomes what is asked for.
///
/// # Errors
///
/// [`PlanError`], with nothing to be done.
pub fn plan(known: &[Migration], found: &Found, goal: MigrationGoal) -> Result<Plan, PlanError> {
    let history = found.history.as_deref().unwrap_or_default();
    let makes = matches!(goal, MigrationGoal::Up { .. } | MigrationGoal::Baseline { .. });
    let rows = sequence(known, history)?;
    let current = rows.last().map_or(0, |row| row.migration.version);
    let (target, steps) = match goal {
        MigrationGoal::Repair { undo } => repair(known, &rows, &found.schema, undo)?,
        MigrationGoal::Baseline { version } => {
            check_version(known, version)?;
            if found.history.is_some() {
                return Err(PlanError::HasHistory { current });
            }
            check_schema(known, version, &found.schema)?;
            (version, steps(known, 0..version, MigrationAction::Record))
        }
        MigrationGoal::Up { to } => {
            check_rows(&rows)?;
            check_ours(found)?;
            let to = to.unwrap_or_else(|| newest(known));
            check_version(known, to)?;
            if to < current {
                return Err(PlanError::NotUp { current, asked: to });
            }
            (to, steps(known, current..to, MigrationAction::Apply))
        }
        MigrationGoal::Down { to } => (to, down(known, &rows, to)?),
        MigrationGoal::DownSteps { steps } => {
            let to = current.saturating_sub(steps);
            (to, down(known, &rows, to)?)
        }
    };
    let goal = match goal {
        MigrationGoal::DownSteps { .. } => MigrationGoal::Down { to: target },
        goal => goal,
    };
    let creates_history = makes && found.history.is_none();
    Ok(Plan { goal, current, target, steps, creates_history })
}

fn check_rows(rows: &[Row<'_>]) -> Result<(), PlanError> {
    rows.iter().try_for_each(Row::check)
}

fn check_version(known: &[Migration], asked: u32) -> Result<(), PlanError> {
    let newest = newest(known);
    if asked > newest { Err(PlanError::NoSuchVersion { asked, newest }) } else { Ok(()) }
}

fn check_ours(found: &Found) -> Result<(), PlanError> {
    if found.history.is_some() || found.schema.tables().next().is_none() {
        return Ok(());
    }
    let tables: Vec<_> = found.schema.tables().map(str::to_owned).collect();
    Err(PlanError::NotOurs { tables: listed(tables.into_iter(), ", ") })
}

fn down(known: &[Migration], rows: &[Row<'_>], to: u32) -> Result<Vec<PlannedStep>, PlanError> {
    check_rows(rows)?;
    check_version(known, to)?;
    let current = rows.last().map_or(0, |row| row.migration.version);
    if to > current {
        return Err(PlanError::NotDown { current, asked: to });
    }
    let mut steps = steps(known, to..current, MigrationAction::Revert);
    steps.reverse();
    Ok(steps)
}

/// The same for each migration that leads from the one version to the other.
fn steps(
    known: &[Migration],
    versions: std::ops::Range<u32>,
    action: MigrationAction,
) -> Vec<PlannedStep> {
    known
        .iter()
        .filter(|migration| migration.version > versions.start && migration.version <= versions.end)
        .map(|&migration| PlannedStep { migration, action })
        .collect()
}

fn repair(
    known: &[Migration],
    rows: &[Row<'_>],
    schema: &Schema,
    undo: bool,
) -> Result<(u32, Vec<PlannedStep>), PlanError> {
    let mut steps = Vec::new();
    let mut target = 0;
    for row in rows {
        let migration = row.migration;
        let action = match row.applied.success {
            false => Some(end(known, row, schema, undo)?),
            true if row.is_changed() => Some(MigrationAction::UpdateChecksum),
            true => None,
        };
        if let Some(action) = action {
            steps.push(PlannedStep { migration, action });
        }
        if !matches!(
            action,
            Some(
                MigrationAction::Forget
                    | MigrationAction::Resume { direction: Direction::Down, .. }
            )
        ) {
            target = migration.version;
        }
    }
    // What only writes the history comes first: whoever stops after that has lost nothing.
    steps.sort_by_key(|step| step.action.alters());
    Ok((target, steps))
}

/// How to end what did not.
fn end(
    known: &[Migration],
    row: &Row<'_>,
    schema: &Schema,
    undo: bool,
) -> Result<MigrationAction, PlanError> {
    let version = row.migration.version;
    let after = differences(known, version, schema)?;
    let Some(progress) = row.applied.progress else {
        // All of it was done or nothing, so the tables tell.
        return if after.is_empty() {
            Ok(MigrationAction::Record)
        } else if differences(known, version - 1, schema)?.is_empty() {
            Ok(MigrationAction::Forget)
        } else {
            Err(PlanError::Differs { version, differences: after })
        };
    };
    if row.is_changed() {
        // Which statements were done is known of the text that it had.
        let name = row.migration.name.to_owned();
        return Err(PlanError::ChangedWithin { version, name });
    }
    Ok(match progress.direction {
        Direction::Up if undo => {
            MigrationAction::Resume { direction: Direction::Down, done: 0, in_doubt: true }
        }
        direction => MigrationAction::Resume {
            direction,
            done: progress.statements,
            in_doubt: !progress.failed,
        },
    })
}

fn check_schema(known: &[Migration], version: u32, found: &Schema) -> Result<(), PlanError> {
    let differences = differences(known, version, found)?;
    if differences.is_empty() { Ok(()) } else { Err(PlanError::Differs { version, differences }) }
}

/// In what a schema is not that of a version. Tables of which no version knows do not count.
///
/// # Errors
///
/// [`PlanError::NoSchema`].
pub fn differences(
    known: &[Migration],
    version: u32,
    found: &Schema,
) -> Result<Vec<Difference>, PlanError> {
    let mut expected = Schema::new();
    let mut ours = Vec::new();
    for migration in known {
        let schema = migration.schema()?;
        ours.extend(schema.tables().map(str::to_owned));
        if migration.version == version {
            expected = schema;
        }
    }
    Ok(found.differences(&expected, |table| ours.iter().any(|name| name == table)))
}
