//! How many statements each successful call takes, as the server counts them: without BEGIN, COMMIT
//! and its own checks of foreign keys.
#![allow(clippy::unwrap_used)] // Helpers are tests too.

mod support;

use support::database::connect;
use support::options;
use support::server::Server;
use tokio_postgres::Client;
use tournament_core::{
    GameSystem, MatchFilter, Page, Player, PlayerFilter, RegisterOptions, Repositories,
    TournamentRegistration,
};

/// What has run in the store's database since it was last asked.
async fn counted(admin: &Client) -> Vec<(String, i64)> {
    let rows = admin
        .query(
            "SELECT query, calls FROM pg_stat_statements
             JOIN pg_database ON pg_database.oid = dbid
             WHERE datname = 'cup' AND toplevel AND query !~* '^(BEGIN|COMMIT|SET )'
             ORDER BY query",
            &[],
        )
        .await
        .unwrap();
    admin.execute("SELECT pg_stat_statements_reset()", &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

macro_rules! expect {
    ($admin:expr, $statements:literal, $what:literal, $call:expr) => {{
        let done = $call.await.unwrap();
        let counted = counted($admin).await;
        let calls: i64 = counted.iter().map(|(_, calls)| calls).sum();
        assert_eq!(calls, $statements, "{}: {counted:#?}", $what);
        done
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_takes_no_more_statements_than_it_must() {
    let server = Server::with_store(&["shared_preload_libraries=pg_stat_statements"]).await;
    let admin = connect(&server.url.replace("/cup", "/postgres")).await;
    admin.batch_execute("CREATE EXTENSION pg_stat_statements").await.unwrap();
    let store = options(&server.url).open().await.unwrap();
    let event = support::event(200);
    store.import(&event).await.unwrap();
    let (tournament, round) = (event.tournaments[0].id, &event.rounds[0]);
    let (players, game) = (&event.players, &event.matches[0]);
    counted(&admin).await;

    let rows = store.players();
    let mut ada = expect!(&admin, 1, "create", rows.create(&Player::new("Ada")));
    expect!(&admin, 1, "get", rows.get(ada.id));
    ada = expect!(&admin, 1, "update", rows.update(&ada));
    expect!(&admin, 1, "list", rows.list(&PlayerFilter::default(), &Page::new()));
    expect!(&admin, 1, "count", rows.count(&PlayerFilter::default()));
    expect!(&admin, 1, "find_by_name", rows.find_by_name("Ada"));
    expect!(&admin, 1, "delete", rows.delete(ada.id, Some(ada.version)));
    expect!(&admin, 1, "create_many", rows.create_many(&support::event(50).players));

    // Only the first COPY of a connection is counted.
    let fresh = options(&server.url).open().await.unwrap();
    counted(&admin).await;
    let many = support::event(500).players;
    expect!(&admin, 1, "create_many by COPY", fresh.players().create_many(&many));

    let game = expect!(&admin, 1, "update of a match", store.matches().update(game));
    let filter = MatchFilter::default().with_tournament(tournament);
    expect!(&admin, 1, "list of a tournament", store.matches().list(&filter, &Page::new()));
    expect!(&admin, 1, "delete of a match", store.matches().delete(game.id, None));
    let component = round.component_id;
    expect!(&admin, 1, "find_by_number", store.rounds().find_by_number(component, 1));
    let formats = store.formats();
    expect!(&admin, 1, "a format by name", formats.find_by_name(GameSystem::Pokemon, "x"));

    let rows = store.registrations();
    let options = RegisterOptions::new();
    expect!(&admin, 2, "register", rows.register(tournament, players[0].id, &options));
    let row = TournamentRegistration::new(tournament, players[1].id, 7);
    let mut row = expect!(&admin, 1, "create of a registration", rows.create(&row));
    row.sequence_id = 9;
    expect!(&admin, 1, "renumbering a registration", rows.update(&row));
    expect!(&admin, 1, "delete of a registration", rows.delete(row.id, None));
    let many: Vec<_> = (10..)
        .zip(&players[10..50])
        .map(|(number, player)| TournamentRegistration::new(tournament, player.id, number))
        .collect();
    expect!(&admin, 2, "create_many of registrations", rows.create_many(&many));
}
