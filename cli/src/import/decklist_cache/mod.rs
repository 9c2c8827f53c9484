//! Events as the decklist cache publishes them: one JSON object each.
//!
//! - `Round 7` and `7` are Swiss rounds; a round of any other name is a playoff round.
//! - A pairing with `-`, `Bye` or nobody, on either side, is a bye: won 2–0.
//! - A match that a round lists twice, once from each side, is one match.
//! - A result of `0-0-0` is a drawn match.
//!
//! What an event leaves out or gets wrong is refused, with the field's path in the document.

mod event;
mod published;
mod rows;
mod score;

use std::borrow::Cow;

use tournament_core::{Dataset, EntityKind, Error, Result};

use event::Event;
use published::Published;

use super::input::parse;

/// The rows of one published event, shared ones (players, venue, format) included.
///
/// The same event gives the same rows every time.
///
/// # Errors
///
/// [`Error::Validation`] of the first field that is not as it should be.
pub fn dataset(json: &[u8]) -> Result<Dataset> {
    let published: Published = parse(json, "no published event")?;
    rows::dataset(&Event::of(&published)?)
}

fn refusal(entity: EntityKind, path: &str, message: impl Into<Cow<'static, str>>) -> Error {
    Error::invalid(entity, path.to_owned(), message)
}

/// A row's refusal as one of the field of the document that the row's field was taken from.
fn located(error: Error, path: impl FnOnce(&str) -> String) -> Error {
    let Error::Validation { problems, .. } = &error else { return error };
    let Some(problem) = problems.first() else { return error };
    refusal(problem.entity, &path(&problem.field), problem.message.clone())
}

/// What was given, fit to be quoted in a message: short, and without control characters.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let shown: String = text.chars().take(SHOWN).collect();
    let dots = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{dots}")
}

#[cfg(test)]
mod tests;
