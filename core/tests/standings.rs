//! Standings, worked out by hand from the Magic Tournament Rules, appendix C.

#![allow(clippy::unwrap_used)] // Helpers are tests too.

use tournament_core::standings::{Points, ScoringRules, Standing, TieBreak, of_tournament, rank};
use tournament_core::{
    Component, ComponentType, Id, Match, Player, Progress, Round, TournamentRegistration,
};

/// A Swiss component with its players, named by their numbers from 1.
struct Event {
    swiss: Component,
    players: Vec<Id<Player>>,
    matches: Vec<Match>,
}

impl Event {
    fn of(players: usize) -> Self {
        Self {
            swiss: Component::new(Id::new(), ComponentType::Swiss, "Swiss rounds", 1),
            players: (0..players).map(|_| Id::new()).collect(),
            matches: Vec::new(),
        }
    }

    fn played(mut self, round: i64, first: usize, second: usize, games: [i64; 3]) -> Self {
        let round = Round::new(&self.swiss, round);
        let [wins, losses, draws] = games;
        self.matches.push(
            Match::new(&round, self.players[first - 1], self.players[second - 1])
                .with_result(wins, losses, draws),
        );
        self
    }

    fn bye(mut self, round: i64, player: usize) -> Self {
        let round = Round::new(&self.swiss, round);
        self.matches.push(Match::bye(&round, self.players[player - 1]));
        self
    }

    fn registrations(&self) -> Vec<TournamentRegistration> {
        (1..)
            .zip(&self.players)
            .map(|(number, &player)| {
                TournamentRegistration::new(self.swiss.tournament_id, player, number)
            })
            .collect()
    }

    fn standings(&self, rules: &ScoringRules) -> Vec<Standing> {
        rank(rules, &self.registrations(), &self.matches)
    }

    fn standing(&self, player: usize) -> Standing {
        let id = self.players[player - 1];
        let standings = self.standings(&ScoringRules::default());
        standings.into_iter().find(|standing| standing.player_id == id).unwrap()
    }
}

fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

fn ranks(standings: &[Standing]) -> Vec<(usize, Option<i64>)> {
    standings.iter().map(|standing| (standing.rank, standing.sequence_id)).collect()
}

#[test]
fn a_win_gives_three_points_a_draw_one_and_a_loss_none() {
    let event = Event::of(2)
        .played(1, 1, 2, [2, 1, 0])
        .played(2, 1, 2, [1, 1, 1])
        .played(3, 1, 2, [0, 2, 0])
        .played(4, 1, 2, [0, 0, 3]);
    let first = event.standing(1);
    assert_eq!((first.points, first.wins, first.draws, first.losses), (5, 1, 2, 1));
}

/// Appendix C, game-win percentage: 21 of 30 possible points are 0.70.
#[test]
fn game_wins_are_a_share_of_the_possible_game_points() {
    let event = Event::of(5)
        .played(1, 1, 2, [2, 0, 0])
        .played(2, 1, 3, [2, 1, 0])
        .played(3, 1, 4, [1, 2, 0])
        .played(4, 1, 5, [2, 0, 0]);
    assert_near(event.standing(1).game_win, 21.0 / 30.0);
}

#[test]
fn an_opponent_enters_averages_with_no_less_than_a_third() {
    let event = Event::of(3).played(1, 1, 2, [2, 0, 0]).played(2, 1, 3, [2, 0, 0]);
    let first = event.standing(1);
    assert_near(first.opponents_match_win, 1.0 / 3.0);
    assert_near(first.opponents_game_win, 1.0 / 3.0);
    assert_near(event.standing(2).match_win, 0.0);
}

#[test]
fn a_bye_is_won_two_games_to_none_and_is_nobodys_opponent() {
    let event = Event::of(2).bye(1, 1).played(2, 1, 2, [0, 2, 0]);
    let first = event.standing(1);
    assert_eq!((first.points, first.wins), (3, 1));
    assert_near(first.game_win, 6.0 / 12.0);
    assert_near(first.opponents_match_win, 1.0);
    // The bye counts in the player's own percentage, which enters the opponent's average.
    assert_near(event.standing(2).opponents_match_win, 0.5);
}

#[test]
fn who_met_nobody_has_the_least_average() {
    let event = Event::of(1).bye(1, 1);
    assert_near(event.standing(1).opponents_match_win, 1.0 / 3.0);
}

#[test]
fn matches_that_are_not_completed_do_not_count() {
    let mut event = Event::of(2).played(1, 1, 2, [2, 0, 0]).played(2, 1, 2, [2, 0, 0]);
    event.matches[0].status = Progress::Active;
    event.matches[1].status = Progress::Pending;
    let first = event.standing(1);
    assert_eq!((first.points, first.wins), (0, 0));
    assert_near(first.match_win, 0.0);
}

#[test]
fn players_equal_in_everything_share_a_rank_and_are_listed_by_number() {
    let event = Event::of(4).played(1, 3, 2, [2, 0, 0]).played(1, 1, 4, [2, 0, 0]);
    let standings = event.standings(&ScoringRules::default());
    assert_eq!(ranks(&standings), [(1, Some(1)), (1, Some(3)), (3, Some(2)), (3, Some(4))]);
}

/// The same seven percentages, met in two orders: their sums differ in the last bit.
#[test]
fn the_order_of_opponents_decides_nothing() {
    let mut event = Event::of(13);
    for (opponent, wins) in (4..=10).zip(0..) {
        for (round, loser) in (1..=wins).zip([11, 12, 13].into_iter().cycle()) {
            event = event.played(round, opponent, loser, [2, 1, 0]);
        }
    }
    for step in 0..7 {
        event = event.played(20, 1, 4 + step, [2, 1, 0]).played(20, 2, 10 - step, [2, 1, 0]);
    }
    let (first, second) = (event.standing(1), event.standing(2));
    assert!(
        first.opponents_match_win.to_bits() != second.opponents_match_win.to_bits(),
        "the case shows nothing"
    );
    assert_eq!(first.rank, second.rank);
}

#[test]
fn only_swiss_components_count() {
    let event = Event::of(2).played(1, 1, 2, [2, 0, 0]);
    let cut =
        Component::new(event.swiss.tournament_id, ComponentType::SingleElimination, "Top 2", 2);
    let mut matches = event.matches.clone();
    matches.push(
        Match::new(&Round::new(&cut, 1), event.players[0], event.players[1]).with_result(0, 2, 0),
    );
    let components = [event.swiss.clone(), cut];
    let standings =
        of_tournament(&ScoringRules::default(), &components, &event.registrations(), &matches);
    assert_eq!(standings[0].sequence_id, Some(1));
    assert_eq!((standings[0].wins, standings[0].losses), (1, 0));
}

#[test]
fn who_played_without_registering_comes_after_equals() {
    let event = Event::of(2).played(1, 2, 1, [1, 1, 0]);
    let registered = &event.registrations()[..1];
    let standings = rank(&ScoringRules::default(), registered, &event.matches);
    assert_eq!(ranks(&standings), [(1, Some(1)), (1, None)]);
}

#[test]
fn rules_are_data() {
    let event = Event::of(3).played(1, 1, 2, [2, 0, 0]).bye(1, 3);
    let rules = ScoringRules::default()
        .with_match_points(Points { win: 2, draw: 1, loss: 0 })
        .with_bye_games(1)
        .with_least_percentages(0.25, 0.25)
        .with_tie_breaks([TieBreak::MatchWin]);
    let standings = event.standings(&rules);
    assert_eq!(ranks(&standings), [(1, Some(1)), (1, Some(3)), (3, Some(2))]);
    assert_eq!(standings[0].points, 2);
    assert_near(standings[0].opponents_match_win, 0.25);
}

#[test]
fn rules_without_points_divide_by_nothing() {
    let event = Event::of(2).played(1, 1, 2, [2, 0, 0]);
    let none = Points { win: 0, draw: 0, loss: 0 };
    let rules = ScoringRules::default().with_match_points(none).with_game_points(none);
    assert!(event.standings(&rules).iter().all(|standing| standing.match_win == 0.0));
}

#[test]
fn nobody_and_nothing_make_no_standings() {
    assert_eq!(rank(&ScoringRules::default(), &[], &[]), []);
}

#[test]
fn results_that_no_store_would_take_are_no_panic() {
    let event = Event::of(2).played(1, 1, 2, [i64::MAX, 0, i64::MAX]).played(
        2,
        1,
        2,
        [i64::MAX, i64::MIN, 1],
    );
    assert_eq!(event.standing(1).wins, 2);
}

#[test]
fn rules_travel_as_json() {
    let rules: ScoringRules =
        serde_json::from_str(r#"{"bye_games": 1, "tie_breaks": ["game_win"]}"#).unwrap();
    let expected = ScoringRules::default().with_bye_games(1).with_tie_breaks([TieBreak::GameWin]);
    assert_eq!(rules, expected);
    let text = serde_json::to_string(&rules).unwrap();
    assert_eq!(serde_json::from_str::<ScoringRules>(&text).unwrap(), expected);
}
