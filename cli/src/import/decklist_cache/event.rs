//! A published event that was found sound: names trimmed, byes and results understood.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Serialize;
use tournament_core::{Entity, EntityKind, MAX_INTEGER, Player, Result, Time};

use super::published::{Pairing, Published, PublishedRound, PublishedStanding};
use super::score::Score;
use super::{located, quoted, refusal};

/// What the event's id is made of: as JSON, this tells any two events apart.
#[derive(Debug, Serialize)]
pub(super) struct Event<'a> {
    pub(super) source: &'a str,
    pub(super) date: Time,
    pub(super) name: &'a str,
    pub(super) format: &'a str,
    pub(super) rounds: Vec<PlayedRound<'a>>,
    /// Who is in the published standings: some events list players whose matches they leave out.
    pub(super) ranked: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct PlayedRound<'a> {
    pub(super) name: &'a str,
    /// The number of a Swiss round; `None` for a playoff round.
    pub(super) swiss: Option<i64>,
    pub(super) matches: Vec<Played<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Played<'a> {
    pub(super) first: &'a str,
    /// `None` for a bye.
    pub(super) second: Option<(&'a str, Score)>,
}

impl<'a> Event<'a> {
    pub(super) fn of(published: &'a Published) -> Result<Self> {
        let heading = &published.tournament;
        let source = required(EntityKind::Venue, "Source", published.source.as_deref())?;
        let name = required(EntityKind::Tournament, "Tournament.Name", heading.name.as_deref())?;
        let date = required(EntityKind::Tournament, "Tournament.Date", heading.date.as_deref())?;
        let date = instant(date).ok_or_else(|| {
            let message =
                format!("must be a time such as 2025-01-04T17:00:00, not {}", quoted(date));
            refusal(EntityKind::Tournament, "Tournament.Date", message)
        })?;
        let format = present(heading.formats.as_deref()).unwrap_or("Unknown");
        let rounds = rounds(published.rounds.as_deref().unwrap_or_default())?;
        let ranked = ranked(published.standings.as_deref().unwrap_or_default())?;
        Ok(Self { source, date, name, format, rounds, ranked })
    }
}

fn rounds(published: &[PublishedRound]) -> Result<Vec<PlayedRound<'_>>> {
    if published.is_empty() {
        return Err(refusal(EntityKind::Round, "Rounds", "must hold at least one round"));
    }
    let mut numbers = HashSet::new();
    let mut rounds = Vec::with_capacity(published.len());
    for (place, round) in published.iter().enumerate() {
        let path = format!("Rounds[{place}]");
        let name_path = format!("{path}.RoundName");
        let name = required(EntityKind::Round, &name_path, round.round_name.as_deref())?;
        let swiss = swiss_number(name)
            .map_err(|message| refusal(EntityKind::Round, &name_path, message))?;
        if let Some(number) = swiss
            && !numbers.insert(number)
        {
            let message = format!("says that there is a second round {number}");
            return Err(refusal(EntityKind::Round, &name_path, message));
        }
        let Some(pairings) = &round.matches else {
            return Err(refusal(EntityKind::Round, &format!("{path}.Matches"), "is missing"));
        };
        rounds.push(PlayedRound { name, swiss, matches: matches(&path, pairings)? });
    }
    Ok(rounds)
}

fn ranked(standings: &[PublishedStanding]) -> Result<Vec<&str>> {
    standings
        .iter()
        .enumerate()
        .filter_map(|(place, standing)| {
            let path = || format!("Standings[{place}].Player");
            player(path, standing.player.as_deref()).transpose()
        })
        .collect()
}

/// `Round 7` and `7` are the Swiss round 7; every other name is a playoff's.
fn swiss_number(name: &str) -> Result<Option<i64>, String> {
    let digits = name.strip_prefix("Round ").unwrap_or(name).trim();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    match digits.parse() {
        Ok(number) if (1..=MAX_INTEGER).contains(&number) => Ok(Some(number)),
        _ => Err(format!("must have a number from 1 to {MAX_INTEGER}, not {}", quoted(name))),
    }
}

type Sides<'a> = (Option<&'a str>, Option<&'a str>, Score);

fn matches<'a>(path: &str, pairings: &'a [Pairing]) -> Result<Vec<Played<'a>>> {
    let mut kept: HashSet<Sides<'a>> = HashSet::with_capacity(pairings.len());
    let mut matches = Vec::with_capacity(pairings.len());
    for (place, pairing) in pairings.iter().enumerate() {
        let path = format!("{path}.Matches[{place}]");
        let sides @ (first, second, score) = sides(&path, pairing)?;
        // Listed once from each side.
        if kept.contains(&(second, first, score.mirrored())) {
            continue;
        }
        kept.insert(sides);
        matches.push(match (first, second) {
            (Some(first), Some(second)) if first == second => {
                let message = format!("is Player1 too: {}", quoted(first));
                return Err(refusal(EntityKind::Match, &format!("{path}.Player2"), message));
            }
            (Some(first), Some(second)) => Played { first, second: Some((second, score)) },
            (Some(present), None) | (None, Some(present)) => {
                Played { first: present, second: None }
            }
            (None, None) => {
                let message = "names nobody, and neither does Player2";
                return Err(refusal(EntityKind::Match, &format!("{path}.Player1"), message));
            }
        });
    }
    Ok(matches)
}

fn sides<'a>(path: &str, pairing: &'a Pairing) -> Result<Sides<'a>> {
    /// What a bye counts as, whatever is published of it.
    const BYE: Score = Score { first: 0, second: 0, drawn: 0 };
    let first = player(|| format!("{path}.Player1"), pairing.player1.as_deref())?;
    let second = player(|| format!("{path}.Player2"), pairing.player2.as_deref())?;
    let is_bye = first.is_none() || second.is_none();
    let score = match present(pairing.result.as_deref()) {
        None if is_bye => BYE,
        None => {
            let path = format!("{path}.Result");
            return Err(refusal(EntityKind::Match, &path, "is missing"));
        }
        Some(text) => {
            let score = Score::parse(text).ok_or_else(|| {
                let message = format!("must be three numbers such as 2-1-0, not {}", quoted(text));
                refusal(EntityKind::Match, &format!("{path}.Result"), message)
            })?;
            if is_bye { BYE } else { score }
        }
    };
    Ok((first, second, score))
}

/// A player's name; `None` for what stands in its place where there is a bye.
fn player(path: impl FnOnce() -> String, name: Option<&str>) -> Result<Option<&str>> {
    let name = present(name).filter(|name| *name != "-" && !name.eq_ignore_ascii_case("bye"));
    if let Some(name) = name
        && !Player::name_is_storable(name)
    {
        Player::new(name).validate().map_err(|error| located(error, |_| path()))?;
    }
    Ok(name)
}

/// With a zone, or in UTC without one.
fn instant(text: &str) -> Option<Time> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.with_timezone(&Utc))
        .or_else(|_| text.parse::<NaiveDateTime>().map(|time| time.and_utc()))
        .ok()
}

/// The text trimmed, if any is left.
fn present(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn required<'a>(entity: EntityKind, path: &str, text: Option<&'a str>) -> Result<&'a str> {
    match text {
        None => Err(refusal(entity, path, "is missing")),
        Some(text) => present(Some(text)).ok_or_else(|| refusal(entity, path, "must not be empty")),
    }
}
