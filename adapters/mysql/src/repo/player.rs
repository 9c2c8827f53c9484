use tournament_core::{
    Entity, Player, PlayerFilter, PlayerKey, PlayerRepository, Result, async_trait,
};

use crate::access::Access;
use crate::list::Query;
use crate::rows::Columns;
use crate::session::{Row, Session};
use crate::values::Value;

macro_rules! columns {
    () => {
        "id, version, name, discord_id, email, created_at, metadata"
    };
}

pub(super) const FIND_BY_NAME: &str =
    concat!("SELECT ", columns!(), " FROM players WHERE name = ? ORDER BY id");

pub(super) const FIND_BY_DISCORD_ID: &str =
    concat!("SELECT ", columns!(), " FROM players WHERE discord_id = ?");

/// Told the index, `MySQL` does not weigh others for each page, which takes a sixth of its time.
const LIST: &str = concat!("SELECT ", columns!(), " FROM players FORCE INDEX (players_name_idx)");

const COUNT: &str = "SELECT COUNT(*) FROM players";

impl Row for Player {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM players WHERE id = ?");

    const VERSION: &'static str = "SELECT version FROM players WHERE id = ?";

    const INSERT: &'static str =
        concat!("INSERT INTO players (", columns!(), ") VALUES (?, ?, ?, ?, ?, ?, ?)");

    const UPDATE: &'static str = "\
        UPDATE players SET version = version + 1, name = ?, discord_id = ?, email = ?,
            metadata = ?
        WHERE id = ? AND version = ? AND created_at = ?";

    const DELETE: &'static str =
        "DELETE FROM players WHERE id = ? AND version = COALESCE(?, version)";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM players ORDER BY id");

    fn from_row(columns: &mut Columns) -> Result<Self> {
        let mut player = Self::blank();
        player.id = columns.id("id")?;
        player.version = columns.integer("version")?;
        player.name = columns.text("name")?;
        player.discord_id = columns.optional_text("discord_id")?;
        player.email = columns.optional_text("email")?;
        player.created_at = columns.time("created_at")?;
        player.metadata = columns.object("metadata")?;
        player.normalise();
        Ok(player)
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.version.into(),
            (&self.name).into(),
            (&self.discord_id).into(),
            (&self.email).into(),
            self.created_at.into(),
            (&self.metadata).into(),
        ]
    }

    fn changes(&self) -> Vec<Value> {
        vec![
            (&self.name).into(),
            (&self.discord_id).into(),
            (&self.email).into(),
            (&self.metadata).into(),
            self.id.into(),
            self.version.into(),
            self.created_at.into(),
        ]
    }

    fn list(_: &PlayerFilter, after: Option<&PlayerKey>) -> Query {
        let mut query = Query::new(LIST);
        if let Some(key) = after {
            query.and_after([("name", (&key.name).into()), ("id", key.id.into())]);
        }
        query.order_by("name, id")
    }

    fn count(_: &PlayerFilter) -> Query {
        Query::new(COUNT)
    }

    fn key(&self, _: i64, _: &PlayerFilter) -> PlayerKey {
        PlayerKey::of(self)
    }
}

#[async_trait]
impl<A: Access> PlayerRepository for Session<A> {
    async fn find_by_name(&self, name: &str) -> Result<Vec<Player>> {
        self.access.admit(None)?;
        if !Player::name_is_storable(name) {
            return Ok(Vec::new());
        }
        self.find_all(FIND_BY_NAME, vec![name.to_owned().into()]).await
    }

    async fn find_by_discord_id(&self, discord_id: &str) -> Result<Option<Player>> {
        self.access.admit(None)?;
        if !Player::discord_id_is_storable(discord_id) {
            return Ok(None);
        }
        self.find(FIND_BY_DISCORD_ID, vec![discord_id.to_owned().into()]).await
    }
}
