use rusqlite::{Connection, Statement, params};
use tournament_core::adapter::storable_integer;
use tournament_core::{
    Component, ComponentFilter, ComponentKey, ComponentRepository, Entity, Id, Result, Tournament,
    async_trait,
};

use crate::access::{Access, Weight};
use crate::list::{Query, id_value};
use crate::rows::Columns;
use crate::session::{Row, Session, exists, find};
use crate::values::{id, json, time};

macro_rules! columns {
    () => {
        "id, version, tournament_id, type, name, sequence_order, status, config, created_at"
    };
}

pub(super) const FIND_BY_SEQUENCE_ORDER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM components WHERE tournament_id = ?1 AND sequence_order = ?2"
);

const LIST: &str = concat!("SELECT ", columns!(), " FROM components");

const COUNT: &str = "SELECT count(*) FROM components";

pub(super) const HAS_TOURNAMENT: &str = "SELECT 1 FROM tournaments WHERE id = ?1";

impl Row for Component {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM components WHERE id = ?1");

    const VERSION: &'static str = "SELECT version FROM components WHERE id = ?1";

    const INSERT: &'static str = concat!(
        "INSERT INTO components (",
        columns!(),
        ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    );

    const UPDATE: &'static str = "\
        UPDATE components SET version = version + 1, type = ?3, name = ?4, sequence_order = ?5,
            status = ?6, config = ?7
        WHERE id = ?1 AND version = ?2";

    const DELETE: &'static str = "DELETE FROM components WHERE id = ?1";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM components ORDER BY id");

    fn from_row(columns: &mut Columns<'_>) -> Result<Self> {
        let mut component = Self::blank();
        component.id = columns.id("id")?;
        component.version = columns.integer("version")?;
        component.tournament_id = columns.id("tournament_id")?;
        component.r#type = columns.one_of("type")?;
        component.name = columns.text("name")?;
        component.sequence_order = columns.integer("sequence_order")?;
        component.status = columns.one_of("status")?;
        component.config = columns.object("config")?;
        component.created_at = columns.time("created_at")?;
        component.normalise();
        Ok(component)
    }

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            id(self.tournament_id),
            self.r#type.as_str(),
            self.name,
            self.sequence_order,
            self.status.as_str(),
            json(&self.config)?,
            time(self.created_at),
        ])
    }

    fn change(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            self.r#type.as_str(),
            self.name,
            self.sequence_order,
            self.status.as_str(),
            json(&self.config)?,
        ])
    }

    fn missing_reference(&self, connection: &Connection) -> Result<Option<&'static str>> {
        let found = exists(connection, HAS_TOURNAMENT, [id(self.tournament_id)])?;
        Ok((!found).then_some("tournament_id"))
    }

    fn list(filter: &ComponentFilter, after: Option<&ComponentKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        match after {
            Some(ComponentKey::Sequence { sequence_order, id }) => query.and(
                "sequence_order >= ? AND (sequence_order, id) > (?, ?)",
                [(*sequence_order).into(), (*sequence_order).into(), id_value(*id)],
            ),
            Some(ComponentKey::Id(id)) => query.and("id > ?", [id_value(*id)]),
            None => {}
        }
        query.order_by(if filter.tournament_id.is_some() { "sequence_order, id" } else { "id" })
    }

    fn count(filter: &ComponentFilter) -> Query {
        let mut query = Query::new(COUNT);
        narrow(&mut query, filter);
        query
    }

    fn key(&self, _: i64, filter: &ComponentFilter) -> ComponentKey {
        ComponentKey::of(self, filter)
    }
}

fn narrow(query: &mut Query, filter: &ComponentFilter) {
    query.and_equal("tournament_id = ?", filter.tournament_id.map(id_value));
}

#[async_trait]
impl<A: Access> ComponentRepository for Session<A> {
    async fn find_by_sequence_order(
        &self,
        tournament_id: Id<Tournament>,
        sequence_order: i64,
    ) -> Result<Option<Component>> {
        self.access.admit(None)?;
        let Some(sequence_order) = storable_integer(sequence_order) else {
            return Ok(None);
        };
        self.access
            .read(Weight::Light, move |connection| {
                find(connection, FIND_BY_SEQUENCE_ORDER, params![id(tournament_id), sequence_order])
            })
            .await
    }
}
