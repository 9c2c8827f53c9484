use std::sync::Arc;

use tournament_core::{
    Component, EntityKind, Error, Id, Match, MatchFilter, MatchKey, MatchRepository, Player,
    Result, Round, async_trait,
};
use uuid::Uuid;

use super::component::{in_order_of_play, order_of};
use crate::index::Index;
use crate::rows::MemoryRows;
use crate::state::State;
use crate::table::{Row, Rows};

#[derive(Clone, Default)]
pub(crate) struct MatchIndexes {
    /// By component, then round and table. A component has one round of a number, so this serves
    /// the rounds too.
    by_table: Index<Id<Component>, Seat, Match>,
    of_player: Index<Id<Player>, (), Match>,
}

/// Round and table.
type Seat = (i64, i64);

/// Where no match stands: before every table.
const LEAST: i64 = i64::MIN;

/// Where matches without a table stand: behind every table.
const NO_TABLE: i64 = i64::MAX;

impl MatchIndexes {
    /// The matches of the component's round of this number.
    pub(crate) fn at_round(
        &self,
        component: Id<Component>,
        number: i64,
    ) -> impl Iterator<Item = Id<Match>> + '_ {
        self.by_table.between(component, (number, LEAST), (number, NO_TABLE))
    }

    pub(crate) fn holds_player(&self, id: Id<Player>) -> bool {
        self.of_player.holds(id)
    }
}

fn seat(row: &Match) -> Seat {
    (row.round_number, row.table_number.unwrap_or(NO_TABLE))
}

fn has_player(row: &Match, player: Id<Player>) -> bool {
    row.player1_id == player || row.player2_id == Some(player)
}

impl Row for Match {
    type Indexes = MatchIndexes;

    fn unlink(&self, indexes: &mut MatchIndexes) {
        indexes.by_table.remove(self.component_id, seat(self), self.id);
        indexes.of_player.remove(self.player1_id, (), self.id);
        if let Some(player2_id) = self.player2_id {
            indexes.of_player.remove(player2_id, (), self.id);
        }
    }

    fn link(&self, indexes: &mut MatchIndexes) -> Result<()> {
        let (component, seat) = (self.component_id, seat(self));
        if self.table_number.is_some() {
            indexes.by_table.claim(component, seat, self.id, "table_number")?;
        } else {
            indexes.by_table.insert(component, seat, self.id);
        }
        indexes.of_player.insert(self.player1_id, (), self.id);
        if let Some(player2_id) = self.player2_id {
            indexes.of_player.insert(player2_id, (), self.id);
        }
        Ok(())
    }

    fn check_parents(&self, state: &State) -> Result<()> {
        let missing = |field| Err(Error::reference_missing(EntityKind::Match, field));
        let agrees = |round: &Arc<Round>| {
            (round.tournament_id, round.component_id, round.round_number)
                == (self.tournament_id, self.component_id, self.round_number)
        };
        let players = state.table::<Player>();
        if !state.table().get(self.round_id).is_some_and(agrees) {
            missing("round_id")
        } else if !players.holds(self.player1_id) {
            missing("player1_id")
        } else if self.player2_id.is_some_and(|player2_id| !players.holds(player2_id)) {
            missing("player2_id")
        } else {
            Ok(())
        }
    }

    /// Nothing refers to a match.
    fn is_missed(&self, _: Option<&Self>, _: &State) -> bool {
        false
    }

    fn scan<'a>(
        state: &'a State,
        filter: &'a MatchFilter,
        after: Option<&MatchKey>,
    ) -> Rows<'a, Self> {
        let wanted = |row: &&'a Arc<Self>| {
            filter.round_id.is_none_or(|round| row.round_id == round)
                && filter.player_id.is_none_or(|player| has_player(row, player))
        };
        match after {
            _ if !filter.in_order_of_play() => scan_by_id(state, filter, after),
            Some(MatchKey::Play { component_order, round_number, table_number, id }) => {
                let seat = (*round_number, table_number.unwrap_or(NO_TABLE));
                let after = Some((*component_order, (seat, *id)));
                Box::new(scan_in_order_of_play(state, filter, after).filter(wanted))
            }
            _ => Box::new(scan_in_order_of_play(state, filter, None).filter(wanted)),
        }
    }

    fn place(&self, state: &State, filter: &MatchFilter) -> MatchKey {
        MatchKey::of(self, order_of(state, self.component_id), filter)
    }

    fn count(state: &State, filter: &MatchFilter) -> usize {
        if *filter == MatchFilter::default() {
            return state.table::<Self>().len();
        }
        Self::scan(state, filter, None).count()
    }
}

fn scan_by_id<'a>(
    state: &'a State,
    filter: &MatchFilter,
    after: Option<&MatchKey>,
) -> Rows<'a, Match> {
    let table = state.table::<Match>();
    let after = match after {
        Some(&MatchKey::Id(id)) => Some(id),
        _ => None,
    };
    match filter.player_id {
        Some(player) => {
            let index = &table.indexes.of_player;
            Box::new(table.of(index.after(player, after.map(|id| ((), id)))))
        }
        None => Box::new(table.after(after)),
    }
}

/// The matches of the tournament, component or round, whoever plays; from the first or from after
/// this component order and place.
fn scan_in_order_of_play<'a>(
    state: &'a State,
    filter: &MatchFilter,
    after: Option<(i64, (Seat, Id<Match>))>,
) -> Rows<'a, Match> {
    let table = state.table::<Match>();
    let round = filter.round_id.map(|id| state.table::<Round>().get(id));
    if round == Some(None) {
        return Box::new(std::iter::empty());
    }
    let round = round.flatten();
    let component = filter.component_id.or(round.map(|round| round.component_id));
    let number = round.map(|round| round.round_number);
    // A round's matches lie together in its component.
    let least = number.map(|number| ((number, LEAST), Id::from_uuid(Uuid::nil())));
    let first = after.map(|(order, _)| order);
    let ids = in_order_of_play(state, filter.tournament_id, component, first).flat_map(
        move |component| {
            let here = after.filter(|&(order, _)| order == component.sequence_order);
            let start = here.map(|(_, place)| place).max(least);
            table.indexes.by_table.after(component.id, start)
        },
    );
    let rows = table.of(ids);
    Box::new(rows.take_while(move |row| number.is_none_or(|number| row.round_number == number)))
}

#[async_trait]
impl MatchRepository for MemoryRows {}
