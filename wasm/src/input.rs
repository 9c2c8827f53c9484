//! What comes from JavaScript.
//!
//! JSON that is not what it should be is `validation`, as any other refused input: of the field that is
//! wrong, in the words that the rest of the engine uses.

mod objects;
mod place;
mod words;

use serde::de::DeserializeOwned;
use tournament_core::{EntityKind, Error, Id, Problem, Result};

use self::objects::Objects;
use self::place::{Place, Step};

/// JSON as a value: all of the text, and objects for objects.
///
/// # Errors
///
/// Those of `serde_json`, which know their place in the text.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let value = T::deserialize(Objects(&mut reader))?;
    reader.end()?;
    Ok(value)
}

/// A row, a filter, options: an object whose fields are those of `kind`.
pub(crate) fn parsed<T: DeserializeOwned>(kind: EntityKind, json: &str) -> Result<T> {
    read(json).map_err(|error| refused(kind, None, json, &error))
}

/// A list of rows.
pub(crate) fn parsed_list<T: DeserializeOwned>(kind: EntityKind, json: &str) -> Result<Vec<T>> {
    parsed(kind, json)
}

/// The value of one field.
pub(crate) fn parsed_value<T: DeserializeOwned>(
    kind: EntityKind,
    field: &'static str,
    json: &str,
) -> Result<T> {
    read(json).map_err(|error| refused(kind, Some(field), json, &error))
}

/// An id, given as it is.
pub(crate) fn parsed_id<E>(kind: EntityKind, field: &'static str, id: &str) -> Result<Id<E>> {
    id.parse().map_err(|_| Error::invalid(kind, field, "must be a UUID"))
}

/// Lists of rows, as in a dataset: what is wrong with a row belongs to its kind.
pub(crate) fn parsed_lists<T: DeserializeOwned>(json: &str) -> Result<T> {
    read(json).map_err(|error| {
        let place = Place::of(json, &error);
        match place.steps() {
            [Step::Key(list), rest @ ..]
                if let Some(kind) = kind_of_list(list)
                    && matches!(rest, [Step::Index(_), ..]) =>
            {
                problem(kind, None, rest, &error)
            }
            steps => problem(EntityKind::Tournament, None, steps, &error),
        }
    })
}

fn kind_of_list(list: &str) -> Option<EntityKind> {
    let kinds = EntityKind::ALL.iter().copied();
    kinds.into_iter().find(|kind| match kind {
        EntityKind::Match => list == "matches",
        kind => list.strip_suffix('s') == Some(kind.as_str()),
    })
}

fn refused(kind: EntityKind, field: Option<&str>, json: &str, error: &serde_json::Error) -> Error {
    problem(kind, field, Place::of(json, error).steps(), error)
}

/// How many names of fields within one another a problem's field has: `rules.match_points.win`. What
/// lies deeper is the caller's own JSON.
const DEPTH: usize = 3;

/// How many characters of them are passed on.
const LONGEST_FIELD: usize = 100;

fn problem(
    kind: EntityKind,
    field: Option<&str>,
    steps: &[Step],
    error: &serde_json::Error,
) -> Error {
    let (index, steps) = match steps {
        [Step::Index(index), rest @ ..] => (Some(*index), rest),
        steps => (None, steps),
    };
    let names = steps.iter().map_while(|step| match step {
        Step::Key(name) => Some(name.as_str()),
        Step::Index(_) => None,
    });
    let mut names: Vec<_> = field.into_iter().chain(names).take(DEPTH).collect();
    if names.is_empty() {
        names.push("value");
    }
    // A name that a caller made up may be any length.
    let field: String = names.join(".").chars().take(LONGEST_FIELD).collect();
    let mut problem = Problem::new(kind, field, words::of(error));
    problem.index = index;
    problem.into()
}
