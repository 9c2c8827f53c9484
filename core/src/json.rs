//! JSON values as every store keeps them: I-JSON ([RFC 7493]), normalised.
//!
//! Databases disagree about numbers: one turns −0.0 into 0, another 1e16 into an integer. The core
//! normalises a value before it is stored and after it is read, so all of them give the same.
//!
//! [RFC 7493]: https://www.rfc-editor.org/rfc/rfc7493

use serde_json::{Map, Number, Value};

/// A JSON object. Key order is not kept.
pub type JsonObject = Map<String, Value>;

/// How deep arrays and objects may be nested, the outermost counted. MariaDB refuses 32.
pub const MAX_DEPTH: usize = 30;

/// How large the metadata of an entity may be: 16 KiB of compact JSON.
pub const MAX_METADATA_BYTES: usize = 16 * 1024;

/// The largest integer that an IEEE 754 double and so every JSON reader holds exactly: 2⁵³ − 1
/// (RFC 7493, section 2.2).
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// Integral numbers within ±(2⁵³ − 1) become integers, −0 becomes 0, every other number an `f64`.
pub fn normalise(object: &mut JsonObject) {
    object.values_mut().for_each(|value| normalise_value(value, MAX_DEPTH));
}

/// Below [`MAX_DEPTH`] nothing is touched: [`refusal`] turns such a value away.
fn normalise_value(value: &mut Value, depth: usize) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Number(number) => *number = normal_number(number),
        Value::Array(items) => items.iter_mut().for_each(|item| normalise_value(item, depth - 1)),
        Value::Object(object) => {
            object.values_mut().for_each(|item| normalise_value(item, depth - 1));
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // Both are checked first.
fn normal_number(number: &Number) -> Number {
    if let Some(integer) = number.as_i64()
        && integer.abs_diff(0) <= MAX_SAFE_INTEGER.unsigned_abs()
    {
        return integer.into();
    }
    match number.as_f64() {
        Some(float) if float.fract() == 0.0 && float.abs() <= MAX_SAFE_INTEGER as f64 => {
            (float as i64).into()
        }
        Some(float) => Number::from_f64(float).unwrap_or_else(|| number.clone()),
        None => number.clone(),
    }
}

/// Why no store keeps this object, if none does.
pub(crate) fn refusal(object: &JsonObject) -> Option<String> {
    if object.iter().any(|(key, value)| has_nul(key) || value_has_nul(value, MAX_DEPTH)) {
        return Some("must not hold the character NUL".to_owned());
    }
    if object.values().any(|value| too_deep(value, MAX_DEPTH - 1)) {
        return Some(format!("must not be nested more than {MAX_DEPTH} deep"));
    }
    None
}

fn too_deep(value: &Value, allowed: usize) -> bool {
    match value {
        Value::Array(items) => allowed == 0 || items.iter().any(|item| too_deep(item, allowed - 1)),
        Value::Object(object) => {
            allowed == 0 || object.values().any(|item| too_deep(item, allowed - 1))
        }
        _ => false,
    }
}

fn value_has_nul(value: &Value, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    match value {
        Value::String(text) => has_nul(text),
        Value::Array(items) => items.iter().any(|item| value_has_nul(item, depth - 1)),
        Value::Object(object) => {
            object.iter().any(|(key, item)| has_nul(key) || value_has_nul(item, depth - 1))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn has_nul(text: &str) -> bool {
    text.contains('\0')
}
