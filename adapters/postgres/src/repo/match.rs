use tournament_core::{Entity, Match, MatchFilter, MatchKey, MatchRepository, Result};

use crate::access::Access;
use crate::list::Query;
use crate::rows::Columns;
use crate::session::{Row, Session};
use crate::values::Value;

macro_rules! columns {
    () => {
        "matches.id, matches.version, matches.tournament_id, matches.component_id, \
         matches.round_id, matches.round_number, matches.table_number, matches.player1_id, \
         matches.player2_id, matches.player1_wins, matches.player2_wins, matches.draws, \
         matches.status, matches.start_time, matches.end_time, matches.notes, \
         matches.metadata"
    };
}

macro_rules! stored_columns {
    () => {
        "id, version, tournament_id, component_id, round_id, round_number, table_number, \
         player1_id, player2_id, player1_wins, player2_wins, draws, status, start_time, end_time, \
         notes, metadata"
    };
}

const LIST: &str = concat!("SELECT ", columns!(), " FROM matches");

const BEGIN_HALF: &str = concat!("(SELECT ", columns!(), " FROM matches");

macro_rules! from_components {
    () => {
        " FROM components JOIN matches ON matches.component_id = components.id"
    };
}

const LIST_IN_ORDER_OF_PLAY: &str =
    concat!("SELECT ", columns!(), ", components.sequence_order", from_components!());

const COUNT: &str = "SELECT count(*) FROM matches";
const COUNT_BY_COMPONENT: &str = concat!("SELECT count(*)", from_components!());

impl Row for Match {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM matches WHERE id = $1");

    const VERSION: &'static str = "SELECT version FROM matches WHERE id = $1";

    const INSERT: &'static str = concat!(
        "INSERT INTO matches (",
        stored_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
         $17)"
    );

    const INSERT_MANY: &'static str = concat!(
        "INSERT INTO matches (",
        stored_columns!(),
        ") SELECT * FROM unnest($1::uuid[], $2::int4[], $3::uuid[], $4::uuid[], $5::uuid[], \
         $6::int4[], $7::int4[], $8::uuid[], $9::uuid[], $10::int4[], $11::int4[], $12::int4[], \
         $13::text[], $14::timestamptz[], $15::timestamptz[], $16::text[], \
         $17::jsonb[])"
    );

    const COPY: &'static str =
        concat!("COPY matches (", stored_columns!(), ") FROM STDIN (FORMAT binary)");

    const UPDATE: &'static str = "\
        UPDATE matches SET version = version + 1, round_number = $6, table_number = $7,
            player1_id = $8, player2_id = $9, player1_wins = $10, player2_wins = $11, draws = $12,
            status = $13, start_time = $14, end_time = $15, notes = $16,
            metadata = $17
        WHERE id = $1 AND version = $2 AND tournament_id = $3 AND component_id = $4
            AND round_id = $5";

    const DELETE: &'static str =
        "DELETE FROM matches WHERE id = $1 AND version = coalesce($2::int4, version)";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM matches ORDER BY id");

    fn from_row(columns: &mut Columns<'_>) -> Result<Self> {
        let mut row = Self::blank();
        row.id = columns.id("id")?;
        row.version = columns.integer("version")?;
        row.tournament_id = columns.id("tournament_id")?;
        row.component_id = columns.id("component_id")?;
        row.round_id = columns.id("round_id")?;
        row.round_number = columns.integer("round_number")?;
        row.table_number = columns.optional_integer("table_number")?;
        row.player1_id = columns.id("player1_id")?;
        row.player2_id = columns.optional_id("player2_id")?;
        row.player1_wins = columns.integer("player1_wins")?;
        row.player2_wins = columns.integer("player2_wins")?;
        row.draws = columns.integer("draws")?;
        row.status = columns.one_of("status")?;
        row.start_time = columns.optional_time("start_time")?;
        row.end_time = columns.optional_time("end_time")?;
        row.notes = columns.optional_text("notes")?;
        row.metadata = columns.object("metadata")?;
        row.normalise();
        Ok(row)
    }

    fn values(&self) -> Vec<Value<'_>> {
        vec![
            self.id.into(),
            self.version.into(),
            self.tournament_id.into(),
            self.component_id.into(),
            self.round_id.into(),
            self.round_number.into(),
            self.table_number.into(),
            self.player1_id.into(),
            self.player2_id.into(),
            self.player1_wins.into(),
            self.player2_wins.into(),
            self.draws.into(),
            self.status.as_str().into(),
            self.start_time.into(),
            self.end_time.into(),
            (&self.notes).into(),
            (&self.metadata).into(),
        ]
    }

    fn list(filter: &MatchFilter, after: Option<&MatchKey>) -> Query {
        if filter.in_order_of_play() {
            list_in_order_of_play(filter, after)
        } else {
            list_by_id(filter, after)
        }
    }

    fn count(filter: &MatchFilter) -> Query {
        let mut query =
            Query::new(if filter.in_order_of_play() { COUNT_BY_COMPONENT } else { COUNT });
        narrow(&mut query, filter);
        query
    }

    fn is_indexed(filter: &MatchFilter) -> bool {
        filter.player_id.is_none() || !filter.in_order_of_play() || filter.round_id.is_some()
    }

    fn key(&self, component_order: i64, filter: &MatchFilter) -> MatchKey {
        MatchKey::of(self, component_order, filter)
    }
}

fn narrow(query: &mut Query, filter: &MatchFilter) {
    query.and_equal("components.tournament_id = ?", filter.tournament_id);
    query.and_equal("components.id = ?", filter.component_id);
    query.and_equal("matches.round_id = ?", filter.round_id);
    if let Some(player_id) = filter.player_id {
        query.and(
            "(matches.player1_id = ? OR matches.player2_id = ?)",
            [player_id.into(), player_id.into()],
        );
    }
}

fn list_in_order_of_play(filter: &MatchFilter, after: Option<&MatchKey>) -> Query {
    let mut query = Query::new(LIST_IN_ORDER_OF_PLAY);
    narrow(&mut query, filter);
    if let Some(MatchKey::Play { component_order, round_number, table_number, id }) = after {
        query.and(
            "(components.sequence_order, matches.round_number, matches.table_number IS NULL, \
                 coalesce(matches.table_number, 0), matches.id) > (?, ?, ?, ?, ?)",
            [
                (*component_order).into(),
                (*round_number).into(),
                table_number.is_none().into(),
                table_number.unwrap_or(0).into(),
                (*id).into(),
            ],
        );
    }
    // Where all are of one component, its place decides nothing, and an index holds the rest.
    query.order_by(if filter.component_id.is_some() || filter.round_id.is_some() {
        "matches.round_number, matches.table_number, matches.id"
    } else {
        "components.sequence_order, matches.round_number, matches.table_number, matches.id"
    })
}

fn list_by_id(filter: &MatchFilter, after: Option<&MatchKey>) -> Query {
    let after = match after {
        Some(MatchKey::Id(id)) => Some(*id),
        _ => None,
    };
    let Some(player_id) = filter.player_id else {
        let mut query = Query::new(LIST);
        query.and_equal("matches.id > ?", after);
        return query.order_by("matches.id");
    };
    // Nobody plays themself, so no match is in both halves. OR would gather and sort every match of
    // the player.
    let mut query = Query::new(BEGIN_HALF);
    query.and("matches.player1_id = ?", [player_id.into()]);
    query.and_equal("matches.id > ?", after);
    let mut query = query.union_all("matches.id", LIST);
    query.and("matches.player2_id = ?", [player_id.into()]);
    query.and_equal("matches.id > ?", after);
    query.end_union("matches.id").order_by("id")
}

impl<A: Access> MatchRepository for Session<A> {}
