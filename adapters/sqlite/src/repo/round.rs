use rusqlite::{Connection, Statement, params};
use tournament_core::adapter::storable_integer;
use tournament_core::{
    Component, Entity, Id, Result, Round, RoundFilter, RoundKey, RoundRepository, async_trait,
};

use crate::access::{Access, Weight};
use crate::list::{Query, id_value};
use crate::rows::Columns;
use crate::session::{Row, Session, exists, find};
use crate::values::{id, time};

macro_rules! columns {
    () => {
        "rounds.id, rounds.version, rounds.tournament_id, rounds.component_id, \
         rounds.round_number, rounds.start_time, rounds.end_time, rounds.time_limit_minutes, \
         rounds.scheduled_start, rounds.scheduled_end, rounds.auto_advance, rounds.status"
    };
}

pub(super) const FIND_BY_NUMBER: &str =
    concat!("SELECT ", columns!(), " FROM rounds WHERE component_id = ?1 AND round_number = ?2");

const LIST: &str = concat!("SELECT ", columns!(), " FROM rounds");

/// The components come first, in their order, and each one's rounds in theirs: nothing is sorted.
const LIST_IN_ORDER_OF_PLAY: &str = concat!(
    "SELECT ",
    columns!(),
    ", components.sequence_order \
     FROM components CROSS JOIN rounds ON rounds.component_id = components.id"
);

const COUNT: &str = "SELECT count(*) FROM rounds";

const COUNT_BY_COMPONENT: &str = "\
    SELECT count(*) FROM components CROSS JOIN rounds ON rounds.component_id = components.id";

pub(super) const HAS_COMPONENT: &str =
    "SELECT 1 FROM components WHERE id = ?1 AND tournament_id = ?2";

impl Row for Round {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM rounds WHERE id = ?1");

    const VERSION: &'static str = "SELECT version FROM rounds WHERE id = ?1";

    const INSERT: &'static str = "\
        INSERT INTO rounds (id, version, tournament_id, component_id, round_number, start_time,
            end_time, time_limit_minutes, scheduled_start, scheduled_end, auto_advance, status)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

    const UPDATE: &'static str = "\
        UPDATE rounds SET version = version + 1, start_time = ?3, end_time = ?4,
            time_limit_minutes = ?5, scheduled_start = ?6, scheduled_end = ?7, auto_advance = ?8,
            status = ?9
        WHERE id = ?1 AND version = ?2";

    const DELETE: &'static str = "DELETE FROM rounds WHERE id = ?1";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM rounds ORDER BY id");

    fn from_row(columns: &mut Columns<'_>) -> Result<Self> {
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

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            id(self.tournament_id),
            id(self.component_id),
            self.round_number,
            self.start_time.map(time),
            self.end_time.map(time),
            self.time_limit_minutes,
            self.scheduled_start.map(time),
            self.scheduled_end.map(time),
            self.auto_advance,
            self.status.as_str(),
        ])
    }

    fn change(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            self.start_time.map(time),
            self.end_time.map(time),
            self.time_limit_minutes,
            self.scheduled_start.map(time),
            self.scheduled_end.map(time),
            self.auto_advance,
            self.status.as_str(),
        ])
    }

    fn missing_reference(&self, connection: &Connection) -> Result<Option<&'static str>> {
        let parents = [id(self.component_id), id(self.tournament_id)];
        let found = exists(connection, HAS_COMPONENT, parents)?;
        Ok((!found).then_some("component_id"))
    }

    fn list(filter: &RoundFilter, after: Option<&RoundKey>) -> Query {
        if !filter.in_order_of_play() {
            let mut query = Query::new(LIST);
            if let Some(RoundKey::Id(id)) = after {
                query.and("rounds.id > ?", [id_value(*id)]);
            }
            return query.order_by("rounds.id");
        }
        let mut query = Query::new(LIST_IN_ORDER_OF_PLAY);
        narrow(&mut query, filter);
        if let Some(RoundKey::Play { component_order, round_number, id }) = after {
            query.and(
                "components.sequence_order >= ? \
                 AND rounds.round_number >= iif(components.sequence_order = ?, ?, 0) \
                 AND (components.sequence_order, rounds.round_number, rounds.id) > (?, ?, ?)",
                [
                    (*component_order).into(),
                    (*component_order).into(),
                    (*round_number).into(),
                    (*component_order).into(),
                    (*round_number).into(),
                    id_value(*id),
                ],
            );
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
    query.and_equal("components.tournament_id = ?", filter.tournament_id.map(id_value));
    query.and_equal("components.id = ?", filter.component_id.map(id_value));
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
        self.access
            .read(Weight::Light, move |connection| {
                find(connection, FIND_BY_NUMBER, params![id(component_id), round_number])
            })
            .await
    }
}
