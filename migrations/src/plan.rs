use crate::{Applied, Migration};

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan<'a> {
    /// The version that the database is at; 0 before the first migration.
    pub current: u32,
    /// The version that the program needs.
    pub required: u32,
    /// What is still to run, in order.
    pub pending: Vec<&'a Migration>,
}

/// Why nothing may be run: the history does not belong to this program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A migration has another text than when it ran.
    #[error("migration {version} ({name}) is not the one that ran: its checksum differs")]
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
    #[error("the history says {found} where version {expected} should stand")]
    Gap {
        /// The version that should have come next.
        expected: u32,
        /// The one that stands there.
        found: u32,
    },
    /// A migration was started and did not end.
    #[error("migration {version} ({name}) was started and did not end")]
    Unfinished {
        /// Its version.
        version: u32,
        /// Its name.
        name: String,
    },
}

/// Compares the migrations known here with a database's history, in any order.
///
/// # Errors
///
/// [`PlanError`], with nothing to be run. What a newer program did comes first: its history is not
/// ours to judge.
pub fn plan<'a>(known: &'a [Migration], history: &[Applied]) -> Result<Plan<'a>, PlanError> {
    let required = known.last().map_or(0, |migration| migration.version);
    let mut ran: Vec<&Applied> = history.iter().collect();
    ran.sort_by_key(|row| row.version);
    let current = ran.last().map_or(0, |row| row.version);
    if current > required {
        return Err(PlanError::Newer { current, supported: required });
    }
    for (row, migration) in ran.iter().zip(known) {
        if row.version != migration.version {
            return Err(PlanError::Gap { expected: migration.version, found: row.version });
        }
        if !row.success {
            return Err(PlanError::Unfinished { version: row.version, name: row.name.clone() });
        }
        if row.checksum != migration.checksum() {
            return Err(PlanError::Changed {
                version: row.version,
                name: migration.name.to_owned(),
            });
        }
    }
    if let Some(row) = ran.get(known.len()) {
        return Err(PlanError::Gap { expected: required + 1, found: row.version });
    }
    Ok(Plan { current, required, pending: known.iter().skip(ran.len()).collect() })
}

#[cfg(test)]
mod tests {
    use super::{PlanError, plan};
    use crate::{Applied, Migration};

    const KNOWN: &[Migration] = &[
        Migration { version: 1, name: "initial", up: "one", down: "" },
        Migration { version: 2, name: "second", up: "two", down: "" },
    ];

    fn ran(migration: &Migration) -> Applied {
        Applied {
            version: migration.version,
            name: migration.name.to_owned(),
            checksum: migration.checksum(),
            applied_at: "2026-01-01T00:00:00.000000Z".to_owned(),
            duration_ms: 1,
            success: true,
        }
    }

    #[test]
    fn an_empty_history_leaves_all_to_run() {
        let plan = plan(KNOWN, &[]).unwrap();
        assert_eq!((plan.current, plan.required), (0, 2));
        assert_eq!(plan.pending, [&KNOWN[0], &KNOWN[1]]);
    }

    #[test]
    fn what_has_run_does_not_run_again() {
        let plan = plan(KNOWN, &[ran(&KNOWN[0])]).unwrap();
        assert_eq!(plan.current, 1);
        assert_eq!(plan.pending, [&KNOWN[1]]);
    }

    #[test]
    fn a_whole_history_leaves_nothing_in_whatever_order_it_is_read() {
        let plan = plan(KNOWN, &[ran(&KNOWN[1]), ran(&KNOWN[0])]).unwrap();
        assert_eq!((plan.current, plan.pending.len()), (2, 0));
    }

    #[test]
    fn a_changed_migration_is_refused() {
        let mut row = ran(&KNOWN[0]);
        row.checksum = "another".to_owned();
        assert_eq!(
            plan(KNOWN, &[row]).unwrap_err(),
            PlanError::Changed { version: 1, name: "initial".to_owned() }
        );
    }

    #[test]
    fn a_newer_database_is_refused_even_where_its_history_differs() {
        let mut row = ran(&KNOWN[1]);
        row.version = 3;
        assert_eq!(plan(KNOWN, &[row]).unwrap_err(), PlanError::Newer { current: 3, supported: 2 });
    }

    #[test]
    fn a_gap_is_refused() {
        assert_eq!(
            plan(KNOWN, &[ran(&KNOWN[1])]).unwrap_err(),
            PlanError::Gap { expected: 1, found: 2 }
        );
    }

    #[test]
    fn a_version_that_stands_twice_is_refused() {
        let twice = [ran(&KNOWN[0]), ran(&KNOWN[1]), ran(&KNOWN[1])];
        assert_eq!(plan(KNOWN, &twice).unwrap_err(), PlanError::Gap { expected: 3, found: 2 });
    }

    #[test]
    fn a_migration_that_did_not_end_is_refused() {
        let mut row = ran(&KNOWN[0]);
        row.success = false;
        assert_eq!(
            plan(KNOWN, &[row]).unwrap_err(),
            PlanError::Unfinished { version: 1, name: "initial".to_owned() }
        );
    }
}
