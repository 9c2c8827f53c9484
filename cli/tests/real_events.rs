//! Published events as they are: `REAL_EVENTS=FILE cargo test -- --include-ignored`.
//!
//! Every event is stored or refused for a reason, and where the publication says that its standings
//! follow from its matches, ours are the same.
#![allow(clippy::unwrap_used, clippy::expect_used)] // Helpers are tests too.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::Value;
use support::Place;
use support::servers::{Database, Server};
use tournament_core::standings::{ScoringRules, of_tournament};
use tournament_core::{
    ComponentFilter, MatchFilter, PlayerFilter, RegistrationFilter, RepositoryExt, Store,
    TournamentFilter,
};
use tournament_director::import::{Documents, Importer, Source, read};

/// Published to three digits.
const TOLERANCE: f64 = 0.001;

/// A player's points, wins, losses, draws, OMW, GW and OGW.
type Row = ([i64; 4], [f64; 3]);

/// What was made of a file: by line the tournament or the reason, by tournament the standings.
struct Stored {
    answers: BTreeMap<u64, Result<String, String>>,
    standings: BTreeMap<String, BTreeMap<String, Row>>,
}

static FILE: LazyLock<Stored> =
    LazyLock::new(|| by_program(&Place::new(), "sqlite:tournaments.db?synchronous=normal"));
static TEMPORARY: LazyLock<Stored> = LazyLock::new(|| by_library("sqlite::memory:"));
static MEMORY: LazyLock<Stored> = LazyLock::new(|| by_library("memory:"));
static MARIADB: LazyLock<Stored> = LazyLock::new(|| by_server(Server::MariaDb));
static MYSQL: LazyLock<Stored> = LazyLock::new(|| by_server(Server::MySql));
static POSTGRES: LazyLock<Stored> = LazyLock::new(|| by_server(Server::Postgres));

fn file() -> PathBuf {
    PathBuf::from(std::env::var("REAL_EVENTS").expect("REAL_EVENTS names a file of events"))
}

fn events() -> BTreeMap<u64, Value> {
    Documents::of(Source::open(&file()).unwrap())
        .map(|document| {
            let document = document.unwrap();
            (document.line, serde_json::from_slice(&document.json.unwrap()).unwrap())
        })
        .collect()
}

#[test]
#[ignore = "REAL_EVENTS names no file of published events"]
fn in_an_sqlite_file_every_exact_standing_is_the_published_one() {
    check("SQLite file", &FILE);
}

#[test]
#[ignore = "REAL_EVENTS names no file of published events"]
fn in_a_temporary_sqlite_store_every_exact_standing_is_the_published_one() {
    check("SQLite :memory:", &TEMPORARY);
}

#[test]
#[ignore = "REAL_EVENTS names no file of published events"]
fn in_memory_every_exact_standing_is_the_published_one() {
    check("memory", &MEMORY);
}

#[test]
#[ignore = "REAL_EVENTS names no file of published events"]
fn all_stores_give_equal_standings() {
    for other in [&TEMPORARY, &MEMORY] {
        expect_equal(other);
    }
}

#[test]
#[ignore = "REAL_EVENTS names no file of published events"]
fn every_exact_standing_is_the_published_one_on_mariadb() {
    check("MariaDB", &MARIADB);
}

#[test]
#[ignore = "REAL_EVENTS names no file of published events"]
fn answers_and_standings_are_the_same_on_mariadb() {
    expect_equal(&MARIADB);
}

#[test]
#[ignore = "REAL_EVENTS names no file of published events"]
fn every_exact_standing_is_the_published_one_on_mysql() {
    check("MySQL", &MYSQL);
}

#[test]
#[ignore = "REAL_EVENTS names no file of published events"]
fn answers_and_standings_are_the_same_on_mysql() {
    expect_equal(&MYSQL);
}

#[test]
#[ignore = "REAL_EVENTS names no file of published events"]
fn every_exact_standing_is_the_published_one_on_postgres() {
    check("PostgreSQL", &POSTGRES);
}

#[test]
#[ignore = "REAL_EVENTS names no file of published events"]
fn answers_and_standings_are_the_same_on_postgres() {
    expect_equal(&POSTGRES);
}

fn expect_equal(other: &Stored) {
    assert_eq!(FILE.answers, other.answers);
    assert_eq!(FILE.standings, other.standings);
}

fn by_server(server: Server) -> Stored {
    let database = Database::new(server, "events");
    by_program(&Place::new(), &database.url)
}

/// By the program, as a user does it.
fn by_program(place: &Place, url: &str) -> Stored {
    place.td(&["--db", url, "migrate", "up"]).succeeds();
    let path = std::path::absolute(file()).unwrap();
    let import = place.td(&["--db", url, "import", "--json", path.to_str().unwrap()]);
    let answers = import
        .json_lines()
        .iter()
        .map(|answer| {
            let stored = match answer["tournament_id"].as_str() {
                Some(id) => Ok(id.to_owned()),
                None => Err(answer["error"]["message"].as_str().unwrap().to_owned()),
            };
            (answer["line"].as_u64().unwrap(), stored)
        })
        .collect();
    let standings = place
        .standings(url)
        .iter()
        .map(|tournament| {
            let rows = tournament["standings"].as_array().unwrap().iter().map(|row| {
                let counts = ["points", "wins", "losses", "draws"];
                let shares = ["omw", "gw", "ogw"];
                let numbers = (
                    counts.map(|field| row[field].as_i64().unwrap()),
                    shares.map(|field| row[field].as_f64().unwrap()),
                );
                (row["player"].as_str().unwrap().to_owned(), numbers)
            });
            (tournament["tournament_id"].as_str().unwrap().to_owned(), rows.collect())
        })
        .collect();
    Stored { answers, standings }
}

/// By the library: nobody else can look into a store that is gone with its process.
fn by_library(url: &str) -> Stored {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = tournament_any::OpenOptions::new(url).with_migrate(true).open().await.unwrap();
        let mut importer = Importer::new(&*store);
        let mut answers = BTreeMap::new();
        for document in Documents::of(Source::open(&file()).unwrap()) {
            let document = document.unwrap();
            let answer = match document.json.and_then(|json| read(None, &json)) {
                Ok(input) => importer.store(input).await,
                Err(error) => Err(error),
            };
            let answer = answer
                .map(|outcome| outcome.tournament_id.unwrap().to_string())
                .map_err(|error| error.to_string());
            answers.insert(document.line, answer);
        }
        Stored { answers, standings: standings(&*store).await }
    })
}

async fn standings(store: &dyn Store) -> BTreeMap<String, BTreeMap<String, Row>> {
    let players = store.players().list_all(&PlayerFilter::default()).await.unwrap();
    let names: BTreeMap<_, _> =
        players.into_iter().map(|player| (player.id, player.name)).collect();
    let mut all = BTreeMap::new();
    for tournament in store.tournaments().list_all(&TournamentFilter::default()).await.unwrap() {
        let id = tournament.id;
        let components = ComponentFilter::default().with_tournament(id);
        let registrations = RegistrationFilter::default().with_tournament(id);
        let matches = MatchFilter::default().with_tournament(id);
        let rows = of_tournament(
            &ScoringRules::default(),
            &store.components().list_all(&components).await.unwrap(),
            &store.registrations().list_all(&registrations).await.unwrap(),
            &store.matches().list_all(&matches).await.unwrap(),
        )
        .into_iter()
        .map(|row| {
            let counts = [row.points, row.wins, row.losses, row.draws];
            let shares = [row.opponents_match_win, row.game_win, row.opponents_game_win];
            (names[&row.player_id].clone(), (counts, shares))
        });
        all.insert(id.to_string(), rows.collect());
    }
    all
}

/// At least 99 in 100 events are stored, and each exact one is ranked as it was published.
fn check(store: &str, stored: &Stored) {
    let events = events();
    let refused: Vec<_> = stored
        .answers
        .iter()
        .filter_map(|(line, answer)| Some((line, answer.as_ref().err()?)))
        .collect();
    for (line, reason) in &refused {
        println!("real events, {store}: line {line} was refused: {reason}");
    }
    assert_eq!(stored.answers.len(), events.len(), "each event is stored or refused");
    assert!(refused.len() * 100 <= events.len(), "{} events were refused", refused.len());

    let mut compared = (0, 0);
    let mut differences = String::new();
    for (line, event) in events.iter().filter(|(_, event)| event["Exact"] == true) {
        let id = stored.answers[line].as_ref().expect("an exact event is stored");
        let ours = &stored.standings[id];
        let published = event["Standings"].as_array().unwrap();
        compared.0 += 1;
        for row in published {
            compared.1 += 1;
            if let Some(difference) = difference(row, ours) {
                writeln!(differences, "line {line}: {difference}").unwrap();
            }
        }
    }
    println!(
        "real events, {store}: {} of {} stored; {} exact ones with {} standings compared",
        events.len() - refused.len(),
        events.len(),
        compared.0,
        compared.1
    );
    assert!(compared.0 > 0, "no event is marked as exact");
    assert_eq!(differences, "");
}

fn difference(published: &Value, ours: &BTreeMap<String, Row>) -> Option<String> {
    /// Some publish a player's own percentage with this floor, some without.
    const FLOOR: f64 = 1.0 / 3.0;
    let name = published["Player"].as_str()?.trim();
    let Some(([points, ..], [omw, gw, ogw])) = ours.get(name) else {
        return Some(format!("{name} is missing"));
    };
    let share = |field: &str| published[field].as_f64().unwrap();
    let differs = published["Points"].as_i64() != Some(*points)
        || (share("OMWP") - omw).abs() >= TOLERANCE
        || (share("GWP").max(FLOOR) - gw.max(FLOOR)).abs() >= TOLERANCE
        || (share("OGWP") - ogw).abs() >= TOLERANCE;
    differs.then(|| format!("{name}: {points}, {omw}, {gw}, {ogw}; published {published}"))
}
