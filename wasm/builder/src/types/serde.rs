//! The attributes by which serde is told what JSON looks like.

use anyhow::{Context, bail};
use syn::meta::ParseNestedMeta;
use syn::{Attribute, LitStr, Token};

/// What a container or a field says to serde. Whatever is not here is refused, since it may change
/// the JSON.
#[derive(Debug, Default)]
pub(super) struct Serde {
    /// It may be left out.
    pub(super) default: bool,
    /// JSON is read as this type instead.
    pub(super) from: Option<String>,
    /// The name in JSON.
    pub(super) rename: Option<String>,
    /// How the variants' names are written.
    pub(super) rename_all: Option<String>,
    /// It is left out where it is `None`.
    pub(super) skip_none: bool,
}

impl Serde {
    pub(super) fn of(attributes: &[Attribute]) -> anyhow::Result<Self> {
        let mut serde = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            let mut unknown = None;
            attribute
                .parse_nested_meta(|meta| {
                    let value = text(&meta)?;
                    let key = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                    match (key.as_str(), value.as_deref()) {
                        ("default", _) => serde.default = true,
                        ("deny_unknown_fields", None) => {}
                        ("from", _) => serde.from = value,
                        ("rename", Some(_)) => serde.rename = value,
                        ("rename_all", _) => serde.rename_all = value,
                        ("skip_serializing_if", Some("Option::is_none")) => serde.skip_none = true,
                        // The JSON is that of the type itself.
                        ("with", Some(module)) if module.starts_with("crate::time::text") => {}
                        _ => unknown = Some(key),
                    }
                    Ok(())
                })
                .context("serde's attribute")?;
            if let Some(key) = unknown {
                bail!("serde's attribute `{key}` has no meaning in TypeScript yet");
            }
        }
        Ok(serde)
    }
}

fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<Option<String>> {
    if meta.input.peek(Token![=]) {
        Ok(Some(meta.value()?.parse::<LitStr>()?.value()))
    } else {
        Ok(None)
    }
}
