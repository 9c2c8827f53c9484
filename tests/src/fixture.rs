//! Rows to begin with.

use chrono::{DateTime, Duration};
use serde_json::Value;
use tournament_core::json::JsonObject;
use tournament_core::{
    BaseFormat, Component, ComponentType, Format, GameSystem, Id, Match, Player, Repositories,
    Round, Time, Tournament, TournamentRegistration, Venue,
};
use uuid::Uuid;

/// So many seconds after the beginning of 2024.
pub(crate) fn at(seconds: i64) -> Time {
    DateTime::from_timestamp(1_704_067_200, 0).expect("2024") + Duration::seconds(seconds)
}

/// An instant written as RFC 3339 has it.
pub(crate) fn time(text: &str) -> Time {
    DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
}

/// A JSON value that is an object.
pub(crate) fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

/// The id with this number, so that ids order as their numbers.
pub(crate) fn id<E>(number: u128) -> Id<E> {
    Id::from_uuid(Uuid::from_u128(number))
}

/// As many players as asked for, stored: `Player 1`, `Player 2`, and so on.
pub(crate) async fn players(rows: &dyn Repositories, count: usize) -> Vec<Player> {
    let players: Vec<_> =
        (1..=count).map(|number| Player::new(format!("Player {number}"))).collect();
    rows.players().create_many(&players).await.expect("players are stored")
}

/// A stored player.
pub(crate) async fn player(rows: &dyn Repositories, name: &str) -> Player {
    rows.players().create(&Player::new(name)).await.expect("a player is stored")
}

/// A stored venue.
pub(crate) async fn venue(rows: &dyn Repositories) -> Venue {
    rows.venues().create(&Venue::new("The Copper Lantern")).await.expect("a venue is stored")
}

/// A stored format; every one has a name of its own.
pub(crate) async fn format(rows: &dyn Repositories) -> Format {
    let name = format!("Pauper {}", Id::<Format>::new());
    let format =
        Format::new(name, GameSystem::MagicTheGathering, BaseFormat::Constructed, "Commons");
    rows.formats().create(&format).await.expect("a format is stored")
}

/// A tournament that is not stored, though all it refers to is.
pub(crate) async fn unstored_tournament(rows: &dyn Repositories) -> Tournament {
    let format = format(rows).await;
    let venue = venue(rows).await;
    let organiser = player(rows, "Olga Organiser").await;
    Tournament::new("Friday Night", format.id, venue.id, organiser.id)
}

/// A stored tournament, with a format, venue and organiser of its own.
pub(crate) async fn tournament(rows: &dyn Repositories) -> Tournament {
    let tournament = unstored_tournament(rows).await;
    rows.tournaments().create(&tournament).await.expect("a tournament is stored")
}

/// A stored registration with this number.
pub(crate) async fn registration(
    rows: &dyn Repositories,
    tournament: &Tournament,
    player: &Player,
    number: i64,
) -> TournamentRegistration {
    let registration = TournamentRegistration::new(tournament.id, player.id, number);
    rows.registrations().create(&registration).await.expect("a registration is stored")
}

/// A stored component of this tournament.
pub(crate) async fn component(
    rows: &dyn Repositories,
    tournament: &Tournament,
    order: i64,
) -> Component {
    let name = format!("Part {order}");
    let component = Component::new(tournament.id, ComponentType::Swiss, name, order);
    rows.components().create(&component).await.expect("a component is stored")
}

/// A stored round of this component.
pub(crate) async fn round(rows: &dyn Repositories, component: &Component, number: i64) -> Round {
    rows.rounds().create(&Round::new(component, number)).await.expect("a round is stored")
}

/// A stored match of this round, at no table.
pub(crate) async fn r#match(
    rows: &dyn Repositories,
    round: &Round,
    player1: &Player,
    player2: &Player,
) -> Match {
    rows.matches()
        .create(&Match::new(round, player1.id, player2.id))
        .await
        .expect("a match is stored")
}

/// A stored tournament with what it takes to play: four players, a component, a round.
pub(crate) struct Event {
    pub(crate) tournament: Tournament,
    pub(crate) players: Vec<Player>,
    pub(crate) component: Component,
    pub(crate) round: Round,
}

pub(crate) async fn event(rows: &dyn Repositories) -> Event {
    let tournament = tournament(rows).await;
    let players = players(rows, 4).await;
    let component = component(rows, &tournament, 1).await;
    let round = round(rows, &component, 1).await;
    Event { tournament, players, component, round }
}

/// A stored event with one match in it.
pub(crate) async fn event_with_match(rows: &dyn Repositories) -> (Event, Match) {
    let event = event(rows).await;
    let game = r#match(rows, &event.round, &event.players[0], &event.players[1]).await;
    (event, game)
}
