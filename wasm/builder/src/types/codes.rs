//! Enumerations whose texts are what their function `code` says: errors, above all.

use anyhow::{Context, bail, ensure};
use syn::{Expr, ImplItem, ItemImpl, Lit, Pat, Stmt};

use super::docs::Docs;
use super::enumeration::{Value, declare};
use super::rust_type::is_named;
use super::sources::Sources;

/// An enumeration under its own name.
pub(super) fn of_enum(sources: &Sources, name: &str, docs: &Docs<'_>) -> anyhow::Result<String> {
    let about = docs.text(&sources.enumeration(name)?.item.attrs);
    Ok(declare(name, &about, &values(sources, name, docs)?))
}

/// The codes of the engine's errors, and the package's own.
pub(super) fn of_errors(sources: &Sources, docs: &Docs<'_>) -> anyhow::Result<String> {
    let mut values = values(sources, "Error", docs)?;
    values.push(Value {
        text: "broken".to_owned(),
        meaning:
            "The WebAssembly instance behind the store failed beyond repair; every later call \
                  says so. Open the store anew."
                .to_owned(),
    });
    Ok(declare("ErrorCode", "What went wrong, in a word: the `code` of an error.", &values))
}

fn values(sources: &Sources, name: &str, docs: &Docs<'_>) -> anyhow::Result<Vec<Value>> {
    let found = sources.enumeration(name)?;
    let context = || format!("{}: {name}::code", found.file);
    let codes = codes(sources, name).with_context(context)?;
    let mut values = Vec::new();
    for variant in &found.item.variants {
        let code = codes.iter().find(|(of, _)| variant.ident == of);
        let (_, text) =
            code.with_context(|| format!("{}: none of `{}`", context(), variant.ident))?;
        values.push(Value { text: text.clone(), meaning: docs.text(&variant.attrs) });
    }
    Ok(values)
}

/// The variants and their codes, out of the one `match` in `code`.
fn codes(sources: &Sources, name: &str) -> anyhow::Result<Vec<(String, String)>> {
    let blocks = sources.impls().iter().map(|found| &found.item);
    let mut own = blocks.filter(|block| block.trait_.is_none() && is_named(&block.self_ty, name));
    let body = own.find_map(body_of_code).context("there is no such function")?;
    let [Stmt::Expr(Expr::Match(decision), None)] = body else {
        bail!("it is more than a `match`");
    };
    let mut codes = Vec::new();
    for arm in &decision.arms {
        let path = match &arm.pat {
            Pat::Struct(pattern) => &pattern.path,
            Pat::Path(pattern) => &pattern.path,
            _ => bail!("an arm is not of a single variant"),
        };
        let variant = path.segments.last().map(|segment| segment.ident.to_string());
        let Expr::Lit(value) = &*arm.body else { bail!("an arm is not a text") };
        let Lit::Str(code) = &value.lit else { bail!("an arm is not a text") };
        ensure!(arm.guard.is_none(), "an arm has a condition");
        codes.push((variant.unwrap_or_default(), code.value()));
    }
    Ok(codes)
}

fn body_of_code(block: &ItemImpl) -> Option<&[Stmt]> {
    block.items.iter().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == "code" => Some(&*function.block.stmts),
        _ => None,
    })
}
