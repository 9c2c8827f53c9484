use tournament_core::adapter::storable_integer;
use tournament_core::{
    Component, Entity, Id, Result, Round, RoundFilter, RoundKey, RoundRepository, async_trait,
};

use crate::access::Access;
use crate::list::Query;
use crate::rows::Columns;
use crate::session::{Row, Session};
use crate::values::Value;

macro_rules! columns {
    () => {
        "rounds.id, rounds.version, rounds.tournament_id, rounds.component_id, \
         rounds.round_number, rounds.start_time, rounds.end_time, rounds.time_limit_minutes, \
         rounds.scheduled_start, rounds.scheduled_end, rounds.auto_advance, rounds.status"
    };
}

macro_rules! stored_columns {
    () => {
        "id, version, tournament_id, component_id, round_number, start_time, end_time, \
         time_limit_minutes, scheduled_start, scheduled_end, auto_advance, status"
    };
}

pub(super) const FIND_BY_NUMBER: &str =
    concat!("SELECT ", columns!(), " FROM rounds WHERE component_id = ? AND round_number = ?");

const LIST: &str = concat!("SELECT ", columns!(), " FROM rounds");

const LIST_IN_ORDER_OF_PLAY: &str = concat!(
    "SELECT ",
    columns!(),
    ", components.sequence_order \
     FROM components JOIN rounds ON rounds.component_id = components.id"
);

const COUNT: &str = "SELECT COUNT(*) FROM rounds";

const COUNT_BY_COMPONENT: &str = "\
    SELECT COUNT(*) FROM components JOIN rounds ON rounds.component_id = components.id";

impl Row for Round {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM rounds WHERE id = ?");

    const VERSION: &'static str = "SELECT version FROM rounds WHERE id = ?";

    const INSERT: &'static str = concat!(
        "INSERT INTO rounds (",
        stored_columns!(),
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );

    const UPDATE: &'static str = "\
        UPDATE rounds SET version = version + 1, start_time = ?, end_time = ?,
            time_limit_minutes = ?, scheduled_start = ?, scheduled_end = ?, auto_advance = ?,
            status = ?
        WHERE id = ? AND version = ? AND tournament_id = ? AND component_id = ?
            AND round_number = ?";

    const DELETE: &'static str =
        "DELETE FROM rounds WHERE id = ? AND version = COALESCE(?, version)";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM rounds ORDER BY id");

    fn from_row(columns: &mut Columns) -> Result<Self> {
        let mut round = Self::blank();
        round.id = columns.id("id")?;
        round.version = columns.integer("version")?;
        round.tournament_id = columns.id("tournament_id")?;
        round.component_id = columns.id("component_id")?;
        round.round_number = columns.integer("round_number")?;
        round.start_time = columns.optional_time("start_time")?;
        round.end_time = columns.optional_time("end_time")?;
        round.time_limit_minutes = columns.optional_integer("time_limit_minutes")?;
        round.scheduled_start = columns.optional_time("scheduled_start")?;
        round.scheduled_end = columns.optional_time("scheduled_end")?;
        round.auto_advance = columns.boolean("auto_advance")?;
        round.status = columns.one_of("status")?;
        Ok(round)
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.version.into(),
            self.tournament_id.into(),
            self.component_id.into(),
            self.round_number.into(),
            self.start_time.into(),
            self.end_time.into(),
            self.time_limit_minutes.into(),
            self.scheduled_start.into(),
            self.scheduled_end.into(),
            self.auto_advance.into(),
            self.status.as_str().into(),
        ]
    }

    fn changes(&self) -> Vec<Value> {
        vec![
            self.start_time.into(),
            self.end_time.into(),
            self.time_limit_minutes.into(),
            self.scheduled_start.into(),
            self.scheduled_end.into(),
            self.auto_advance.into(),
            self.status.as_str().into(),
            self.id.into(),
            self.version.into(),
            self.tournament_id.into(),
            self.component_id.into(),
            self.round_number.into(),
        ]
    }

    fn list(filter: &RoundFilter, after: Option<&RoundKey>) -> Query {
        if !filter.in_order_of_play() {
            let mut query = Query::new(LIST);
            if let Some(RoundKey::Id(id)) = after {
                query.and("rounds.id > ?", [(*id).into()]);
            }
            return query.order_by("rounds.id");
        }
        let mut query = Query::new(LIST_IN_ORDER_OF_PLAY);
        narrow(&mut query, filter);
        if let Some(RoundKey::Play { component_order, round_number, id }) = after {
            query.and_after([
                ("components.sequence_order", (*component_order).into()),
                ("rounds.round_number", (*round_number).into()),
                ("rounds.id", (*id).into()),
            ]);
        }
        query.order_by("components.sequence_order, rounds.round_number, rounds.id")
    }

    fn count(filter: &RoundFilter) -> Query {
        if !filter.in_order_of_play() {
            return Query::new(COUNT);
        }
        let mut query = Query::new(COUNT_BY_COMPONENT);
        narrow(&mut query, filter);
        query
    }

    fn key(&self, component_order: i64, filter: &RoundFilter) -> RoundKey {
        RoundKey::of(self, component_order, filter)
    }
}

fn narrow(query: &mut Query, filter: &RoundFilter) {
    query.and_equal("components.tournament_id = ?", filter.tournament_id);
    query.and_equal("components.id = ?", filter.component_id);
}

#[async_trait]
impl<A: Access> RoundRepository for Session<A> {
    async fn find_by_number(
        &self,
        component_id: Id<Component>,
        round_number: i64,
    ) -> Result<Option<Round>> {
        self.access.admit(None)?;
        let Some(round_number) = storable_integer(round_number) else {
            return Ok(None);
        };
        self.find(FIND_BY_NUMBER, vec![component_id.into(), round_number.into()]).await
    }
}
