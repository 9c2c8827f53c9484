//! The command line itself.

use crate::support::{Ended, Place};

#[test]
fn usage_errors_have_a_code_of_their_own() {
    let place = Place::new();
    for arguments in [
        &[][..],
        &["fly"],
        &["import"],
        &["standings"],
        &["standings", "x", "--all"],
        &["migrate"],
        &["migrate", "sideways"],
        &["--db"],
        &["tournaments", "--colour"],
    ] {
        let ended = place.td(arguments).exits(2);
        assert!(ended.err.contains("--help"), "{arguments:?}: {}", ended.err);
        assert_eq!(ended.out, "");
    }
}

#[test]
fn help_has_examples_and_exit_codes_and_hides_the_environment() {
    let place = Place::new();
    let mut command = place.command(&["--help"]);
    let output = command.env("DATABASE_URL", "sqlite:secret-place.db").output().unwrap();
    let help = Ended::of(output).succeeds().out;
    for text in ["td standings 'Winter Cup'", "Exit codes:", "DATABASE_URL"] {
        assert!(help.contains(text), "{text}: {help}");
    }
    assert!(!help.contains("secret-place"), "{help}");
    assert!(!help.contains('\u{1b}'), "{help}");
    for command in ["demo", "import", "tournaments", "standings", "migrate", "health"] {
        place.td(&[command, "--help"]).succeeds();
    }
}

#[test]
fn the_database_is_named_by_option_environment_or_default() {
    let place = Place::new();
    let with_variable = |value: &str, arguments: &[&str]| {
        let mut command = place.command(arguments);
        Ended::of(command.env("DATABASE_URL", value).output().unwrap())
    };
    let with_environment = |arguments: &[&str]| with_variable("sqlite:environment.db", arguments);
    place.td(&["migrate", "up"]).succeeds();
    assert!(place.path("tournaments.db").exists());
    with_variable("", &["tournaments"]).succeeds();
    with_environment(&["migrate", "up"]).succeeds();
    assert!(place.path("environment.db").exists());
    with_environment(&["--db", "sqlite:option.db", "migrate", "up"]).succeeds();
    assert!(place.path("option.db").exists());
    // After the command as well as before.
    with_environment(&["migrate", "up", "--db", "sqlite:late.db"]).succeeds();
    assert!(place.path("late.db").exists());
}
