//! A plain model of a store: lists, searched from one end to the other.
//!
//! What is stored is a [`Dataset`]. Each call gives the exact value, or every error that a store
//! may answer: more than one only where several constraints are broken at once.

mod kinds;

use tournament_core::{
    Dataset, EntityKind, Error, Id, Listing, MAX_INTEGER, Page, Player, RegisterOptions,
    RegistrationStatus, Result, Tournament, TournamentRegistration, adapter,
};

pub(crate) use kinds::Modelled;

/// The value, or the errors of which a store answers one.
pub(crate) type Answer<T> = Result<T, Vec<Error>>;

fn one<T>(answer: Result<T>) -> Answer<T> {
    answer.map_err(|error| vec![error])
}

fn unless<T>(broken: Vec<Error>, value: T) -> Answer<T> {
    if broken.is_empty() { Ok(value) } else { Err(broken) }
}

/// What the store, or one unit of work, shows and takes.
#[derive(Clone, Default)]
pub(crate) struct View {
    pub(crate) state: Dataset,
    /// Whether it is a unit that only reads.
    pub(crate) read_only: bool,
    /// Whether it is a unit at all; the store itself is never finished.
    pub(crate) unit: bool,
    pub(crate) finished: bool,
}

impl View {
    /// A unit of work that begins with this.
    pub(crate) fn unit(state: &Dataset, read_only: bool) -> Self {
        Self { state: state.clone(), read_only, unit: true, finished: false }
    }

    pub(crate) fn read<T>(&mut self, call: impl FnOnce(&Dataset) -> Answer<T>) -> Answer<T> {
        if self.finished {
            return Err(vec![Error::aborted()]);
        }
        call(&self.state)
    }

    pub(crate) fn write<T>(
        &mut self,
        kind: EntityKind,
        call: impl FnOnce(&mut Dataset) -> Answer<T>,
    ) -> Answer<T> {
        if self.finished {
            return Err(vec![Error::aborted()]);
        }
        if self.read_only {
            return Err(vec![adapter::read_only_refusal(kind)]);
        }
        let answer = call(&mut self.state);
        if let Err(errors) = &answer {
            self.finished = self.unit && !errors.iter().all(Error::leaves_unit_open);
        }
        answer
    }
}

fn find<E: Modelled>(state: &Dataset, id: Id<E>) -> Answer<&E> {
    let found = E::rows(state).iter().find(|row| row.id() == id);
    found.ok_or_else(|| vec![Error::not_found(id)])
}

/// What the row would break beside the others.
fn broken<'a, E: Modelled>(
    row: &E,
    others: impl Iterator<Item = &'a E>,
    state: &Dataset,
) -> Vec<Error> {
    let mut errors = Vec::new();
    for other in others {
        if other.id() == row.id() {
            errors.push(Error::already_exists(E::KIND, "id"));
        }
        for field in row.clashes(other) {
            errors.push(Error::already_exists(E::KIND, field));
        }
    }
    for field in row.missing(state) {
        errors.push(Error::reference_missing(E::KIND, field));
    }
    errors
}

/// What any of the rows would break beside those that are stored and one another; `state` holds
/// the parents.
fn broken_among<E: Modelled>(rows: &[E], stored: &[E], state: &Dataset) -> Vec<Error> {
    let mut errors = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let others = stored.iter().chain(&rows[..index]);
        errors.extend(broken(row, others, state));
    }
    errors
}

pub(crate) fn create<E: Modelled>(state: &mut Dataset, row: &E) -> Answer<E> {
    let row = one(adapter::prepare_new(row))?;
    let created = insert(state, vec![row.clone()]);
    created.map(|()| row)
}

pub(crate) fn create_many<E: Modelled>(state: &mut Dataset, rows: &[E]) -> Answer<Vec<E>> {
    let rows = one(adapter::prepare_many(rows))?;
    insert(state, rows.clone()).map(|()| rows)
}

fn insert<E: Modelled>(state: &mut Dataset, rows: Vec<E>) -> Answer<()> {
    unless(broken_among(&rows, E::rows(state), state), ())?;
    E::list_in(state).extend(rows);
    raise(state);
    Ok(())
}

/// The number last given rises with every registration.
fn raise(state: &mut Dataset) {
    state.last_sequence_ids = state.highest_sequence_ids();
}

pub(crate) fn get<E: Modelled>(state: &Dataset, id: Id<E>) -> Answer<E> {
    find(state, id).cloned()
}

pub(crate) fn update<E: Modelled>(state: &mut Dataset, row: &E) -> Answer<E> {
    let mut row = one(adapter::prepare_update(row))?;
    one(adapter::allow_update(&row, find(state, row.id())?))?;
    row.set_version(row.version() + 1);
    let others = E::rows(state).iter().filter(|other| other.id() != row.id());
    unless(broken(&row, others, state), ())?;
    for stored in E::list_in(state) {
        if stored.id() == row.id() {
            *stored = row.clone();
        }
    }
    raise(state);
    Ok(row)
}

pub(crate) fn delete<E: Modelled>(
    state: &mut Dataset,
    id: Id<E>,
    version: Option<i64>,
) -> Answer<()> {
    let stored = find(state, id)?.version();
    if version.is_some_and(|version| version != stored) {
        return Err(vec![Error::conflict(id, version.unwrap_or_default(), stored)]);
    }
    if E::is_referenced(state, id) {
        return Err(vec![Error::still_referenced(id)]);
    }
    E::list_in(state).retain(|row| row.id() != id);
    let tournaments: Vec<_> = state.tournaments.iter().map(|row| row.id).collect();
    state.last_sequence_ids.retain(|id, _| tournaments.contains(id));
    Ok(())
}

pub(crate) fn list<E: Modelled>(
    state: &Dataset,
    filter: &E::Filter,
    page: &Page<E>,
) -> Answer<Listing<E>> {
    let window = one(page.window(filter))?;
    let key = |row: &E| row.key(state, filter);
    let mut rows: Vec<E> = E::rows(state)
        .iter()
        .filter(|row| row.passes(filter))
        .filter(|row| {
            let after = |after| E::compare(&key(row), after).is_gt();
            window.after.is_none_or(after)
        })
        .cloned()
        .collect();
    rows.sort_by(|a, b| E::compare(&key(a), &key(b)));
    let rows = rows
        .into_iter()
        .skip(usize::try_from(window.offset).expect("not negative"))
        .take(usize::try_from(window.limit).expect("positive") + 1)
        .collect();
    Ok(window.listing(rows, key, |row| row))
}

pub(crate) fn count<E: Modelled>(state: &Dataset, filter: &E::Filter) -> u64 {
    let rows = E::rows(state).iter().filter(|row| row.passes(filter));
    rows.count() as u64
}

/// All rows for which this holds, by id.
pub(crate) fn find_all<E: Modelled>(state: &Dataset, holds: impl Fn(&E) -> bool) -> Vec<E> {
    let mut found: Vec<E> = E::rows(state).iter().filter(|row| holds(row)).cloned().collect();
    found.sort_by_key(E::id);
    found
}

/// The only row for which this holds.
pub(crate) fn find_one<E: Modelled>(state: &Dataset, holds: impl Fn(&E) -> bool) -> Option<E> {
    let mut found = find_all(state, holds);
    assert!(found.len() <= 1, "the model keeps unique keys: {found:?}");
    found.pop()
}

pub(crate) fn register(
    state: &mut Dataset,
    tournament_id: Id<Tournament>,
    player_id: Id<Player>,
    options: &RegisterOptions,
) -> Answer<TournamentRegistration> {
    let row = options.registration(tournament_id, player_id);
    let mut row = one(adapter::prepare_new(&row))?;
    let last = state.last_sequence_ids.get(&tournament_id);
    let last = last.copied().unwrap_or_default();
    // Beyond the last number nothing clashes, so the number itself breaks nothing.
    row.sequence_id = last + 1;
    let mut errors = broken(&row, state.registrations.iter(), state);
    let tournament = state.tournaments.iter().find(|row| row.id == tournament_id);
    let limit = tournament.and_then(|tournament| tournament.registration.max_players);
    if let Some(limit) = limit.filter(|_| row.status != RegistrationStatus::Dropped) {
        let places = state.registrations.iter().filter(|row| {
            row.tournament_id == tournament_id && row.status != RegistrationStatus::Dropped
        });
        if i64::try_from(places.count()).expect("a few") >= limit {
            errors.push(Error::full(tournament_id, limit));
        }
    }
    if last == MAX_INTEGER {
        errors.push(Error::full(tournament_id, MAX_INTEGER));
    }
    unless(errors, ())?;
    state.registrations.push(row.clone());
    raise(state);
    Ok(row)
}

pub(crate) fn import(state: &mut Dataset, dataset: &Dataset) -> Answer<()> {
    fn join<E: Modelled>(rows: &[E], whole: &mut Dataset) {
        let rows = rows.iter().map(|row| {
            let mut row = row.clone();
            row.normalise();
            row
        });
        E::list_in(whole).extend(rows);
    }

    fn check<E: Modelled>(dataset: &Dataset, state: &Dataset, whole: &Dataset) -> Vec<Error> {
        broken_among(E::rows(dataset), E::rows(state), whole)
    }

    let mut errors = match dataset.prepare() {
        Err(error @ Error::Validation { .. }) => return Err(vec![error]),
        // That it contradicts itself is one thing that may be said of it.
        Err(error) => vec![error],
        Ok(_) => Vec::new(),
    };
    let mut whole = state.clone();
    join(&dataset.players, &mut whole);
    join(&dataset.venues, &mut whole);
    join(&dataset.formats, &mut whole);
    join(&dataset.tournaments, &mut whole);
    join(&dataset.registrations, &mut whole);
    join(&dataset.components, &mut whole);
    join(&dataset.rounds, &mut whole);
    join(&dataset.matches, &mut whole);
    errors.extend(check::<Player>(dataset, state, &whole));
    errors.extend(check::<tournament_core::Venue>(dataset, state, &whole));
    errors.extend(check::<tournament_core::Format>(dataset, state, &whole));
    errors.extend(check::<Tournament>(dataset, state, &whole));
    errors.extend(check::<TournamentRegistration>(dataset, state, &whole));
    errors.extend(check::<tournament_core::Component>(dataset, state, &whole));
    errors.extend(check::<tournament_core::Round>(dataset, state, &whole));
    errors.extend(check::<tournament_core::Match>(dataset, state, &whole));
    for (id, last) in &dataset.last_sequence_ids {
        if whole.tournaments.iter().any(|row| row.id == *id) {
            let stored = whole.last_sequence_ids.entry(*id).or_default();
            *stored = (*stored).max(*last);
        } else {
            let field = "last_sequence_ids";
            errors.push(Error::reference_missing(EntityKind::Tournament, field));
        }
    }
    unless(errors, ())?;
    raise(&mut whole);
    *state = whole;
    Ok(())
}

/// The lists by id, and the numbers of those tournaments that gave one.
pub(crate) fn export(state: &Dataset) -> Dataset {
    let mut dataset = state.clone();
    dataset.players.sort_by_key(|row| row.id);
    dataset.venues.sort_by_key(|row| row.id);
    dataset.formats.sort_by_key(|row| row.id);
    dataset.tournaments.sort_by_key(|row| row.id);
    dataset.registrations.sort_by_key(|row| row.id);
    dataset.components.sort_by_key(|row| row.id);
    dataset.rounds.sort_by_key(|row| row.id);
    dataset.matches.sort_by_key(|row| row.id);
    dataset.last_sequence_ids.retain(|_, last| *last > 0);
    dataset
}
