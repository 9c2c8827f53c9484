use serde::{Deserialize, Serialize};

/// Points for each result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // The fields are the results.
pub struct Points {
    pub win: i64,
    pub draw: i64,
    pub loss: i64,
}

impl Points {
    /// Three for a win, one for a draw, none for a loss: [Magic Tournament Rules], appendix C, for
    /// matches and for games.
    ///
    /// [Magic Tournament Rules]: https://media.wizards.com/ContentResources/WPC/MTR.pdf
    pub const THREE_ONE_NONE: Self = Self { win: 3, draw: 1, loss: 0 };

    /// The points for this many of each; the largest integer where they would be more.
    #[must_use]
    pub const fn total(self, wins: i64, draws: i64, losses: i64) -> i64 {
        wins.saturating_mul(self.win)
            .saturating_add(draws.saturating_mul(self.draw))
            .saturating_add(losses.saturating_mul(self.loss))
    }
}

/// What decides between players with equal match points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TieBreak {
    /// The average of the opponents' match-win percentages.
    OpponentsMatchWin,
    /// The share of the possible game points.
    GameWin,
    /// The average of the opponents' game-win percentages.
    OpponentsGameWin,
    /// The share of the possible match points.
    MatchWin,
}

/// How a tournament is scored. The default is that of the [Magic Tournament Rules], appendix C.
///
/// ```
/// use tournament_core::standings::{ScoringRules, TieBreak};
///
/// let rules = ScoringRules::default().with_tie_breaks([TieBreak::OpponentsMatchWin]);
/// assert_eq!(rules.match_points.win, 3);
/// ```
///
/// [Magic Tournament Rules]: https://media.wizards.com/ContentResources/WPC/MTR.pdf
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ScoringRules {
    /// Points for matches.
    pub match_points: Points,
    /// Points for games.
    pub game_points: Points,
    /// A match-win percentage enters an opponent's average no lower than this.
    pub least_match_win: f64,
    /// A game-win percentage enters an opponent's average no lower than this.
    pub least_game_win: f64,
    /// How many games to none a bye is won by.
    pub bye_games: i64,
    /// What decides, in turn, between players with equal match points.
    pub tie_breaks: Vec<TieBreak>,
}

impl ScoringRules {
    /// Sets `match_points`.
    #[must_use]
    pub const fn with_match_points(mut self, points: Points) -> Self {
        self.match_points = points;
        self
    }

    /// Sets `game_points`.
    #[must_use]
    pub const fn with_game_points(mut self, points: Points) -> Self {
        self.game_points = points;
        self
    }

    /// Sets `least_match_win` and `least_game_win`.
    #[must_use]
    pub const fn with_least_percentages(mut self, match_win: f64, game_win: f64) -> Self {
        self.least_match_win = match_win;
        self.least_game_win = game_win;
        self
    }

    /// Sets `bye_games`.
    #[must_use]
    pub const fn with_bye_games(mut self, games: i64) -> Self {
        self.bye_games = games;
        self
    }

    /// Sets `tie_breaks`.
    #[must_use]
    pub fn with_tie_breaks(mut self, tie_breaks: impl IntoIterator<Item = TieBreak>) -> Self {
        self.tie_breaks = tie_breaks.into_iter().collect();
        self
    }
}

impl Default for ScoringRules {
    fn default() -> Self {
        Self {
            match_points: Points::THREE_ONE_NONE,
            game_points: Points::THREE_ONE_NONE,
            least_match_win: 1.0 / 3.0,
            least_game_win: 1.0 / 3.0,
            bye_games: 2,
            tie_breaks: vec![
                TieBreak::OpponentsMatchWin,
                TieBreak::GameWin,
                TieBreak::OpponentsGameWin,
            ],
        }
    }
}
