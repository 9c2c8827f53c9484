use rusqlite::{Connection, Statement, params};
use tournament_core::{
    Entity, Format, FormatFilter, FormatKey, FormatRepository, GameSystem, Result, async_trait,
};

use crate::access::{Access, Weight};
use crate::list::{Query, id_value, text_value};
use crate::rows::Columns;
use crate::session::{Row, Session, find};
use crate::values::id;

macro_rules! columns {
    () => {
        "id, version, name, game_system, base_format, sub_format, card_pool, match_structure, \
         description"
    };
}

pub(super) const FIND_BY_NAME: &str =
    concat!("SELECT ", columns!(), " FROM formats WHERE game_system = ?1 AND name = ?2");

const LIST: &str = concat!("SELECT ", columns!(), " FROM formats");

const COUNT: &str = "SELECT count(*) FROM formats";

impl Row for Format {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM formats WHERE id = ?1");

    const VERSION: &'static str = "SELECT version FROM formats WHERE id = ?1";

    const INSERT: &'static str = concat!(
        "INSERT INTO formats (",
        columns!(),
        ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    );

    const UPDATE: &'static str = "\
        UPDATE formats SET version = version + 1, name = ?3, game_system = ?4, base_format = ?5,
            sub_format = ?6, card_pool = ?7, match_structure = ?8, description = ?9
        WHERE id = ?1 AND version = ?2";

    const DELETE: &'static str = "DELETE FROM formats WHERE id = ?1";

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

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            self.name,
            self.game_system.as_str(),
            self.base_format.as_str(),
            self.sub_format,
            self.card_pool,
            self.match_structure,
            self.description,
        ])
    }

    fn change(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        self.insert(statement)
    }

    fn missing_reference(&self, _: &Connection) -> Result<Option<&'static str>> {
        Ok(None)
    }

    fn list(filter: &FormatFilter, after: Option<&FormatKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        if let Some(key) = after {
            query.and(
                "(game_system, name, id) > (?, ?, ?)",
                [text_value(key.game_system.as_str()), text_value(&key.name), id_value(key.id)],
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
    query.and_equal("game_system = ?", filter.game_system.map(|game| text_value(game.as_str())));
}

#[async_trait]
impl<A: Access> FormatRepository for Session<A> {
    async fn find_by_name(&self, game_system: GameSystem, name: &str) -> Result<Option<Format>> {
        self.access.admit(None)?;
        if !Format::name_is_storable(name) {
            return Ok(None);
        }
        let name = name.to_owned();
        self.access
            .read(Weight::Light, move |connection| {
                find(connection, FIND_BY_NAME, [game_system.as_str(), &name])
            })
            .await
    }
}
