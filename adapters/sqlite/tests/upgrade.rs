//! What a migration makes of rows that were there before it, and of programs that are older.

#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

use rusqlite::Connection;
use tournament_core::{
    BaseFormat, Component, ComponentType, Dataset, Format, GameSystem, Id, Match, Player,
    Repositories, Round, Store, Tournament, TournamentRegistration, Venue,
};
use tournament_migrations::MigrationGoal;
use tournament_sqlite::SqliteOptions;

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

    // The store stays open meanwhile, with what it has prepared.
    let migrator = options.clone().migrator().unwrap();
    migrator.run(MigrationGoal::Down { to: 1 }).await.unwrap();
    assert_eq!(store.export().await.unwrap_err().code(), "backend");
    migrator.run(MigrationGoal::Up { to: None }).await.unwrap();
    assert_eq!(store.export().await.unwrap(), before);
    assert_eq!(store.players().get(before.players[0].id).await.unwrap(), before.players[0]);
    let store = options.open().await.unwrap();
    assert_eq!(store.export().await.unwrap(), before);
    let bare = Connection::open(&path).unwrap();

    let id = Id::<Player>::new();
    let insert = format!(
        "INSERT INTO players (id, version, name, created_at)
         VALUES ('{id}', 1, 'Ada', '2024-01-01T00:00:00.000000Z')"
    );
    bare.execute_batch(&insert).unwrap();
    assert!(store.players().get(id).await.unwrap().metadata.is_empty());
}
