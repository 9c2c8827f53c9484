//! What a migration makes of rows that were there before it, and of programs that are older.

#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

use rusqlite::Connection;
use tournament_core::{
    BaseFormat, Component, ComponentType, Dataset, Format, GameSystem, Id, Match, Player,
    Repositories, Round, Store, Tournament, TournamentRegistration, Venue,
};
use tournament_migrations::{Dialect, migrations};
use tournament_sqlite::SqliteOptions;

/// Takes the schema back to before the migration of this name.
fn undo(bare: &Connection, name: &str) {
    let all = migrations(Dialect::Sqlite);
    let first = all.iter().position(|migration| migration.name == name).unwrap();
    for migration in all[first..].iter().rev() {
        bare.execute_batch(migration.down).unwrap();
        bare.execute("DELETE FROM tournament_migrations WHERE version = ?1", [migration.version])
            .unwrap();
    }
}

#[tokio::test]
async fn rows_without_metadata_get_none_and_keep_their_versions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let options = SqliteOptions::new(&path);
    let store = options.clone().with_migrate(true).open().await.unwrap();
    let (mut ada, ben) = (Player::new("Ada"), Player::new("Ben"));
    ada.version = 7;
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
    let before = store.export().await.unwrap();
    store.close().await.unwrap();

    let bare = Connection::open(&path).unwrap();
    undo(&bare, "metadata");
    options.clone().migrate().await.unwrap();
    let store = options.open().await.unwrap();
    assert_eq!(store.export().await.unwrap(), before);

    let id = Id::<Player>::new();
    let insert = format!(
        "INSERT INTO players (id, version, name, created_at)
         VALUES ('{id}', 1, 'Ada', '2024-01-01T00:00:00.000000Z')"
    );
    bare.execute_batch(&insert).unwrap();
    assert!(store.players().get(id).await.unwrap().metadata.is_empty());
}
