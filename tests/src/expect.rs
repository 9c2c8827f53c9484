//! What an answer should be; each failure says what was expected and what came.

use std::fmt::Debug;

use tournament_core::{Entity, EntityKind, Error, Id, Result};

/// The error, or a panic that shows the value.
#[track_caller]
pub(crate) fn error<T: Debug>(answer: Result<T>) -> Error {
    match answer {
        Err(error) => error,
        Ok(value) => panic!("expected an error, got {value:?}"),
    }
}

#[track_caller]
fn matches(expected: &Error, answer: Result<impl Debug>) {
    let got = error(answer);
    assert_eq!(shape(&got), shape(expected), "expected `{expected}`, got `{got}`");
}

/// All of an error but its words: those are an adapter's own.
pub(crate) fn shape(error: &Error) -> serde_json::Value {
    let mut shape = serde_json::to_value(error).expect("an error serializes");
    let object = shape.as_object_mut().expect("as an object");
    object.remove("message");
    for problem in object
        .get_mut("problems")
        .and_then(|problems| problems.as_array_mut())
        .into_iter()
        .flatten()
    {
        let problem = problem.as_object_mut().expect("each problem is an object");
        problem.remove("message");
    }
    shape
}

/// `Validation` of exactly these fields of one value.
#[track_caller]
pub(crate) fn validation(answer: Result<impl Debug>, entity: EntityKind, fields: &[&str]) {
    let problems: Vec<_> = fields.iter().map(|field| (None, *field)).collect();
    validation_at(answer, entity, &problems);
}

/// `Validation` of exactly these fields, each of the item with this index.
#[track_caller]
pub(crate) fn validation_at(
    answer: Result<impl Debug>,
    entity: EntityKind,
    expected: &[(Option<usize>, &str)],
) {
    let error = error(answer);
    let Error::Validation { problems, .. } = &error else {
        panic!("expected validation of {entity} {expected:?}, got `{error}`");
    };
    let got: Vec<_> =
        problems.iter().map(|problem| (problem.index, problem.field.as_ref())).collect();
    assert_eq!(got, expected, "`{error}`");
    for problem in problems {
        assert_eq!(problem.entity, entity, "`{error}`");
        assert!(!problem.message.is_empty(), "a problem says what is wrong: {problem:?}");
    }
}

#[track_caller]
pub(crate) fn not_found<E: Entity>(answer: Result<impl Debug>, id: Id<E>) {
    matches(&Error::not_found(id), answer);
}

#[track_caller]
pub(crate) fn already_exists(answer: Result<impl Debug>, entity: EntityKind, field: &'static str) {
    matches(&Error::already_exists(entity, field), answer);
}

#[track_caller]
pub(crate) fn reference_missing(
    answer: Result<impl Debug>,
    entity: EntityKind,
    field: &'static str,
) {
    matches(&Error::reference_missing(entity, field), answer);
}

#[track_caller]
pub(crate) fn still_referenced<E: Entity>(answer: Result<impl Debug>, id: Id<E>) {
    matches(&Error::still_referenced(id), answer);
}

#[track_caller]
pub(crate) fn conflict<E: Entity>(
    answer: Result<impl Debug>,
    id: Id<E>,
    expected: i64,
    found: i64,
) {
    matches(&Error::conflict(id, expected, found), answer);
}

#[track_caller]
pub(crate) fn full(
    answer: Result<impl Debug>,
    tournament: Id<tournament_core::Tournament>,
    max_players: i64,
) {
    matches(&Error::full(tournament, max_players), answer);
}

#[track_caller]
pub(crate) fn aborted(answer: Result<impl Debug>) {
    let error = error(answer);
    assert!(
        matches!(error, Error::Aborted { .. }),
        "expected that the unit of work is finished, got `{error}`"
    );
}

/// What a write in a read-only unit is answered.
#[track_caller]
pub(crate) fn read_only(answer: Result<impl Debug>, entity: EntityKind) {
    validation(answer, entity, &["read_only"]);
}

/// `Unavailable`, with nothing stored.
#[track_caller]
pub(crate) fn unavailable(answer: Result<impl Debug>) {
    let error = error(answer);
    assert!(
        matches!(error, Error::Unavailable { outcome_unknown: false, .. }),
        "expected that the store is unavailable, got `{error}`"
    );
}
