//! Published events, made up.

use serde_json::{Value, json};

/// A way to vary what is made up.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// From 0 to below `end`: an xorshift generator.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

/// An event with these pairings in its only round.
pub(crate) fn event(name: &str, pairings: &[(&str, &str, &str)]) -> Value {
    let matches: Vec<_> = pairings
        .iter()
        .map(|(first, second, result)| json!({"Player1": first, "Player2": second, "Result": result}))
        .collect();
    json!({
        "Source": "The Copper Lantern",
        "Tournament": {"Date": "2025-01-04T17:00:00", "Name": name, "Formats": "Pauper"},
        "Rounds": [{"RoundName": "Round 1", "Matches": matches}],
        "Standings": [],
    })
}

/// Events of many rounds among players whom they share, one per line.
pub(crate) fn season(events: usize, players: usize, rounds: usize, seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut text = String::new();
    for number in 0..events {
        let rounds: Vec<_> = (1..=rounds)
            .map(|round| {
                let matches = pairings(players, number % 7, &mut random);
                json!({"RoundName": format!("Round {round}"), "Matches": matches})
            })
            .collect();
        let format = ["Pauper", "Legacy", "Modern"][number % 3];
        let event = json!({
            "Source": "The Copper Lantern",
            "Tournament": {
                "Date": format!("2025-01-{:02}T17:00:00", number % 28 + 1),
                "Name": format!("Friday {number}"),
                "Formats": format,
            },
            "Rounds": rounds,
        });
        text.push_str(&event.to_string());
        text.push('\n');
    }
    text
}

/// As chance has it; the last of an odd number has a bye.
fn pairings(players: usize, first: usize, random: &mut Random) -> Vec<Value> {
    let mut seats: Vec<_> = (0..players).collect();
    for place in (1..players).rev() {
        seats.swap(place, random.below(place + 1));
    }
    seats
        .chunks(2)
        .map(|pair| {
            let name = |seat: &usize| format!("Player {}", seat + first);
            let results = ["2-0-0", "2-1-0", "1-2-0", "0-2-0", "1-1-1"];
            json!({
                "Player1": pair.first().map(name),
                "Player2": pair.get(1).map(name),
                "Result": results[random.below(results.len())],
            })
        })
        .collect()
}
