//! What a document holds.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
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
        InputFormat::Dataset => parse(json, "no dataset").map(Input::Dataset),
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

/// A document as a value; what is not as it should be is named by its path.
pub(super) fn parse<T: DeserializeOwned>(json: &[u8], otherwise: &str) -> Result<T> {
    serde_json::from_slice(json).map_err(|error| {
        if !error.is_data() {
            return refusal(format!("is not JSON: {}", reason(&error)));
        }
        // Reading it again costs nothing that matters: a document is refused only once.
        let deserializer = &mut serde_json::Deserializer::from_slice(json);
        match serde_path_to_error::deserialize::<_, T>(deserializer) {
            Err(located) if is_inside(&located) => Error::invalid(
                EntityKind::Tournament,
                short(&located.path().to_string()),
                format!("is not as it should be: {}", reason(located.inner())),
            ),
            _ => refusal(format!("is {otherwise}: {}", reason(&error))),
        }
    })
}

/// Whether the document has the right fields, and one of them is not as it should be.
fn is_inside(located: &serde_path_to_error::Error<serde_json::Error>) -> bool {
    match located.path().iter().count() {
        0 => false,
        1 => !located.inner().to_string().starts_with("unknown field"),
        _ => true,
    }
}

/// What is wrong with a document, and where in it: its lines are not those of the file.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (line, column) = (error.line(), error.column());
    match text.strip_suffix(&format!(" at line {line} column {column}")) {
        Some(reason) if line == 1 => format!("{} at column {column}", short(reason)),
        Some(reason) => format!("{} at its line {line}, column {column}", short(reason)),
        None => short(&text),
    }
}

/// The text without its middle, where that is long: it may quote the whole document.
fn short(text: &str) -> String {
    const SHOWN: usize = 300;
    const END: usize = 100;
    let count = text.chars().count();
    if count <= SHOWN {
        return text.to_owned();
    }
    let begin: String = text.chars().take(SHOWN - END).collect();
    let end: String = text.chars().skip(count - END).collect();
    format!("{begin}…{end}")
}

fn refusal(message: String) -> Error {
    Error::invalid(EntityKind::Tournament, "document", message)
}
