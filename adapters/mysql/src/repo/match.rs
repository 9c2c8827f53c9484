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

macro_rules! from_components {
    () => {
        " FROM components JOIN matches ON matches.component_id = components.id"
    };
}

const LIST_IN_ORDER_OF_PLAY: &str =
    concat!("SELECT ", columns!(), ", components.sequence_order", from_components!());

const COUNT: &str = "SELECT COUNT(*) FROM matches";

/// Nobody plays themself, so no match is counted twice. OR would read all matches there are.
const COUNT_OF_PLAYER: &str = "\
    SELECT (SELECT COUNT(*) FROM matches WHERE player1_id = ?) \
         + (SELECT COUNT(*) FROM matches WHERE player2_id = ?)";

const COUNT_BY_COMPONENT: &str = concat!("SELECT COUNT(*)", from_components!());

impl Row for Match {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM matches WHERE id = ?");

    const VERSION: &'static str = "SELECT version FROM matches WHERE id = ?";

    const INSERT: &'static str = concat!(
        "INSERT INTO matches (",
        stored_columns!(),
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );

    const UPDATE: &'static str = "\
        UPDATE matches SET version = version + 1, round_number = ?, table_number = ?,
            player1_id = ?, player2_id = ?, player1_wins = ?, player2_wins = ?, draws = ?,
            status = ?, start_time = ?, end_time = ?, notes = ?, metadata = ?
        WHERE id = ? AND version = ? AND tournament_id = ? AND component_id = ?
            AND round_id = ?";

    const DELETE: &'static str =
        "DELETE FROM matches WHERE id = ? AND version = COALESCE(?, version)";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM matches ORDER BY id");

    fn from_row(columns: &mut Columns) -> Result<Self> {
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

    fn values(&self) -> Vec<Value> {
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

    fn changes(&self) -> Vec<Value> {
        vec![
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
            self.id.into(),
            self.version.into(),
            self.tournament_id.into(),
            self.component_id.into(),
            self.round_id.into(),
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
        if let (Some(player_id), false) = (filter.player_id, filter.in_order_of_play()) {
            return Query::whole(COUNT_OF_PLAYER, vec![player_id.into(), player_id.into()]);
        }
        let mut query =
            Query::new(if filter.in_order_of_play() { COUNT_BY_COMPONENT } else { COUNT });
        narrow(&mut query, filter);
        query
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
        query.and_after([
            ("components.sequence_order", (*component_order).into()),
            ("matches.round_number", (*round_number).into()),
            ("(matches.table_number IS NULL)", table_number.is_none().into()),
            ("COALESCE(matches.table_number, 0)", table_number.unwrap_or(0).into()),
            ("matches.id", (*id).into()),
        ]);
    }
    // NULL would come first.
    query.order_by(
        "components.sequence_order, matches.round_number, matches.table_number IS NULL, \
         matches.table_number, matches.id",
    )
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
    let mut query = Query::new(LIST);
    query.and("matches.player1_id = ?", [player_id.into()]);
    query.and_equal("matches.id > ?", after);
    let mut query = query.union_all("id", LIST);
    query.and("matches.player2_id = ?", [player_id.into()]);
    query.and_equal("matches.id > ?", after);
    query
}

impl<A: Access> MatchRepository for Session<A> {}
