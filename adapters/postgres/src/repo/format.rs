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
    concat!("SELECT ", columns!(), " FROM formats WHERE game_system = $1 AND name = $2");

const LIST: &str = concat!("SELECT ", columns!(), " FROM formats");

const COUNT: &str = "SELECT count(*) FROM formats";

impl Row for Format {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM formats WHERE id = $1");

    const VERSION: &'static str = "SELECT version FROM formats WHERE id = $1";

    const INSERT: &'static str = concat!(
        "INSERT INTO formats (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );

    const INSERT_MANY: &'static str = concat!(
        "INSERT INTO formats (",
        columns!(),
        ") SELECT * FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::text[], \
         $6::text[], $7::text[], $8::text[], $9::text[])"
    );

    const COPY: &'static str =
        concat!("COPY formats (", columns!(), ") FROM STDIN (FORMAT binary)");

    const UPDATE: &'static str = "\
        UPDATE formats SET version = version + 1, name = $3, game_system = $4, base_format = $5,
            sub_format = $6, card_pool = $7, match_structure = $8, description = $9
        WHERE id = $1 AND version = $2";

    const DELETE: &'static str =
        "DELETE FROM formats WHERE id = $1 AND version = coalesce($2::int4, version)";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM formats ORDER BY id");

    fn from_row(columns: &mut Columns<'_>) -> Result<Self> {
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

    fn values(&self) -> Vec<Value<'_>> {
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

    fn list(filter: &FormatFilter, after: Option<&FormatKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        if let Some(key) = after {
            query.and(
                "(game_system, name, id) > (?, ?, ?)",
                [key.game_system.as_str().into(), key.name.clone().into(), key.id.into()],
            );
        }
        query.order_by("game_system, name, id")
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
