use tournament_core::{
    Component, EntityKind, Error, Id, Match, Result, Round, RoundFilter, RoundKey, RoundRepository,
    async_trait,
};

use super::component::{in_order_of_play, order_of};
use crate::index::Index;
use crate::rows::MemoryRows;
use crate::state::State;
use crate::table::{Row, Rows};

#[derive(Clone, Default)]
pub(crate) struct RoundIndexes {
    by_number: Index<Id<Component>, i64, Round>,
}

impl RoundIndexes {
    pub(crate) fn of_component(&self, id: Id<Component>) -> impl Iterator<Item = Id<Round>> + '_ {
        self.by_number.after(id, None)
    }
}

impl Row for Round {
    type Indexes = RoundIndexes;

    fn unlink(&self, indexes: &mut RoundIndexes) {
        indexes.by_number.remove(self.component_id, self.round_number, self.id);
    }

    fn link(&self, indexes: &mut RoundIndexes) -> Result<()> {
        let index = &mut indexes.by_number;
        index.claim(self.component_id, self.round_number, self.id, "round_number")
    }

    fn check_parents(&self, state: &State) -> Result<()> {
        let component = state.table::<Component>().get(self.component_id);
        if component.is_some_and(|component| component.tournament_id == self.tournament_id) {
            return Ok(());
        }
        Err(Error::reference_missing(EntityKind::Round, "component_id"))
    }

    fn is_missed(&self, after: Option<&Self>, state: &State) -> bool {
        let key = |round: &Self| (round.tournament_id, round.component_id, round.round_number);
        let after = after.map(key);
        if after == Some(key(self)) {
            return false;
        }
        let table = state.table::<Match>();
        let same_place = table.indexes.at_round(self.component_id, self.round_number);
        table.of(same_place).any(|row| {
            row.round_id == self.id
                && after != Some((row.tournament_id, row.component_id, row.round_number))
        })
    }

    fn scan<'a>(
        state: &'a State,
        filter: &'a RoundFilter,
        after: Option<&RoundKey>,
    ) -> Rows<'a, Self> {
        let table = state.table::<Self>();
        if !filter.in_order_of_play() {
            let after = match after {
                Some(&RoundKey::Id(id)) => Some(id),
                _ => None,
            };
            return Box::new(table.after(after));
        }
        let after = match after {
            Some(&RoundKey::Play { component_order, round_number, id }) => {
                Some((component_order, (round_number, id)))
            }
            _ => None,
        };
        let first = after.map(|(order, _)| order);
        let components = in_order_of_play(state, filter.tournament_id, filter.component_id, first);
        let ids = components.flat_map(move |component| {
            let here = after.filter(|&(order, _)| order == component.sequence_order);
            let index = &table.indexes.by_number;
            index.after(component.id, here.map(|(_, place)| place))
        });
        Box::new(table.of(ids))
    }

    fn place(&self, state: &State, filter: &RoundFilter) -> RoundKey {
        RoundKey::of(self, order_of(state, self.component_id), filter)
    }

    fn count(state: &State, filter: &RoundFilter) -> usize {
        if !filter.in_order_of_play() {
            return state.table::<Self>().len();
        }
        Self::scan(state, filter, None).count()
    }
}

#[async_trait]
impl RoundRepository for MemoryRows {
    async fn find_by_number(
        &self,
        component_id: Id<Component>,
        round_number: i64,
    ) -> Result<Option<Round>> {
        let state = self.0.state()?;
        let table = state.table::<Round>();
        Ok(table.find(table.indexes.by_number.get(component_id, round_number)))
    }
}
