use super::{Points, ScoringRules};
use crate::Match;

/// Wins, draws and losses, of matches or of games.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) wins: i64,
    pub(super) draws: i64,
    pub(super) losses: i64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        // No stored match comes near; one that was never validated may hold anything.
        self.wins = self.wins.saturating_add(other.wins);
        self.draws = self.draws.saturating_add(other.draws);
        self.losses = self.losses.saturating_add(other.losses);
    }

    pub(super) const fn points(self, points: Points) -> i64 {
        points.total(self.wins, self.draws, self.losses)
    }

    /// The share of the points that winning everything would have given; 0 where nothing was
    /// played.
    #[allow(clippy::cast_precision_loss)] // Exact up to 2⁵³ points.
    fn percentage(self, points: Points) -> f64 {
        let possible =
            points.total(self.wins.saturating_add(self.draws).saturating_add(self.losses), 0, 0);
        if possible == 0 { 0.0 } else { self.points(points) as f64 / possible as f64 }
    }
}

/// What a player has done in the matches that count.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    pub(super) matches: Tally,
    games: Tally,
    /// The opponents, once per match, as places in the list of records.
    opponents: Vec<usize>,
}

impl Record {
    /// A bye: a match won by the games that the rules give for it, against nobody.
    pub(super) fn add_bye(&mut self, rules: &ScoringRules) {
        self.matches.add(Tally { wins: 1, ..Tally::default() });
        self.games.add(Tally { wins: rules.bye_games, ..Tally::default() });
    }

    /// A match, seen from the first player's side.
    pub(super) fn add_as_first(&mut self, played: &Match, opponent: usize) {
        self.add(played.player1_wins, played.player2_wins, played.draws, opponent);
    }

    /// A match, seen from the second player's side.
    pub(super) fn add_as_second(&mut self, played: &Match, opponent: usize) {
        self.add(played.player2_wins, played.player1_wins, played.draws, opponent);
    }

    fn add(&mut self, wins: i64, losses: i64, draws: i64, opponent: usize) {
        self.matches.add(Tally {
            wins: i64::from(wins > losses),
            draws: i64::from(wins == losses),
            losses: i64::from(wins < losses),
        });
        self.games.add(Tally { wins, draws, losses });
        self.opponents.push(opponent);
    }

    pub(super) fn match_win(&self, rules: &ScoringRules) -> f64 {
        self.matches.percentage(rules.match_points)
    }

    pub(super) fn game_win(&self, rules: &ScoringRules) -> f64 {
        self.games.percentage(rules.game_points)
    }

    /// The average over the opponents of a percentage that is at least `least`; `least` itself for
    /// who had none.
    #[allow(clippy::cast_precision_loss)] // Nobody has 2⁵³ opponents.
    pub(super) fn opponents_average(&self, percentages: &[f64], least: f64) -> f64 {
        if self.opponents.is_empty() {
            return least;
        }
        let sum: f64 = self.opponents.iter().map(|&place| percentages[place].max(least)).sum();
        sum / self.opponents.len() as f64
    }
}
