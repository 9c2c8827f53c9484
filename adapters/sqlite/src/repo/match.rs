use rusqlite::{Connection, Statement, params};
use tournament_core::{Entity, Match, MatchFilter, MatchKey, MatchRepository, Result};

use crate::access::Access;
use crate::list::{Query, id_value};
use crate::rows::Columns;
use crate::session::{Row, Session, exists};
use crate::values::{id, json, time};

macro_rules! columns {
    () => {
        "matches.id, matches.version, matches.tournament_id, matches.component_id, \
         matches.round_id, matches.round_number, matches.table_number, matches.player1_id, \
         matches.player2_id, matches.player1_wins, matches.player2_wins, matches.draws, \
         matches.status, matches.start_time, matches.end_time, matches.notes, \
         matches.metadata"
    };
}

const LIST: &str = concat!("SELECT ", columns!(), " FROM matches");

/// The components come first, in their order, and each one's matches in theirs: nothing is sorted.
macro_rules! from_components {
    () => {
        " FROM components CROSS JOIN matches ON matches.component_id = components.id"
    };
}

/// The round's number leads to its matches in their order; its id would lead to them in none.
macro_rules! from_rounds {
    () => {
        " FROM rounds CROSS JOIN components ON components.id = rounds.component_id \
         CROSS JOIN matches ON matches.component_id = components.id \
         AND matches.round_number = rounds.round_number"
    };
}

const LIST_IN_ORDER_OF_PLAY: &str =
    concat!("SELECT ", columns!(), ", components.sequence_order", from_components!());

const LIST_OF_ROUND: &str =
    concat!("SELECT ", columns!(), ", components.sequence_order", from_rounds!());

const COUNT: &str = "SELECT count(*) FROM matches";
const COUNT_BY_COMPONENT: &str = concat!("SELECT count(*)", from_components!());
const COUNT_BY_ROUND: &str = concat!("SELECT count(*)", from_rounds!());

pub(super) const HAS_ROUND: &str = "\
    SELECT 1 FROM rounds
    WHERE id = ?1 AND component_id = ?2 AND tournament_id = ?3 AND round_number = ?4";

pub(super) const HAS_PLAYER: &str = "SELECT 1 FROM players WHERE id = ?1";

impl Row for Match {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM matches WHERE id = ?1");

    const VERSION: &'static str = "SELECT version FROM matches WHERE id = ?1";

    const INSERT: &'static str = "\
        INSERT INTO matches (id, version, tournament_id, component_id, round_id, round_number,
            table_number, player1_id, player2_id, player1_wins, player2_wins, draws, status,
            start_time, end_time, notes, metadata)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
            ?17)";

    const UPDATE: &'static str = "\
        UPDATE matches SET version = version + 1, round_number = ?3, table_number = ?4,
            player1_id = ?5, player2_id = ?6, player1_wins = ?7, player2_wins = ?8, draws = ?9,
            status = ?10, start_time = ?11, end_time = ?12, notes = ?13,
            metadata = ?14
        WHERE id = ?1 AND version = ?2";

    const DELETE: &'static str = "DELETE FROM matches WHERE id = ?1";

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

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            id(self.tournament_id),
            id(self.component_id),
            id(self.round_id),
            self.round_number,
            self.table_number,
            id(self.player1_id),
            self.player2_id.map(id),
            self.player1_wins,
            self.player2_wins,
            self.draws,
            self.status.as_str(),
            self.start_time.map(time),
            self.end_time.map(time),
            self.notes,
            json(&self.metadata)?,
        ])
    }

    fn change(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            self.round_number,
            self.table_number,
            id(self.player1_id),
            self.player2_id.map(id),
            self.player1_wins,
            self.player2_wins,
            self.draws,
            self.status.as_str(),
            self.start_time.map(time),
            self.end_time.map(time),
            self.notes,
            json(&self.metadata)?,
        ])
    }

    fn missing_reference(&self, connection: &Connection) -> Result<Option<&'static str>> {
        let round = params![
            id(self.round_id),
            id(self.component_id),
            id(self.tournament_id),
            self.round_number,
        ];
        if !exists(connection, HAS_ROUND, round)? {
            return Ok(Some("round_id"));
        }
        if !exists(connection, HAS_PLAYER, [id(self.player1_id)])? {
            return Ok(Some("player1_id"));
        }
        match self.player2_id {
            Some(player2_id) if !exists(connection, HAS_PLAYER, [id(player2_id)])? => {
                Ok(Some("player2_id"))
            }
            _ => Ok(None),
        }
    }

    fn list(filter: &MatchFilter, after: Option<&MatchKey>) -> Query {
        if filter.in_order_of_play() {
            list_in_order_of_play(filter, after)
        } else {
            list_by_id(filter, after)
        }
    }

    fn count(filter: &MatchFilter) -> Query {
        let mut query = Query::new(if filter.round_id.is_some() {
            COUNT_BY_ROUND
        } else if filter.in_order_of_play() {
            COUNT_BY_COMPONENT
        } else {
            COUNT
        });
        narrow(&mut query, filter);
        if let Some(player_id) = filter.player_id {
            query.and(
                "(matches.player1_id = ? OR matches.player2_id = ?)",
                [id_value(player_id), id_value(player_id)],
            );
        }
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
    query.and_equal("rounds.id = ?", filter.round_id.map(id_value));
    query.and_equal("components.tournament_id = ?", filter.tournament_id.map(id_value));
    // The plus keeps the round's component out of the search for the round: its id alone is known
    // to lead to one row, and only then is nothing sorted.
    let of_component =
        if filter.round_id.is_some() { "+components.id = ?" } else { "components.id = ?" };
    query.and_equal(of_component, filter.component_id.map(id_value));
}

fn list_in_order_of_play(filter: &MatchFilter, after: Option<&MatchKey>) -> Query {
    let mut query =
        Query::new(if filter.round_id.is_some() { LIST_OF_ROUND } else { LIST_IN_ORDER_OF_PLAY });
    narrow(&mut query, filter);
    query
        .and_equal("? IN (matches.player1_id, matches.player2_id)", filter.player_id.map(id_value));
    if let Some(MatchKey::Play { component_order, round_number, table_number, id }) = after {
        query.and(
            "components.sequence_order >= ? \
             AND matches.round_number >= iif(components.sequence_order = ?, ?, 0) \
             AND (components.sequence_order, matches.round_number, \
                 matches.table_number IS NULL, ifnull(matches.table_number, 0), matches.id) \
                 > (?, ?, ?, ?, ?)",
            [
                (*component_order).into(),
                (*component_order).into(),
                (*round_number).into(),
                (*component_order).into(),
                (*round_number).into(),
                table_number.is_none().into(),
                table_number.unwrap_or(0).into(),
                id_value(*id),
            ],
        );
    }
    query.order_by(
        "components.sequence_order, matches.round_number, matches.table_number IS NULL, \
         matches.table_number, matches.id",
    )
}

fn list_by_id(filter: &MatchFilter, after: Option<&MatchKey>) -> Query {
    let after = match after {
        Some(MatchKey::Id(id)) => Some(id_value(*id)),
        _ => None,
    };
    let mut query = Query::new(LIST);
    if let Some(player_id) = filter.player_id {
        // Nobody plays themself, so no match is in both halves. Each half is in order, and SQLite
        // merges them; OR would gather and sort every match of the player.
        query.and("matches.player1_id = ?", [id_value(player_id)]);
        query.and_equal("matches.id > ?", after.clone());
        query.union_all(LIST);
        query.and("matches.player2_id = ?", [id_value(player_id)]);
    }
    query.and_equal("matches.id > ?", after);
    query.order_by("id")
}

impl<A: Access> MatchRepository for Session<A> {}
