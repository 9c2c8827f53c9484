use rusqlite::{Connection, Statement, params};
use tournament_core::{
    Entity, Result, Tournament, TournamentFilter, TournamentKey, TournamentRepository,
};

use crate::access::Access;
use crate::list::{Query, id_value, text_value, time_value};
use crate::rows::Columns;
use crate::session::{Row, Session, exists};
use crate::values::{id, json, time};

macro_rules! columns {
    () => {
        "id, version, name, status, visibility, registration, start_time, end_time, format_id, \
         venue_id, created_by, created_at, description, registration_deadline, \
         auto_advance_rounds, metadata"
    };
}

const LIST: &str = concat!("SELECT ", columns!(), " FROM tournaments");

const COUNT: &str = "SELECT count(*) FROM tournaments";

pub(super) const HAS_FORMAT: &str = "SELECT 1 FROM formats WHERE id = ?1";
pub(super) const HAS_VENUE: &str = "SELECT 1 FROM venues WHERE id = ?1";
pub(super) const HAS_ORGANISER: &str = "SELECT 1 FROM players WHERE id = ?1";

impl Row for Tournament {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM tournaments WHERE id = ?1");

    const VERSION: &'static str = "SELECT version FROM tournaments WHERE id = ?1";

    const INSERT: &'static str = concat!(
        "INSERT INTO tournaments (",
        columns!(),
        ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
    );

    const UPDATE: &'static str = "\
        UPDATE tournaments SET version = version + 1, name = ?3, status = ?4, visibility = ?5,
            registration = ?6, start_time = ?7, end_time = ?8, format_id = ?9, venue_id = ?10,
            created_by = ?11, description = ?12, registration_deadline = ?13,
            auto_advance_rounds = ?14, metadata = ?15
        WHERE id = ?1 AND version = ?2";

    const DELETE: &'static str = "DELETE FROM tournaments WHERE id = ?1";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM tournaments ORDER BY id");

    fn from_row(columns: &mut Columns<'_>) -> Result<Self> {
        let mut tournament = Self::blank();
        tournament.id = columns.id("id")?;
        tournament.version = columns.integer("version")?;
        tournament.name = columns.text("name")?;
        tournament.status = columns.one_of("status")?;
        tournament.visibility = columns.one_of("visibility")?;
        tournament.registration = columns.json("registration")?;
        tournament.start_time = columns.optional_time("start_time")?;
        tournament.end_time = columns.optional_time("end_time")?;
        tournament.format_id = columns.id("format_id")?;
        tournament.venue_id = columns.id("venue_id")?;
        tournament.created_by = columns.id("created_by")?;
        tournament.created_at = columns.time("created_at")?;
        tournament.description = columns.optional_text("description")?;
        tournament.registration_deadline = columns.optional_time("registration_deadline")?;
        tournament.auto_advance_rounds = columns.boolean("auto_advance_rounds")?;
        tournament.metadata = columns.object("metadata")?;
        tournament.normalise();
        Ok(tournament)
    }

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            self.name,
            self.status.as_str(),
            self.visibility.as_str(),
            json(&self.registration)?,
            self.start_time.map(time),
            self.end_time.map(time),
            id(self.format_id),
            id(self.venue_id),
            id(self.created_by),
            time(self.created_at),
            self.description,
            self.registration_deadline.map(time),
            self.auto_advance_rounds,
            json(&self.metadata)?,
        ])
    }

    fn change(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            self.name,
            self.status.as_str(),
            self.visibility.as_str(),
            json(&self.registration)?,
            self.start_time.map(time),
            self.end_time.map(time),
            id(self.format_id),
            id(self.venue_id),
            id(self.created_by),
            self.description,
            self.registration_deadline.map(time),
            self.auto_advance_rounds,
            json(&self.metadata)?,
        ])
    }

    fn missing_reference(&self, connection: &Connection) -> Result<Option<&'static str>> {
        if !exists(connection, HAS_FORMAT, [id(self.format_id)])? {
            return Ok(Some("format_id"));
        }
        if !exists(connection, HAS_VENUE, [id(self.venue_id)])? {
            return Ok(Some("venue_id"));
        }
        let found = exists(connection, HAS_ORGANISER, [id(self.created_by)])?;
        Ok((!found).then_some("created_by"))
    }

    fn list(filter: &TournamentFilter, after: Option<&TournamentKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        if let Some(key) = after {
            query.and("(created_at, id) > (?, ?)", [time_value(key.created_at), id_value(key.id)]);
        }
        query.order_by("created_at, id")
    }

    fn count(filter: &TournamentFilter) -> Query {
        let mut query = Query::new(COUNT);
        narrow(&mut query, filter);
        query
    }

    /// An index begins with each of the columns, none with two of them.
    fn is_indexed(filter: &TournamentFilter) -> bool {
        let narrowed = [
            filter.status.is_some(),
            filter.visibility.is_some(),
            filter.format_id.is_some(),
            filter.venue_id.is_some(),
            filter.created_by.is_some(),
        ];
        narrowed.into_iter().filter(|by| *by).count() <= 1
    }

    fn key(&self, _: i64, _: &TournamentFilter) -> TournamentKey {
        TournamentKey::of(self)
    }
}

fn narrow(query: &mut Query, filter: &TournamentFilter) {
    query.and_equal("status = ?", filter.status.map(|status| text_value(status.as_str())));
    query.and_equal("visibility = ?", filter.visibility.map(|public| text_value(public.as_str())));
    query.and_equal("format_id = ?", filter.format_id.map(id_value));
    query.and_equal("venue_id = ?", filter.venue_id.map(id_value));
    query.and_equal("created_by = ?", filter.created_by.map(id_value));
}

impl<A: Access> TournamentRepository for Session<A> {}
