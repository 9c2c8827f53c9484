//! The domain without a store: validation, standings, and the rules of a tournament's life.

use serde::{Deserialize, Serialize};
use tournament_core::standings::{ScoringRules, of_tournament};
use tournament_core::{
    Checks, Component, Entity, EntityKind, Error, Format, Match, Player, RegistrationAttempt,
    RegistrationStatus, Result, Round, Time, Tournament, TournamentRegistration, TournamentStatus,
    Venue, now,
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::answer::{Answer, answered, text, thrown};
use crate::input::{parsed, parsed_lists, parsed_value};
use crate::rows::kind;

/// A row as a store would keep it, with what was left out: its defaults, and times and JSON normalised.
///
/// # Errors
///
/// `validation`, with every field that no store would take.
#[wasm_bindgen]
pub fn validate(kind_number: u32, row: &str) -> Answer {
    let valid = kind(kind_number).and_then(|kind| match kind {
        EntityKind::Player => valid::<Player>(row),
        EntityKind::Venue => valid::<Venue>(row),
        EntityKind::Format => valid::<Format>(row),
        EntityKind::Tournament => valid::<Tournament>(row),
        EntityKind::Registration => valid::<TournamentRegistration>(row),
        EntityKind::Component => valid::<Component>(row),
        EntityKind::Round => valid::<Round>(row),
        EntityKind::Match => valid::<Match>(row),
    });
    valid.map_err(|error| thrown(&error))
}

fn valid<E: Entity>(row: &str) -> Result<String> {
    let mut row: E = parsed(E::KIND, row)?;
    row.normalise();
    row.validate()?;
    text(&row)
}

/// What standings are made of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Played {
    components: Vec<Component>,
    registrations: Vec<TournamentRegistration>,
    matches: Vec<Match>,
    #[serde(default)]
    rules: ScoringRules,
}

/// The standings that these rows make.
#[wasm_bindgen]
pub fn standings(played: &str) -> Answer {
    answered(parsed_lists::<Played>(played).and_then(|played| {
        let Played { components, registrations, matches, rules } = played;
        check_rules(&rules)?;
        check_rows(&components)?;
        check_rows(&registrations)?;
        check_rows(&matches)?;
        Ok(of_tournament(&rules, &components, &registrations, &matches))
    }))
}

/// Refuses the first row that no store would take, with its place.
fn check_rows<E: Entity>(rows: &[E]) -> Result<()> {
    for (index, row) in rows.iter().enumerate() {
        if let Err(Error::Validation { mut problems, .. }) = row.validate() {
            let mut problem = problems.swap_remove(0);
            problem.index = Some(index);
            return Err(problem.into());
        }
    }
    Ok(())
}

/// Refuses shares that are none: their sums could be more than JSON can say.
pub(crate) fn check_rules(rules: &ScoringRules) -> Result<()> {
    let mut checks = Checks::new(EntityKind::Tournament);
    for (field, share) in
        [("least_match_win", rules.least_match_win), ("least_game_win", rules.least_game_win)]
    {
        if !(0.0..=1.0).contains(&share) {
            checks.refuse(field, format!("must be from 0 to 1, not {share}"));
        }
    }
    checks.finish()
}

/// The tournament in another status.
///
/// # Errors
///
/// `validation` of `status` where the life of a tournament does not go that way.
#[wasm_bindgen(js_name = moveTo)]
pub fn move_to(tournament: &str, status: &str) -> Answer {
    answered(parsed::<Tournament>(EntityKind::Tournament, tournament).and_then(|mut tournament| {
        let status: TournamentStatus = parsed_value(EntityKind::Tournament, "status", status)?;
        tournament.move_to(status)?;
        Ok(tournament)
    }))
}

/// What somebody who wants to register brings along.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Attempt {
    password: Option<String>,
    at: Option<Time>,
}

/// Whether somebody may register: as what, or why not.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Admission {
    Status(RegistrationStatus),
    Refusal(&'static str),
}

/// [`Tournament::admit`], now unless a time is given.
#[wasm_bindgen]
pub fn admit(tournament: &str, attempt: &str) -> Answer {
    let kind = EntityKind::Tournament;
    answered(parsed::<Tournament>(kind, tournament).and_then(|tournament| {
        let attempt: Attempt = parsed(kind, attempt)?;
        let given = attempt.password.as_deref();
        let given = given.map_or_else(RegistrationAttempt::new, RegistrationAttempt::with_password);
        Ok(match tournament.admit(&given, attempt.at.unwrap_or_else(now)) {
            Ok(status) => Admission::Status(status),
            Err(refusal) => Admission::Refusal(refusal.code()),
        })
    }))
}
