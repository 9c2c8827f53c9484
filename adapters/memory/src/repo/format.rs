use std::sync::Arc;

use tournament_core::{
    Format, FormatFilter, FormatKey, FormatRepository, GameSystem, Result, Tournament, async_trait,
};

use crate::index::Unique;
use crate::session::{Access, Session};
use crate::state::State;
use crate::table::{Row, Rows};

#[derive(Clone, Default)]
pub(crate) struct FormatIndexes {
    /// By game system, as text, which is how they are ordered.
    by_name: Unique<&'static str, Arc<str>, Format>,
}

impl Row for Format {
    type Indexes = FormatIndexes;

    fn unlink(&self, indexes: &mut FormatIndexes) {
        let game = self.game_system.as_str();
        indexes.by_name.remove(game, self.name.as_str().into());
    }

    fn link(&self, indexes: &mut FormatIndexes) -> Result<()> {
        let game = self.game_system.as_str();
        let name = self.name.as_str().into();
        indexes.by_name.claim(game, name, self.id, "name")
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
        let mut games: Vec<&str> = match filter.game_system {
            Some(game) => vec![game.as_str()],
            None => GameSystem::ALL.iter().map(|game| game.as_str()).collect(),
        };
        games.sort_unstable();
        let reached = after.map(|key| key.game_system.as_str());
        games.retain(|&game| reached.is_none_or(|reached| game >= reached));
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
impl<A: Access> FormatRepository for Session<A> {
    async fn find_by_name(&self, game_system: GameSystem, name: &str) -> Result<Option<Format>> {
        let state = self.0.state()?;
        let table = state.table::<Format>();
        let id = table.indexes.by_name.get(game_system.as_str(), name.into());
        Ok(table.find(id))
    }
}
