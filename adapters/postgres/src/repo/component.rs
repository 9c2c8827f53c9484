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
    " FROM components WHERE tournament_id = $1 AND sequence_order = $2"
);

const LIST: &str = concat!("SELECT ", columns!(), " FROM components");

const COUNT: &str = "SELECT count(*) FROM components";

impl Row for Component {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM components WHERE id = $1");

    const VERSION: &'static str = "SELECT version FROM components WHERE id = $1";

    const INSERT: &'static str = concat!(
        "INSERT INTO components (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );

    const INSERT_MANY: &'static str = concat!(
        "INSERT INTO components (",
        columns!(),
        ") SELECT * FROM unnest($1::uuid[], $2::int4[], $3::uuid[], $4::text[], $5::text[], \
         $6::int4[], $7::text[], $8::jsonb[], $9::timestamptz[])"
    );

    const COPY: &'static str =
        concat!("COPY components (", columns!(), ") FROM STDIN (FORMAT binary)");

    const UPDATE: &'static str = "\
        UPDATE components SET version = version + 1, type = $4, name = $5, sequence_order = $6,
            status = $7, config = $8
        WHERE id = $1 AND version = $2 AND tournament_id = $3 AND created_at = $9";

    const DELETE: &'static str =
        "DELETE FROM components WHERE id = $1 AND version = coalesce($2::int4, version)";

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

    fn values(&self) -> Vec<Value<'_>> {
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

    fn list(filter: &ComponentFilter, after: Option<&ComponentKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        match after {
            Some(ComponentKey::Sequence { sequence_order, id }) => {
                query
                    .and("(sequence_order, id) > (?, ?)", [(*sequence_order).into(), (*id).into()]);
            }
            Some(ComponentKey::Id(id)) => query.and("id > ?", [(*id).into()]),
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
