use std::sync::Arc;

use tournament_core::{
    Format, FormatFilter, FormatKey, FormatRepository, GameSystem, Result, Tournament, async_trait,
};

use crate::index::Index;
use crate::rows::MemoryRows;
use crate::state::State;
use crate::table::{Row, Rows};

#[derive(Clone, Default)]
pub(crate) struct FormatIndexes {
    by_name: Index<GameSystem, Arc<str>, Format>,
}

impl Row for Format {
    type Indexes = FormatIndexes;

    fn unlink(&self, indexes: &mut FormatIndexes) {
        indexes.by_name.remove(self.game_system, self.name.as_str().into(), self.id);
    }

    fn link(&self, indexes: &mut FormatIndexes) -> Result<()> {
        let name = self.name.as_str().into();
        indexes.by_name.claim(self.game_system, name, self.id, "name")
    }

    fn check_parents(&self, _: &State) -> Result<()> {
        Ok(())
    }

    fn is_missed(&self, after: Option<&Self>, state: &State) -> bool {
        after.is_none() && state.table::<Tournament>().indexes.holds_format(self.id)
    }

    fn scan<'a>(
        state: &'a State,
        filter: &'a FormatFilter,
        after: Option<&FormatKey>,
    ) -> Rows<'a, Self> {
        let table = state.table::<Self>();
        let mut games = match filter.game_system {
            Some(game) => vec![game],
            None => GameSystem::ALL.to_vec(),
        };
        // They are ordered as text.
        games.sort_unstable_by_key(|game| game.as_str());
        let reached = after.map(|key| key.game_system);
        games.retain(|game| reached.is_none_or(|reached| game.as_str() >= reached.as_str()));
        let start = after.map(|key| (Arc::from(key.name.as_str()), key.id));
        let ids = games.into_iter().flat_map(move |game| {
            let start = start.clone().filter(|_| reached == Some(game));
            table.indexes.by_name.after(game, start)
        });
        Box::new(table.of(ids))
    }

    fn place(&self, _: &State, _: &FormatFilter) -> FormatKey {
        FormatKey::of(self)
    }
}

#[async_trait]
impl FormatRepository for MemoryRows {
    async fn find_by_name(&self, game_system: GameSystem, name: &str) -> Result<Option<Format>> {
        let state = self.0.state()?;
        let table = state.table::<Format>();
        let id = table.indexes.by_name.get(game_system, name.into());
        Ok(table.find(id))
    }
}
