//! What a migration makes of rows that were there before it, and of programs that are older.
#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

mod support;

use mysql_async::prelude::Queryable;
use support::database::connect;
use support::server::{Kind, on_both};
use support::{Databases, event, options};
use tournament_conformance::Harness;
use tournament_core::{Id, Player, Repositories, Store, TournamentRegistration};
use tournament_migrations::{Dialect, MigrationGoal, migrations};

on_both! {
    rows_without_metadata_get_none_and_keep_their_versions,
    what_is_left_of_a_migration_can_be_run_again,
}

const TABLES: [&str; 4] = ["players", "tournaments", "tournament_registrations", "matches"];

async fn rows_without_metadata_get_none_and_keep_their_versions(kind: Kind) {
    let databases = Databases::of(kind);
    let store = databases.open().await;
    let mut rows = event(2);
    let (tournament, player) = (rows.tournaments[0].id, rows.players[0].id);
    rows.registrations = vec![TournamentRegistration::new(tournament, player, 1)];
    rows.players[0].version = 7;
    store.import(&rows).await.unwrap();
    let before = store.export().await.unwrap();

    // The store stays open meanwhile, with what it has prepared.
    let url = databases.last_url().await;
    let migrator = options(&url).migrator().unwrap();
    migrator.run(MigrationGoal::Down { to: 1 }).await.unwrap();
    assert_eq!(store.export().await.unwrap_err().code(), "backend");
    migrator.run(MigrationGoal::Up { to: None }).await.unwrap();
    assert_eq!(store.export().await.unwrap(), before);
    assert_eq!(store.players().get(player).await.unwrap(), before.players[0]);
    let store = options(&url).open().await.unwrap();
    assert_eq!(store.export().await.unwrap(), before);
    let mut bare = connect(&url).await;

    let id = Id::<Player>::new();
    let insert = format!(
        "INSERT INTO players (id, version, name, created_at) \
         VALUES ('{id}', 1, 'Ada', '2024-01-01')"
    );
    bare.query_drop(insert).await.unwrap();
    assert!(store.players().get(id).await.unwrap().metadata.is_empty());
    for table in TABLES {
        for other in ["NULL", "'{'"] {
            let sql = format!("UPDATE {table} SET metadata = {other}");
            assert!(bare.query_drop(&sql).await.is_err(), "{sql}");
        }
    }
    databases.passed().await;
}

/// Nothing undoes a statement there, so whoever goes on by hand may run one twice.
async fn what_is_left_of_a_migration_can_be_run_again(kind: Kind) {
    let databases = Databases::of(kind);
    let store = databases.open().await;
    store.import(&event(2)).await.unwrap();
    let before = store.export().await.unwrap();
    let mut bare = connect(&databases.last_url().await).await;
    let statements = migrations(Dialect::MySql)[1].up.trim_end().trim_end_matches(';').split(';');
    let again: Vec<_> = statements.filter(|sql| !sql.contains("ADD COLUMN")).collect();
    assert_eq!(again.len(), 2 * TABLES.len());
    for statement in again {
        bare.query_drop(statement).await.unwrap();
    }
    assert_eq!(store.export().await.unwrap(), before);
    databases.passed().await;
}
