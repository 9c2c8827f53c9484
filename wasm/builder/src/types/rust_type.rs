//! Rust types as TypeScript has them, once they are JSON.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

use super::interface::Form;
use super::names::Names;

/// The TypeScript type of what a Rust type becomes in JSON; none where it is not known.
pub(super) fn in_typescript(rust: &Type, form: Form, names: &Names) -> Option<String> {
    if let Type::Reference(reference) = rust {
        return in_typescript(&reference.elem, form, names);
    }
    let segment = last_segment(rust)?;
    let name = segment.ident.to_string();
    let inner = |place| in_typescript(argument(segment, place)?, form, names);
    Some(match name.as_str() {
        "String" | "str" | "Cow" | "Password" => "string".to_owned(),
        "bool" => "boolean".to_owned(),
        "i64" | "u32" | "usize" | "f64" => "number".to_owned(),
        "Id" | "Uuid" => "Id".to_owned(),
        "Time" if form == Form::Input => "Time | Date".to_owned(),
        "JsonObject" | "Time" => name,
        "Option" => format!("{} | null", inner(0)?),
        "Vec" if form == Form::Input => format!("readonly {}[]", element(inner(0)?)),
        "Vec" => format!("{}[]", element(inner(0)?)),
        "BTreeMap" if form == Form::Input => {
            format!("Readonly<Record<{}, {}>>", inner(0)?, inner(1)?)
        }
        "BTreeMap" => format!("Record<{}, {}>", inner(0)?, inner(1)?),
        _ => names.declared(&name, form)?,
    })
}

/// What an `Option` holds; none for any other type.
pub(super) fn optional(rust: &Type) -> Option<&Type> {
    let segment = last_segment(rust)?;
    if segment.ident == "Option" { argument(segment, 0) } else { None }
}

fn last_segment(rust: &Type) -> Option<&PathSegment> {
    match rust {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn argument(segment: &PathSegment, place: usize) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(rust) => Some(rust),
        _ => None,
    });
    types.nth(place)
}

/// A type as an array's element.
fn element(typescript: String) -> String {
    if typescript.contains(' ') { format!("({typescript})") } else { typescript }
}

/// A type's last name: `Player` for `crate::Player`.
pub(super) fn name_of(rust: &Type) -> Option<String> {
    last_segment(rust).map(|segment| segment.ident.to_string())
}

/// Whether this is a type's last name.
pub(super) fn is_named(rust: &Type, name: &str) -> bool {
    last_segment(rust).is_some_and(|segment| segment.ident == name)
}
