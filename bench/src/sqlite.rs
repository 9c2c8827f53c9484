//! The SQLite store beside bare rusqlite: the same schema in the same file.

use rusqlite::Connection;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tournament_core::{
    BaseFormat, Dataset, Format, GameSystem, Id, Page, Player, RegistrationFilter, Repositories,
    Store, Tournament, TournamentRegistration, Venue,
};
use tournament_sqlite::{SqliteOptions, SqliteStore, Synchronous};

use crate::bare;
use crate::measure::{Row, head, side_by_side};

const PLAYERS: usize = 10_000;
const REGISTRATIONS: usize = 500;

/// A store and a bare connection on one file.
struct Pair {
    store: SqliteStore,
    bare: Connection,
    _folder: TempDir,
}

impl Pair {
    fn open(runtime: &Runtime, synchronous: Synchronous, pragma: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("bench.db");
        let options = SqliteOptions::new(&path).with_synchronous(synchronous).with_migrate(true);
        let store = runtime.block_on(options.open()).unwrap();
        Self { store, bare: bare::open(&path, pragma), _folder: folder }
    }
}

pub fn run(runtime: &Runtime) {
    head("SQLite, through `&dyn Store`");
    reads(runtime);
    for (synchronous, pragma) in [(Synchronous::Full, "FULL"), (Synchronous::Normal, "NORMAL")] {
        create_and_commit(runtime, synchronous, pragma);
    }
}

fn reads(runtime: &Runtime) {
    let pair = Pair::open(runtime, Synchronous::Normal, "NORMAL");
    let (data, tournament) = sample();
    runtime.block_on(pair.store.import(&data)).unwrap();
    let store: &dyn Store = &pair.store;

    let ids: Vec<Id<Player>> = data.players.iter().map(|player| player.id).collect();
    let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
    // A stride that meets every player, so that both read all over the table.
    let mut places = [(0..).step_by(7_919), (0..).step_by(7_919)];
    let [our_places, bare_places] = &mut places;
    let (ours, bare) = side_by_side(
        51,
        1_000,
        |n| {
            runtime.block_on(async {
                for place in our_places.take(n as usize) {
                    store.players().get(ids[place % PLAYERS]).await.unwrap();
                }
            });
        },
        |n| {
            for place in bare_places.take(n as usize) {
                let id = &texts[place % PLAYERS];
                assert_eq!(&bare::player(&pair.bare, id).id, id);
            }
        },
    );
    row("one player by id", ours.median, bare.median, 2.0);

    let filter = RegistrationFilter::default().with_tournament(tournament);
    let page = Page::new().with_limit(REGISTRATIONS as i64);
    let text = tournament.to_string();
    let (ours, bare) = side_by_side(
        101,
        10,
        |n| {
            runtime.block_on(async {
                for _ in 0..n {
                    let found = store.registrations().list(&filter, &page).await.unwrap();
                    assert_eq!(found.items.len(), REGISTRATIONS);
                }
            });
        },
        |n| {
            for _ in 0..n {
                assert_eq!(bare::registrations(&pair.bare, &text).len(), REGISTRATIONS);
            }
        },
    );
    row("500 registrations of a tournament", ours.median, bare.median, 1.3);
}

fn create_and_commit(runtime: &Runtime, synchronous: Synchronous, pragma: &str) {
    let pair = Pair::open(runtime, synchronous, pragma);
    let store: &dyn Store = &pair.store;
    let (ours, bare) = side_by_side(
        31,
        200,
        |n| {
            runtime.block_on(async {
                for _ in 0..n {
                    store.players().create(&Player::new("Ada Lovelace")).await.unwrap();
                }
            });
        },
        |n| {
            for _ in 0..n {
                bare::create_player(&pair.bare, &Player::new("Ada Lovelace"));
            }
        },
    );
    row(
        &format!("create a player and commit, synchronous={pragma}"),
        ours.median,
        bare.median,
        1.5,
    );
}

/// Ten thousand players, five hundred of whom are registered for one of twenty tournaments each.
fn sample() -> (Dataset, Id<Tournament>) {
    let mut data = Dataset::new();
    data.players = (0..PLAYERS)
        .map(|number| {
            Player::new(format!("Player {number}"))
                .with_discord_id(format!("player-{number}"))
                .with_email(format!("player-{number}@example.org"))
        })
        .collect();
    let format = Format::new("Any", GameSystem::CustomTcg, BaseFormat::Special, "All");
    let venue = Venue::new("Anywhere");
    for (number, players) in data.players.chunks(REGISTRATIONS).enumerate() {
        let tournament =
            Tournament::new(format!("Event {number}"), format.id, venue.id, players[0].id);
        data.registrations.extend(
            (1..).zip(players).map(|(number, player)| {
                TournamentRegistration::new(tournament.id, player.id, number)
            }),
        );
        data.tournaments.push(tournament);
    }
    data.formats.push(format);
    data.venues.push(venue);
    let middle = data.tournaments[10].id;
    (data, middle)
}

fn row(work: &str, ours: f64, bare: f64, bound: f64) {
    Row {
        work: work.to_owned(),
        ours,
        other: bare,
        other_name: "bare rusqlite",
        bound: Some(bound),
    }
    .print();
}
