//! The TypeScript declarations of what core's JSON holds, out of core's Rust sources, so that the
//! two cannot drift apart: what is not understood is an error, never left out.

mod codes;
mod docs;
mod enumeration;
mod interface;
mod kinds;
mod names;
mod rust_type;
mod serde;
mod sources;
#[cfg(test)]
mod tests;

pub(crate) use sources::Sources;

use docs::Docs;
use interface::Form;
use kinds::Kind;
use names::Names;

/// What is stored with a row, not a row of its own.
const PARTS: [&str; 2] = ["RegistrationControl", "Dataset"];

/// What is only given to the engine.
const GIVEN: [&str; 3] = ["RegisterOptions", "ScoringRules", "Points"];

/// What only comes from the engine.
const ANSWERED: [&str; 3] = ["Problem", "Health", "Standing"];

/// Enumerations that `text_enum!` does not make.
const ENUMERATIONS: [&str; 1] = ["TieBreak"];

/// Enumerations whose texts are what their function `code` says.
const CODED: [&str; 1] = ["RegistrationRefusal"];

const HEAD: &str = "\
// Made by wasm/builder out of core's Rust sources.

/** A UUID, such as `01890a5d-ac96-774b-bcce-b302099a8057`. New ones are of version 7. */
export type Id = string;

/**
 * An instant: RFC 3339 text in UTC, cut to microseconds, such as `2026-05-01T18:30:00Z`. What is
 * given may have another offset, or be a `Date`.
 */
export type Time = string;

/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object. The order of its keys is not kept. */
export type JsonObject = { [key: string]: JsonValue };
";

/// All the declarations, as one file.
pub(crate) fn generate(sources: &Sources) -> anyhow::Result<String> {
    let docs = Docs::new(sources);
    let kinds = Kind::all(sources)?;
    let names = Names::new(sources, &kinds);
    let entities = kinds.iter().map(|kind| kind.entity.as_str());
    let filters = kinds.iter().map(|kind| kind.filter.as_str());

    let mut file = vec![HEAD.to_owned()];
    for item in sources.text_enums() {
        file.push(enumeration::of_texts(item, &docs));
    }
    for name in ENUMERATIONS {
        file.push(enumeration::of_enum(sources.enumeration(name)?, &docs)?);
    }
    for name in CODED {
        file.push(codes::of_enum(sources, name, &docs)?);
    }
    file.push(codes::of_errors(sources, &docs)?);
    for name in entities.chain(PARTS) {
        for form in [Form::Stored, Form::Input] {
            file.push(interface::declare(sources, &names, &docs, name, form)?);
        }
    }
    for name in filters.chain(GIVEN) {
        file.push(interface::declare(sources, &names, &docs, name, Form::Input)?);
    }
    for name in ANSWERED {
        file.push(interface::declare(sources, &names, &docs, name, Form::Stored)?);
    }
    file.push(kinds::mappings(&kinds, &names));
    file.push(kinds::fields(sources, &kinds)?);
    Ok(file.join("\n"))
}
