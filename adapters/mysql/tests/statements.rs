//! What is sent to the servers, as they log it: statements that the oldest of them understand, none
//! whose lock a cluster does not share, and no more of them than it takes.
#![allow(clippy::unwrap_used)] // Helpers are tests too.

mod support;

use std::path::Path;

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use support::database::connect;
use support::options;
use support::server::{Kind, Server, on_private_servers};
use tournament_core::{
    ComponentFilter, FormatFilter, GameSystem, MatchFilter, Page, Player, PlayerFilter,
    RegisterOptions, RegistrationFilter, Repositories, RoundFilter, Store, TournamentFilter,
    TournamentRegistration, TournamentStatus, UnitOptions, VenueFilter,
};

/// Words that `MySQL` 5.7 or `MariaDB` 10.2 does not know, or reads over, or that lock on one node of
/// a cluster alone.
const FORBIDDEN: [&str; 18] = [
    "RETURNING",
    "WITH",
    "RECURSIVE",
    "OVER",
    "WINDOW",
    "ROW_NUMBER",
    "CHECK",
    "LATERAL",
    "INTERSECT",
    "EXCEPT",
    "JSON_TABLE",
    "SKIP",
    "NOWAIT",
    "INVISIBLE",
    "FOR UPDATE",
    "LOCK TABLES",
    "LOCK IN SHARE MODE",
    "GET_LOCK",
];

/// The first of them in an SQL text, or a comparison of rows.
fn found(sql: &str) -> Option<&'static str> {
    let words: Vec<String> = sql
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
        .collect();
    let text = format!(" {} ", words.join(" "));
    // Of these it is a part: a snapshot for a transaction, and a word of the schema.
    let text = text.replace(" WITH CONSISTENT SNAPSHOT ", " ");
    let dense: String = sql.split_whitespace().collect();
    let compares_rows = [">(?,", "<(?,", "=(?,"].iter().any(|piece| dense.contains(piece));
    let word = FORBIDDEN.into_iter().find(|word| text.contains(&format!(" {word} ")));
    word.or_else(|| compares_rows.then_some("a comparison of rows"))
}

#[test]
fn what_is_forbidden_is_found() {
    for sql in [
        "INSERT INTO a VALUES (1) RETURNING id",
        "with x as (select 1) select * from x",
        "SELECT row_number() over (order by id) FROM a",
        "SELECT 1 FROM a WHERE (name, id) > (?, ?)",
        "SELECT 1 FROM a FOR\n  UPDATE",
        "CREATE TABLE a (b INT, CONSTRAINT c CHECK (b > 0))",
        "SELECT GET_LOCK('x', 1)",
    ] {
        assert!(found(sql).is_some(), "{sql}");
    }
    for sql in [
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        "SELECT id FROM a WHERE (name > ? OR (name = ? AND (id > ?))) AND b IN (?, ?)",
        "INSERT INTO a (b, c) VALUES (?, ?), (?, ?)",
        "SET SESSION foreign_key_checks = 1",
    ] {
        assert_eq!(found(sql), None, "{sql}");
    }
}

/// Every statement of the adapter stands in its sources, and those of the schema in their files.
#[test]
fn the_sources_have_no_statement_that_is_too_new() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = 0;
    for folder in [here.join("src"), here.join("src/repo"), here.join("../../migrations/mysql")] {
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            if file.is_dir() || file.ends_with("plans.rs") {
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&file).unwrap();
            let name = file.file_name().unwrap().to_str().unwrap();
            for piece in pieces(&text, name) {
                let waits_for_a_runner = name == "migrate.rs" && piece.contains("GET_LOCK(CONCAT(");
                assert!(
                    waits_for_a_runner || found(&piece).is_none(),
                    "{name}: {:?} in {piece}",
                    found(&piece)
                );
            }
        }
    }
    assert!(files > 25, "{files}");
}

/// What is SQL in a file: all of it but for comments, or the texts in quotes.
fn pieces(text: &str, name: &str) -> Vec<String> {
    if Path::new(name).extension().is_some_and(|extension| extension == "sql") {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("--"));
        return vec![lines.collect::<Vec<_>>().join("\n")];
    }
    let code: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    code.split('"').skip(1).step_by(2).filter(|piece| is_sql(piece)).map(str::to_owned).collect()
}

fn is_sql(piece: &str) -> bool {
    let first = piece.trim_start_matches(['\\', '\n', ' ', '(']).split_whitespace().next();
    first.is_some_and(|word| word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase()))
        || piece.contains('?')
}

on_private_servers! {
    each_call_takes_no_more_statements_than_it_must,
    what_every_call_sends_is_understood_by_the_oldest_servers,
}

/// A server that logs what it is asked, into a table.
async fn logging(kind: Kind) -> (Server, Conn) {
    let server = Server::with_store(kind, &["general-log=1", "log-output=TABLE"]).await;
    let admin = connect(&server.url.replace("/cup", "/mysql")).await;
    (server, admin)
}

/// What the server was asked by the store since this was last called: of which kind, and what.
async fn logged(admin: &mut Conn) -> Vec<(String, String)> {
    let select = "SELECT command_type, CONVERT(argument USING utf8mb4) FROM mysql.general_log \
                  WHERE thread_id <> CONNECTION_ID() ORDER BY event_time";
    let logged = admin.query(select).await.unwrap();
    admin.query_drop("TRUNCATE mysql.general_log").await.unwrap();
    logged
}

macro_rules! expect {
    ($admin:expr, $statements:literal, $what:literal, $call:expr) => {{
        let done = $call.await.unwrap();
        let logged = logged($admin).await;
        let calls = logged.iter().filter(|(kind, _)| kind == "Execute").count();
        assert_eq!(calls, $statements, "{}: {logged:#?}", $what);
        done
    }};
}

/// Without what begins and ends transactions.
async fn each_call_takes_no_more_statements_than_it_must(kind: Kind) {
    let (server, mut admin) = logging(kind).await;
    let admin = &mut admin;
    let store = options(&server.url).open().await.unwrap();
    let event = support::event(200);
    store.import(&event).await.unwrap();
    let (tournament, round) = (event.tournaments[0].id, &event.rounds[0]);
    let (players, game) = (&event.players, &event.matches[0]);
    logged(admin).await;

    let rows = store.players();
    let mut ada = expect!(admin, 1, "create", rows.create(&Player::new("Ada")));
    expect!(admin, 1, "get", rows.get(ada.id));
    ada = expect!(admin, 1, "update", rows.update(&ada));
    expect!(admin, 1, "list", rows.list(&PlayerFilter::default(), &Page::new()));
    expect!(admin, 1, "count", rows.count(&PlayerFilter::default()));
    expect!(admin, 1, "find_by_name", rows.find_by_name("Ada"));
    expect!(admin, 1, "delete", rows.delete(ada.id, Some(ada.version)));
    expect!(admin, 1, "create_many", rows.create_many(&support::event(256).players));
    expect!(admin, 6, "create_many of 339", rows.create_many(&support::event(340).players[..339]));

    let game = expect!(admin, 1, "update of a match", store.matches().update(game));
    let filter = MatchFilter::default().with_tournament(tournament);
    expect!(admin, 1, "list of a tournament", store.matches().list(&filter, &Page::new()));
    expect!(admin, 1, "delete of a match", store.matches().delete(game.id, None));
    let component = round.component_id;
    expect!(admin, 1, "find_by_number", store.rounds().find_by_number(component, 1));
    let formats = store.formats();
    expect!(admin, 1, "a format by name", formats.find_by_name(GameSystem::Pokemon, "x"));

    let rows = store.registrations();
    let options = RegisterOptions::new();
    expect!(admin, 3, "register", rows.register(tournament, players[0].id, &options));
    let row = TournamentRegistration::new(tournament, players[1].id, 7);
    let mut row = expect!(admin, 2, "create of a registration", rows.create(&row));
    row = expect!(admin, 1, "update of a registration", rows.update(&row));
    row.sequence_id = 9;
    expect!(admin, 5, "renumbering a registration", rows.update(&row));
    expect!(admin, 1, "delete of a registration", rows.delete(row.id, None));
    let many: Vec<_> = (10..)
        .zip(&players[10..26])
        .map(|(number, player)| TournamentRegistration::new(tournament, player.id, number))
        .collect();
    expect!(admin, 2, "create_many of registrations", rows.create_many(&many));
}

async fn what_every_call_sends_is_understood_by_the_oldest_servers(kind: Kind) {
    let (server, mut admin) = logging(kind).await;
    // What `tournament_migrations` has, and how a runner waits, is looked at in the sources.
    logged(&mut admin).await;
    let store = options(&server.url).open().await.unwrap();
    call_everything(&store).await;
    let logged = logged(&mut admin).await;
    let sent: Vec<_> = logged
        .iter()
        .filter(|(kind, _)| ["Query", "Prepare", "Execute"].contains(&kind.as_str()))
        .collect();
    assert!(sent.len() > 150, "{}", sent.len());
    for (_, statement) in sent {
        assert_eq!(found(statement), None, "{statement}");
    }
    let kinds = ["START TRANSACTION", "COMMIT", "ROLLBACK", "SET NAMES", "UNION ALL", "GREATEST"];
    for kind in kinds {
        let is_there = logged.iter().any(|(_, statement)| statement.contains(kind));
        assert!(is_there, "no {kind} was sent: the log is not whole");
    }
}

async fn call_everything(store: &dyn Store) {
    let mut event = support::event(30);
    let (tournament, component) = (event.tournaments[0].id, event.components[0].id);
    let (round, player) = (event.rounds[0].id, event.players[0].id);
    event.last_sequence_ids.insert(tournament, 5);
    store.import(&event).await.unwrap();

    macro_rules! each_row {
        ($($repository:ident: $rows:ident),+) => {$(
            let rows = store.$repository();
            let mut row = event.$rows[0].clone();
            assert!(rows.create(&row).await.is_err());
            row = rows.update(&row).await.unwrap();
            assert!(rows.update(&event.$rows[0]).await.is_err(), "a conflict");
            assert_eq!(rows.get(row.id).await.unwrap(), row);
            assert!(rows.delete(row.id, Some(7)).await.is_err());
            drop(rows.create_many(&event.$rows).await);
        )+};
    }
    let registrations: Vec<_> = [7, 8]
        .into_iter()
        .zip(&event.players[1..])
        .map(|(number, player)| TournamentRegistration::new(tournament, player.id, number))
        .collect();
    event.registrations = store.registrations().create_many(&registrations).await.unwrap();
    each_row!(
        players: players, venues: venues, formats: formats, tournaments: tournaments,
        registrations: registrations, components: components, rounds: rounds, matches: matches
    );
    store.registrations().register(tournament, player, &RegisterOptions::new()).await.unwrap();
    let mut row = store.registrations().get(registrations[0].id).await.unwrap();
    row.sequence_id = 40;
    store.registrations().update(&row).await.unwrap();

    macro_rules! each_list {
        ($($repository:ident: [$($filter:expr),+]),+ $(,)?) => {$($(
            let rows = store.$repository();
            let listed = rows.list(&$filter, &Page::new()).await.unwrap();
            rows.count(&$filter).await.unwrap();
            rows.list(&$filter, &Page::new().with_limit(1).with_offset(1)).await.unwrap();
            let first = rows.list(&$filter, &Page::new().with_limit(1)).await.unwrap();
            if let Some(next) = first.next {
                let rest = rows.list(&$filter, &Page::new().after(next)).await.unwrap();
                assert_eq!(rest.items[..], listed.items[1..]);
            }
        )+)+};
    }
    let matches = MatchFilter::default();
    each_list!(
        players: [PlayerFilter::default()],
        venues: [VenueFilter::default()],
        formats: [FormatFilter::default(), FormatFilter::default().with_game_system(GameSystem::Pokemon)],
        tournaments: [
            TournamentFilter::default(),
            TournamentFilter::default().with_status(TournamentStatus::Draft),
            TournamentFilter::default().with_status(TournamentStatus::Draft).with_organiser(player)
        ],
        registrations: [
            RegistrationFilter::default(),
            RegistrationFilter::default().with_tournament(tournament),
            RegistrationFilter::default().with_player(player)
        ],
        components: [ComponentFilter::default(), ComponentFilter::default().with_tournament(tournament)],
        rounds: [RoundFilter::default(), RoundFilter::default().with_component(component)],
        matches: [
            matches.clone(),
            matches.clone().with_round(round),
            matches.clone().with_player(player),
            matches.clone().with_tournament(tournament).with_player(player)
        ],
    );

    let unit = store.begin(UnitOptions::new()).await.unwrap();
    unit.players().create(&Player::new("Ada")).await.unwrap();
    unit.commit().await.unwrap();
    let unit = store.begin(UnitOptions::new().read_only()).await.unwrap();
    unit.players().count(&PlayerFilter::default()).await.unwrap();
    unit.rollback().await.unwrap();
    assert!(store.health().await.healthy);
    store.export().await.unwrap();
    store.clear().await.unwrap();
}
