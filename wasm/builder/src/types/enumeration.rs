//! Enumerations: a union of their texts, and an array of them.

use std::fmt::Write as _;

use anyhow::{Context, bail, ensure};
use syn::{Attribute, Fields, ItemEnum};

use super::docs::{Docs, comment_of};
use super::serde::Serde;
use super::sources::{Found, TextEnum};

/// One text, and what it means.
pub(super) struct Value {
    pub(super) text: String,
    pub(super) meaning: String,
}

/// What `text_enum!` makes.
pub(super) fn of_texts(text_enum: &TextEnum, docs: &Docs<'_>) -> String {
    let values = text_enum.variants.iter().map(|variant| Value {
        text: variant.text.clone(),
        meaning: docs.text(&variant.attributes),
    });
    declare(&text_enum.name, &docs.text(&text_enum.attributes), &values.collect::<Vec<_>>())
}

/// A derived enumeration whose variants hold nothing.
pub(super) fn of_enum(found: &Found<ItemEnum>, docs: &Docs<'_>) -> anyhow::Result<String> {
    let item = &found.item;
    let context = || format!("{}: {}", found.file, item.ident);
    let serde = Serde::of(&item.attrs).with_context(context)?;
    let mut values = Vec::new();
    for variant in &item.variants {
        ensure!(
            matches!(variant.fields, Fields::Unit),
            "{}: `{}` holds values",
            context(),
            variant.ident
        );
        let name = variant.ident.to_string();
        let text = match (json_name(&variant.attrs)?, serde.rename_all.as_deref()) {
            (Some(renamed), _) => renamed,
            (None, Some("snake_case")) => snake_case(&name),
            (None, None) => name,
            (None, Some(other)) => bail!("{}: `rename_all = \"{other}\"`", context()),
        };
        values.push(Value { text, meaning: docs.text(&variant.attrs) });
    }
    Ok(declare(&item.ident.to_string(), &docs.text(&item.attrs), &values))
}

fn json_name(attributes: &[Attribute]) -> anyhow::Result<Option<String>> {
    Ok(Serde::of(attributes)?.rename)
}

/// The union and the array.
pub(super) fn declare(name: &str, about: &str, values: &[Value]) -> String {
    let mut doc = format!("{about}\n\n");
    for value in values {
        // Its first paragraph, in one line: the list stays a list.
        let meaning = value.meaning.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        let _ = writeln!(doc, "- `{}`: {meaning}", value.text);
    }
    let texts: Vec<_> = values.iter().map(|value| format!("'{}'", value.text)).collect();
    let array = array_name(name);
    format!(
        "{}export type {name} =\n  | {};\n\n/** Every {{@link {name}}}. */\n\
         export const {array}: readonly {name}[] = /* @__PURE__ */ Object.freeze([\n  {},\n] as const);\n",
        comment_of("", doc.trim()),
        texts.join("\n  | "),
        texts.join(",\n  "),
    )
}

/// `gameSystems` for `GameSystem`.
fn array_name(name: &str) -> String {
    let mut array = name[..1].to_lowercase() + &name[1..];
    if array.ends_with('y') {
        array.pop();
        array.push_str("ies");
    } else if array.ends_with('s') {
        array.push_str("es");
    } else {
        array.push('s');
    }
    array
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
