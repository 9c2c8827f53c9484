//! Values that do not parse, written past the store, are named and never guessed at.
#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

mod support;

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use support::Databases;
use support::database::connect;
use support::server::{Kind, on_both};
use tournament_conformance::Harness;
use tournament_core::{
    Dataset, EntityKind, Error, RegisterOptions, Result, Store, TournamentRegistration,
};

/// A store with one row of each kind, and a connection that writes what it likes.
struct Damaged {
    store: std::sync::Arc<dyn Store>,
    bare: Conn,
    rows: Dataset,
}

impl Damaged {
    async fn new(databases: &Databases) -> Self {
        let store = databases.open().await;
        let mut rows = support::event(2);
        let (tournament, player) = (rows.tournaments[0].id, rows.players[0].id);
        rows.registrations = vec![TournamentRegistration::new(tournament, player, 1)];
        store.import(&rows).await.unwrap();
        let mut bare = connect(&databases.last_url().await).await;
        // Neither constraints nor references are in the way.
        let lax = "SET NAMES utf8mb4, SESSION foreign_key_checks = 0, \
                   SESSION sql_mode = 'ALLOW_INVALID_DATES'";
        bare.query_drop(lax).await.unwrap();
        Self { store, bare, rows }
    }

    async fn damage(&mut self, table: &str, column: &str, value: &str) {
        let sql = format!("UPDATE {table} SET {column} = {value}");
        self.bare.query_drop(sql).await.unwrap();
        assert!(self.bare.affected_rows() > 0, "{table}.{column}");
    }

    async fn get(&self, kind: EntityKind) -> Result<()> {
        let (store, rows) = (&self.store, &self.rows);
        match kind {
            EntityKind::Player => store.players().get(rows.players[0].id).await.map(drop),
            EntityKind::Venue => store.venues().get(rows.venues[0].id).await.map(drop),
            EntityKind::Format => store.formats().get(rows.formats[0].id).await.map(drop),
            EntityKind::Tournament => {
                store.tournaments().get(rows.tournaments[0].id).await.map(drop)
            }
            EntityKind::Registration => {
                store.registrations().get(rows.registrations[0].id).await.map(drop)
            }
            EntityKind::Component => store.components().get(rows.components[0].id).await.map(drop),
            EntityKind::Round => store.rounds().get(rows.rounds[0].id).await.map(drop),
            EntityKind::Match => store.matches().get(rows.matches[0].id).await.map(drop),
        }
    }
}

fn expect_corrupt<T: std::fmt::Debug>(answer: Result<T>, expected: (EntityKind, &str)) {
    match answer {
        Err(Error::Corrupt { entity, id, column, source, .. }) => {
            assert_eq!((entity, column), expected);
            assert_eq!(id.len(), 36, "{id}");
            assert!(source.is_some(), "{expected:?}");
        }
        other => panic!("{expected:?}: {other:?}"),
    }
}

on_both! {
    each_kind_of_value_is_named_where_it_does_not_parse,
    a_damaged_password_does_not_show,
    a_refused_row_does_not_show,
    a_damaged_tournament_takes_no_registration,
    each_broken_key_is_known_however_long_its_value,
}

async fn each_kind_of_value_is_named_where_it_does_not_parse(kind: Kind) {
    use EntityKind::{Component, Format, Match, Player, Registration, Round, Tournament, Venue};

    let databases = Databases::of(kind);
    let mut damaged = Damaged::new(&databases).await;
    for (kind, table, column, value, sound) in [
        (Player, "players", "created_at", "'2026-00-00'", "'2026-01-01'"),
        (Player, "players", "created_at", "'2026-02-31'", "'2026-01-01'"),
        (Player, "players", "created_at", "'0000-00-00'", "'2026-01-01'"),
        (Format, "formats", "game_system", "'chess'", "'pokemon'"),
        (Format, "formats", "base_format", "''", "'limited'"),
        (Tournament, "tournaments", "status", "'Draft'", "'draft'"),
        (Tournament, "tournaments", "visibility", "'hidden'", "'public'"),
        (Tournament, "tournaments", "registration", "'{\"colour\":1}'", "'{}'"),
        (Tournament, "tournaments", "registration", "'{\"max_players\":\"x\"}'", "'{}'"),
        (Tournament, "tournaments", "start_time", "'2026-13-01'", "NULL"),
        (Tournament, "tournaments", "auto_advance_rounds", "2", "1"),
        (Tournament, "tournaments", "venue_id", "'nowhere'", "UUID()"),
        (Registration, "tournament_registrations", "status", "'gone'", "'active'"),
        (Registration, "tournament_registrations", "drop_time", "'2026-06-00'", "NULL"),
        (Component, "components", "type", "'knockout'", "'swiss'"),
        (Component, "components", "config", "'[1]'", "'{}'"),
        (Player, "players", "metadata", "'[]'", "'{}'"),
        (Player, "players", "metadata", "'null'", "'{}'"),
        (Tournament, "tournaments", "metadata", "'\"{}\"'", "'{}'"),
        (Registration, "tournament_registrations", "metadata", "'1'", "'{}'"),
        (Match, "matches", "metadata", "'true'", "'{\"a\": 1}'"),
        (Round, "rounds", "status", "'over'", "'pending'"),
        (Round, "rounds", "scheduled_end", "'2026-02-30'", "NULL"),
        (Match, "matches", "status", "'lost'", "'pending'"),
    ] {
        damaged.damage(table, column, value).await;
        expect_corrupt(damaged.get(kind).await, (kind, column));
        expect_corrupt(damaged.store.export().await, (kind, column));
        damaged.damage(table, column, sound).await;
        damaged.get(kind).await.unwrap();
    }
    assert!(damaged.get(Venue).await.is_ok());
    databases.passed().await;
}

async fn a_damaged_password_does_not_show(kind: Kind) {
    let databases = Databases::of(kind);
    let mut damaged = Damaged::new(&databases).await;
    for (value, secret) in [
        ("'{\"registration_password\":[\"owl\"]}'", "owl"),
        ("'{\"registration_password\":48151623}'", "48151623"),
        ("'{\"max_players\":\"owl\"}'", "owl"),
        ("'{\"owl\":\"owl\"}'", "owl"),
    ] {
        damaged.damage("tournaments", "registration", value).await;
        let error = damaged.get(EntityKind::Tournament).await.unwrap_err();
        assert!(!error.to_string().contains(secret), "{error}");
        // The source too: it ends up in logs.
        assert!(!format!("{error:?}").contains(secret), "{error:?}");
    }
    databases.passed().await;
}

/// A server may tell which value it refuses. That must not reach a log either.
async fn a_refused_row_does_not_show(kind: Kind) {
    let databases = Databases::of(kind);
    let mut damaged = Damaged::new(&databases).await;
    let strict = "CREATE TRIGGER no_cup BEFORE UPDATE ON tournaments FOR EACH ROW SET NEW.version = \
                  CONCAT(NEW.name, NEW.registration)";
    damaged.bare.query_drop("SET SESSION sql_mode = 'STRICT_ALL_TABLES'").await.unwrap();
    damaged.bare.query_drop(strict).await.unwrap();
    let mut tournament = damaged.rows.tournaments[0].clone();
    "Secret Cup".clone_into(&mut tournament.name);
    tournament.registration = tournament.registration.with_registration_password("owl");
    let error = damaged.store.tournaments().update(&tournament).await.unwrap_err();
    damaged.bare.query_drop("DROP TRIGGER no_cup").await.unwrap();
    assert_eq!(error.code(), "backend");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("owl") && !shown.contains("Secret"), "{shown}");
    databases.passed().await;
}

async fn a_damaged_tournament_takes_no_registration(kind: Kind) {
    let databases = Databases::of(kind);
    let mut damaged = Damaged::new(&databases).await;
    damaged.damage("tournaments", "registration", "'{\"colour\":1}'").await;
    let (tournament, player) = (damaged.rows.tournaments[0].id, damaged.rows.players[1].id);
    let options = RegisterOptions::new();
    let registered = damaged.store.registrations().register(tournament, player, &options).await;
    expect_corrupt(registered, (EntityKind::Tournament, "registration"));
    damaged.damage("tournaments", "registration", "'{}'").await;
    let registered = damaged.store.registrations().register(tournament, player, &options).await;
    assert_eq!(registered.unwrap().sequence_id, 2, "the refused call took no number");
    databases.passed().await;
}

/// The server names the key after the value, which may be long and of any script.
async fn each_broken_key_is_known_however_long_its_value(kind: Kind) {
    let databases = Databases::of(kind);
    let store = databases.open().await;
    for long in ["🂡".repeat(100), "é".repeat(100), "' for key 'PRIMARY'".repeat(5), "x".repeat(100)]
    {
        let ada = tournament_core::Player::new("Ada").with_discord_id(&long);
        store.players().create(&ada).await.unwrap();
        let ben = tournament_core::Player::new("Ben").with_discord_id(&long);
        let error = store.players().create(&ben).await.unwrap_err();
        assert_eq!(
            (error.code(), error.fields()),
            ("already_exists", vec!["discord_id"]),
            "{long}"
        );
        let shown = format!("{error:?}");
        assert!(!shown.contains(&long), "{shown}");
        let (pokemon, limited) =
            (tournament_core::GameSystem::Pokemon, tournament_core::BaseFormat::Limited);
        let format = tournament_core::Format::new(&long, pokemon, limited, "all");
        store.formats().create(&format).await.unwrap();
        let format = tournament_core::Format::new(&long, pokemon, limited, "all");
        let error = store.formats().create(&format).await.unwrap_err();
        assert_eq!((error.code(), error.fields()), ("already_exists", vec!["name"]), "{long}");
    }
    databases.passed().await;
}
