//! What a document holds.

use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use tournament_core::{Dataset, EntityKind, Error, Result};

use super::decklist_cache;

/// The formats that can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputFormat {
    /// A [`Dataset`] as JSON.
    Dataset,
    /// An event as the decklist cache publishes it.
    DecklistCache,
}

impl fmt::Display for InputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Dataset => "dataset",
            Self::DecklistCache => "decklist-cache",
        })
    }
}

/// Rows to be stored in one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// As they are: none of them may be stored yet.
    Dataset(Dataset),
    /// Those of one published event: shared rows may be stored already, or all of them.
    Event(Dataset),
}

/// Reads a document, guessing its format where none is given.
///
/// # Errors
///
/// [`Error::Validation`] where it is not of that format, or of none.
pub fn read(format: Option<InputFormat>, json: &[u8]) -> Result<Input> {
    match format.map_or_else(|| guess(json), Ok)? {
        InputFormat::Dataset => serde_json::from_slice(json)
            .map(Input::Dataset)
            .map_err(|error| refusal(format!("is no dataset: {}", reason(&error)))),
        InputFormat::DecklistCache => decklist_cache::dataset(json).map(Input::Event),
    }
}

/// The fields that tell the formats apart.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Probe {
    #[serde(rename = "Tournament")]
    tournament: Option<IgnoredAny>,
    #[serde(rename = "Rounds")]
    rounds: Option<IgnoredAny>,
    players: Option<IgnoredAny>,
    venues: Option<IgnoredAny>,
    formats: Option<IgnoredAny>,
    tournaments: Option<IgnoredAny>,
    registrations: Option<IgnoredAny>,
    components: Option<IgnoredAny>,
    #[serde(rename = "rounds")]
    round_rows: Option<IgnoredAny>,
    matches: Option<IgnoredAny>,
    last_sequence_ids: Option<IgnoredAny>,
}

fn guess(json: &[u8]) -> Result<InputFormat> {
    let probe: Probe = serde_json::from_slice(json).map_err(|error| {
        refusal(if error.is_data() {
            format!("is neither a published event nor a dataset: {}", reason(&error))
        } else {
            format!("is not JSON: {}", reason(&error))
        })
    })?;
    if probe.tournament.is_some() || probe.rounds.is_some() {
        return Ok(InputFormat::DecklistCache);
    }
    let lists = [
        probe.players,
        probe.venues,
        probe.formats,
        probe.tournaments,
        probe.registrations,
        probe.components,
        probe.round_rows,
        probe.matches,
        probe.last_sequence_ids,
    ];
    if lists.iter().any(Option::is_some) {
        Ok(InputFormat::Dataset)
    } else {
        Err(refusal("is neither a published event nor a dataset".to_owned()))
    }
}

/// What is wrong with a text. Where it has one line, that need not be said beside the line of the
/// file.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.strip_suffix(&format!(" at line 1 column {}", error.column())) {
        Some(reason) if error.line() == 1 => format!("{reason} at column {}", error.column()),
        _ => text,
    }
}

fn refusal(message: String) -> Error {
    Error::invalid(EntityKind::Tournament, "document", message)
}
