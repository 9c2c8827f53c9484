//! Errors as JSON, and which of them are tried again.

use serde_json::json;
use tournament_core::{BoxError, EntityKind, Error, Retry};

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
