//! Interfaces, out of structs.

use std::fmt::Write as _;

use anyhow::{Context, bail};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Field, ItemStruct};

use super::docs::Docs;
use super::names::Names;
use super::rust_type::{in_typescript, optional};
use super::serde::Serde;
use super::sources::{Found, Sources};

/// Which way the JSON goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Out of the engine: every field is there.
    Stored,
    /// Into the engine: what has a default may be left out.
    Input,
}

/// The interface of this struct in this form.
pub(super) fn declare(
    sources: &Sources,
    names: &Names,
    docs: &Docs<'_>,
    name: &str,
    form: Form,
) -> anyhow::Result<String> {
    let documented = sources.structure(name)?;
    let declared = names.declared(name, form).with_context(|| format!("`{name}` has no name"))?;
    // Where JSON is read as another type, that one says what may be left out.
    let container = container(documented)?;
    let read = match (form, &container.from) {
        (Form::Input, Some(from)) => sources.structure(from)?,
        _ => documented,
    };
    let all_default = self::container(read)?.default;
    let attributes = &documented.item.attrs;
    let mut text = if declared == name {
        docs.comment("", attributes)
    } else {
        docs.with_note("", attributes, "As given: what has a default may be left out.")
    };
    if read.item.fields.is_empty() {
        // An empty interface would take anything.
        let _ = writeln!(text, "export type {declared} = Record<string, never>;");
        return Ok(text);
    }
    let _ = writeln!(text, "export interface {declared} {{");
    for field in &read.item.fields {
        let line = declare_field(field, form, all_default, names)
            .with_context(|| format!("{}: {}.{}", read.file, read.item.ident, json_name(field)))?;
        text.push_str(&docs.comment("  ", &documented_field(field, &documented.item).attrs));
        text.push_str(&line);
    }
    text.push_str("}\n");
    Ok(text)
}

fn container(found: &Found<ItemStruct>) -> anyhow::Result<Serde> {
    let serde = Serde::of(&found.item.attrs).and_then(|serde| {
        if serde.rename_all.is_some() || serde.rename.is_some() {
            bail!("a struct's names are not renamed as a whole");
        }
        Ok(serde)
    });
    serde.with_context(|| format!("{}: {}", found.file, found.item.ident))
}

fn declare_field(
    field: &Field,
    form: Form,
    all_default: bool,
    names: &Names,
) -> anyhow::Result<String> {
    let serde = Serde::of(&field.attrs)?;
    let may_miss = match form {
        Form::Stored => serde.skip_none,
        Form::Input => serde.default || all_default || optional(&field.ty).is_some(),
    };
    let rust = if serde.skip_none && form == Form::Stored {
        optional(&field.ty).context("only an Option can be skipped")?
    } else {
        &field.ty
    };
    let Some(typescript) = in_typescript(rust, form, names) else {
        let rust = field.ty.to_token_stream().to_string().replace(' ', "");
        bail!("the Rust type `{rust}` has no type in TypeScript yet");
    };
    let name = serde.rename.unwrap_or_else(|| json_name(field));
    Ok(match (may_miss, form) {
        (false, _) => format!("  {name}: {typescript};\n"),
        (true, Form::Stored) => format!("  {name}?: {typescript};\n"),
        // JSON leaves out what is undefined.
        (true, Form::Input) => format!("  {name}?: {typescript} | undefined;\n"),
    })
}

/// A field's name without Rust's `r#`; empty in a tuple, whose type then is not known either.
pub(super) fn json_name(field: &Field) -> String {
    field.ident.as_ref().map(|name| name.unraw().to_string()).unwrap_or_default()
}

/// The field of the same name that has the documentation.
fn documented_field<'a>(field: &'a Field, documented: &'a ItemStruct) -> &'a Field {
    documented.fields.iter().find(|other| other.ident == field.ident).unwrap_or(field)
}
