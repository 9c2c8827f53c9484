//! Values that do not parse, written past the store, are named and never guessed at.

#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

use rusqlite::Connection;
use tempfile::TempDir;
use tournament_core::{
    BaseFormat, Component, ComponentType, Dataset, EntityKind, Error, Format, GameSystem, Match,
    Page, Player, RegisterOptions, Repositories, Result, Round, Store, Tournament,
    TournamentRegistration, UnitOptions, Venue, VenueFilter,
};
use tournament_sqlite::{SqliteOptions, SqliteStore};

struct Damaged {
    _folder: TempDir,
    store: SqliteStore,
    bare: Connection,
    rows: Dataset,
}

/// A store with one row of each kind, and a connection that writes what it likes.
async fn damaged() -> Damaged {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = SqliteOptions::new(&path).with_migrate(true).open().await.unwrap();
    let ada = Player::new("Ada").with_discord_id("ada");
    let ben = Player::new("Ben");
    let venue = Venue::new("Hall");
    let format = Format::new("Draft", GameSystem::Pokemon, BaseFormat::Limited, "Base");
    let tournament = Tournament::new("Cup", format.id, venue.id, ada.id);
    let component = Component::new(tournament.id, ComponentType::Swiss, "Swiss", 1);
    let round = Round::new(&component, 1);
    let rows = Dataset {
        registrations: vec![TournamentRegistration::new(tournament.id, ada.id, 1)],
        matches: vec![Match::new(&round, ada.id, ben.id)],
        players: vec![ada, ben],
        venues: vec![venue],
        formats: vec![format],
        tournaments: vec![tournament],
        components: vec![component],
        rounds: vec![round],
        ..Dataset::new()
    };
    store.import(&rows).await.unwrap();
    let bare = Connection::open(&path).unwrap();
    bare.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
    Damaged { _folder: folder, store, bare, rows }
}

impl Damaged {
    fn damage(&self, table: &str, column: &str, value: &str) {
        let changed =
            self.bare.execute(&format!("UPDATE {table} SET {column} = {value}"), []).unwrap();
        assert!(changed > 0, "{table}.{column}");
    }

    async fn get(&self, kind: EntityKind) -> Result<()> {
        match kind {
            EntityKind::Player => self.store.players().get(self.rows.players[0].id).await.map(drop),
            EntityKind::Venue => self.store.venues().get(self.rows.venues[0].id).await.map(drop),
            EntityKind::Format => self.store.formats().get(self.rows.formats[0].id).await.map(drop),
            EntityKind::Tournament => {
                self.store.tournaments().get(self.rows.tournaments[0].id).await.map(drop)
            }
            EntityKind::Registration => {
                self.store.registrations().get(self.rows.registrations[0].id).await.map(drop)
            }
            EntityKind::Component => {
                self.store.components().get(self.rows.components[0].id).await.map(drop)
            }
            EntityKind::Round => self.store.rounds().get(self.rows.rounds[0].id).await.map(drop),
            EntityKind::Match => self.store.matches().get(self.rows.matches[0].id).await.map(drop),
        }
    }

    fn id(&self, kind: EntityKind) -> String {
        match kind {
            EntityKind::Player => self.rows.players[0].id.to_string(),
            EntityKind::Venue => self.rows.venues[0].id.to_string(),
            EntityKind::Format => self.rows.formats[0].id.to_string(),
            EntityKind::Tournament => self.rows.tournaments[0].id.to_string(),
            EntityKind::Registration => self.rows.registrations[0].id.to_string(),
            EntityKind::Component => self.rows.components[0].id.to_string(),
            EntityKind::Round => self.rows.rounds[0].id.to_string(),
            EntityKind::Match => self.rows.matches[0].id.to_string(),
        }
    }
}

fn expect_corrupt<T: std::fmt::Debug>(answer: Result<T>, expected: (EntityKind, &str, &str)) {
    match answer {
        Err(Error::Corrupt { entity, id, column, source, .. }) => {
            assert_eq!((entity, id.as_str(), column), expected);
            assert!(source.is_some(), "{expected:?}");
        }
        other => panic!("{expected:?}: {other:?}"),
    }
}

#[tokio::test]
async fn each_kind_of_value_is_named_where_it_does_not_parse() {
    use EntityKind::{Component, Format, Match, Player, Registration, Round, Tournament, Venue};

    for (kind, table, column, value) in [
        (Player, "players", "created_at", "'yesterday'"),
        (Player, "players", "created_at", "'2024-02-30T00:00:00.000000Z'"),
        (Player, "players", "created_at", "'2024-02-03T00:00:00Z'"),
        (Player, "players", "name", "CAST(x'ff' AS TEXT)"),
        (Venue, "venues", "address", "CAST(x'ff' AS TEXT)"),
        (Format, "formats", "game_system", "'chess'"),
        (Format, "formats", "base_format", "''"),
        (Tournament, "tournaments", "status", "'Draft'"),
        (Tournament, "tournaments", "visibility", "'hidden'"),
        (Tournament, "tournaments", "registration", "'{'"),
        (Tournament, "tournaments", "registration", "'{\"colour\":1}'"),
        (Tournament, "tournaments", "registration", "'null'"),
        (Tournament, "tournaments", "start_time", "''"),
        (Tournament, "tournaments", "format_id", "'x'"),
        (Tournament, "tournaments", "venue_id", "upper(venue_id)"),
        (Tournament, "tournaments", "auto_advance_rounds", "2"),
        (Registration, "tournament_registrations", "status", "'gone'"),
        (Registration, "tournament_registrations", "player_id", "'{' || player_id || '}'"),
        (Registration, "tournament_registrations", "drop_time", "'never'"),
        (Component, "components", "type", "'knockout'"),
        (Component, "components", "config", "'[]'"),
        (Component, "components", "config", "'{\"a\":1e999}'"),
        (Player, "players", "metadata", "'[]'"),
        (Player, "players", "metadata", "'{'"),
        (Player, "players", "metadata", "''"),
        (Player, "players", "metadata", "'null'"),
        (Player, "players", "metadata", "'{}{}'"),
        (Tournament, "tournaments", "metadata", "'\"{}\"'"),
        (Registration, "tournament_registrations", "metadata", "'1'"),
        (Match, "matches", "metadata", "'{\"a\":1e999}'"),
        (Round, "rounds", "auto_advance", "-1"),
        (Round, "rounds", "scheduled_end", "'0'"),
        (Round, "rounds", "component_id", "''"),
        (Match, "matches", "player2_id", "'nobody'"),
        (Match, "matches", "status", "'lost'"),
        (Match, "matches", "notes", "CAST(x'ff' AS TEXT)"),
    ] {
        let damaged = damaged().await;
        damaged.damage(table, column, value);
        let id = damaged.id(kind);
        expect_corrupt(damaged.get(kind).await, (kind, &id, column));
        expect_corrupt(damaged.store.export().await, (kind, &id, column));
    }
}

#[tokio::test]
async fn every_column_of_text_is_named_where_it_is_none() {
    let damaged = damaged().await;
    let tables = [
        (EntityKind::Player, "players"),
        (EntityKind::Venue, "venues"),
        (EntityKind::Format, "formats"),
        (EntityKind::Tournament, "tournaments"),
        (EntityKind::Registration, "tournament_registrations"),
        (EntityKind::Component, "components"),
        (EntityKind::Round, "rounds"),
        (EntityKind::Match, "matches"),
    ];
    let mut seen = 0;
    for (kind, table) in tables {
        let columns: Vec<String> = damaged
            .bare
            .prepare("SELECT name FROM pragma_table_info(?1) WHERE type = 'TEXT' AND name <> 'id'")
            .unwrap()
            .query_map([table], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for column in columns {
            let id = damaged.id(kind);
            let kept: Option<String> = damaged
                .bare
                .query_row(&format!("SELECT {column} FROM {table} WHERE id = ?1"), [&id], |row| {
                    row.get(0)
                })
                .unwrap();
            let set = format!("UPDATE {table} SET {column} = ?1 WHERE id = ?2");
            let broken = format!("UPDATE {table} SET {column} = CAST(x'ff' AS TEXT) WHERE id = ?1");
            damaged.bare.execute(&broken, [&id]).unwrap();
            expect_corrupt(damaged.get(kind).await, (kind, &id, &column));
            damaged.bare.execute(&set, (kept, &id)).unwrap();
            damaged.get(kind).await.unwrap();
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

#[tokio::test]
async fn a_damaged_id_is_given_as_it_is_stored() {
    let damaged = damaged().await;
    damaged.damage("venues", "id", "'not an id'");
    let list = damaged.store.venues().list(&VenueFilter::default(), &Page::new()).await;
    expect_corrupt(list, (EntityKind::Venue, "not an id", "id"));
}

#[tokio::test]
async fn a_damaged_password_does_not_show() {
    let damaged = damaged().await;
    for (value, secret) in [
        ("'{\"registration_password\":[\"owl\"]}'", "owl"),
        ("'{\"registration_password\":48151623}'", "48151623"),
        ("'{\"max_players\":\"owl\"}'", "owl"),
        ("'{\"owl\":\"owl\"}'", "owl"),
    ] {
        damaged.damage("tournaments", "registration", value);
        let error = damaged.get(EntityKind::Tournament).await.unwrap_err();
        assert!(!error.to_string().contains(secret), "{error}");
        // The source too: it ends up in logs.
        assert!(!format!("{error:?}").contains(secret), "{error:?}");
    }
}

#[tokio::test]
async fn a_damaged_tournament_takes_no_registration() {
    let damaged = damaged().await;
    damaged.damage("tournaments", "registration", "'{'");
    let tournament = &damaged.rows.tournaments[0];
    let registered = damaged
        .store
        .registrations()
        .register(tournament.id, damaged.rows.players[1].id, &RegisterOptions::new())
        .await;
    let id = tournament.id.to_string();
    expect_corrupt(registered, (EntityKind::Tournament, &id, "registration"));
}

/// What is read for an update is checked as well, and a unit that met damage is finished.
#[tokio::test]
async fn damage_finishes_a_unit() {
    let damaged = damaged().await;
    damaged.damage("players", "created_at", "'yesterday'");
    let ada = &damaged.rows.players[0];
    let unit = damaged.store.begin(UnitOptions::new()).await.unwrap();
    let id = ada.id.to_string();
    expect_corrupt(unit.players().update(ada).await, (EntityKind::Player, &id, "created_at"));
    assert_eq!(unit.players().get(ada.id).await.unwrap_err().code(), "aborted");
    unit.rollback().await.unwrap();
}
