use tournament_core::{
    Entity, Format, FormatFilter, FormatKey, FormatRepository, GameSystem, Result, async_trait,
};

use crate::access::Access;
use crate::list::Query;
use crate::rows::Columns;
use crate::session::{Row, Session};
use crate::values::Value;

macro_rules! columns {
    () => {
        "id, version, name, game_system, base_format, sub_format, card_pool, match_structure, \
         description"
    };
}

pub(super) const FIND_BY_NAME: &str =
    concat!("SELECT ", columns!(), " FROM formats WHERE game_system = ? AND name = ?");

const LIST: &str = concat!("SELECT ", columns!(), " FROM formats FORCE INDEX (formats_name_key)");

/// No two tie.
const ORDER: &str = "game_system, name";

const COUNT: &str = "SELECT COUNT(*) FROM formats";

impl Row for Format {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM formats WHERE id = ?");

    const VERSION: &'static str = "SELECT version FROM formats WHERE id = ?";

    const INSERT: &'static str =
        concat!("INSERT INTO formats (", columns!(), ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");

    const UPDATE: &'static str = "\
        UPDATE formats SET version = version + 1, name = ?, game_system = ?, base_format = ?,
            sub_format = ?, card_pool = ?, match_structure = ?, description = ?
        WHERE id = ? AND version = ?";

    const DELETE: &'static str =
        "DELETE FROM formats WHERE id = ? AND version = COALESCE(?, version)";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM formats ORDER BY id");

    fn from_row(columns: &mut Columns) -> Result<Self> {
        let mut format = Self::blank();
        format.id = columns.id("id")?;
        format.version = columns.integer("version")?;
        format.name = columns.text("name")?;
        format.game_system = columns.one_of("game_system")?;
        format.base_format = columns.one_of("base_format")?;
        format.sub_format = columns.optional_text("sub_format")?;
        format.card_pool = columns.text("card_pool")?;
        format.match_structure = columns.optional_text("match_structure")?;
        format.description = columns.optional_text("description")?;
        Ok(format)
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.version.into(),
            (&self.name).into(),
            self.game_system.as_str().into(),
            self.base_format.as_str().into(),
            (&self.sub_format).into(),
            (&self.card_pool).into(),
            (&self.match_structure).into(),
            (&self.description).into(),
        ]
    }

    fn changes(&self) -> Vec<Value> {
        vec![
            (&self.name).into(),
            self.game_system.as_str().into(),
            self.base_format.as_str().into(),
            (&self.sub_format).into(),
            (&self.card_pool).into(),
            (&self.match_structure).into(),
            (&self.description).into(),
            self.id.into(),
            self.version.into(),
        ]
    }

    fn list(filter: &FormatFilter, after: Option<&FormatKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        let Some(key) = after else {
            return query.order_by(ORDER);
        };
        let (name, id) = (Value::from(&key.name), key.id.into());
        if filter.game_system == Some(key.game_system) {
            query.and_after([("name", name), ("id", id)]);
        } else {
            let game_system = key.game_system.as_str().into();
            query.and_after([("game_system", game_system), ("name", name), ("id", id)]);
        }
        query.order_by(ORDER)
    }

    fn count(filter: &FormatFilter) -> Query {
        let mut query = Query::new(COUNT);
        narrow(&mut query, filter);
        query
    }

    fn key(&self, _: i64, _: &FormatFilter) -> FormatKey {
        FormatKey::of(self)
    }
}

fn narrow(query: &mut Query, filter: &FormatFilter) {
    query.and_equal("game_system = ?", filter.game_system.map(GameSystem::as_str));
}

#[async_trait]
impl<A: Access> FormatRepository for Session<A> {
    async fn find_by_name(&self, game_system: GameSystem, name: &str) -> Result<Option<Format>> {
        self.access.admit(None)?;
        if !Format::name_is_storable(name) {
            return Ok(None);
        }
        let values = vec![game_system.as_str().into(), name.to_owned().into()];
        self.find(FIND_BY_NAME, values).await
    }
}
