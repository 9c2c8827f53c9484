//! Errors as JSON, and which of them are tried again.

use serde_json::json;
use tournament_core::{BoxError, EntityKind, Error, Id, Player, Retry};

/// The table of `docs/errors.md` has each code once, and no other.
#[test]
fn every_code_is_documented() -> Result<(), BoxError> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md");
    let page = std::fs::read_to_string(page)?;
    let documented: Vec<_> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let id = Id::<Player>::new();
    let errors = [
        Error::not_found(id),
        Error::invalid(EntityKind::Player, "name", "must not be empty"),
        Error::already_exists(EntityKind::Player, "id"),
        Error::reference_missing(EntityKind::Round, "component_id"),
        Error::still_referenced(id),
        Error::conflict(id, 1, 2),
        Error::full(Id::new(), 8),
        Error::aborted(),
        Error::busy("a lock", None),
        Error::unavailable("no answer", None),
        Error::corrupt(EntityKind::Match, "no uuid", "notes", None),
        Error::schema_outdated(1, 2),
        Error::schema_too_new(3, 2),
        Error::backend("it broke", None),
    ];
    assert_eq!(documented, errors.map(|error| error.code()));
    Ok(())
}

/// The id is text as stored, since it may be what does not parse.
#[test]
fn a_corrupt_row_is_named_by_its_id() {
    let error = Error::corrupt(EntityKind::Match, "no uuid", "notes", None);
    assert_eq!(
        serde_json::to_value(&error).unwrap(),
        json!({
            "code": "corrupt",
            "message": "the stored match no uuid is corrupt: notes does not parse",
            "entity": "match",
            "id": "no uuid",
            "field": "notes",
        })
    );
}

#[test]
fn the_versions_of_a_schema_can_be_read_without_the_message() {
    let outdated = serde_json::to_value(Error::schema_outdated(1, 2)).unwrap();
    assert_eq!((&outdated["current"], &outdated["required"]), (&json!(1), &json!(2)));
    let too_new = serde_json::to_value(Error::schema_too_new(3, 2)).unwrap();
    assert_eq!((&too_new["current"], &too_new["supported"]), (&json!(3), &json!(2)));
}

#[test]
fn an_error_in_a_box_is_tried_again_as_it_is_without() {
    for (error, expected) in [
        (Error::busy("a lock", None), true),
        (Error::unavailable("no answer", None), true),
        (Error::outcome_unknown("no answer", None), false),
        (Error::aborted(), false),
    ] {
        assert_eq!(BoxError::from(error).is_retryable(), expected);
    }
    assert!(!BoxError::from("some other error").is_retryable());
}
