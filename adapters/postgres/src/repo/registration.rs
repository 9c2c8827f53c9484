use std::collections::BTreeMap;

use tournament_core::adapter::{prepare_new, storable_integer};
use tournament_core::{
    Entity, EntityKind, Error, Id, MAX_INTEGER, Player, RegisterOptions, RegistrationControl,
    RegistrationFilter, RegistrationKey, RegistrationRepository, RegistrationStatus, Result,
    Tournament, TournamentRegistration, async_trait,
};

use crate::access::Access;
use crate::list::Query;
use crate::rows::Columns;
use crate::session::{Row, Session};
use crate::step::{Scope, Step};
use crate::values::Value;

macro_rules! columns {
    () => {
        "id, version, tournament_id, player_id, sequence_id, status, registration_time, \
         drop_time, notes, metadata"
    };
}

pub(super) const FIND_BY_PLAYER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM tournament_registrations WHERE tournament_id = $1 AND player_id = $2"
);

pub(super) const FIND_BY_SEQUENCE_ID: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM tournament_registrations WHERE tournament_id = $1 AND sequence_id = $2"
);

const LIST: &str = concat!("SELECT ", columns!(), " FROM tournament_registrations");

const COUNT: &str = "SELECT count(*) FROM tournament_registrations";

/// Takes the next number, and with it the tournament's row until the transaction ends: nobody else
/// takes a number meanwhile.
pub(super) const TAKE_NUMBER: &str = "\
    UPDATE tournaments SET last_sequence_id = last_sequence_id + 1
    WHERE id = $1 AND last_sequence_id < 2147483647
    RETURNING id, last_sequence_id, registration";

pub(super) const HAS_TOURNAMENT: &str = "SELECT 1 FROM tournaments WHERE id = $1";

/// A new row, if there is a place left. A statement of its own, because it has to count what was
/// committed while the one before it waited.
pub(super) const REGISTER: &str = concat!(
    "INSERT INTO tournament_registrations (",
    columns!(),
    ") SELECT $1::uuid, $2::int4, $3::uuid, $4::uuid, $5::int4, $6::text, $7::timestamptz, \
     $8::timestamptz, $9::text, $10::jsonb
     WHERE $11::int4 IS NULL OR $11 > (
         SELECT count(*) FROM tournament_registrations
         WHERE tournament_id = $3 AND status IN ('active', 'late_entry'))"
);

impl Row for TournamentRegistration {
    const GET: &'static str =
        concat!("SELECT ", columns!(), " FROM tournament_registrations WHERE id = $1");

    const VERSION: &'static str = "SELECT version FROM tournament_registrations WHERE id = $1";

    /// Raises the tournament's number first: whoever gives out numbers waits for its row, and never
    /// for a key of this one while holding what this one waits for.
    const INSERT: &'static str = concat!(
        "WITH raised AS (
             UPDATE tournaments SET last_sequence_id = $5
             WHERE id = $3 AND last_sequence_id < $5
             RETURNING id)
         INSERT INTO tournament_registrations (",
        columns!(),
        ") SELECT $1::uuid, $2::int4, $3::uuid, $4::uuid, $5::int4, $6::text, \
         $7::timestamptz, $8::timestamptz, $9::text, $10::jsonb
         FROM (SELECT count(*) FROM raised) AS first"
    );

    const INSERT_MANY: &'static str = concat!(
        "INSERT INTO tournament_registrations (",
        columns!(),
        ") SELECT * FROM unnest($1::uuid[], $2::int4[], $3::uuid[], $4::uuid[], $5::int4[], \
         $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[], \
         $10::jsonb[])"
    );

    const COPY: &'static str =
        concat!("COPY tournament_registrations (", columns!(), ") FROM STDIN (FORMAT binary)");

    /// Raises the tournament's number if the row is changed to a higher one: after the row, because a
    /// call that is refused must raise nothing. So whoever changes a row to a number that is being
    /// given out just then may meet the other in a deadlock, of which one is told `Busy`.
    const UPDATE: &'static str = "\
        WITH changed AS (
            UPDATE tournament_registrations SET version = version + 1, player_id = $4,
                sequence_id = $5, status = $6, drop_time = $8, notes = $9,
                metadata = $10
            WHERE id = $1 AND version = $2 AND tournament_id = $3 AND registration_time = $7
            RETURNING tournament_id, sequence_id
        ), raised AS (
            UPDATE tournaments SET last_sequence_id = changed.sequence_id
            FROM changed
            WHERE tournaments.id = changed.tournament_id
                AND tournaments.last_sequence_id < changed.sequence_id
        )
        SELECT sequence_id FROM changed";

    const DELETE: &'static str = "\
        DELETE FROM tournament_registrations
        WHERE id = $1 AND version = coalesce($2::int4, version)";

    const EXPORT: &'static str =
        concat!("SELECT ", columns!(), " FROM tournament_registrations ORDER BY id");

    fn from_row(columns: &mut Columns<'_>) -> Result<Self> {
        let mut registration = Self::blank();
        registration.id = columns.id("id")?;
        registration.version = columns.integer("version")?;
        registration.tournament_id = columns.id("tournament_id")?;
        registration.player_id = columns.id("player_id")?;
        registration.sequence_id = columns.integer("sequence_id")?;
        registration.status = columns.one_of("status")?;
        registration.registration_time = columns.time("registration_time")?;
        registration.drop_time = columns.optional_time("drop_time")?;
        registration.notes = columns.optional_text("notes")?;
        registration.metadata = columns.object("metadata")?;
        registration.normalise();
        Ok(registration)
    }

    fn values(&self) -> Vec<Value<'_>> {
        vec![
            self.id.into(),
            self.version.into(),
            self.tournament_id.into(),
            self.player_id.into(),
            self.sequence_id.into(),
            self.status.as_str().into(),
            self.registration_time.into(),
            self.drop_time.into(),
            (&self.notes).into(),
            (&self.metadata).into(),
        ]
    }

    fn list(filter: &RegistrationFilter, after: Option<&RegistrationKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        match after {
            Some(RegistrationKey::Sequence { sequence_id, id }) => {
                query.and("(sequence_id, id) > (?, ?)", [(*sequence_id).into(), (*id).into()]);
            }
            Some(RegistrationKey::Id(id)) => query.and("id > ?", [(*id).into()]),
            None => {}
        }
        query.order_by(if filter.tournament_id.is_some() { "sequence_id, id" } else { "id" })
    }

    fn count(filter: &RegistrationFilter) -> Query {
        let mut query = Query::new(COUNT);
        narrow(&mut query, filter);
        query
    }

    fn is_indexed(filter: &RegistrationFilter) -> bool {
        filter.status.is_none() || (filter.tournament_id.is_some() && filter.player_id.is_none())
    }

    fn key(&self, _: i64, filter: &RegistrationFilter) -> RegistrationKey {
        RegistrationKey::of(self, filter)
    }

    fn highest_sequence_ids(rows: &[Self]) -> BTreeMap<Id<Tournament>, i64> {
        let mut highest = BTreeMap::new();
        for row in rows {
            let last = highest.entry(row.tournament_id).or_default();
            *last = row.sequence_id.max(*last);
        }
        highest
    }
}

fn narrow(query: &mut Query, filter: &RegistrationFilter) {
    query.and_equal("tournament_id = ?", filter.tournament_id);
    query.and_equal("player_id = ?", filter.player_id);
    query.and_equal("status = ?", filter.status.map(RegistrationStatus::as_str));
}

#[async_trait]
impl<A: Access> RegistrationRepository for Session<A> {
    async fn register(
        &self,
        tournament_id: Id<Tournament>,
        player_id: Id<Player>,
        options: &RegisterOptions,
    ) -> Result<TournamentRegistration> {
        self.access.admit(Some(EntityKind::Registration))?;
        let registration = prepare_new(&options.registration(tournament_id, player_id))?;
        let step = self.access.step(Scope::Transaction).await?;
        let registered = register(&step, registration).await;
        step.finish(registered).await
    }

    async fn find_by_player(
        &self,
        tournament_id: Id<Tournament>,
        player_id: Id<Player>,
    ) -> Result<Option<TournamentRegistration>> {
        self.access.admit(None)?;
        self.find(FIND_BY_PLAYER, vec![tournament_id.into(), player_id.into()]).await
    }

    async fn find_by_sequence_id(
        &self,
        tournament_id: Id<Tournament>,
        sequence_id: i64,
    ) -> Result<Option<TournamentRegistration>> {
        self.access.admit(None)?;
        let Some(sequence_id) = storable_integer(sequence_id) else {
            return Ok(None);
        };
        self.find(FIND_BY_SEQUENCE_ID, vec![tournament_id.into(), sequence_id.into()]).await
    }
}

/// Stores a prepared registration under the tournament's next number.
async fn register(
    step: &Step,
    mut registration: TournamentRegistration,
) -> Result<TournamentRegistration> {
    let tournament_id = registration.tournament_id;
    let taken = step.change(TAKE_NUMBER, &[tournament_id.into()]).await?;
    let Some(row) = taken.first() else {
        return Err(no_number(step, tournament_id).await?);
    };
    let mut columns = Columns::new(row, EntityKind::Tournament);
    let _: Id<Tournament> = columns.id("id")?;
    registration.sequence_id = columns.integer("last_sequence_id")?;
    let control: RegistrationControl = columns.json("registration")?;
    let max_players =
        control.max_players.filter(|_| registration.status != RegistrationStatus::Dropped);
    let mut values = registration.values();
    values.push(max_players.into());
    let stored = step.execute(REGISTER, &values).await?;
    drop(values);
    if let (0, Some(max_players)) = (stored, max_players) {
        return Err(Error::full(tournament_id, max_players));
    }
    Ok(registration)
}

/// Why there is no next number.
async fn no_number(step: &Step, tournament_id: Id<Tournament>) -> Result<Error> {
    let found = step.query(HAS_TOURNAMENT, &[tournament_id.into()]).await?;
    Ok(if found.is_empty() {
        Error::reference_missing(EntityKind::Registration, "tournament_id")
    } else {
        Error::full(tournament_id, MAX_INTEGER)
    })
}
