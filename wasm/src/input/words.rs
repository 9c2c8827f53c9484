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
        if let Some((given, wanted)) = rest.and_then(|rest| rest.split_once(", expected ")) {
            return format!(
                "must be {}, not {}",
                in_json(&wanted.replace('`', "")),
                given.replace('`', "")
            );
        }
    }
    format!("cannot be read: {message}")
}

/// What JavaScript calls the types of Rust.
fn in_json(wanted: &str) -> String {
    match wanted {
        "i64" | "u64" | "u32" | "usize" => "an integer".to_owned(),
        "f64" => "a number".to_owned(),
        "a map" => "an object".to_owned(),
        "a sequence" => "an array".to_owned(),
        _ if wanted.starts_with("struct ") => "an object".to_owned(),
        _ => wanted.to_owned(),
    }
}
