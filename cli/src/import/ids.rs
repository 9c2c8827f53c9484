//! Ids that follow from content: the same event has the same ids in every store.

use tournament_core::{
    Component, Format, Id, Match, Player, Round, Tournament, TournamentRegistration, Venue,
};
use uuid::{Uuid, uuid};

/// All other namespaces are made from this one, which was drawn at random.
const ROOT: Uuid = uuid!("f3aecf74-c6ed-47fc-8d18-a5f9b0fffb52");

/// The player who stands as the organiser of all that was imported. It is no UUIDv5, so that no
/// player's name can lead to it.
pub(super) const ORGANISER: Id<Player> =
    Id::from_uuid(uuid!("c55fc2aa-45d9-42be-9a00-b9deff81534d"));

/// A player is known by name alone.
pub(super) fn player(name: &str) -> Id<Player> {
    derived(&namespace("player"), name.as_bytes())
}

/// A venue is known by name alone.
pub(super) fn venue(name: &str) -> Id<Venue> {
    derived(&namespace("venue"), name.as_bytes())
}

/// A format is known by name: imported ones are all of one game.
pub(super) fn format(name: &str) -> Id<Format> {
    derived(&namespace("format"), name.as_bytes())
}

/// A tournament is known by all that was published of it and is stored, so that two events that
/// differ anywhere are two.
pub(super) fn tournament(content: &[u8]) -> Id<Tournament> {
    derived(&namespace("tournament"), content)
}

/// A registration is known by its number in its tournament.
pub(super) fn registration(
    tournament: Id<Tournament>,
    sequence_id: i64,
) -> Id<TournamentRegistration> {
    numbered(tournament.uuid(), "registration", sequence_id)
}

/// A component is known by its place in its tournament.
pub(super) fn component(tournament: Id<Tournament>, sequence_order: i64) -> Id<Component> {
    numbered(tournament.uuid(), "component", sequence_order)
}

/// A round is known by its number in its component.
pub(super) fn round(component: Id<Component>, round_number: i64) -> Id<Round> {
    numbered(component.uuid(), "round", round_number)
}

/// A match is known by its table in its round.
pub(super) fn r#match(round: Id<Round>, table_number: i64) -> Id<Match> {
    numbered(round.uuid(), "match", table_number)
}

fn namespace(kind: &str) -> Uuid {
    Uuid::new_v5(&ROOT, kind.as_bytes())
}

fn numbered<E>(parent: Uuid, kind: &str, number: i64) -> Id<E> {
    derived(&parent, format!("{kind} {number}").as_bytes())
}

fn derived<E>(namespace: &Uuid, content: &[u8]) -> Id<E> {
    Id::from_uuid(Uuid::new_v5(namespace, content))
}
