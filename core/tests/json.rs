//! JSON objects as every store keeps them.

#![allow(clippy::unwrap_used)] // Helpers are tests too.

use serde_json::{Value, json};
use tournament_core::{Component, ComponentType, Entity, Id};

fn stored(config: Value) -> Value {
    let mut component = component(config);
    component.normalise();
    Value::Object(component.config)
}

fn component(config: Value) -> Component {
    let Value::Object(config) = config else { panic!("{config} is no object") };
    Component::new(Id::new(), ComponentType::Swiss, "Swiss rounds", 1).with_config(config)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A value nested so deep, the object of the configuration counted.
fn nested(depth: usize) -> Value {
    (1..depth).fold(json!(1), |inner, _| json!([inner]))
}

#[test]
fn integers_that_every_reader_holds_stay_integers() {
    for text in ["9007199254740991", "-9007199254740991", "0"] {
        assert_eq!(
            stored(parsed(&format!("{{\"n\":{text}}}"))).to_string(),
            format!("{{\"n\":{text}}}")
        );
    }
}

#[test]
fn integral_floats_become_integers_and_minus_zero_zero() {
    assert_eq!(
        stored(parsed(r#"{"a":1.0,"b":-0.0,"c":[9.007199254740991e15]}"#)),
        json!({"a": 1, "b": 0, "c": [9_007_199_254_740_991_i64]})
    );
    assert_eq!(stored(parsed(r#"{"b":-0.0}"#)).to_string(), r#"{"b":0}"#);
}

#[test]
fn larger_integers_become_floats() {
    for text in ["9007199254740992", "-9007199254740992", "18446744073709551616", "1e22"] {
        let value = &stored(parsed(&format!("{{\"n\":{text}}}")))["n"];
        assert!(value.is_f64(), "{text}");
        assert_eq!(value.as_f64(), text.parse().ok());
    }
}

#[test]
fn normalising_twice_changes_nothing_more() {
    let once = stored(parsed(r#"{"a":[0.1,1e300,-5e-324,1e16,{"b":12345678901234567890}]}"#));
    assert_eq!(stored(once.clone()), once);
    assert_eq!(parsed(&once.to_string()), once);
}

#[test]
fn nesting_is_bounded() {
    component(json!({"a": nested(30)})).validate().unwrap();
    let error = component(json!({"a": nested(31)})).validate().unwrap_err();
    assert_eq!(error.fields(), ["config"]);
}

#[test]
fn nul_is_refused_in_keys_and_strings_at_any_depth() {
    for config in [json!({"a\0": 1}), json!({"a": ["b\0"]}), json!({"a": {"b": {"\0": 1}}})] {
        assert_eq!(component(config).validate().unwrap_err().fields(), ["config"]);
    }
}

#[test]
fn the_size_counts_compact_bytes() {
    let room = 64 * 1024 - r#"{"a":""}"#.len();
    component(json!({"a": "x".repeat(room)})).validate().unwrap();
    assert!(component(json!({"a": "x".repeat(room + 1)})).validate().is_err());
    assert!(component(json!({"a": "é".repeat(room / 2 + 1)})).validate().is_err());
}
