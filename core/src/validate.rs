//! The rules that a value alone can break, gathered so that every broken one is reported.

use std::borrow::Cow;
use std::fmt::Display;

use crate::time::{self, Time};
use crate::{EntityKind, Error, Id, Problem, Result};

/// The largest integer that every store keeps: the `INTEGER` of SQL, 2³¹ − 1.
pub const MAX_INTEGER: i64 = i32::MAX as i64;

/// Collects what is wrong with a value, field by field.
#[derive(Debug)]
pub struct Checks {
    entity: EntityKind,
    problems: Vec<Problem>,
}

impl Checks {
    /// Nothing is wrong yet.
    #[must_use]
    pub const fn new(entity: EntityKind) -> Self {
        Self { entity, problems: Vec::new() }
    }

    /// `Ok` if nothing was refused, else every refused field.
    pub fn finish(self) -> Result<()> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Error::Validation { problems: self.problems })
        }
    }

    /// Every refused field.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The refused fields of the item at this place of a list.
    pub(crate) fn problems_at(self, index: usize) -> impl Iterator<Item = Problem> {
        self.problems.into_iter().map(move |problem| Problem { index: Some(index), ..problem })
    }

    /// Refuses a field; the message reads on from its name.
    pub fn refuse(&mut self, field: &'static str, message: impl Into<Cow<'static, str>>) {
        self.problems.push(Problem::new(self.entity, field, message));
    }

    /// Refuses a field if there is a reason to.
    fn refuse_for(&mut self, field: &'static str, reason: Option<impl Into<Cow<'static, str>>>) {
        if let Some(reason) = reason {
            self.refuse(field, reason);
        }
    }

    /// An id: not nil.
    pub(crate) fn id<E>(&mut self, field: &'static str, id: Id<E>) {
        if id.uuid().is_nil() {
            self.refuse(field, "must not be the nil UUID");
        }
    }

    /// A name, discord id or e-mail: `min` to `max` characters, none a control character, no white
    /// space at either end.
    pub(crate) fn name(&mut self, field: &'static str, text: &str, min: usize, max: usize) {
        self.text(field, text, min, max);
        if text.chars().any(|c| c.is_control() && c != '\0') {
            self.refuse(field, "must not hold control characters");
        } else if text.trim() != text {
            self.refuse(field, "must not begin or end with white space");
        }
    }

    /// Any other text: `min` to `max` characters, without NUL.
    pub(crate) fn text(&mut self, field: &'static str, text: &str, min: usize, max: usize) {
        // Counting stops one past the limit: the text may be any size.
        let length = text.chars().take(max + 1).count();
        if length < min && text.is_empty() {
            self.refuse(field, "must not be empty");
        } else if length < min {
            self.refuse(field, format!("must have at least {min} characters"));
        } else if length > max {
            self.refuse(field, format!("must have at most {max} characters"));
        }
        if text.contains('\0') {
            self.refuse(field, "must not hold the character NUL");
        }
    }

    /// [`text`](Self::text), where there is one.
    pub(crate) fn optional_text(
        &mut self,
        field: &'static str,
        text: Option<&str>,
        min: usize,
        max: usize,
    ) {
        if let Some(text) = text {
            self.text(field, text, min, max);
        }
    }

    /// An integer from `min` to [`MAX_INTEGER`].
    pub(crate) fn integer(&mut self, field: &'static str, value: i64, min: i64) {
        if !(min..=MAX_INTEGER).contains(&value) {
            self.refuse(field, format!("must be from {min} to {MAX_INTEGER}, not {value}"));
        }
    }

    /// [`integer`](Self::integer), where there is one.
    pub(crate) fn optional_integer(&mut self, field: &'static str, value: Option<i64>, min: i64) {
        if let Some(value) = value {
            self.integer(field, value, min);
        }
    }

    /// A time that every store keeps.
    pub(crate) fn time(&mut self, field: &'static str, value: Time) {
        self.refuse_for(field, time::refusal(value));
    }

    /// [`time`](Self::time), where there is one.
    pub(crate) fn optional_time(&mut self, field: &'static str, value: Option<Time>) {
        if let Some(value) = value {
            self.time(field, value);
        }
    }

    /// Two times, each of which may be absent, of which the second must not be before the first.
    pub(crate) fn span(
        &mut self,
        (start_field, start): (&'static str, Option<Time>),
        (end_field, end): (&'static str, Option<Time>),
    ) {
        self.optional_time(start_field, start);
        self.optional_time(end_field, end);
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            self.refuse(end_field, format!("must not be before {start_field}"));
        }
    }

    /// A JSON object that every store keeps, at most `max_bytes` in compact form.
    pub(crate) fn json(
        &mut self,
        field: &'static str,
        object: &crate::json::JsonObject,
        max_bytes: usize,
    ) {
        if object.is_empty() {
            return;
        }
        if let Some(reason) = crate::json::refusal(object) {
            self.refuse(field, reason);
        } else if serde_json::to_string(object).is_ok_and(|text| text.len() > max_bytes) {
            self.refuse(field, format!("must be at most {max_bytes} bytes of compact JSON"));
        }
    }

    /// A field that must be what is stored.
    pub(crate) fn unchanged<T: PartialEq + Display>(
        &mut self,
        field: &'static str,
        given: &T,
        stored: &T,
    ) {
        if given != stored {
            self.refuse(field, format!("never changes: {stored} is stored, not {given}"));
        }
    }
}

/// Whether a name, discord id or e-mail of this text could be stored. A look-up by one that could
/// not finds nothing.
pub(crate) fn is_name(text: &str, max: usize) -> bool {
    let mut checks = Checks::new(EntityKind::Player);
    checks.name("", text, 1, max);
    checks.problems.is_empty()
}
