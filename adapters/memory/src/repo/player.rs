use std::sync::Arc;

use tournament_core::{
    Match, Player, PlayerFilter, PlayerKey, PlayerRepository, Result, Tournament,
    TournamentRegistration, async_trait,
};

use crate::index::Index;
use crate::rows::MemoryRows;
use crate::state::State;
use crate::table::{Row, Rows};

#[derive(Clone, Default)]
pub(crate) struct PlayerIndexes {
    by_name: Index<(), Arc<str>, Player>,
    by_discord_id: Index<(), Arc<str>, Player>,
}

impl Row for Player {
    type Indexes = PlayerIndexes;

    fn unlink(&self, indexes: &mut PlayerIndexes) {
        indexes.by_name.remove((), self.name.as_str().into(), self.id);
        if let Some(discord_id) = self.discord_id.as_deref() {
            indexes.by_discord_id.remove((), discord_id.into(), self.id);
        }
    }

    fn link(&self, indexes: &mut PlayerIndexes) -> Result<()> {
        if let Some(discord_id) = self.discord_id.as_deref() {
            let place = discord_id.into();
            indexes.by_discord_id.claim((), place, self.id, "discord_id")?;
        }
        indexes.by_name.insert((), self.name.as_str().into(), self.id);
        Ok(())
    }

    fn check_parents(&self, _: &State) -> Result<()> {
        Ok(())
    }

    fn is_missed(&self, after: Option<&Self>, state: &State) -> bool {
        after.is_none()
            && (state.table::<Tournament>().indexes.holds_organiser(self.id)
                || state.table::<TournamentRegistration>().indexes.holds_player(self.id)
                || state.table::<Match>().indexes.holds_player(self.id))
    }

    fn scan<'a>(state: &'a State, _: &PlayerFilter, after: Option<&PlayerKey>) -> Rows<'a, Self> {
        let table = state.table::<Self>();
        let after = after.map(|key| (key.name.as_str().into(), key.id));
        Box::new(table.of(table.indexes.by_name.after((), after)))
    }

    fn place(&self, _: &State, _: &PlayerFilter) -> PlayerKey {
        PlayerKey::of(self)
    }

    fn count(state: &State, _: &PlayerFilter) -> usize {
        state.table::<Self>().len()
    }
}

#[async_trait]
impl PlayerRepository for MemoryRows {
    async fn find_by_name(&self, name: &str) -> Result<Vec<Player>> {
        let state = self.0.state()?;
        let table = state.table::<Player>();
        let rows = table.of(table.indexes.by_name.at((), name.into()));
        Ok(rows.map(|row| Player::clone(row)).collect())
    }

    async fn find_by_discord_id(&self, discord_id: &str) -> Result<Option<Player>> {
        let state = self.0.state()?;
        let table = state.table::<Player>();
        let id = table.indexes.by_discord_id.get((), discord_id.into());
        Ok(table.find(id))
    }
}
