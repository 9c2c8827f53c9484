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

const COUNT: &str = "SELECT count(*) FROM tournaments";

impl Row for Tournament {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM tournaments WHERE id = $1");

    const VERSION: &'static str = "SELECT version FROM tournaments WHERE id = $1";

    const INSERT: &'static str = concat!(
        "INSERT INTO tournaments (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    );

    const INSERT_MANY: &'static str = concat!(
        "INSERT INTO tournaments (",
        columns!(),
        ") SELECT * FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::text[], \
         $6::jsonb[], $7::timestamptz[], $8::timestamptz[], $9::uuid[], $10::uuid[], \
         $11::uuid[], $12::timestamptz[], $13::text[], $14::timestamptz[], $15::bool[], \
         $16::jsonb[])"
    );

    const COPY: &'static str =
        concat!("COPY tournaments (", columns!(), ") FROM STDIN (FORMAT binary)");

    const UPDATE: &'static str = "\
        UPDATE tournaments SET version = version + 1, name = $3, status = $4, visibility = $5,
            registration = $6, start_time = $7, end_time = $8, format_id = $9, venue_id = $10,
            created_by = $11, description = $13, registration_deadline = $14,
            auto_advance_rounds = $15, metadata = $16
        WHERE id = $1 AND version = $2 AND created_at = $12";

    const DELETE: &'static str =
        "DELETE FROM tournaments WHERE id = $1 AND version = coalesce($2::int4, version)";

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

    fn values(&self) -> Vec<Value<'_>> {
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

    fn list(filter: &TournamentFilter, after: Option<&TournamentKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        if let Some(key) = after {
            query.and("(created_at, id) > (?, ?)", [key.created_at.into(), key.id.into()]);
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
    query.and_equal("status = ?", filter.status.map(TournamentStatus::as_str));
    query.and_equal("visibility = ?", filter.visibility.map(Visibility::as_str));
    query.and_equal("format_id = ?", filter.format_id);
    query.and_equal("venue_id = ?", filter.venue_id);
    query.and_equal("created_by = ?", filter.created_by);
}

impl<A: Access> TournamentRepository for Session<A> {}
