//! Who is where: match points and tie-breaks, as pure functions.
//!
//! The default rules are those of the [Magic Tournament Rules], appendix C: three points for a
//! match won and one for a drawn one; then the opponents' match-win percentage, the own game-win
//! percentage and the opponents' game-win percentage. No percentage enters an opponent's average
//! below 1/3. A bye is a match won 2–0 and is left out of averages.
//!
//! [Magic Tournament Rules]: https://media.wizards.com/ContentResources/WPC/MTR.pdf

mod record;
mod rules;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use serde::Serialize;

pub use rules::{Points, ScoringRules, TieBreak};

use crate::{Component, ComponentType, Id, Match, Player, Progress, TournamentRegistration};
use record::Record;

/// A player's place, and what it rests on. Percentages are from 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Standing {
    /// From 1; players equal in points and every tie-break share one, and the next rank is left
    /// out: 1, 1, 3.
    pub rank: usize,
    /// The player.
    pub player_id: Id<Player>,
    /// The number of the player's registration; `None` for one who played without.
    pub sequence_id: Option<i64>,
    /// Match points.
    pub points: i64,
    /// Matches won, byes included.
    pub wins: i64,
    /// Matches lost.
    pub losses: i64,
    /// Matches drawn.
    pub draws: i64,
    /// The share of the possible match points.
    pub match_win: f64,
    /// The average of the opponents' match-win percentages.
    pub opponents_match_win: f64,
    /// The share of the possible game points.
    pub game_win: f64,
    /// The average of the opponents' game-win percentages.
    pub opponents_game_win: f64,
}

/// The standings of a tournament: those of its Swiss components.
///
/// `components`, `registrations` and `matches` are all of the tournament's, in any order.
///
/// ```
/// use tournament_core::standings::{ScoringRules, of_tournament};
/// use tournament_core::{Component, ComponentType, Id, Match, Round, TournamentRegistration};
///
/// let swiss = Component::new(Id::new(), ComponentType::Swiss, "Swiss rounds", 1);
/// let (ada, ben) = (Id::new(), Id::new());
/// let registrations = [
///     TournamentRegistration::new(swiss.tournament_id, ada, 1),
///     TournamentRegistration::new(swiss.tournament_id, ben, 2),
/// ];
/// let matches = [Match::new(&Round::new(&swiss, 1), ada, ben).with_result(0, 2, 0)];
///
/// let standings = of_tournament(&ScoringRules::default(), &[swiss], &registrations, &matches);
/// assert_eq!(standings[0].player_id, ben);
/// assert_eq!(standings[0].points, 3);
/// ```
#[must_use]
pub fn of_tournament(
    rules: &ScoringRules,
    components: &[Component],
    registrations: &[TournamentRegistration],
    matches: &[Match],
) -> Vec<Standing> {
    let swiss: HashSet<_> = components
        .iter()
        .filter(|component| component.r#type == ComponentType::Swiss)
        .map(|component| component.id)
        .collect();
    rank(rules, registrations, matches.iter().filter(|played| swiss.contains(&played.component_id)))
}

/// The standings that these matches make: every registered player, dropped ones too, and whoever
/// played without being registered. Matches that are not completed do not count. Players equal in
/// everything are listed by number.
///
/// Time grows linearly with the matches and as n log n with the players.
pub fn rank<'a>(
    rules: &ScoringRules,
    registrations: &[TournamentRegistration],
    matches: impl IntoIterator<Item = &'a Match>,
) -> Vec<Standing> {
    let mut table = Table::new(registrations);
    for played in matches.into_iter().filter(|played| played.status == Progress::Completed) {
        table.add(rules, played);
    }
    let mut standings = table.standings(rules);
    standings.sort_unstable_by(|a, b| {
        compare(rules, a, b)
            .then_with(|| a.sequence_id.is_none().cmp(&b.sequence_id.is_none()))
            .then_with(|| a.sequence_id.cmp(&b.sequence_id))
            .then_with(|| a.player_id.cmp(&b.player_id))
    });
    number(rules, &mut standings);
    standings
}

/// The players and their records, at the same places.
struct Table {
    places: HashMap<Id<Player>, usize>,
    players: Vec<(Id<Player>, Option<i64>)>,
    records: Vec<Record>,
}

impl Table {
    fn new(registrations: &[TournamentRegistration]) -> Self {
        let mut table = Self { places: HashMap::new(), players: Vec::new(), records: Vec::new() };
        for registration in registrations {
            let place = table.place(registration.player_id);
            table.players[place].1 = Some(registration.sequence_id);
        }
        table
    }

    fn place(&mut self, player_id: Id<Player>) -> usize {
        *self.places.entry(player_id).or_insert_with(|| {
            self.players.push((player_id, None));
            self.records.push(Record::default());
            self.records.len() - 1
        })
    }

    fn add(&mut self, rules: &ScoringRules, played: &Match) {
        let first = self.place(played.player1_id);
        match played.player2_id {
            None => self.records[first].add_bye(rules),
            Some(player2_id) => {
                let second = self.place(player2_id);
                self.records[first].add_as_first(played, second);
                self.records[second].add_as_second(played, first);
            }
        }
    }

    fn standings(&self, rules: &ScoringRules) -> Vec<Standing> {
        let match_wins: Vec<f64> =
            self.records.iter().map(|record| record.match_win(rules)).collect();
        let game_wins: Vec<f64> =
            self.records.iter().map(|record| record.game_win(rules)).collect();
        self.records
            .iter()
            .enumerate()
            .map(|(place, record)| Standing {
                rank: 0,
                player_id: self.players[place].0,
                sequence_id: self.players[place].1,
                points: record.matches.points(rules.match_points),
                wins: record.matches.wins,
                losses: record.matches.losses,
                draws: record.matches.draws,
                match_win: match_wins[place],
                opponents_match_win: record.opponents_average(&match_wins, rules.least_match_win),
                game_win: game_wins[place],
                opponents_game_win: record.opponents_average(&game_wins, rules.least_game_win),
            })
            .collect()
    }
}

/// The better first.
fn compare(rules: &ScoringRules, a: &Standing, b: &Standing) -> Ordering {
    rules
        .tie_breaks
        .iter()
        .map(|&tie_break| comparable(b, tie_break).total_cmp(&comparable(a, tie_break)))
        .fold(b.points.cmp(&a.points), Ordering::then)
}

/// A tie-break's value to twelve decimal places: averages over the same percentages in another
/// order differ in the sixteenth, and must be equal.
fn comparable(standing: &Standing, tie_break: TieBreak) -> f64 {
    let value = match tie_break {
        TieBreak::OpponentsMatchWin => standing.opponents_match_win,
        TieBreak::GameWin => standing.game_win,
        TieBreak::OpponentsGameWin => standing.opponents_game_win,
        TieBreak::MatchWin => standing.match_win,
    };
    (value * 1e12).round()
}

fn number(rules: &ScoringRules, standings: &mut [Standing]) {
    for place in 0..standings.len() {
        let shared = place > 0
            && compare(rules, &standings[place - 1], &standings[place]) == Ordering::Equal;
        standings[place].rank = if shared { standings[place - 1].rank } else { place + 1 };
    }
}
