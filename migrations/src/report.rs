use crate::{Applied, Found, Migration, MigrationAction, MigrationGoal, Progress, plan};

/// What a run of migrations did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationReport {
    /// The version before; 0 where there was none.
    pub from: u32,
    /// The version after.
    pub to: u32,
    /// What ran, in order; empty where the schema was current.
    pub ran: Vec<MigrationRun>,
}

/// One step that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationRun {
    /// What was done.
    pub action: MigrationAction,
    /// The version of the migration.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// How a database's schema stands to what this program knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The highest version that has run to its end; 0 where none has.
    pub current: u32,
    /// The version that this program needs.
    pub required: u32,
    /// Every version known here or found there, in order.
    pub steps: Vec<MigrationStep>,
    /// Why nothing may be run, and what to do, if it may not.
    pub problem: Option<String>,
}

/// One version of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStep {
    /// The version.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub state: MigrationState,
    /// When it ran, in UTC, as ISO 8601 text, if it did.
    pub applied_at: Option<String>,
    /// How long it took, in milliseconds, if it ran.
    pub duration_ms: Option<u64>,
    /// How far it came, if it did not end and the database keeps that.
    pub progress: Option<Progress>,
}

/// How one version of the schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MigrationState {
    /// It has run.
    Applied,
    /// It has not run yet.
    Pending,
    /// It has run with another text.
    Changed,
    /// It has run, and this program does not know it.
    Unknown,
    /// It was started and did not end.
    Unfinished,
}

impl MigrationState {
    /// One word in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Changed => "changed",
            Self::Unknown => "unknown",
            Self::Unfinished => "unfinished",
        }
    }
}

impl std::fmt::Display for MigrationState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Describes a database, whatever state its history is in; refuses nothing.
#[must_use]
pub(crate) fn status(known: &[Migration], found: &Found) -> MigrationStatus {
    let history = found.history.as_deref().unwrap_or_default();
    let mut steps: Vec<MigrationStep> = history
        .iter()
        .map(|row| step_that_ran(known, row))
        .chain(
            known
                .iter()
                .filter(|migration| history.iter().all(|row| row.version != migration.version))
                .map(|migration| MigrationStep {
                    version: migration.version,
                    name: migration.name.to_owned(),
                    state: MigrationState::Pending,
                    applied_at: None,
                    duration_ms: None,
                    progress: None,
                }),
        )
        .collect();
    steps.sort_by_key(|step| step.version);
    MigrationStatus {
        current: history.iter().filter(|row| row.success).map(|row| row.version).max().unwrap_or(0),
        required: known.last().map_or(0, |migration| migration.version),
        steps,
        problem: plan(known, found, MigrationGoal::Up { to: None })
            .err()
            .map(|error| error.to_string()),
    }
}

fn step_that_ran(known: &[Migration], row: &Applied) -> MigrationStep {
    let here = known.iter().find(|migration| migration.version == row.version);
    let state = match here {
        _ if !row.success => MigrationState::Unfinished,
        None => MigrationState::Unknown,
        Some(migration) if migration.checksum() != row.checksum => MigrationState::Changed,
        Some(_) => MigrationState::Applied,
    };
    MigrationStep {
        version: row.version,
        name: row.name.clone(),
        state,
        applied_at: Some(row.applied_at.clone()),
        duration_ms: Some(row.duration_ms),
        progress: row.progress.filter(|_| !row.success),
    }
}

#[cfg(test)]
mod tests {
    use super::{MigrationState, status};
    use crate::{Applied, Dialect, Found, Migration, migrations};

    fn ran(version: u32, checksum: &str, success: bool) -> Applied {
        Applied {
            version,
            name: format!("v{version}"),
            checksum: checksum.to_owned(),
            applied_at: "2026-01-01T00:00:00.000000Z".to_owned(),
            duration_ms: 1,
            success,
            progress: None,
        }
    }

    #[test]
    fn each_state_is_told_apart() {
        let known = [1, 2, 3, 4].map(|version| Migration {
            version,
            name: "m",
            up: "sql",
            down: "",
            schema: "",
        });
        let sound = known[0].checksum();
        let history = vec![
            ran(1, &sound, true),
            ran(2, "another", true),
            ran(3, &sound, false),
            ran(9, &sound, true),
        ];
        let report = status(&known, &Found { history: Some(history), ..Found::default() });
        assert!(report.problem.unwrap().contains("this program knows 4"));
        let states: Vec<_> = report.steps.iter().map(|s| (s.version, s.state)).collect();
        assert_eq!(
            states,
            [
                (1, MigrationState::Applied),
                (2, MigrationState::Changed),
                (3, MigrationState::Unfinished),
                (4, MigrationState::Pending),
                (9, MigrationState::Unknown),
            ]
        );
        assert_eq!((report.current, report.required), (9, 4));
    }

    #[test]
    fn the_embedded_migrations_are_a_sequence_with_both_directions() {
        for dialect in Dialect::ALL {
            let versions: Vec<_> = migrations(*dialect).iter().map(|m| m.version).collect();
            let expected: Vec<_> = (1..=u32::try_from(versions.len()).unwrap()).collect();
            assert_eq!(versions, expected);
            for migration in migrations(*dialect) {
                assert!(migration.down.contains("DROP"), "{}", migration.name);
            }
        }
    }
}
