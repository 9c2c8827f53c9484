use tournament_core::{
    Entity, Result, Tournament, TournamentFilter, TournamentKey, TournamentRepository,
    TournamentStatus, Visibility,
};

use crate::access::Access;
use crate::list::Query;
use crate::rows::Columns;
use crate::session::{Row, Session};
use crate::values::Value;

macro_rules! columns {
    () => {
        "id, version, name, status, visibility, registration, start_time, end_time, format_id, \
         venue_id, created_by, created_at, description, registration_deadline, \
         auto_advance_rounds, metadata"
    };
}

const LIST: &str = concat!("SELECT ", columns!(), " FROM tournaments");

const COUNT: &str = "SELECT COUNT(*) FROM tournaments";

impl Row for Tournament {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM tournaments WHERE id = ?");

    const VERSION: &'static str = "SELECT version FROM tournaments WHERE id = ?";

    const INSERT: &'static str = concat!(
        "INSERT INTO tournaments (",
        columns!(),
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );

    const UPDATE: &'static str = "\
        UPDATE tournaments SET version = version + 1, name = ?, status = ?, visibility = ?,
            registration = ?, start_time = ?, end_time = ?, format_id = ?, venue_id = ?,
            created_by = ?, description = ?, registration_deadline = ?, auto_advance_rounds = ?,
            metadata = ?
        WHERE id = ? AND version = ? AND created_at = ?";

    const DELETE: &'static str =
        "DELETE FROM tournaments WHERE id = ? AND version = COALESCE(?, version)";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM tournaments ORDER BY id");

    fn from_row(columns: &mut Columns) -> Result<Self> {
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

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.version.into(),
            (&self.name).into(),
            self.status.as_str().into(),
            self.visibility.as_str().into(),
            (&self.registration).into(),
            self.start_time.into(),
            self.end_time.into(),
            self.format_id.into(),
            self.venue_id.into(),
            self.created_by.into(),
            self.created_at.into(),
            (&self.description).into(),
            self.registration_deadline.into(),
            self.auto_advance_rounds.into(),
            (&self.metadata).into(),
        ]
    }

    fn changes(&self) -> Vec<Value> {
        vec![
            (&self.name).into(),
            self.status.as_str().into(),
            self.visibility.as_str().into(),
            (&self.registration).into(),
            self.start_time.into(),
            self.end_time.into(),
            self.format_id.into(),
            self.venue_id.into(),
            self.created_by.into(),
            (&self.description).into(),
            self.registration_deadline.into(),
            self.auto_advance_rounds.into(),
            (&self.metadata).into(),
            self.id.into(),
            self.version.into(),
            self.created_at.into(),
        ]
    }

    fn list(filter: &TournamentFilter, after: Option<&TournamentKey>) -> Query {
        let mut query = Query::new(&match index(filter) {
            Some(index) => format!("{LIST} FORCE INDEX ({index})"),
            None => LIST.to_owned(),
        });
        narrow(&mut query, filter);
        if let Some(key) = after {
            query.and_after([("created_at", key.created_at.into()), ("id", key.id.into())]);
        }
        query.order_by("created_at, id")
    }

    fn count(filter: &TournamentFilter) -> Query {
        let mut query = Query::new(COUNT);
        narrow(&mut query, filter);
        query
    }

    fn key(&self, _: i64, _: &TournamentFilter) -> TournamentKey {
        TournamentKey::of(self)
    }
}

/// The index that holds the order of what the filter lets through: one begins with each of the
/// columns, and none with two of them.
fn index(filter: &TournamentFilter) -> Option<&'static str> {
    let indexes = [
        (filter.status.is_some(), "tournaments_status_idx"),
        (filter.visibility.is_some(), "tournaments_visibility_idx"),
        (filter.format_id.is_some(), "tournaments_format_idx"),
        (filter.venue_id.is_some(), "tournaments_venue_idx"),
        (filter.created_by.is_some(), "tournaments_created_by_idx"),
    ];
    let mut narrowing = indexes.into_iter().filter(|(narrows, _)| *narrows);
    match (narrowing.next(), narrowing.next()) {
        (None, _) => Some("tournaments_created_at_idx"),
        (Some((_, index)), None) => Some(index),
        _ => None,
    }
}

fn narrow(query: &mut Query, filter: &TournamentFilter) {
    query.and_equal("status = ?", filter.status.map(TournamentStatus::as_str));
    query.and_equal("visibility = ?", filter.visibility.map(Visibility::as_str));
    query.and_equal("format_id = ?", filter.format_id);
    query.and_equal("venue_id = ?", filter.venue_id);
    query.and_equal("created_by = ?", filter.created_by);
}

impl<A: Access> TournamentRepository for Session<A> {}
