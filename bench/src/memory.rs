//! The in-memory store at two sizes.

use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tournament_core::{
    BaseFormat, Component, ComponentType, Dataset, Format, GameSystem, Id, Match, Player,
    Repositories, Round, Store, Tournament, TournamentRegistration, UnitOptions, Venue,
};
use tournament_memory::MemoryStore;

use crate::measure::{Row, duration, head, median, time};

const PLAYERS: usize = 10_000;
const SMALL: usize = 500;
const LARGE: usize = 500_000;
const COMMITS: usize = 20_000;

/// A store with so many matches.
struct Filled {
    store: MemoryStore,
    rounds: Vec<Round>,
    players: Vec<Id<Player>>,
    commits: Vec<Duration>,
}

pub fn run(runtime: &Runtime) {
    head("In memory, through `&dyn Store`");
    let mut small = Filled::with(runtime, SMALL);
    let mut large = Filled::with(runtime, LARGE);

    let one_by_id = large.time_of_get(runtime);
    println!(
        "| one of {PLAYERS} players by id | {} | 1 µs (bound) | | {} |",
        duration(one_by_id),
        if one_by_id < 1e-6 { "within" } else { "OVER" },
    );

    for number in 0..COMMITS {
        small.commit_one(runtime, number);
        large.commit_one(runtime, number);
    }
    Row {
        work: format!("begin, create a match, commit: {LARGE} matches stored"),
        ours: median(large.commits, 1).median,
        other: median(small.commits, 1).median,
        other_name: "500 stored",
        bound: Some(6.0),
    }
    .print();
}

impl Filled {
    fn time_of_get(&self, runtime: &Runtime) -> f64 {
        let store: &dyn Store = &self.store;
        // A stride that meets every player, so that no read finds the last one's neighbours warm.
        let mut places = (0..).step_by(7_919);
        let times = (0..51)
            .map(|_| {
                time(|| {
                    runtime.block_on(async {
                        for place in places.by_ref().take(1_000) {
                            store.players().get(self.players[place % PLAYERS]).await.unwrap();
                        }
                    });
                })
            })
            .collect();
        median(times, 1_000).median
    }

    /// Measures a unit of work that creates one match somewhere in the store. The match is deleted
    /// again, unmeasured, so that the store keeps its size.
    fn commit_one(&mut self, runtime: &Runtime, number: usize) {
        let place = number * 7_919;
        let round = &self.rounds[place % self.rounds.len()];
        let played =
            Match::new(round, self.players[place % PLAYERS], self.players[(place + 1) % PLAYERS]);
        let store: &dyn Store = &self.store;
        let elapsed = runtime.block_on(async {
            let begin = Instant::now();
            let unit = store.begin(UnitOptions::new()).await.unwrap();
            unit.matches().create(&played).await.unwrap();
            unit.commit().await.unwrap();
            let elapsed = begin.elapsed();
            store.matches().delete(played.id, None).await.unwrap();
            elapsed
        });
        self.commits.push(elapsed);
    }

    /// Tournaments of 100 players and 100 rounds, as many as it takes.
    fn with(runtime: &Runtime, matches: usize) -> Self {
        let mut data = Dataset::new();
        let format = Format::new("Any", GameSystem::CustomTcg, BaseFormat::Special, "All");
        let venue = Venue::new("Anywhere");
        data.players = (0..PLAYERS).map(|number| Player::new(format!("Player {number}"))).collect();
        for (number, players) in data.players.chunks(100).enumerate() {
            if data.matches.len() >= matches {
                break;
            }
            let tournament =
                Tournament::new(format!("Event {number}"), format.id, venue.id, players[0].id);
            data.registrations.extend((1..).zip(players).map(|(number, player)| {
                TournamentRegistration::new(tournament.id, player.id, number)
            }));
            let swiss = Component::new(tournament.id, ComponentType::Swiss, "Swiss", 1);
            for number in 1..=100 {
                let round = Round::new(&swiss, number);
                let missing = matches - data.matches.len();
                data.matches.extend((1..).zip(players.chunks(2)).take(missing).map(
                    |(table, pair)| {
                        Match::new(&round, pair[0].id, pair[1].id)
                            .with_table_number(table)
                            .with_result(2, 1, 0)
                    },
                ));
                data.rounds.push(round);
            }
            data.components.push(swiss);
            data.tournaments.push(tournament);
        }
        assert_eq!(data.matches.len(), matches);
        data.formats.push(format);
        data.venues.push(venue);
        let store = MemoryStore::new();
        runtime.block_on(store.import(&data)).unwrap();
        Self {
            store,
            rounds: data.rounds,
            players: data.players.iter().map(|player| player.id).collect(),
            commits: Vec::new(),
        }
    }
}
