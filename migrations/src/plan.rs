//! From what is known here and what a database has to what is to be done, or why nothing may be.

use crate::refusal::listed;
use crate::{
    Applied, Difference, Found, Migration, MigrationAction, MigrationGoal, Plan, PlanError,
    PlannedStep, Schema,
};

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
        MigrationGoal::Repair => repair(known, &rows, &found.schema)?,
        MigrationGoal::Baseline { version } => {
            check_version(known, version)?;
            check_rows(&rows)?;
            // What was begun and not ended may be gone on with.
            if current > 0 && version <= current {
                return Err(PlanError::HasHistory { current });
            }
            check_schema(known, version, &found.schema)?;
            (version, steps(known, current..version, MigrationAction::Record))
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
        MigrationGoal::Redo => {
            let before = current.saturating_sub(1);
            let mut again = down(known, &rows, before)?;
            again.extend(steps(known, before..current, MigrationAction::Apply));
            (current, again)
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
) -> Result<(u32, Vec<PlannedStep>), PlanError> {
    let mut steps = Vec::new();
    let mut target = 0;
    for row in rows {
        let migration = row.migration;
        let action = match row.applied.success {
            false => Some(end(known, row, schema)?),
            true if row.is_changed() => Some(MigrationAction::UpdateChecksum),
            true => None,
        };
        if let Some(action) = action {
            steps.push(PlannedStep { migration, action });
        }
        let is_gone =
            action.is_some_and(|action| action.reverts() || action == MigrationAction::Forget);
        if !is_gone {
            target = migration.version;
        }
    }
    // What only writes the history comes first: whoever stops after that has lost nothing. What is
    // undone goes from the newest back.
    steps.sort_by_key(|step| {
        let version = i64::from(step.migration.version);
        (step.action.alters(), if step.action.reverts() { -version } else { version })
    });
    Ok((target, steps))
}

/// How to end what did not.
fn end(known: &[Migration], row: &Row<'_>, schema: &Schema) -> Result<MigrationAction, PlanError> {
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
    Ok(MigrationAction::Resume {
        direction: progress.direction,
        done: progress.statements,
        in_doubt: !progress.failed,
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
