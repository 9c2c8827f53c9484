//! The rows that a sound event becomes.

use std::collections::HashSet;

use serde_json::json;
use tournament_core::{
    BaseFormat, Component, ComponentType, Dataset, Entity, Error, Format, GameSystem, Id, Match,
    Player, Progress, Result, Round, Time, Tournament, TournamentRegistration, TournamentStatus,
    Venue,
};

use super::event::{Event, PlayedRound};
use super::located;
use crate::import::ids;

pub(super) fn dataset(event: &Event<'_>) -> Result<Dataset> {
    let mut dataset = Dataset::new();
    let tournament = heading(event, &mut dataset)?;
    players(event, tournament, &mut dataset);
    components(event, tournament, &mut dataset)?;
    Ok(dataset)
}

/// The venue, the format, the organiser and the tournament itself.
fn heading(event: &Event<'_>, dataset: &mut Dataset) -> Result<Id<Tournament>> {
    let venue = Venue::new(event.source).with_id(ids::venue(event.source));
    let game = GameSystem::MagicTheGathering;
    let format = Format::new(event.format, game, BaseFormat::Constructed, event.format)
        .with_id(ids::format(event.format));
    let content = serde_json::to_vec(event)
        .map_err(|error| Error::backend("an event cannot be put as JSON", Some(error.into())))?;
    let id = ids::tournament(&content);
    let tournament = Tournament::new(event.name, format.id, venue.id, ids::ORGANISER)
        .with_id(id)
        .with_status(TournamentStatus::Completed)
        .with_created_at(event.date);
    dataset.venues.push(sound(venue, |_| "Source")?);
    dataset.formats.push(sound(format, |_| "Tournament.Formats")?);
    dataset.tournaments.push(sound(tournament, |field| match field {
        "created_at" => "Tournament.Date",
        _ => "Tournament.Name",
    })?);
    dataset.players.push(person(ids::ORGANISER, "td import", event.date));
    Ok(id)
}

/// Players and their registrations, in the order in which the event first names them.
fn players(event: &Event<'_>, tournament: Id<Tournament>, dataset: &mut Dataset) {
    let playing = event.rounds.iter().flat_map(|round| &round.matches).flat_map(|played| {
        let second = played.second.map(|(second, _)| second);
        std::iter::once(played.first).chain(second)
    });
    let mut known = HashSet::new();
    for name in playing.chain(event.ranked.iter().copied()) {
        let number = i64::try_from(known.len()).map_or(i64::MAX, |given| given + 1);
        if !known.insert(name) {
            continue;
        }
        let player = person(ids::player(name), name, event.date);
        dataset.registrations.push(
            TournamentRegistration::new(tournament, player.id, number)
                .with_id(ids::registration(tournament, number))
                .with_registration_time(event.date),
        );
        dataset.players.push(player);
    }
}

fn components(event: &Event<'_>, tournament: Id<Tournament>, dataset: &mut Dataset) -> Result<()> {
    let swiss = Component::new(tournament, ComponentType::Swiss, "Swiss rounds", 1);
    let swiss = over(swiss, tournament, event.date);
    for round in &event.rounds {
        if let Some(number) = round.swiss {
            add_round(round, number, &swiss, dataset);
        }
    }
    dataset.components.push(swiss);

    let playoffs: Vec<_> = event.rounds.iter().filter(|round| round.swiss.is_none()).collect();
    if playoffs.is_empty() {
        return Ok(());
    }
    let mut cut = Component::new(tournament, ComponentType::SingleElimination, "Playoffs", 2);
    // Rounds have numbers only: what they were called is kept here.
    let names: Vec<_> = playoffs.iter().map(|round| round.name).collect();
    cut.config.insert("round_names".to_owned(), json!(names));
    let cut = sound(over(cut, tournament, event.date), |_| "Rounds")?;
    for (number, round) in (1..).zip(playoffs) {
        add_round(round, number, &cut, dataset);
    }
    dataset.components.push(cut);
    Ok(())
}

fn over(component: Component, tournament: Id<Tournament>, date: Time) -> Component {
    let id = ids::component(tournament, component.sequence_order);
    component.with_id(id).with_status(Progress::Completed).with_created_at(date)
}

fn add_round(played: &PlayedRound<'_>, number: i64, component: &Component, dataset: &mut Dataset) {
    let round = Round::new(component, number)
        .with_id(ids::round(component.id, number))
        .with_status(Progress::Completed);
    for (table, played) in (1..).zip(&played.matches) {
        let first = ids::player(played.first);
        let row =
            match played.second {
                Some((second, score)) => Match::new(&round, first, ids::player(second))
                    .with_result(score.first, score.second, score.drawn),
                None => Match::bye(&round, first).with_result(2, 0, 0),
            };
        dataset.matches.push(row.with_id(ids::r#match(round.id, table)).with_table_number(table));
    }
    dataset.rounds.push(round);
}

fn person(id: Id<Player>, name: &str, date: Time) -> Player {
    Player::new(name).with_id(id).with_created_at(date)
}

/// The row, unless it is refused; then the refusal names the field of the document.
fn sound<E: Entity>(row: E, path: impl FnOnce(&str) -> &'static str) -> Result<E> {
    match row.validate() {
        Ok(()) => Ok(row),
        Err(error) => Err(located(error, |field| path(field).to_owned())),
    }
}
