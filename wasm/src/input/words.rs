//! What is wrong with a value, in words that read on from its field's name.

/// How much of a message is passed on, in characters: it may hold what was given, of any length.
const LONGEST: usize = 300;

/// The words for this error.
pub(super) fn of(error: &serde_json::Error) -> String {
    let words = in_full(error);
    match words.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

fn in_full(error: &serde_json::Error) -> String {
    let message = error.to_string();
    // The place in the text means nothing to who gave an object.
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    if message.starts_with("missing field ") {
        return "is missing".to_owned();
    }
    if message.starts_with("duplicate field ") {
        return "is given twice".to_owned();
    }
    if message.starts_with("unknown field ") {
        let fields = message.split_once(", expected ").map(|(_, fields)| fields.replace('`', ""));
        return match fields {
            Some(fields) => format!("is not a field; there is {fields}"),
            None => "is not a field".to_owned(),
        };
    }
    for beginning in ["invalid type: ", "invalid value: ", "unknown variant "] {
        let rest = message.strip_prefix(beginning);
        // What was given may hold anything, also what parts it from what was expected.
        if let Some((given, wanted)) = rest.and_then(|rest| rest.rsplit_once(", expected ")) {
            let wanted = in_json(&wanted.replace('`', ""));
            return match kind_of(given) {
                Some(kind) => format!("must be {wanted}, not {kind}"),
                None => format!("must be {wanted}"),
            };
        }
    }
    format!("cannot be read: {message}")
}

/// What kind of value was given, where that tells something. The value itself may be a secret in the wrong
/// place.
fn kind_of(given: &str) -> Option<&'static str> {
    let kinds = [
        ("string", "text"),
        ("integer", "an integer"),
        ("floating point", "a fraction"),
        ("boolean", "a boolean"),
        ("null", "null"),
        ("map", "an object"),
        ("sequence", "an array"),
    ];
    let found = kinds.into_iter().find(|(beginning, _)| given.starts_with(beginning));
    found.map(|(_, kind)| kind)
}

/// What JavaScript calls the types of Rust.
fn in_json(wanted: &str) -> String {
    match wanted {
        "i64" | "u64" | "u32" | "usize" => "an integer".to_owned(),
        "f64" => "a number".to_owned(),
        "a string" => "text".to_owned(),
        "a map" => "an object".to_owned(),
        "a sequence" => "an array".to_owned(),
        _ if wanted.starts_with("struct ") => "an object".to_owned(),
        _ => wanted.to_owned(),
    }
}
