//! The planner, on every history of three migrations that a table can hold.
#![allow(clippy::unwrap_used, clippy::expect_used)] // Helpers are tests too.

use tournament_migrations::{
    Applied, Direction, Found, Migration, MigrationAction, MigrationGoal, Plan, PlanError,
    Progress, Schema, current_version, plan,
};

const KNOWN: &[Migration] = &[
    Migration { version: 1, name: "one", up: "1", down: "-1", schema: "table a\n" },
    Migration { version: 2, name: "two", up: "2", down: "-2", schema: "table a\ntable b\n" },
    Migration { version: 3, name: "three", up: "3", down: "-3", schema: "table b\n" },
];

const NEWEST: u32 = 3;

fn tables_of(version: u32) -> Schema {
    let text = KNOWN.iter().find(|one| one.version == version).map_or("", |one| one.schema);
    text.parse().unwrap()
}

fn row(version: u32, state: State) -> Applied {
    let known = KNOWN.iter().find(|one| one.version == version);
    let sound = known.map_or("unknown".to_owned(), Migration::checksum);
    Applied {
        version,
        name: known.map_or("later", |one| one.name).to_owned(),
        checksum: if state == State::Changed { "another".to_owned() } else { sound },
        applied_at: "2026-01-01T00:00:00.000000Z".to_owned(),
        success: !matches!(state, State::Stopped(_)),
        progress: match state {
            State::Stopped(progress) => progress,
            _ => None,
        },
        ..Applied::default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Sound,
    Changed,
    Stopped(Option<Progress>),
}

const STATES: [State; 5] = [
    State::Sound,
    State::Changed,
    State::Stopped(None),
    State::Stopped(Some(Progress { direction: Direction::Up, statements: 2, failed: false })),
    State::Stopped(Some(Progress { direction: Direction::Down, statements: 1, failed: true })),
];

/// Each subset of the versions 1 to 4, each in each state: 6⁴ histories.
fn histories() -> Vec<Vec<Applied>> {
    let mut all = vec![Vec::new()];
    for version in 1..=NEWEST + 1 {
        let with: Vec<_> = all
            .iter()
            .flat_map(|rows| {
                STATES.map(|state| {
                    let mut rows: Vec<Applied> = rows.clone();
                    // In whatever order a table gives them.
                    rows.insert(0, row(version, state));
                    rows
                })
            })
            .collect();
        all.extend(with);
    }
    all
}

fn goals() -> Vec<MigrationGoal> {
    let mut goals = vec![MigrationGoal::Up { to: None }];
    for version in 0..=NEWEST + 1 {
        goals.push(MigrationGoal::Up { to: Some(version) });
        goals.push(MigrationGoal::Down { to: version });
        goals.push(MigrationGoal::DownSteps { steps: version });
        goals.push(MigrationGoal::Baseline { version });
    }
    goals.extend([MigrationGoal::Redo, MigrationGoal::Repair]);
    goals
}

/// What a database would be after the plan.
fn after(found: &Found, plan: &Plan) -> Found {
    let mut history = found.history.clone().unwrap_or_default();
    let mut schema = found.schema.clone();
    for step in &plan.steps {
        let version = step.migration.version;
        let at = history.iter().position(|row| row.version == version);
        match step.action {
            MigrationAction::Apply | MigrationAction::Record => {
                assert!(at.is_none() || step.action == MigrationAction::Record);
                history.retain(|row| row.version != version);
                history.push(row(version, State::Sound));
            }
            MigrationAction::Revert => {
                history.remove(at.expect("what is undone has run"));
            }
            MigrationAction::Resume { direction: Direction::Up, .. } => {
                history[at.unwrap()] = row(version, State::Sound);
            }
            MigrationAction::Resume { direction: Direction::Down, .. }
            | MigrationAction::Forget => drop(history.remove(at.unwrap())),
            MigrationAction::UpdateChecksum => history[at.unwrap()] = row(version, State::Sound),
            other => panic!("{other:?}"),
        }
        schema = tables_of(history.iter().map(|row| row.version).max().unwrap_or(0));
    }
    Found { history: Some(history), schema }
}

fn is_sequence(history: &[Applied]) -> bool {
    let mut versions: Vec<_> = history.iter().map(|row| row.version).collect();
    versions.sort_unstable();
    versions.iter().zip(1..).all(|(version, expected)| *version == expected)
}

fn is_sound(history: &[Applied]) -> bool {
    is_sequence(history)
        && history.iter().all(|one| one.version <= NEWEST && *one == row(one.version, State::Sound))
}

#[test]
fn only_a_sound_history_goes_up_or_down_and_it_gets_where_it_was_to() {
    for history in histories() {
        let current = history.iter().map(|row| row.version).max().unwrap_or(0);
        let found = Found { history: Some(history.clone()), schema: tables_of(current) };
        assert_eq!(current_version(KNOWN, &history).is_ok(), is_sound(&history), "{history:?}");
        for goal in goals() {
            let to = match goal {
                MigrationGoal::Up { to } => to.unwrap_or(NEWEST),
                MigrationGoal::Down { to } => to,
                MigrationGoal::DownSteps { steps } => current.saturating_sub(steps),
                MigrationGoal::Redo => current,
                _ => continue,
            };
            let leads = match goal {
                MigrationGoal::Up { .. } => to >= current,
                _ => to <= current,
            };
            let may = is_sound(&history) && to <= NEWEST && leads;
            match plan(KNOWN, &found, goal) {
                Ok(planned) => {
                    assert!(may, "{goal:?} {history:?}");
                    assert_eq!((planned.current, planned.target), (current, to));
                    let found = after(&found, &planned);
                    let history = found.history.as_deref().unwrap();
                    assert_eq!(current_version(KNOWN, history), Ok(to), "{goal:?}");
                    if goal == MigrationGoal::Redo {
                        let redone: Vec<_> =
                            planned.steps.iter().map(|step| step.migration.version).collect();
                        assert_eq!(redone, if to == 0 { vec![] } else { vec![to, to] });
                        continue;
                    }
                    // So many steps back are a version by then: nobody goes twice as many.
                    assert_eq!(plan(KNOWN, &found, planned.goal).unwrap().steps, []);
                }
                Err(error) => assert!(!may, "{goal:?} {history:?}: {error}"),
            }
        }
    }
}

#[test]
fn what_can_be_repaired_is_sound_afterwards_and_a_sound_history_is_left_alone() {
    for history in histories() {
        for tables in 0..=NEWEST {
            let found = Found { history: Some(history.clone()), schema: tables_of(tables) };
            match plan(KNOWN, &found, MigrationGoal::Repair) {
                Ok(planned) => {
                    assert_eq!(planned.steps.is_empty(), is_sound(&history), "{history:?}");
                    let left = after(&found, &planned).history.unwrap();
                    // One that was in the middle of others is no history of a run.
                    if is_sequence(&left) {
                        assert_eq!(current_version(KNOWN, &left), Ok(planned.target));
                    }
                }
                Err(PlanError::Newer { current, supported }) => {
                    assert_eq!((current, supported), (NEWEST + 1, NEWEST));
                }
                Err(PlanError::Gap { .. }) => assert!(!is_sequence(&history)),
                Err(PlanError::Differs { .. }) => {
                    // All or nothing was done of it, and the tables are neither.
                    assert!(history.iter().any(|row| !row.success && row.progress.is_none()));
                }
                Err(other) => panic!("{history:?}: {other}"),
            }
        }
    }
}

#[test]
fn a_baseline_is_taken_only_without_a_history_and_by_tables_that_are_those_of_its_version() {
    for version in 0..=NEWEST {
        for tables in 0..=NEWEST {
            let mut schema = tables_of(tables);
            schema.add_table("bookmarks", "");
            let goal = MigrationGoal::Baseline { version };
            let found = Found { history: None, schema: schema.clone() };
            match plan(KNOWN, &found, goal) {
                Ok(planned) => {
                    assert_eq!(tables, version);
                    assert!(planned.creates_history);
                    let left = after(&found, &planned).history.unwrap();
                    assert_eq!(current_version(KNOWN, &left), Ok(version));
                }
                Err(PlanError::Differs { differences, .. }) => {
                    assert_ne!(tables, version);
                    assert!(!differences.is_empty());
                }
                Err(other) => panic!("{other}"),
            }
            // One that was begun and not ended is gone on with; one that is there is left.
            let begun = vec![row(1, State::Sound)];
            let found = Found { history: Some(begun), schema };
            match plan(KNOWN, &found, goal) {
                Ok(planned) => {
                    assert!(version > 1 && tables == version);
                    let left = after(&found, &planned).history.unwrap();
                    assert_eq!(current_version(KNOWN, &left), Ok(version));
                }
                Err(PlanError::HasHistory { current }) => {
                    assert_eq!(current, 1);
                    assert!(version <= 1);
                }
                Err(other) => assert!(tables != version, "{other}"),
            }
        }
    }
}

#[test]
fn tables_without_a_history_are_not_ours() {
    let up = MigrationGoal::Up { to: None };
    let empty = plan(KNOWN, &Found::default(), up).unwrap();
    assert!(empty.creates_history);
    assert_eq!(empty.steps.len(), KNOWN.len());

    let mut found = Found::default();
    for number in 1..=7 {
        found.schema.add_table(format!("t{number}"), "");
    }
    let refused = plan(KNOWN, &found, up).unwrap_err();
    assert_eq!(refused, PlanError::NotOurs { tables: "t1, t2, t3, t4, t5, and 2 more".to_owned() });
    // With a history, even an empty one, they may be there.
    found.history = Some(Vec::new());
    assert_eq!(plan(KNOWN, &found, up).unwrap().steps.len(), KNOWN.len());
}

#[test]
fn a_newer_database_is_refused_even_where_its_history_differs() {
    let history = [row(1, State::Changed), row(4, State::Sound)];
    let refused = current_version(KNOWN, &history).unwrap_err();
    assert_eq!(refused, PlanError::Newer { current: 4, supported: 3 });
}

#[test]
fn a_version_that_stands_twice_is_refused() {
    let history = [row(1, State::Sound), row(2, State::Sound), row(2, State::Sound)];
    let refused = current_version(KNOWN, &history).unwrap_err();
    assert_eq!(refused, PlanError::Gap { expected: 3, found: 2 });
}
