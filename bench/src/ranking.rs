//! Standings of a large tournament.

use tournament_core::standings::{ScoringRules, rank};
use tournament_core::{Component, ComponentType, Id, Match, Round, TournamentRegistration};

use crate::measure::{duration, head, median, time};

const PLAYERS: usize = 1_000;
const ROUNDS: i64 = 15;

pub fn run() {
    head("Standings");
    let swiss = Component::new(Id::new(), ComponentType::Swiss, "Swiss", 1);
    let registrations: Vec<_> = (1..=PLAYERS)
        .map(|number| TournamentRegistration::new(swiss.tournament_id, Id::new(), number as i64))
        .collect();
    let mut matches = Vec::new();
    for number in 1..=ROUNDS {
        let round = Round::new(&swiss, number);
        for first in 0..PLAYERS / 2 {
            // Every round shifts the second half, so nobody meets anybody twice.
            let second = PLAYERS / 2 + (first + number as usize) % (PLAYERS / 2);
            let wins = (first * 7 + second * 3 + number as usize) % 3;
            matches.push(
                Match::new(&round, registrations[first].player_id, registrations[second].player_id)
                    .with_result(wins as i64, 2 - wins as i64, 0),
            );
        }
    }
    let rules = ScoringRules::default();
    let times = (0..51)
        .map(|_| time(|| assert_eq!(rank(&rules, &registrations, &matches).len(), PLAYERS)))
        .collect();
    let median = median(times, 1).median;
    println!(
        "| {PLAYERS} players, {ROUNDS} rounds | {} | 10 ms (bound) | | {} |",
        duration(median),
        if median < 0.01 { "within" } else { "OVER" },
    );
}
