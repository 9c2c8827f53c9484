//! Values that do not parse, written past the store, are named and never guessed at.
#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

mod support;

use support::Databases;
use support::database::connect;
use tokio_postgres::Client;
use tournament_conformance::Harness;
use tournament_core::{
    Dataset, EntityKind, Error, RegisterOptions, Result, Store, TournamentRegistration,
};

/// A store with one row of each kind, and a connection that writes what it likes.
struct Damaged {
    store: std::sync::Arc<dyn Store>,
    bare: Client,
    rows: Dataset,
}

impl Damaged {
    async fn new(databases: &Databases) -> Self {
        let store = databases.open().await;
        let mut rows = support::event(2);
        let (tournament, player) = (rows.tournaments[0].id, rows.players[0].id);
        rows.registrations = vec![TournamentRegistration::new(tournament, player, 1)];
        store.import(&rows).await.unwrap();
        let bare = connect(&databases.last_url()).await;
        // Neither constraints nor references are in the way.
        bare.batch_execute("SET session_replication_role = replica").await.unwrap();
        Self { store, bare, rows }
    }

    async fn damage(&self, table: &str, column: &str, value: &str) {
        let sql = format!("UPDATE {table} SET {column} = {value}");
        assert!(self.bare.execute(&sql, &[]).await.unwrap() > 0, "{table}.{column}");
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

#[tokio::test]
async fn each_kind_of_value_is_named_where_it_does_not_parse() {
    use EntityKind::{Component, Format, Match, Player, Registration, Round, Tournament, Venue};

    let databases = Databases::direct();
    let damaged = Damaged::new(&databases).await;
    for (kind, table, column, value, sound) in [
        (Player, "players", "created_at", "'infinity'", "now()"),
        (Player, "players", "created_at", "'-infinity'", "now()"),
        (Format, "formats", "game_system", "'chess'", "'pokemon'"),
        (Format, "formats", "base_format", "''", "'limited'"),
        (Tournament, "tournaments", "status", "'Draft'", "'draft'"),
        (Tournament, "tournaments", "visibility", "'hidden'", "'public'"),
        (Tournament, "tournaments", "registration", "'{\"colour\":1}'", "'{}'"),
        (Tournament, "tournaments", "registration", "'{\"max_players\":\"x\"}'", "'{}'"),
        (Tournament, "tournaments", "start_time", "'infinity'", "NULL"),
        (Registration, "tournament_registrations", "status", "'gone'", "'active'"),
        (Registration, "tournament_registrations", "drop_time", "'-infinity'", "NULL"),
        (Component, "components", "type", "'knockout'", "'swiss'"),
        (Component, "components", "config", "'{\"a\":1e999}'", "'{}'"),
        (Player, "players", "metadata", "'{\"a\":1e999}'", "'{}'"),
        (Tournament, "tournaments", "metadata", "'{\"a\":[-1e999]}'", "'{}'"),
        (Registration, "tournament_registrations", "metadata", "'{\"a\":1e999}'", "'{}'"),
        (Match, "matches", "metadata", "'{\"a\":1e999}'", "'{}'"),
        (Round, "rounds", "status", "'over'", "'pending'"),
        (Round, "rounds", "scheduled_end", "'infinity'", "NULL"),
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

#[tokio::test]
async fn a_damaged_password_does_not_show() {
    let databases = Databases::direct();
    let damaged = Damaged::new(&databases).await;
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

/// A server tells which row breaks a CHECK, values and all. That must not reach a log either.
#[tokio::test]
async fn a_refused_row_does_not_show() {
    let databases = Databases::direct();
    let damaged = Damaged::new(&databases).await;
    let strict = "ALTER TABLE tournaments ADD CONSTRAINT no_cup CHECK (name <> 'Secret Cup')";
    damaged.bare.batch_execute(strict).await.unwrap();
    let mut tournament = damaged.rows.tournaments[0].clone();
    tournament.name = "Secret Cup".to_owned();
    tournament.registration = tournament.registration.with_registration_password("owl");
    let error = damaged.store.tournaments().update(&tournament).await.unwrap_err();
    damaged.bare.batch_execute("ALTER TABLE tournaments DROP CONSTRAINT no_cup").await.unwrap();
    assert_eq!(error.code(), "backend");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("owl") && !shown.contains("Secret"), "{shown}");
    databases.passed().await;
}

#[tokio::test]
async fn a_damaged_tournament_takes_no_registration() {
    let databases = Databases::direct();
    let damaged = Damaged::new(&databases).await;
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
