//! What the model knows of each kind of row.

use std::cmp::Ordering;

use tournament_core::{
    Component, ComponentFilter, ComponentKey, Dataset, Entity, Format, FormatFilter, FormatKey, Id,
    Match, MatchFilter, MatchKey, Player, PlayerFilter, PlayerKey, RegistrationFilter,
    RegistrationKey, Round, RoundFilter, RoundKey, Tournament, TournamentFilter, TournamentKey,
    TournamentRegistration, Venue, VenueFilter, VenueKey,
};

use crate::sample::Sample;

/// A kind of row in the model.
pub(crate) trait Modelled: Sample {
    fn rows(state: &Dataset) -> &[Self];

    /// Which unique keys it shares with the other, each named by its last field.
    fn clashes(&self, other: &Self) -> Vec<&'static str>;

    /// Which of its parents are absent or do not agree.
    fn missing(&self, state: &Dataset) -> Vec<&'static str>;

    /// Whether any row refers to the one with this id.
    fn is_referenced(state: &Dataset, id: Id<Self>) -> bool;

    /// Whether the filter lets it through.
    fn passes(&self, filter: &Self::Filter) -> bool;

    /// Its place in a list with this filter.
    fn key(&self, state: &Dataset, filter: &Self::Filter) -> Self::SortKey;

    /// Which place comes first.
    fn compare(a: &Self::SortKey, b: &Self::SortKey) -> Ordering;

    /// Takes from the stored row what never changes.
    fn keep(&mut self, stored: &Self);
}

/// The fields for which the condition holds.
fn those<const N: usize>(fields: [(&'static str, bool); N]) -> Vec<&'static str> {
    let fields = fields.into_iter().filter(|(_, holds)| *holds);
    fields.map(|(field, _)| field).collect()
}

/// Whether no row has this id.
fn absent<E: Entity>(rows: &[E], id: Id<E>) -> bool {
    rows.iter().all(|row| row.id() != id)
}

/// Whether a condition of a filter, if there is one, is met.
fn met<T: PartialEq>(wanted: Option<&T>, value: &T) -> bool {
    wanted.is_none_or(|wanted| wanted == value)
}

fn component_order(state: &Dataset, id: Id<Component>) -> i64 {
    let component = state.components.iter().find(|row| row.id == id);
    component.expect("the model keeps references").sequence_order
}

impl Modelled for Player {
    fn rows(state: &Dataset) -> &[Self] {
        &state.players
    }

    fn clashes(&self, other: &Self) -> Vec<&'static str> {
        let same = self.discord_id.is_some() && self.discord_id == other.discord_id;
        those([("discord_id", same)])
    }

    fn missing(&self, _: &Dataset) -> Vec<&'static str> {
        Vec::new()
    }

    fn is_referenced(state: &Dataset, id: Id<Self>) -> bool {
        state.tournaments.iter().any(|row| row.created_by == id)
            || state.registrations.iter().any(|row| row.player_id == id)
            || state.matches.iter().any(|row| row.player1_id == id || row.player2_id == Some(id))
    }

    fn passes(&self, _: &PlayerFilter) -> bool {
        true
    }

    fn key(&self, _: &Dataset, _: &PlayerFilter) -> PlayerKey {
        PlayerKey::of(self)
    }

    fn compare(a: &PlayerKey, b: &PlayerKey) -> Ordering {
        (a.name.as_bytes(), a.id).cmp(&(b.name.as_bytes(), b.id))
    }

    fn keep(&mut self, stored: &Self) {
        self.created_at = stored.created_at;
    }
}

impl Modelled for Venue {
    fn rows(state: &Dataset) -> &[Self] {
        &state.venues
    }

    fn clashes(&self, _: &Self) -> Vec<&'static str> {
        Vec::new()
    }

    fn missing(&self, _: &Dataset) -> Vec<&'static str> {
        Vec::new()
    }

    fn is_referenced(state: &Dataset, id: Id<Self>) -> bool {
        state.tournaments.iter().any(|row| row.venue_id == id)
    }

    fn passes(&self, _: &VenueFilter) -> bool {
        true
    }

    fn key(&self, _: &Dataset, _: &VenueFilter) -> VenueKey {
        VenueKey::of(self)
    }

    fn compare(a: &VenueKey, b: &VenueKey) -> Ordering {
        (a.name.as_bytes(), a.id).cmp(&(b.name.as_bytes(), b.id))
    }

    fn keep(&mut self, _: &Self) {}
}

impl Modelled for Format {
    fn rows(state: &Dataset) -> &[Self] {
        &state.formats
    }

    fn clashes(&self, other: &Self) -> Vec<&'static str> {
        let same = self.game_system == other.game_system && self.name == other.name;
        those([("name", same)])
    }

    fn missing(&self, _: &Dataset) -> Vec<&'static str> {
        Vec::new()
    }

    fn is_referenced(state: &Dataset, id: Id<Self>) -> bool {
        state.tournaments.iter().any(|row| row.format_id == id)
    }

    fn passes(&self, filter: &FormatFilter) -> bool {
        met(filter.game_system.as_ref(), &self.game_system)
    }

    fn key(&self, _: &Dataset, _: &FormatFilter) -> FormatKey {
        FormatKey::of(self)
    }

    fn compare(a: &FormatKey, b: &FormatKey) -> Ordering {
        let place = |key: &FormatKey| (key.game_system.as_str(), key.name.clone(), key.id);
        place(a).cmp(&place(b))
    }

    fn keep(&mut self, _: &Self) {}
}

impl Modelled for Tournament {
    fn rows(state: &Dataset) -> &[Self] {
        &state.tournaments
    }

    fn clashes(&self, _: &Self) -> Vec<&'static str> {
        Vec::new()
    }

    fn missing(&self, state: &Dataset) -> Vec<&'static str> {
        those([
            ("format_id", absent(&state.formats, self.format_id)),
            ("venue_id", absent(&state.venues, self.venue_id)),
            ("created_by", absent(&state.players, self.created_by)),
        ])
    }

    fn is_referenced(state: &Dataset, id: Id<Self>) -> bool {
        // Rounds and matches stand on components.
        state.registrations.iter().any(|row| row.tournament_id == id)
            || state.components.iter().any(|row| row.tournament_id == id)
    }

    fn passes(&self, filter: &TournamentFilter) -> bool {
        met(filter.status.as_ref(), &self.status)
            && met(filter.visibility.as_ref(), &self.visibility)
            && met(filter.format_id.as_ref(), &self.format_id)
            && met(filter.venue_id.as_ref(), &self.venue_id)
            && met(filter.created_by.as_ref(), &self.created_by)
    }

    fn key(&self, _: &Dataset, _: &TournamentFilter) -> TournamentKey {
        TournamentKey::of(self)
    }

    fn compare(a: &TournamentKey, b: &TournamentKey) -> Ordering {
        (a.created_at, a.id).cmp(&(b.created_at, b.id))
    }

    fn keep(&mut self, stored: &Self) {
        self.created_at = stored.created_at;
    }
}

impl Modelled for TournamentRegistration {
    fn rows(state: &Dataset) -> &[Self] {
        &state.registrations
    }

    fn clashes(&self, other: &Self) -> Vec<&'static str> {
        let beside = self.tournament_id == other.tournament_id;
        those([
            ("player_id", beside && self.player_id == other.player_id),
            ("sequence_id", beside && self.sequence_id == other.sequence_id),
        ])
    }

    fn missing(&self, state: &Dataset) -> Vec<&'static str> {
        let tournament = absent(&state.tournaments, self.tournament_id);
        those([
            ("tournament_id", tournament),
            ("player_id", absent(&state.players, self.player_id)),
        ])
    }

    fn is_referenced(_: &Dataset, _: Id<Self>) -> bool {
        false
    }

    fn passes(&self, filter: &RegistrationFilter) -> bool {
        met(filter.tournament_id.as_ref(), &self.tournament_id)
            && met(filter.player_id.as_ref(), &self.player_id)
            && met(filter.status.as_ref(), &self.status)
    }

    fn key(&self, _: &Dataset, filter: &RegistrationFilter) -> RegistrationKey {
        RegistrationKey::of(self, filter)
    }

    fn compare(a: &RegistrationKey, b: &RegistrationKey) -> Ordering {
        let place = |key: &RegistrationKey| match key {
            RegistrationKey::Id(id) => (0, *id),
            RegistrationKey::Sequence { sequence_id, id } => (*sequence_id, *id),
        };
        place(a).cmp(&place(b))
    }

    fn keep(&mut self, stored: &Self) {
        self.tournament_id = stored.tournament_id;
        self.registration_time = stored.registration_time;
    }
}

impl Modelled for Component {
    fn rows(state: &Dataset) -> &[Self] {
        &state.components
    }

    fn clashes(&self, other: &Self) -> Vec<&'static str> {
        let beside = self.tournament_id == other.tournament_id;
        let same = beside && self.sequence_order == other.sequence_order;
        those([("sequence_order", same)])
    }

    fn missing(&self, state: &Dataset) -> Vec<&'static str> {
        let tournament = absent(&state.tournaments, self.tournament_id);
        those([("tournament_id", tournament)])
    }

    fn is_referenced(state: &Dataset, id: Id<Self>) -> bool {
        state.rounds.iter().any(|row| row.component_id == id)
    }

    fn passes(&self, filter: &ComponentFilter) -> bool {
        met(filter.tournament_id.as_ref(), &self.tournament_id)
    }

    fn key(&self, _: &Dataset, filter: &ComponentFilter) -> ComponentKey {
        ComponentKey::of(self, filter)
    }

    fn compare(a: &ComponentKey, b: &ComponentKey) -> Ordering {
        let place = |key: &ComponentKey| match key {
            ComponentKey::Id(id) => (0, *id),
            ComponentKey::Sequence { sequence_order, id } => (*sequence_order, *id),
        };
        place(a).cmp(&place(b))
    }

    fn keep(&mut self, stored: &Self) {
        self.tournament_id = stored.tournament_id;
        self.created_at = stored.created_at;
    }
}

impl Modelled for Round {
    fn rows(state: &Dataset) -> &[Self] {
        &state.rounds
    }

    fn clashes(&self, other: &Self) -> Vec<&'static str> {
        let beside = self.component_id == other.component_id;
        let same = beside && self.round_number == other.round_number;
        those([("round_number", same)])
    }

    fn missing(&self, state: &Dataset) -> Vec<&'static str> {
        let parent = state
            .components
            .iter()
            .any(|row| (row.id, row.tournament_id) == (self.component_id, self.tournament_id));
        those([("component_id", !parent)])
    }

    fn is_referenced(state: &Dataset, id: Id<Self>) -> bool {
        state.matches.iter().any(|row| row.round_id == id)
    }

    fn passes(&self, filter: &RoundFilter) -> bool {
        met(filter.tournament_id.as_ref(), &self.tournament_id)
            && met(filter.component_id.as_ref(), &self.component_id)
    }

    fn key(&self, state: &Dataset, filter: &RoundFilter) -> RoundKey {
        RoundKey::of(self, component_order(state, self.component_id), filter)
    }

    fn compare(a: &RoundKey, b: &RoundKey) -> Ordering {
        let place = |key: &RoundKey| match key {
            RoundKey::Id(id) => (0, 0, *id),
            RoundKey::Play { component_order, round_number, id } => {
                (*component_order, *round_number, *id)
            }
        };
        place(a).cmp(&place(b))
    }

    fn keep(&mut self, stored: &Self) {
        self.tournament_id = stored.tournament_id;
        self.component_id = stored.component_id;
        self.round_number = stored.round_number;
    }
}

impl Modelled for Match {
    fn rows(state: &Dataset) -> &[Self] {
        &state.matches
    }

    fn clashes(&self, other: &Self) -> Vec<&'static str> {
        let same = self.round_id == other.round_id
            && self.table_number.is_some()
            && self.table_number == other.table_number;
        those([("table_number", same)])
    }

    fn missing(&self, state: &Dataset) -> Vec<&'static str> {
        let parent = state.rounds.iter().any(|row| {
            row.id == self.round_id
                && row.component_id == self.component_id
                && row.tournament_id == self.tournament_id
                && row.round_number == self.round_number
        });
        let second = |id| absent(&state.players, id);
        those([
            ("round_id", !parent),
            ("player1_id", absent(&state.players, self.player1_id)),
            ("player2_id", self.player2_id.is_some_and(second)),
        ])
    }

    fn is_referenced(_: &Dataset, _: Id<Self>) -> bool {
        false
    }

    fn passes(&self, filter: &MatchFilter) -> bool {
        let plays = |id| self.player1_id == id || self.player2_id == Some(id);
        met(filter.tournament_id.as_ref(), &self.tournament_id)
            && met(filter.component_id.as_ref(), &self.component_id)
            && met(filter.round_id.as_ref(), &self.round_id)
            && filter.player_id.is_none_or(plays)
    }

    fn key(&self, state: &Dataset, filter: &MatchFilter) -> MatchKey {
        MatchKey::of(self, component_order(state, self.component_id), filter)
    }

    fn compare(a: &MatchKey, b: &MatchKey) -> Ordering {
        let place = |key: &MatchKey| match key {
            MatchKey::Id(id) => (0, 0, 0, *id),
            MatchKey::Play { component_order, round_number, table_number, id } => {
                let table = table_number.unwrap_or(i64::MAX);
                (*component_order, *round_number, table, *id)
            }
        };
        place(a).cmp(&place(b))
    }

    fn keep(&mut self, stored: &Self) {
        self.tournament_id = stored.tournament_id;
        self.component_id = stored.component_id;
        self.round_id = stored.round_id;
    }
}
