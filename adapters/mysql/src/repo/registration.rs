use std::collections::BTreeMap;

use tournament_core::adapter::{prepare_new, storable_integer};
use tournament_core::{
    Entity, EntityKind, Error, Id, MAX_INTEGER, Player, RegisterOptions, RegistrationControl,
    RegistrationFilter, RegistrationKey, RegistrationRepository, RegistrationStatus, Result,
    Tournament, TournamentRegistration, async_trait,
};

use crate::access::Access;
use crate::bulk::{insert_all, raise};
use crate::list::Query;
use crate::rows::Columns;
use crate::session::{Replaced, Row, Session, came_and_went, check_stored};
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
    " FROM tournament_registrations WHERE tournament_id = ? AND player_id = ?"
);

pub(super) const FIND_BY_SEQUENCE_ID: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM tournament_registrations WHERE tournament_id = ? AND sequence_id = ?"
);

const LIST: &str = concat!("SELECT ", columns!(), " FROM tournament_registrations");

const COUNT: &str = "SELECT COUNT(*) FROM tournament_registrations";

/// Takes the next number, and with it the tournament's row until the transaction ends: nobody else
/// takes a number meanwhile.
pub(super) const TAKE_NUMBER: &str = "\
    UPDATE tournaments SET last_sequence_id = last_sequence_id + 1 \
    WHERE id = ? AND last_sequence_id < 2147483647";

/// The number that was taken, and how many places are. A statement of its own, because it has to
/// count what was committed while the one before it waited.
pub(super) const SELECT_TAKEN: &str = "\
    SELECT id, last_sequence_id, registration, \
        (SELECT COUNT(*) FROM tournament_registrations \
         WHERE tournament_id = ? AND status IN ('active', 'late_entry')) \
    FROM tournaments WHERE id = ?";

pub(super) const HAS_TOURNAMENT: &str = "SELECT 1 FROM tournaments WHERE id = ?";

/// [`Row::UPDATE`] of a row that gets another number.
pub(super) const RENUMBER: &str = "\
    UPDATE tournament_registrations SET version = version + 1, player_id = ?, status = ?, \
        drop_time = ?, notes = ?, metadata = ?, sequence_id = ? \
    WHERE id = ? AND version = ? AND tournament_id = ? AND registration_time = ?";

impl Row for TournamentRegistration {
    const GET: &'static str =
        concat!("SELECT ", columns!(), " FROM tournament_registrations WHERE id = ?");

    const VERSION: &'static str = "SELECT version FROM tournament_registrations WHERE id = ?";

    const INSERT: &'static str = concat!(
        "INSERT INTO tournament_registrations (",
        columns!(),
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );

    /// Of a row that keeps its number, as nearly all do: with another, the tournament's own number may
    /// have to rise too.
    const UPDATE: &'static str = "\
        UPDATE tournament_registrations SET version = version + 1, player_id = ?, status = ?,
            drop_time = ?, notes = ?, metadata = ?
        WHERE id = ? AND version = ? AND tournament_id = ? AND registration_time = ?
            AND sequence_id = ?";

    const DELETE: &'static str = "\
        DELETE FROM tournament_registrations
        WHERE id = ? AND version = COALESCE(?, version)";

    const TOUCHES_OTHERS: bool = true;

    const EXPORT: &'static str =
        concat!("SELECT ", columns!(), " FROM tournament_registrations ORDER BY id");

    fn from_row(columns: &mut Columns) -> Result<Self> {
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

    fn values(&self) -> Vec<Value> {
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

    fn changes(&self) -> Vec<Value> {
        vec![
            self.player_id.into(),
            self.status.as_str().into(),
            self.drop_time.into(),
            (&self.notes).into(),
            (&self.metadata).into(),
            self.id.into(),
            self.version.into(),
            self.tournament_id.into(),
            self.registration_time.into(),
            self.sequence_id.into(),
        ]
    }

    fn list(filter: &RegistrationFilter, after: Option<&RegistrationKey>) -> Query {
        let mut query = Query::new(LIST);
        narrow(&mut query, filter);
        match after {
            Some(RegistrationKey::Sequence { sequence_id, id }) => {
                query.and_after([("sequence_id", (*sequence_id).into()), ("id", (*id).into())]);
            }
            Some(RegistrationKey::Id(id)) => query.and("id > ?", [(*id).into()]),
            None => {}
        }
        // No two of a tournament tie.
        query.order_by(if filter.tournament_id.is_some() { "sequence_id" } else { "id" })
    }

    fn count(filter: &RegistrationFilter) -> Query {
        let mut query = Query::new(COUNT);
        narrow(&mut query, filter);
        query
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

    /// Gives the row another number. The tournament's is raised first, as [`register`] takes it first,
    /// so that neither waits for the other in turn.
    async fn replace(step: &mut Step, row: &Self) -> Result<Replaced> {
        check_stored(step, row).await?;
        raise(step, &Self::highest_sequence_ids(std::slice::from_ref(row))).await?;
        let values = vec![
            row.player_id.into(),
            row.status.as_str().into(),
            row.drop_time.into(),
            (&row.notes).into(),
            (&row.metadata).into(),
            row.sequence_id.into(),
            row.id.into(),
            row.version.into(),
            row.tournament_id.into(),
            row.registration_time.into(),
        ];
        if step.execute(Self::KIND, RENUMBER, values).await? == 1 {
            return Ok(Replaced::Done);
        }
        // The number was raised for nothing, so what was done must not be kept.
        Err(came_and_went())
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
        let mut step = self.access.step(Scope::Transaction).await?;
        let registered = register(&mut step, registration).await;
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
    step: &mut Step,
    mut registration: TournamentRegistration,
) -> Result<TournamentRegistration> {
    let tournament_id = registration.tournament_id;
    let id = Value::from(tournament_id);
    if step.execute(EntityKind::Tournament, TAKE_NUMBER, vec![id.clone()]).await? == 0 {
        return Err(no_number(step, tournament_id).await?);
    }
    let taken = step.query(SELECT_TAKEN, vec![id.clone(), id]).await?;
    let Some(row) = taken.into_iter().next() else {
        return Err(came_and_went());
    };
    let mut columns = Columns::new(row, EntityKind::Tournament);
    let _: Id<Tournament> = columns.id("id")?;
    registration.sequence_id = columns.integer("last_sequence_id")?;
    let control: RegistrationControl = columns.json("registration")?;
    let places_taken = columns.integer("registration")?;
    if let Some(max_players) = control.max_players
        && registration.status != RegistrationStatus::Dropped
        && places_taken >= max_players
    {
        return Err(Error::full(tournament_id, max_players));
    }
    insert_all(step, std::slice::from_ref(&registration)).await?;
    Ok(registration)
}

/// Why there is no next number.
async fn no_number(step: &mut Step, tournament_id: Id<Tournament>) -> Result<Error> {
    let found = step.query(HAS_TOURNAMENT, vec![tournament_id.into()]).await?;
    Ok(if found.is_empty() {
        Error::reference_missing(EntityKind::Registration, "tournament_id")
    } else {
        Error::full(tournament_id, MAX_INTEGER)
    })
}
