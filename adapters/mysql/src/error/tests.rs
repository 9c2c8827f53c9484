use super::{Class, Failure, classify};
use mysql_async::ServerError;
use tournament_core::{EntityKind, Error};

fn refused(code: u16, state: &str, message: &str) -> Failure {
    let (message, state) = (message.to_owned(), state.to_owned());
    Failure::Refused(ServerError { code, message, state }.into())
}

#[test]
fn codes_have_their_class() {
    for (code, state, message, class) in [
        (1062, "23000", "", "unique"),
        (1586, "23000", "", "unique"),
        (1216, "23000", "", "foreign key"),
        (1217, "23000", "", "foreign key"),
        (1451, "23000", "", "foreign key"),
        (1452, "23000", "", "foreign key"),
        (1048, "23000", "", "other"),
        (1364, "HY000", "", "other"),
        (3819, "HY000", "", "other"),
        (4025, "23000", "", "other"),
        (1213, "40001", "", "busy"),
        (1205, "HY000", "", "busy"),
        (1020, "HY000", "", "busy"),
        (3101, "40000", "", "busy"),
        (1180, "HY000", "Got error 149 during COMMIT", "busy"),
        (1180, "HY000", "Got error 149 - 'Lock deadlock; Retry' during COMMIT", "busy"),
        (1180, "HY000", "WSREP is not in Primary Component", "unavailable"),
        (1180, "HY000", "Got error 5 during COMMIT", "lost"),
        (1047, "08S01", "WSREP has not yet prepared node", "unavailable"),
        (1290, "HY000", "", "unavailable"),
        (1836, "HY000", "", "unavailable"),
        (3100, "HY000", "", "unavailable"),
        (1053, "08S01", "", "lost"),
        (1927, "70100", "", "lost"),
        (1158, "08S01", "", "lost"),
        (4031, "HY000", "", "lost"),
        (1317, "70100", "", "stopped"),
        (1969, "70100", "", "stopped"),
        (3024, "HY000", "", "stopped"),
        (1040, "08004", "", "unavailable"),
        (1203, "42000", "", "unavailable"),
        (1044, "42000", "", "unavailable"),
        (1045, "28000", "", "unavailable"),
        (1049, "42000", "", "unavailable"),
        (1142, "42000", "", "unavailable"),
        (1114, "HY000", "", "unavailable"),
        (1461, "42000", "", "unavailable"),
        (1243, "HY000", "", "stale"),
        (1615, "HY000", "", "stale"),
        (1146, "42S02", "", "other"),
        (1153, "08S01", "", "other"),
        (1406, "22001", "", "other"),
        (1064, "42000", "", "other"),
        (9999, "08007", "", "lost"),
        (9999, "40001", "", "busy"),
        (9999, "", "", "other"),
    ] {
        let found = match classify(code, state, message) {
            Class::Unique => "unique",
            Class::ForeignKey => "foreign key",
            Class::Busy(_) => "busy",
            Class::Lost(_) => "lost",
            Class::Stopped(_) => "stopped",
            Class::Unavailable(_) => "unavailable",
            Class::Stale => "stale",
            Class::Other(_) => "other",
        };
        assert_eq!(found, class, "{code} {state} {message}");
    }
}

fn is_unknown(error: &Error) -> bool {
    matches!(error, Error::Unavailable { outcome_unknown: true, .. })
}

#[test]
fn only_a_lost_answer_leaves_the_outcome_open() {
    for (code, state) in [(1053, "08S01"), (1927, "70100"), (1180, "HY000")] {
        assert!(is_unknown(&refused(code, state, "").into_unknown()), "{code}");
        let error = refused(code, state, "").into_error();
        assert!(error.code() == "unavailable" && error.is_retryable(), "{error}");
    }
    assert!(is_unknown(&Failure::NoAnswer.into_unknown()));
    assert!(!is_unknown(&Failure::Unsent(None).into_unknown()));
    assert!(!is_unknown(&refused(1927, "70100", "").before_sending().into_unknown()));
    for code in [1205, 1213, 1290, 1114, 1064] {
        assert!(!is_unknown(&refused(code, "HY000", "").into_uncommitted()), "{code}");
    }
    // A statement that is stopped is undone; a COMMIT may be stopped after its work.
    assert!(!is_unknown(&refused(1317, "70100", "").into_unknown()));
    assert!(is_unknown(&refused(1317, "70100", "").into_uncommitted()));
}

#[test]
fn a_broken_key_has_an_entity_and_a_field() {
    for (code, message, kind, fields) in [
        (
            1062,
            "Duplicate entry 'ada' for key 'players_discord_id_key'",
            EntityKind::Player,
            ("already_exists", EntityKind::Player, "discord_id"),
        ),
        (
            1062,
            "Duplicate entry 'x' for key 'matches_table_number_key' ' for key \
             'players.players_discord_id_key'",
            EntityKind::Player,
            ("already_exists", EntityKind::Player, "discord_id"),
        ),
        (
            1062,
            "Doppelter Eintrag '0' für Schlüssel 'PRIMARY'",
            EntityKind::Round,
            ("already_exists", EntityKind::Round, "id"),
        ),
        (
            1062,
            "Duplicate entry '0' for key 'venues.PRIMARY'",
            EntityKind::Venue,
            ("already_exists", EntityKind::Venue, "id"),
        ),
        (
            1452,
            "Cannot add or update a child row: a foreign key constraint fails \
             (`CONSTRAINT ``x`.`matches`, CONSTRAINT `matches_player2_fk` FOREIGN KEY \
             (`player2_id`) REFERENCES `players` (`id`))",
            EntityKind::Match,
            ("reference_missing", EntityKind::Match, "player2_id"),
        ),
    ] {
        let error = refused(code, "23000", message).broken(kind).unwrap();
        let found = (error.code(), error.entity().unwrap(), error.fields()[0]);
        assert_eq!(found, fields, "{message}");
    }
    let foreign = refused(1062, "23000", "Duplicate entry '1' for key 'somebody_elses_key'");
    assert!(foreign.broken(EntityKind::Player).is_none());
    assert_eq!(foreign.into_error().code(), "backend");
}

#[test]
fn errors_keep_the_servers_words_to_the_source_and_rows_to_nobody() {
    let source = |error: &Error| std::error::Error::source(error).unwrap().to_string();
    let error = refused(1064, "42000", "the server's words").into_error();
    assert!(!error.to_string().contains("words"), "{error}");
    assert_eq!(source(&error), "the server's words (error 1064, SQLSTATE 42000)");
    for (code, state, message) in [
        (1062, "23000", "Duplicate entry 'hunter2' for key 'another'"),
        (1366, "HY000", "Incorrect string value: 'hunter2' for column"),
        (3140, "22032", "Invalid JSON text: hunter2"),
        (9999, "22000", "hunter2"),
    ] {
        let error = refused(code, state, message).into_error();
        let shown = format!("{error} {error:?} {}", source(&error));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
