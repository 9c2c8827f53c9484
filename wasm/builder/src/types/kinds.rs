//! The kinds of row, out of the implementations of `Entity`.

use std::fmt::Write as _;

use anyhow::{Context, ensure};
use syn::{Expr, ImplItem, ItemImpl};

use super::interface::{Form, json_name};
use super::names::Names;
use super::rust_type::name_of;
use super::sources::Sources;

/// One kind.
pub(super) struct Kind {
    /// `EntityKind`'s text.
    pub(super) text: String,
    /// The struct.
    pub(super) entity: String,
    /// The struct of its filter.
    pub(super) filter: String,
}

impl Kind {
    /// All of them, in the order of `EntityKind`.
    pub(super) fn all(sources: &Sources) -> anyhow::Result<Vec<Self>> {
        let mut entities = Vec::new();
        for found in sources.impls() {
            let of = found.item.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
            if of.is_some_and(|name| name.ident == "Entity") {
                let entity = name_of(&found.item.self_ty).context("an entity without a name")?;
                let context = || format!("{}: impl Entity for {entity}", found.file);
                let filter = filter(&found.item).with_context(context)?;
                let variant = variant(&found.item).with_context(context)?;
                entities.push((variant, entity, filter));
            }
        }
        let kinds = &sources.text_enum("EntityKind")?.variants;
        ensure!(kinds.len() == entities.len(), "EntityKind does not have one value per entity");
        let kinds = kinds.iter().map(|kind| {
            let found = entities.iter().find(|(variant, _, _)| kind.name == variant);
            let (_, entity, filter) =
                found.with_context(|| format!("no entity is of the kind {}", kind.name))?;
            Ok(Self { text: kind.text.clone(), entity: entity.clone(), filter: filter.clone() })
        });
        kinds.collect()
    }
}

fn filter(block: &ItemImpl) -> anyhow::Result<String> {
    let filter = block.items.iter().find_map(|item| match item {
        ImplItem::Type(alias) if alias.ident == "Filter" => name_of(&alias.ty),
        _ => None,
    });
    filter.context("there is no `type Filter`")
}

fn variant(block: &ItemImpl) -> anyhow::Result<String> {
    let kind = block.items.iter().find_map(|item| match item {
        ImplItem::Const(constant) if constant.ident == "KIND" => Some(&constant.expr),
        _ => None,
    });
    let Some(Expr::Path(kind)) = kind else { anyhow::bail!("there is no `const KIND`") };
    let variant = kind.path.segments.last().map(|segment| segment.ident.to_string());
    variant.context("`KIND` is not a variant")
}

/// From a kind to its types.
pub(super) fn mappings(kinds: &[Kind], names: &Names) -> String {
    let mut text = String::new();
    for (mapping, about, form, of_filter) in [
        ("Entities", "The row of each kind, as stored.", Form::Stored, false),
        ("Inputs", "The row of each kind, as given.", Form::Input, false),
        ("Filters", "What each kind's lists can be narrowed by.", Form::Input, true),
    ] {
        let _ = writeln!(text, "/** {about} */\nexport interface {mapping} {{");
        for kind in kinds {
            let rust = if of_filter { &kind.filter } else { &kind.entity };
            let name = names.declared(rust, form).unwrap_or_else(|| rust.clone());
            let _ = writeln!(text, "  {}: {name};", kind.text);
        }
        text.push_str("}\n\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The fields of each kind's rows, for what must have all of them.
pub(super) fn fields(sources: &Sources, kinds: &[Kind]) -> anyhow::Result<String> {
    let mut text = "\
/** The fields of the rows of each kind. */
export const rowFields: Readonly<Record<EntityKind, readonly string[]>> = /* @__PURE__ */ Object.freeze({
"
    .to_owned();
    for kind in kinds {
        let fields = &sources.structure(&kind.entity)?.item.fields;
        let names: Vec<_> = fields.iter().map(|field| format!("'{}'", json_name(field))).collect();
        let _ = writeln!(text, "  {}: [{}],", kind.text, names.join(", "));
    }
    text.push_str("});\n");
    Ok(text)
}
