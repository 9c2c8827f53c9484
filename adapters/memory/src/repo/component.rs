use std::sync::Arc;

use tournament_core::{
    Component, ComponentFilter, ComponentKey, ComponentRepository, EntityKind, Error, Id, Result,
    Round, Tournament, async_trait,
};

use crate::index::Index;
use crate::rows::MemoryRows;
use crate::state::State;
use crate::table::{Row, Rows};

#[derive(Clone, Default)]
pub(crate) struct ComponentIndexes {
    by_sequence_order: Index<Id<Tournament>, i64, Component>,
}

impl ComponentIndexes {
    pub(crate) fn holds_tournament(&self, id: Id<Tournament>) -> bool {
        self.by_sequence_order.holds(id)
    }
}

impl Row for Component {
    type Indexes = ComponentIndexes;

    fn unlink(&self, indexes: &mut ComponentIndexes) {
        let index = &mut indexes.by_sequence_order;
        index.remove(self.tournament_id, self.sequence_order, self.id);
    }

    fn link(&self, indexes: &mut ComponentIndexes) -> Result<()> {
        let index = &mut indexes.by_sequence_order;
        let place = self.sequence_order;
        index.claim(self.tournament_id, place, self.id, "sequence_order")
    }

    fn check_parents(&self, state: &State) -> Result<()> {
        if state.table().holds(self.tournament_id) {
            return Ok(());
        }
        let entity = EntityKind::Component;
        Err(Error::reference_missing(entity, "tournament_id"))
    }

    fn is_missed(&self, after: Option<&Self>, state: &State) -> bool {
        let tournament = after.map(|after| after.tournament_id);
        if tournament == Some(self.tournament_id) {
            return false;
        }
        let table = state.table::<Round>();
        table
            .of(table.indexes.of_component(self.id))
            .any(|round| Some(round.tournament_id) != tournament)
    }

    fn scan<'a>(
        state: &'a State,
        filter: &'a ComponentFilter,
        after: Option<&ComponentKey>,
    ) -> Rows<'a, Self> {
        let table = state.table::<Self>();
        let (sequence, id) = match after {
            Some(&ComponentKey::Sequence { sequence_order, id }) => {
                (Some((sequence_order, id)), None)
            }
            Some(&ComponentKey::Id(id)) => (None, Some(id)),
            None => (None, None),
        };
        match filter.tournament_id {
            Some(tournament) => {
                let index = &table.indexes.by_sequence_order;
                Box::new(table.of(index.after(tournament, sequence)))
            }
            None => Box::new(table.after(id)),
        }
    }

    fn place(&self, _: &State, filter: &ComponentFilter) -> ComponentKey {
        ComponentKey::of(self, filter)
    }

    fn count(state: &State, filter: &ComponentFilter) -> usize {
        if *filter == ComponentFilter::default() {
            return state.table::<Self>().len();
        }
        Self::scan(state, filter, None).count()
    }
}

/// The components whose rounds or matches a filter asks for: the one that it names, or all of the
/// tournament in order, from the one at `first`.
pub(super) fn in_order_of_play(
    state: &State,
    tournament: Option<Id<Tournament>>,
    component: Option<Id<Component>>,
    first: Option<i64>,
) -> Rows<'_, Component> {
    let table = state.table::<Component>();
    let rows: Rows<'_, Component> = match (component, tournament) {
        (Some(component), _) => Box::new(table.get(component).into_iter()),
        (None, Some(tournament)) => {
            let all = table.indexes.by_sequence_order.after(tournament, None);
            Box::new(table.of(all))
        }
        (None, None) => Box::new(std::iter::empty()),
    };
    let wanted = move |row: &&Arc<Component>| {
        tournament.is_none_or(|tournament| row.tournament_id == tournament)
            && first.is_none_or(|first| row.sequence_order >= first)
    };
    Box::new(rows.filter(wanted))
}

/// The place of a row's component within its tournament.
pub(super) fn order_of(state: &State, id: Id<Component>) -> i64 {
    let component = state.table().get(id);
    component.map_or(0, |component: &Arc<Component>| component.sequence_order)
}

#[async_trait]
impl ComponentRepository for MemoryRows {
    async fn find_by_sequence_order(
        &self,
        tournament_id: Id<Tournament>,
        sequence_order: i64,
    ) -> Result<Option<Component>> {
        let state = self.0.state()?;
        let table = state.table::<Component>();
        let index = &table.indexes.by_sequence_order;
        Ok(table.find(index.get(tournament_id, sequence_order)))
    }
}
