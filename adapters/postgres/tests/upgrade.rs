//! What a migration makes of rows that were there before it, and of programs that are older.
#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

mod support;

use support::database::connect;
use support::{Databases, event, options};
use tournament_conformance::Harness;
use tournament_core::{Id, Player, Repositories, Store, TournamentRegistration};
use tournament_migrations::MigrationGoal;

#[tokio::test]
async fn rows_without_metadata_get_none_and_keep_their_versions() {
    let databases = Databases::direct();
    let store = databases.open().await;
    let mut rows = event(2);
    let (tournament, player) = (rows.tournaments[0].id, rows.players[0].id);
    rows.registrations = vec![TournamentRegistration::new(tournament, player, 1)];
    rows.players[0].version = 7;
    store.import(&rows).await.unwrap();
    let before = store.export().await.unwrap();

    // The store stays open meanwhile, with what it has prepared.
    let url = databases.last_url();
    let migrator = options(&url).migrator().unwrap();
    migrator.run(MigrationGoal::Down { to: 1 }).await.unwrap();
    assert_eq!(store.export().await.unwrap_err().code(), "backend");
    migrator.run(MigrationGoal::Up { to: None }).await.unwrap();
    assert_eq!(store.export().await.unwrap(), before);
    assert_eq!(store.players().get(player).await.unwrap(), before.players[0]);
    let store = options(&url).open().await.unwrap();
    assert_eq!(store.export().await.unwrap(), before);
    let bare = connect(&url).await;

    let id = Id::<Player>::new();
    let insert = format!(
        "INSERT INTO players (id, version, name, created_at) VALUES ('{id}', 1, 'Ada', now())"
    );
    bare.batch_execute(&insert).await.unwrap();
    assert!(store.players().get(id).await.unwrap().metadata.is_empty());
    for table in ["players", "tournaments", "tournament_registrations", "matches"] {
        for other in ["NULL", "'[]'", "'null'"] {
            let sql = format!("UPDATE {table} SET metadata = {other}");
            assert!(bare.batch_execute(&sql).await.is_err(), "{sql}");
        }
    }
    databases.passed().await;
}
