use rusqlite::{Connection, Statement, params};
use tournament_core::adapter::{prepare_new, storable_integer};
use tournament_core::{
    Entity, EntityKind, Error, Id, MAX_INTEGER, Player, RegisterOptions, RegistrationControl,
    RegistrationFilter, RegistrationKey, RegistrationRepository, RegistrationStatus, Result,
    Tournament, TournamentRegistration, async_trait,
};

use crate::access::{Access, Weight};
use crate::error::failure;
use crate::list::{Query, id_value, text_value};
use crate::rows::Columns;
use crate::session::{Row, Session, exists, find, insert_one};
use crate::snapshot::RAISE_LAST_SEQUENCE_ID;
use crate::values::{id, json, time};

macro_rules! columns {
    () => {
        "id, version, tournament_id, player_id, sequence_id, status, registration_time, \
         drop_time, notes, metadata"
    };
}

pub(super) const FIND_BY_PLAYER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM tournament_registrations WHERE tournament_id = ?1 AND player_id = ?2"
);

pub(super) const FIND_BY_SEQUENCE_ID: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM tournament_registrations WHERE tournament_id = ?1 AND sequence_id = ?2"
);

const LIST: &str = concat!("SELECT ", columns!(), " FROM tournament_registrations");

const COUNT: &str = "SELECT count(*) FROM tournament_registrations";

/// What a tournament says of its next registration.
pub(super) const TICKET: &str =
    "SELECT id, last_sequence_id, registration FROM tournaments WHERE id = ?1";

pub(super) const COUNT_PLACES_TAKEN: &str = "\
    SELECT count(*) FROM tournament_registrations
    WHERE tournament_id = ?1 AND status IN ('active', 'late_entry')";

pub(super) const HAS_TOURNAMENT: &str = "SELECT 1 FROM tournaments WHERE id = ?1";
pub(super) const HAS_PLAYER: &str = "SELECT 1 FROM players WHERE id = ?1";

impl Row for TournamentRegistration {
    const GET: &'static str =
        concat!("SELECT ", columns!(), " FROM tournament_registrations WHERE id = ?1");

    const VERSION: &'static str = "SELECT version FROM tournament_registrations WHERE id = ?1";

    const INSERT: &'static str = concat!(
        "INSERT INTO tournament_registrations (",
        columns!(),
        ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    );

    const UPDATE: &'static str = "\
        UPDATE tournament_registrations SET version = version + 1, player_id = ?3,
            sequence_id = ?4, status = ?5, drop_time = ?6, notes = ?7, metadata = ?8
        WHERE id = ?1 AND version = ?2";

    const DELETE: &'static str = "DELETE FROM tournament_registrations WHERE id = ?1";

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

    fn insert(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            id(self.tournament_id),
            id(self.player_id),
            self.sequence_id,
            self.status.as_str(),
            time(self.registration_time),
            self.drop_time.map(time),
            self.notes,
            json(&self.metadata)?,
        ])
    }

    fn change(&self, statement: &mut Statement<'_>) -> rusqlite::Result<usize> {
        statement.execute(params![
            id(self.id),
            self.version,
            id(self.player_id),
            self.sequence_id,
            self.status.as_str(),
            self.drop_time.map(time),
            self.notes,
            json(&self.metadata)?,
        ])
    }

    fn missing_reference(&self, connection: &Connection) -> Result<Option<&'static str>> {
        if !exists(connection, HAS_TOURNAMENT, [id(self.tournament_id)])? {
            return Ok(Some("tournament_id"));
        }
        let found = exists(connection, HAS_PLAYER, [id(self.player_id)])?;
        Ok((!found).then_some("player_id"))
    }

    fn list(filter: &RegistrationFilter, after: Option<&RegistrationKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        match after {
            Some(RegistrationKey::Sequence { sequence_id, id }) => query.and(
                "sequence_id >= ? AND (sequence_id, id) > (?, ?)",
                [(*sequence_id).into(), (*sequence_id).into(), id_value(*id)],
            ),
            Some(RegistrationKey::Id(id)) => query.and("id > ?", [id_value(*id)]),
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

    fn written(connection: &Connection, rows: &[Self]) -> Result<()> {
        let mut raise = connection.prepare_cached(RAISE_LAST_SEQUENCE_ID).map_err(failure)?;
        // Rows of one tournament mostly come together; each run of them raises its number once.
        for run in rows.chunk_by(|a, b| a.tournament_id == b.tournament_id) {
            let last = run.iter().map(|row| row.sequence_id).max();
            raise.execute(params![id(run[0].tournament_id), last]).map_err(failure)?;
        }
        Ok(())
    }
}

fn narrow(query: &mut Query, filter: &RegistrationFilter) {
    query.and_equal("tournament_id = ?", filter.tournament_id.map(id_value));
    query.and_equal("player_id = ?", filter.player_id.map(id_value));
    query.and_equal("status = ?", filter.status.map(|status| text_value(status.as_str())));
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
        self.access.write(Weight::Light, move |connection| register(connection, registration)).await
    }

    async fn find_by_player(
        &self,
        tournament_id: Id<Tournament>,
        player_id: Id<Player>,
    ) -> Result<Option<TournamentRegistration>> {
        self.access.admit(None)?;
        self.access
            .read(Weight::Light, move |connection| {
                find(connection, FIND_BY_PLAYER, [id(tournament_id), id(player_id)])
            })
            .await
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
        self.access
            .read(Weight::Light, move |connection| {
                find(connection, FIND_BY_SEQUENCE_ID, params![id(tournament_id), sequence_id])
            })
            .await
    }
}

/// Stores a prepared registration under the tournament's next number. The writer's lock keeps every
/// other from taking the same one.
fn register(
    connection: &Connection,
    mut registration: TournamentRegistration,
) -> Result<TournamentRegistration> {
    let tournament_id = registration.tournament_id;
    let (last, control) = ticket(connection, tournament_id)?
        .ok_or_else(|| Error::reference_missing(EntityKind::Registration, "tournament_id"))?;
    if last >= MAX_INTEGER {
        return Err(Error::full(tournament_id, MAX_INTEGER));
    }
    if let Some(max_players) = control.max_players
        && registration.status != RegistrationStatus::Dropped
        && places_taken(connection, tournament_id)? >= max_players
    {
        return Err(Error::full(tournament_id, max_players));
    }
    registration.sequence_id = last + 1;
    insert_one(connection, &registration)?;
    Ok(registration)
}

fn ticket(
    connection: &Connection,
    tournament_id: Id<Tournament>,
) -> Result<Option<(i64, RegistrationControl)>> {
    let mut statement = connection.prepare_cached(TICKET).map_err(failure)?;
    let mut rows = statement.query([id(tournament_id)]).map_err(failure)?;
    let Some(row) = rows.next().map_err(failure)? else {
        return Ok(None);
    };
    let mut columns = Columns::new(row, EntityKind::Tournament);
    let _: Id<Tournament> = columns.id("id")?;
    Ok(Some((columns.integer("last_sequence_id")?, columns.json("registration")?)))
}

fn places_taken(connection: &Connection, tournament_id: Id<Tournament>) -> Result<i64> {
    connection
        .prepare_cached(COUNT_PLACES_TAKEN)
        .and_then(|mut statement| statement.query_row([id(tournament_id)], |row| row.get(0)))
        .map_err(failure)
}
