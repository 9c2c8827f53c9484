use std::sync::Arc;

use tournament_core::{
    Result, Tournament, Venue, VenueFilter, VenueKey, VenueRepository, async_trait,
};

use crate::index::Index;
use crate::rows::MemoryRows;
use crate::state::State;
use crate::table::{Row, Rows};

#[derive(Clone, Default)]
pub(crate) struct VenueIndexes {
    by_name: Index<(), Arc<str>, Venue>,
}

impl Row for Venue {
    type Indexes = VenueIndexes;

    fn unlink(&self, indexes: &mut VenueIndexes) {
        indexes.by_name.remove((), self.name.as_str().into(), self.id);
    }

    fn link(&self, indexes: &mut VenueIndexes) -> Result<()> {
        indexes.by_name.insert((), self.name.as_str().into(), self.id);
        Ok(())
    }

    fn check_parents(&self, _: &State) -> Result<()> {
        Ok(())
    }

    fn is_missed(&self, after: Option<&Self>, state: &State) -> bool {
        after.is_none() && state.table::<Tournament>().indexes.holds_venue(self.id)
    }

    fn scan<'a>(state: &'a State, _: &VenueFilter, after: Option<&VenueKey>) -> Rows<'a, Self> {
        let table = state.table::<Self>();
        let after = after.map(|key| (key.name.as_str().into(), key.id));
        Box::new(table.of(table.indexes.by_name.after((), after)))
    }

    fn place(&self, _: &State, _: &VenueFilter) -> VenueKey {
        VenueKey::of(self)
    }

    fn count(state: &State, _: &VenueFilter) -> usize {
        state.table::<Self>().len()
    }
}

#[async_trait]
impl VenueRepository for MemoryRows {
    async fn find_by_name(&self, name: &str) -> Result<Vec<Venue>> {
        let state = self.0.state()?;
        let table = state.table::<Venue>();
        let rows = table.of(table.indexes.by_name.at((), name.into()));
        Ok(rows.map(|row| Venue::clone(row)).collect())
    }
}
