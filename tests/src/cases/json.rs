//! JSON values are I-JSON, the same from every store. A component's `config` shows it.

use serde_json::{Value, json};
use tournament_core::{Component, ComponentType, Dataset, Entity, RegistrationControl, Tournament};

use crate::harness::Case;
use crate::{expect, fixture};

/// A component with `value` in its settings, not stored.
fn with(tournament: &Tournament, value: Value) -> Component {
    static ORDER: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(1);
    let order = ORDER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let config = [("value".to_owned(), value)].into_iter().collect();
    Component::new(tournament.id, ComponentType::Swiss, "Part", order).with_config(config)
}

/// What becomes of each value, by every way into the store.
async fn expect_kept(case: &Case<'_>, expected: &[(Value, Value)]) {
    let tournament = fixture::tournament(case.rows()).await;
    let components = case.store.components();
    for (given, kept) in expected {
        let row = with(&tournament, given.clone());
        let created = components.create(&row).await.unwrap();
        assert_eq!(created.config["value"], *kept, "{given}: what create returns");
        let got = components.get(row.id).await.unwrap();
        assert_eq!(got.config["value"], *kept, "{given}: what get returns");
        let mut changed = got;
        changed.config = row.config.clone();
        let updated = components.update(&changed).await.unwrap();
        assert_eq!(updated.config["value"], *kept, "{given}: what update returns");

        let row = with(&tournament, given.clone());
        let dataset = Dataset { components: vec![row.clone()], ..Dataset::new() };
        case.rows().import(&dataset).await.unwrap();
        let got = components.get(row.id).await.unwrap();
        assert_eq!(got.config["value"], *kept, "{given}: imported");
    }
}

async fn expect_same(case: &Case<'_>, values: impl IntoIterator<Item = Value>) {
    let same: Vec<_> = values.into_iter().map(|value| (value.clone(), value)).collect();
    expect_kept(case, &same).await;
}

async fn expect_refused(case: &Case<'_>, value: Value) {
    let tournament = fixture::tournament(case.rows()).await;
    let row = with(&tournament, value);
    let refused = case.store.components().create(&row).await;
    expect::validation(refused, Component::KIND, &["config"]);
    expect::not_found(case.store.components().get(row.id).await, row.id);
}

/// A number as a JSON document has it, with every digit.
fn number(text: &str) -> Value {
    serde_json::from_str(text).expect("a number")
}

/// So many arrays, one in another.
fn nested(depth: usize) -> Value {
    (1..depth).fold(json!([]), |inner, _| Value::Array(vec![inner]))
}

pub(crate) async fn every_kind_of_value_is_kept(case: &Case<'_>) {
    expect_same(
        case,
        [
            json!(null),
            json!(true),
            json!(false),
            json!(""),
            json!("text"),
            json!([]),
            json!({}),
            json!([[], {}, null, [1, "1", 1.5, true]]),
            json!({ "a": { "b": [{ "c": null }] }, "": 0 }),
        ],
    )
    .await;
}

pub(crate) async fn an_empty_object_is_kept(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let row = fixture::component(case.rows(), &tournament, 1).await;
    let got = case.store.components().get(row.id).await.unwrap();
    assert!(got.config.is_empty());
}

pub(crate) async fn integers_are_kept_up_to_2_to_the_53(case: &Case<'_>) {
    let largest = (1_i64 << 53) - 1;
    expect_same(
        case,
        [0, 1, -1, 1 << 31, -(1 << 31) - 1, largest, -largest].map(|integer| json!(integer)),
    )
    .await;
}

pub(crate) async fn integers_beyond_2_to_the_53_become_floats(case: &Case<'_>) {
    let cases = [
        ("9007199254740992", 9_007_199_254_740_992.0),
        ("-9007199254740992", -9_007_199_254_740_992.0),
        ("9007199254740993", 9_007_199_254_740_992.0),
        ("9223372036854775807", 9_223_372_036_854_775_808.0),
        ("-9223372036854775808", -9_223_372_036_854_775_808.0),
        ("18446744073709551615", 18_446_744_073_709_551_616.0),
        ("18446744073709551616", 18_446_744_073_709_551_616.0),
        ("100000000000000000000000", 1e23),
    ];
    let cases: Vec<_> = cases.iter().map(|&(text, float)| (number(text), json!(float))).collect();
    for (_, kept) in &cases {
        assert!(kept.is_f64());
    }
    expect_kept(case, &cases).await;
}

pub(crate) async fn integral_floats_become_integers(case: &Case<'_>) {
    let largest = (1_i64 << 53) - 1;
    let cases = [
        (json!(1.0), json!(1)),
        (json!(-2.0), json!(-2)),
        (json!(1e15), json!(1_000_000_000_000_000_i64)),
        (json!(9_007_199_254_740_991.0), json!(largest)),
        (json!([4.0, { "a": 8.0 }]), json!([4, { "a": 8 }])),
    ];
    expect_kept(case, &cases).await;
}

pub(crate) async fn negative_zero_becomes_zero(case: &Case<'_>) {
    let cases = [(json!(-0.0), json!(0)), (number("-0"), json!(0))];
    expect_kept(case, &cases).await;
}

pub(crate) async fn large_and_small_floats_are_kept(case: &Case<'_>) {
    expect_same(
        case,
        [
            1e16,
            1e22,
            1e23,
            1.5,
            0.1,
            -0.3,
            1e-7,
            5e-324,
            f64::MIN_POSITIVE,
            f64::MAX,
            f64::MIN,
            f64::EPSILON,
            1.0 / 3.0,
            2.0 / 3.0,
            123_456_789.123_456_79,
            4.35,
            2.5e-308,
        ]
        .map(|float| json!(float)),
    )
    .await;
}

pub(crate) async fn any_float_comes_back_to_the_bit(case: &Case<'_>) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let floats: Vec<Value> = std::iter::repeat_with(|| {
        // Xorshift, so that each run has the same.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from_bits(state)
    })
    .filter(|float| float.is_finite() && float.fract() != 0.0)
    .take(500)
    .map(|float| json!(float))
    .collect();
    expect_same(case, [Value::Array(floats)]).await;
}

pub(crate) async fn text_in_json_is_kept_to_the_letter(case: &Case<'_>) {
    expect_same(
        case,
        [
            json!("🎲 é e\u{301} \u{10ffff} \u{feff}"),
            json!(" \t\r\n\u{1}\u{7f} "),
            json!("\"\\/</script>'--"),
            json!("1.0"),
            json!("2024-01-01T00:00:00Z"),
            json!({ "é": 1, "e\u{301}": 2, "É": 3, " ": 4, "a\tb": 5 }),
        ],
    )
    .await;
}

pub(crate) async fn key_order_makes_no_difference(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let text = r#"{"zz": 1, "b": {"y": 1, "x": 2}, "a": 3, "B": 4, "aa": 5, "é": 6}"#;
    let value: Value = serde_json::from_str(text).unwrap();
    let row = with(&tournament, value.clone());
    let created = case.store.components().create(&row).await.unwrap();
    let got = case.store.components().get(row.id).await.unwrap();
    assert_eq!(got, created);
    assert_eq!(got.config["value"], value);
}

pub(crate) async fn thirty_deep_is_kept(case: &Case<'_>) {
    // The settings themselves are the outermost object.
    expect_same(case, [nested(29)]).await;
}

pub(crate) async fn thirty_one_deep_is_refused(case: &Case<'_>) {
    expect_refused(case, nested(30)).await;
    let objects = (0..30).fold(json!(1), |inner, _| json!({ "a": inner }));
    expect_refused(case, objects).await;
    expect_refused(case, nested(500)).await;
}

pub(crate) async fn nul_is_refused_in_keys_and_strings(case: &Case<'_>) {
    for value in [
        json!("a\0b"),
        json!(["a", ["\0"]]),
        json!({ "a\0": 1 }),
        json!([{ "deep": { "\0": null } }]),
    ] {
        expect_refused(case, value).await;
    }
}

pub(crate) async fn sixty_four_kibibytes_are_kept_and_one_byte_more_is_refused(case: &Case<'_>) {
    let frame = r#"{"value":""}"#.len();
    let longest = "a".repeat(64 * 1024 - frame);
    expect_same(case, [json!(longest)]).await;
    expect_refused(case, json!(format!("{longest}a"))).await;
    let wide = "é".repeat(32 * 1024);
    expect_refused(case, json!(wide)).await;
}

pub(crate) async fn registration_control_is_kept_whole(case: &Case<'_>) {
    let blank = fixture::unstored_tournament(case.rows()).await;
    for control in [
        RegistrationControl::new(),
        RegistrationControl::new().with_allow_to_override(false),
        RegistrationControl::new().with_max_players(0),
        RegistrationControl::new().with_max_players(tournament_core::MAX_INTEGER),
        RegistrationControl::new().with_registration_password("{\"a\": 1.0}"),
    ] {
        let row = blank.clone().with_id(tournament_core::Id::new()).with_registration(control);
        case.store.tournaments().create(&row).await.unwrap();
        assert_eq!(case.store.tournaments().get(row.id).await.unwrap(), row);
    }
}
