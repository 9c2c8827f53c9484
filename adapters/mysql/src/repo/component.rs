use tournament_core::adapter::storable_integer;
use tournament_core::{
    Component, ComponentFilter, ComponentKey, ComponentRepository, Entity, Id, Result, Tournament,
    async_trait,
};

use crate::access::Access;
use crate::list::Query;
use crate::rows::Columns;
use crate::session::{Row, Session};
use crate::values::Value;

macro_rules! columns {
    () => {
        "id, version, tournament_id, type, name, sequence_order, status, config, created_at"
    };
}

pub(super) const FIND_BY_SEQUENCE_ORDER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM components WHERE tournament_id = ? AND sequence_order = ?"
);

const LIST: &str = concat!("SELECT ", columns!(), " FROM components");

const COUNT: &str = "SELECT COUNT(*) FROM components";

impl Row for Component {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM components WHERE id = ?");

    const VERSION: &'static str = "SELECT version FROM components WHERE id = ?";

    const INSERT: &'static str =
        concat!("INSERT INTO components (", columns!(), ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");

    const UPDATE: &'static str = "\
        UPDATE components SET version = version + 1, type = ?, name = ?, sequence_order = ?,
            status = ?, config = ?
        WHERE id = ? AND version = ? AND tournament_id = ? AND created_at = ?";

    const DELETE: &'static str =
        "DELETE FROM components WHERE id = ? AND version = COALESCE(?, version)";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM components ORDER BY id");

    fn from_row(columns: &mut Columns) -> Result<Self> {
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

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.version.into(),
            self.tournament_id.into(),
            self.r#type.as_str().into(),
            (&self.name).into(),
            self.sequence_order.into(),
            self.status.as_str().into(),
            (&self.config).into(),
            self.created_at.into(),
        ]
    }

    fn changes(&self) -> Vec<Value> {
        vec![
            self.r#type.as_str().into(),
            (&self.name).into(),
            self.sequence_order.into(),
            self.status.as_str().into(),
            (&self.config).into(),
            self.id.into(),
            self.version.into(),
            self.tournament_id.into(),
            self.created_at.into(),
        ]
    }

    fn list(filter: &ComponentFilter, after: Option<&ComponentKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        match after {
            Some(ComponentKey::Sequence { sequence_order, id }) => {
                let order = (*sequence_order).into();
                query.and_after([("sequence_order", order), ("id", (*id).into())]);
            }
            Some(ComponentKey::Id(id)) => query.and("id > ?", [(*id).into()]),
            None => {}
        }
        // No two of a tournament tie.
        query.order_by(if filter.tournament_id.is_some() { "sequence_order" } else { "id" })
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
    query.and_equal("tournament_id = ?", filter.tournament_id);
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
        let values = vec![tournament_id.into(), sequence_order.into()];
        self.find(FIND_BY_SEQUENCE_ORDER, values).await
    }
}
