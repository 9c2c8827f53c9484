use std::collections::BTreeMap;

use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use tournament_core::adapter::prepare_new;
use tournament_core::{
    EntityKind, Error, Id, MAX_INTEGER, Player, RegisterOptions, RegistrationFilter,
    RegistrationKey, RegistrationRepository, RegistrationStatus, Result, Tournament,
    TournamentRegistration, async_trait,
};

use crate::changes::{Change, Changes};
use crate::index::Index;
use crate::rows::MemoryRows;
use crate::state::State;
use crate::table::{Row, Rows};

#[derive(Clone, Default)]
pub(crate) struct RegistrationIndexes {
    by_sequence_id: Index<Id<Tournament>, i64, TournamentRegistration>,
    by_player: Index<Id<Tournament>, Id<Player>, TournamentRegistration>,
    of_player: Index<Id<Player>, (), TournamentRegistration>,
    /// How many registrations of each tournament are not dropped; no entry where there is none.
    places_taken: OrdMap<Id<Tournament>, i64>,
    /// The highest number that each tournament ever gave; no entry before the first.
    last_sequence_ids: OrdMap<Id<Tournament>, i64>,
}

impl RegistrationIndexes {
    pub(crate) fn holds_tournament(&self, id: Id<Tournament>) -> bool {
        self.by_sequence_id.holds(id)
    }

    pub(crate) fn holds_player(&self, id: Id<Player>) -> bool {
        self.of_player.holds(id)
    }

    pub(crate) fn last_sequence_id(&self, id: Id<Tournament>) -> i64 {
        self.last_sequence_ids.get(&id).copied().unwrap_or(0)
    }

    pub(crate) fn set_last_sequence_id(&mut self, id: Id<Tournament>, number: i64) {
        set(&mut self.last_sequence_ids, id, number);
    }

    pub(crate) fn last_sequence_ids(&self) -> BTreeMap<Id<Tournament>, i64> {
        let mut numbers = BTreeMap::new();
        numbers.extend(self.last_sequence_ids.iter().map(|(&id, &number)| (id, number)));
        numbers
    }

    /// The tournaments whose highest number is not what it was.
    pub(crate) fn tournaments_renumbered_since<'a>(
        &'a self,
        earlier: &'a Self,
    ) -> impl Iterator<Item = Id<Tournament>> + 'a {
        earlier.last_sequence_ids.diff(&self.last_sequence_ids).map(|difference| match difference {
            DiffItem::Add(&id, _)
            | DiffItem::Remove(&id, _)
            | DiffItem::Update { new: (&id, _), .. } => id,
        })
    }

    fn places_taken(&self, id: Id<Tournament>) -> i64 {
        self.places_taken.get(&id).copied().unwrap_or(0)
    }
}

/// Sets a tournament's number; 0 is no entry.
fn set(numbers: &mut OrdMap<Id<Tournament>, i64>, id: Id<Tournament>, number: i64) {
    if number == 0 {
        numbers.remove(&id);
    } else {
        numbers.insert(id, number);
    }
}

fn takes_place(registration: &TournamentRegistration) -> bool {
    registration.status != RegistrationStatus::Dropped
}

impl Row for TournamentRegistration {
    type Indexes = RegistrationIndexes;

    fn unlink(&self, indexes: &mut RegistrationIndexes) {
        let tournament = self.tournament_id;
        indexes.by_sequence_id.remove(tournament, self.sequence_id, self.id);
        indexes.by_player.remove(tournament, self.player_id, self.id);
        indexes.of_player.remove(self.player_id, (), self.id);
        if takes_place(self) {
            let taken = indexes.places_taken(tournament) - 1;
            set(&mut indexes.places_taken, tournament, taken);
        }
    }

    fn link(&self, indexes: &mut RegistrationIndexes) -> Result<()> {
        let tournament = self.tournament_id;
        let by_sequence_id = &mut indexes.by_sequence_id;
        by_sequence_id.claim(tournament, self.sequence_id, self.id, "sequence_id")?;
        let by_player = &mut indexes.by_player;
        if let Err(taken) = by_player.claim(tournament, self.player_id, self.id, "player_id") {
            by_sequence_id.remove(tournament, self.sequence_id, self.id);
            return Err(taken);
        }
        indexes.of_player.insert(self.player_id, (), self.id);
        if takes_place(self) {
            let taken = indexes.places_taken(tournament) + 1;
            set(&mut indexes.places_taken, tournament, taken);
        }
        if self.sequence_id > indexes.last_sequence_id(tournament) {
            indexes.set_last_sequence_id(tournament, self.sequence_id);
        }
        Ok(())
    }

    fn check_parents(&self, state: &State) -> Result<()> {
        let missing = |field| Err(Error::reference_missing(EntityKind::Registration, field));
        if !state.table().holds(self.tournament_id) {
            missing("tournament_id")
        } else if !state.table().holds(self.player_id) {
            missing("player_id")
        } else {
            Ok(())
        }
    }

    /// Nothing refers to a registration.
    fn is_missed(&self, _: Option<&Self>, _: &State) -> bool {
        false
    }

    fn scan<'a>(
        state: &'a State,
        filter: &'a RegistrationFilter,
        after: Option<&RegistrationKey>,
    ) -> Rows<'a, Self> {
        let table = state.table::<Self>();
        let indexes = &table.indexes;
        let (sequence, id) = match after {
            Some(&RegistrationKey::Sequence { sequence_id, id }) => (Some((sequence_id, id)), None),
            Some(&RegistrationKey::Id(id)) => (None, Some(id)),
            None => (None, None),
        };
        let rows: Rows<'a, Self> = match (filter.tournament_id, filter.player_id) {
            (Some(tournament), Some(player)) => {
                let only = indexes.by_player.get(tournament, player);
                let rows = table.of(only.into_iter());
                Box::new(rows.filter(move |row| Some((row.sequence_id, row.id)) > sequence))
            }
            (Some(tournament), None) => {
                Box::new(table.of(indexes.by_sequence_id.after(tournament, sequence)))
            }
            (None, Some(player)) => {
                let after = id.map(|id| ((), id));
                Box::new(table.of(indexes.of_player.after(player, after)))
            }
            (None, None) => Box::new(table.after(id)),
        };
        match filter.status {
            Some(status) => Box::new(rows.filter(move |row| row.status == status)),
            None => rows,
        }
    }

    fn place(&self, _: &State, filter: &RegistrationFilter) -> RegistrationKey {
        RegistrationKey::of(self, filter)
    }

    fn count(state: &State, filter: &RegistrationFilter) -> usize {
        if *filter == RegistrationFilter::default() {
            return state.table::<Self>().len();
        }
        Self::scan(state, filter, None).count()
    }
}

#[async_trait]
impl RegistrationRepository for MemoryRows {
    async fn register(
        &self,
        tournament_id: Id<Tournament>,
        player_id: Id<Player>,
        options: &RegisterOptions,
    ) -> Result<TournamentRegistration> {
        let row = options.registration(tournament_id, player_id);
        let prepared = prepare_new(&row).map(Changes::store);
        let number = |state: &State, changes: &mut Changes| {
            for row in
                changes.rows.iter_mut().filter_map(Change::stored_mut::<TournamentRegistration>)
            {
                row.sequence_id = next_sequence_id(state, row)?;
            }
            // Its capacity was looked at.
            changes.relied_on.push(tournament_id);
            Ok(())
        };
        let changes = self.0.write(EntityKind::Registration, prepared, &number)?;
        changes.stored_row(row.id).map(|row| TournamentRegistration::clone(&row))
    }

    async fn find_by_player(
        &self,
        tournament_id: Id<Tournament>,
        player_id: Id<Player>,
    ) -> Result<Option<TournamentRegistration>> {
        let state = self.0.state()?;
        let table = state.table::<TournamentRegistration>();
        Ok(table.find(table.indexes.by_player.get(tournament_id, player_id)))
    }

    async fn find_by_sequence_id(
        &self,
        tournament_id: Id<Tournament>,
        sequence_id: i64,
    ) -> Result<Option<TournamentRegistration>> {
        let state = self.0.state()?;
        let table = state.table::<TournamentRegistration>();
        Ok(table.find(table.indexes.by_sequence_id.get(tournament_id, sequence_id)))
    }
}

/// The number that this registration gets, if there is a place for it.
fn next_sequence_id(state: &State, row: &TournamentRegistration) -> Result<i64> {
    let id = row.tournament_id;
    let Some(tournament) = state.table::<Tournament>().get(id) else {
        let entity = EntityKind::Registration;
        return Err(Error::reference_missing(entity, "tournament_id"));
    };
    let indexes = &state.table::<TournamentRegistration>().indexes;
    if takes_place(row)
        && let Some(max_players) = tournament.registration.max_players
        && indexes.places_taken(id) >= max_players
    {
        return Err(Error::full(id, max_players));
    }
    match indexes.last_sequence_id(id) {
        MAX_INTEGER => Err(Error::full(id, MAX_INTEGER)),
        last => Ok(last + 1),
    }
}
