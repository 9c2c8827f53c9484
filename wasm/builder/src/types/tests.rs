//! Tests on core's own sources, as they are and with one thing changed.

use std::path::Path;

use super::sources::texts;
use super::{Sources, generate};

fn core_texts() -> Vec<(String, String)> {
    texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/src")).unwrap()
}

/// The declarations of core as it is.
fn declarations() -> String {
    generate(&Sources::parse(&core_texts()).unwrap()).unwrap()
}

/// The declarations of core with a text of one file replaced.
fn changed(file: &str, from: &str, to: &str) -> anyhow::Result<String> {
    let mut texts = core_texts();
    let (_, text) = texts.iter_mut().find(|(name, _)| name == file).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    *text = text.replace(from, to);
    generate(&Sources::parse(&texts).unwrap())
}

/// Why core cannot be declared with a text of one file replaced.
fn complaint(file: &str, from: &str, to: &str) -> String {
    format!("{:#}", changed(file, from, to).unwrap_err())
}

/// What stands between the braces of a declaration.
fn body<'a>(declarations: &'a str, name: &str) -> &'a str {
    let (_, rest) = declarations.split_once(&format!("export interface {name} {{\n")).unwrap();
    rest.split_once("\n}\n").unwrap().0
}

#[track_caller]
fn assert_has(declarations: &str, name: &str, fields: &[&str]) {
    let body = body(declarations, name);
    for field in fields {
        assert!(
            body.lines().any(|line| line == format!("  {field};")),
            "{name}: {field} in\n{body}"
        );
    }
}

#[test]
fn everything_is_there_in_what_is_stored() {
    let declarations = declarations();
    assert_has(
        &declarations,
        "Player",
        &["id: Id", "version: number", "email: string | null", "metadata: JsonObject"],
    );
    assert_has(&declarations, "Component", &["type: ComponentType"]);
    assert_has(&declarations, "Tournament", &["registration: RegistrationControl"]);
    assert_has(&declarations, "RegistrationControl", &["registration_password: string | null"]);
    assert_has(
        &declarations,
        "Dataset",
        &["players: Player[]", "last_sequence_ids: Record<Id, number>"],
    );
    assert_has(&declarations, "Problem", &["index?: number", "field: string"]);
    assert_has(&declarations, "Standing", &["sequence_id: number | null", "match_win: number"]);
    for stored in ["Player", "Match", "Tournament", "Dataset", "Standing"] {
        assert!(!body(&declarations, stored).contains("?:"), "{stored}");
    }
}

#[test]
fn what_has_a_default_may_be_left_out_of_what_is_given() {
    let declarations = declarations();
    assert_has(
        &declarations,
        "PlayerInput",
        &["name: string", "id?: Id | undefined", "email?: string | null | undefined"],
    );
    assert_has(
        &declarations,
        "TournamentInput",
        &[
            "created_at?: Time | Date | undefined",
            "registration?: RegistrationControlInput | undefined",
        ],
    );
    // All of a container's fields, by its default.
    assert_has(&declarations, "DatasetInput", &["players?: readonly PlayerInput[] | undefined"]);
    assert_has(&declarations, "RegisterOptions", &["status?: RegistrationStatus | undefined"]);
    assert_has(&declarations, "MatchFilter", &["player_id?: Id | null | undefined"]);
    assert_has(&declarations, "Points", &["win: number"]);
    assert!(declarations.contains("export type PlayerFilter = Record<string, never>;"));
}

#[test]
fn a_match_is_read_as_another_type() {
    let declarations = declarations();
    assert_has(&declarations, "Match", &["status: Progress"]);
    let given =
        ["round_id: Id", "status?: Progress | null | undefined", "draws?: number | undefined"];
    assert_has(&declarations, "MatchInput", &given);
    assert!(body(&declarations, "MatchInput").contains("  /** Drawn games. */\n  draws?"));
}

#[test]
fn enumerations_are_unions_and_frozen_arrays() {
    let declarations = declarations();
    for part in [
        "export type Visibility =\n  | 'public'\n  | 'private';",
        "export const visibilities: readonly Visibility[] = /* @__PURE__ */ Object.freeze([",
        " * - `draft`: Being prepared.\n",
        "export const gameSystems:",
        "export const baseFormats:",
        "export const tournamentStatuses:",
        "export const registrationStatuses:",
        "export const componentTypes:",
        "export const progresses:",
        "export const entityKinds:",
        "export type TieBreak =\n  | 'opponents_match_win'",
        "export const tieBreaks:",
    ] {
        assert!(declarations.contains(part), "{part}");
    }
}

#[test]
fn kinds_come_from_the_implementations_of_entity() {
    let declarations = declarations();
    assert_has(
        &declarations,
        "Entities",
        &["player: Player", "registration: TournamentRegistration"],
    );
    assert_has(&declarations, "Inputs", &["match: MatchInput"]);
    assert_has(&declarations, "Filters", &["registration: RegistrationFilter"]);

    let error = complaint("entity/venue.rs", "EntityKind::Venue", "EntityKind::Player");
    assert!(error.contains("no entity is of the kind Venue"), "{error}");
}

#[test]
fn codes_come_from_what_the_errors_say() {
    let declarations = changed("error.rs", "=> \"full\"", "=> \"no_room\"").unwrap();
    assert!(declarations.contains("  | 'conflict'\n  | 'no_room'\n  | 'aborted'\n"));
    assert!(declarations.contains("  | 'backend'\n  | 'broken';"));
    assert!(declarations.contains(" * - `no_room`: The tournament takes no more players.\n"));
    assert!(declarations.contains("export type RegistrationRefusal =\n  | 'not_yet_open'"));

    let error = complaint("error.rs", "Self::Aborted => \"aborted\",", "");
    assert!(error.contains("error.rs: Error::code: none of `Aborted`"), "{error}");
}

#[test]
fn a_change_in_core_is_a_change_here() {
    let renamed = changed("entity/venue.rs", "pub address:", "pub street:").unwrap();
    assert_has(&renamed, "Venue", &["street: string | null"]);

    let required = changed("entity/venue.rs", "#[serde(default = \"Id::new\")]", "").unwrap();
    assert_has(&required, "VenueInput", &["id: Id"]);
}

#[test]
fn what_is_not_understood_is_refused() {
    let error =
        complaint("entity/venue.rs", "pub address: Option<String>", "pub address: Option<Ip>");
    assert!(
        error.contains("entity/venue.rs: Venue.address: the Rust type `Option<Ip>` has no type"),
        "{error}"
    );
    let error = complaint("entity/venue.rs", "#[serde(default)]", "#[serde(flatten)]");
    assert!(error.contains("Venue.address: serde's attribute `flatten`"), "{error}");
    let error = complaint("entity/venue.rs", "deny_unknown_fields", "rename_all = \"camelCase\"");
    assert!(error.contains("entity/venue.rs: Venue: "), "{error}");
}

#[test]
fn comments_read_as_those_of_javascript_do() {
    let declarations = declarations();
    let fields = body(&declarations, "Player");
    assert!(fields.contains("16384 bytes of compact JSON"), "{fields}");
    assert!(fields.contains("nested at most 30 deep"), "{fields}");
    assert!(body(&declarations, "Match").contains("`null` for a bye"));
    assert!(declarations.contains("](https://media.wizards.com/"));
    for rust in ["tournament_core", "crate::", "](Self", "```", "`None`"] {
        assert!(!declarations.contains(rust), "{rust}");
    }
}
