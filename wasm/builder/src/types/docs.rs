//! Rust's doc comments as TypeScript has them.

use std::collections::HashMap;

use syn::{Attribute, BinOp, Expr, ExprLit, Lit, Meta};

use super::sources::Sources;

/// How wide a comment's text is.
const WIDTH: usize = 94;

/// Turns doc comments into `TSDoc`: links to Rust become names, constants become their values.
pub(super) struct Docs<'a> {
    sources: &'a Sources,
}

impl<'a> Docs<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources }
    }

    /// A doc comment as a `TSDoc` comment, indented; empty where there is none.
    pub(super) fn comment(&self, indent: &str, attributes: &[Attribute]) -> String {
        comment_of(indent, &self.text(attributes))
    }

    /// [`comment`](Self::comment) with a paragraph more.
    pub(super) fn with_note(&self, indent: &str, attributes: &[Attribute], note: &str) -> String {
        comment_of(indent, format!("{}\n\n{note}", self.text(attributes)).trim())
    }

    /// A doc comment's text, without its code.
    pub(super) fn text(&self, attributes: &[Attribute]) -> String {
        let (lines, addresses) = prose(attributes);
        let text = lines.join("\n");
        let text = self.without_links(&text, &addresses);
        let paragraphs = text.split("\n\n").map(one_line).filter(|text| !text.is_empty());
        let text = paragraphs.collect::<Vec<_>>().join("\n\n");
        text.replace("`None`", "`null`").replace("*/", "*\\/")
    }

    fn without_links(&self, text: &str, addresses: &HashMap<String, String>) -> String {
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, label, after)) = next_label(rest) {
            let inline = after.strip_prefix('(').and_then(|after| after.split_once(')'));
            let (target, after) = inline.map_or((None, after), |(to, after)| (Some(to), after));
            let address = addresses.get(label).map(String::as_str);
            let shown = match address.or(target) {
                Some(address) if address.starts_with("http") => format!("[{label}]({address})"),
                Some(_) => self.name(label),
                None if label.starts_with('`') => self.name(label),
                None => format!("[{label}]"),
            };
            plain.extend([before, &shown]);
            rest = after;
        }
        plain + rest
    }

    /// A link's name, as JavaScript has it; the value of a constant, whose name nobody needs
    /// outside Rust.
    fn name(&self, label: &str) -> String {
        let name = label.trim_matches('`');
        let value = self.sources.constant(name).and_then(integer);
        match value {
            Some(value) if name.ends_with("_BYTES") => format!("{value} bytes"),
            Some(value) => value.to_string(),
            None => format!("`{}`", camel_case(name)),
        }
    }
}

/// A comment of this text, indented and wrapped; empty where there is no text.
pub(super) fn comment_of(indent: &str, text: &str) -> String {
    let lines: Vec<_> = text.lines().flat_map(|line| wrap(line, WIDTH - indent.len())).collect();
    match lines.as_slice() {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        lines => {
            let lines = lines.iter().map(|line| format!("{indent} * {line}").trim_end().to_owned());
            format!("{indent}/**\n{}\n{indent} */\n", lines.collect::<Vec<_>>().join("\n"))
        }
    }
}

/// A paragraph in lines of at most this width; those of a list item after the first indented.
fn wrap(paragraph: &str, width: usize) -> Vec<String> {
    let indent = if paragraph.starts_with("- ") { "  " } else { "" };
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in paragraph.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// A paragraph in one line; a list keeps its lines.
fn one_line(paragraph: &str) -> String {
    let mut joined = String::new();
    for line in paragraph.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !joined.is_empty() {
            joined.push(if line.starts_with("- ") { '\n' } else { ' ' });
        }
        joined.push_str(line);
    }
    joined
}

/// `findByName` for `find_by_name`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(letters.as_str());
    }
    camel
}

/// The lines outside code, and the addresses that links are given below the text.
fn prose(attributes: &[Attribute]) -> (Vec<String>, HashMap<String, String>) {
    let mut in_code = false;
    let mut lines = Vec::new();
    let mut addresses = HashMap::new();
    for line in attributes.iter().filter_map(doc_line) {
        let line = line.strip_prefix(' ').unwrap_or(&line).trim_end();
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if let Some((label, address)) = address(line) {
            addresses.insert(label.to_owned(), address.to_owned());
        } else if !in_code {
            lines.push(line.to_owned());
        }
    }
    (lines, addresses)
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    match &meta.value {
        Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) if meta.path.is_ident("doc") => {
            Some(line.value())
        }
        _ => None,
    }
}

/// `[label]: https://…`.
fn address(line: &str) -> Option<(&str, &str)> {
    let (label, address) = line.strip_prefix('[')?.split_once("]: ")?;
    address.starts_with("http").then_some((label, address))
}

/// What is before the next `[label]`, the label, and what is after it.
fn next_label(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('[')?;
    let (label, after) = rest.split_once(']')?;
    Some((before, label, after))
}

/// The value of `16 * 1024` and the like.
fn integer(value: &Expr) -> Option<i64> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => literal.base10_parse().ok(),
        Expr::Binary(product) if matches!(product.op, BinOp::Mul(_)) => {
            integer(&product.left)?.checked_mul(integer(&product.right)?)
        }
        _ => None,
    }
}
