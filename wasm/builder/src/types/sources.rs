//! The Rust sources, parsed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, Item, ItemEnum, ItemImpl, ItemStruct, LitStr, Token, braced};

use crate::files;

/// What the files of a crate hold at their top level, in the order of their paths.
#[derive(Default)]
pub(crate) struct Sources {
    structs: Vec<Found<ItemStruct>>,
    enums: Vec<Found<ItemEnum>>,
    text_enums: Vec<TextEnum>,
    impls: Vec<Found<ItemImpl>>,
    constants: Vec<(String, Expr)>,
}

/// An item, and the file that it was found in.
pub(super) struct Found<T> {
    pub(super) file: String,
    pub(super) item: T,
}

/// What is given to core's macro `text_enum!`.
pub(super) struct TextEnum {
    pub(super) attributes: Vec<Attribute>,
    pub(super) name: String,
    pub(super) variants: Vec<TextVariant>,
}

/// One of its values.
pub(super) struct TextVariant {
    pub(super) attributes: Vec<Attribute>,
    pub(super) name: Ident,
    pub(super) text: String,
}

impl Sources {
    /// Reads every Rust file below a folder.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        Self::parse(&texts(folder)?)
    }

    /// Parses files, each with its path.
    pub(super) fn parse(texts: &[(String, String)]) -> anyhow::Result<Self> {
        let mut sources = Self::default();
        for (file, text) in texts {
            sources.add(file, text)?;
        }
        Ok(sources)
    }

    fn add(&mut self, file: &str, text: &str) -> anyhow::Result<()> {
        let parsed = syn::parse_file(text).with_context(|| format!("{file} does not parse"))?;
        for item in parsed.items {
            let file = file.to_owned();
            match item {
                Item::Struct(item) => self.structs.push(Found { file, item }),
                Item::Enum(item) => self.enums.push(Found { file, item }),
                Item::Impl(item) => self.impls.push(Found { file, item }),
                Item::Const(item) => self.constants.push((item.ident.to_string(), *item.expr)),
                Item::Macro(item) if item.mac.path.is_ident("text_enum") => {
                    let parsed = item.mac.parse_body();
                    self.text_enums.push(parsed.with_context(|| format!("{file}: text_enum!"))?);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The struct of this name.
    pub(super) fn structure(&self, name: &str) -> anyhow::Result<&Found<ItemStruct>> {
        only(name, self.structs.iter().filter(|found| found.item.ident == name))
    }

    /// The enumeration of this name, made without `text_enum!`.
    pub(super) fn enumeration(&self, name: &str) -> anyhow::Result<&Found<ItemEnum>> {
        only(name, self.enums.iter().filter(|found| found.item.ident == name))
    }

    /// Every enumeration made with `text_enum!`.
    pub(super) fn text_enums(&self) -> &[TextEnum] {
        &self.text_enums
    }

    /// The enumeration of this name, made with `text_enum!`.
    pub(super) fn text_enum(&self, name: &str) -> anyhow::Result<&TextEnum> {
        only(name, self.text_enums.iter().filter(|text_enum| text_enum.name == name))
    }

    /// Every `impl` block.
    pub(super) fn impls(&self) -> &[Found<ItemImpl>] {
        &self.impls
    }

    /// The value of the constant of this name.
    pub(super) fn constant(&self, name: &str) -> Option<&Expr> {
        self.constants.iter().find(|(constant, _)| constant == name).map(|(_, value)| value)
    }
}

/// Every Rust file below a folder, in the order of their paths, which are given from the folder on.
pub(super) fn texts(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut paths = Vec::new();
    rust_files(folder, &mut paths)?;
    paths.sort();
    let texts = paths.into_iter().map(|path| {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        Ok((name, files::read(&path)?))
    });
    texts.collect()
}

fn rust_files(folder: &Path, paths: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let unreadable = || format!("{} cannot be read", folder.display());
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.is_dir() {
            rust_files(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
    Ok(())
}

fn only<T>(name: &str, mut found: impl Iterator<Item = T>) -> anyhow::Result<T> {
    match (found.next(), found.next()) {
        (Some(item), None) => Ok(item),
        (None, _) => bail!("core has no `{name}`"),
        (Some(_), Some(_)) => bail!("core has several types `{name}`"),
    }
}

impl Parse for TextEnum {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.parse::<Ident>()?.to_string();
        let body;
        braced!(body in input);
        let variants = Punctuated::<TextVariant, Token![,]>::parse_terminated(&body)?;
        Ok(Self { attributes, name, variants: variants.into_iter().collect() })
    }
}

impl Parse for TextVariant {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Self { attributes, name, text: input.parse::<LitStr>()?.value() })
    }
}
