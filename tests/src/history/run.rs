//! A history, done to a store and to the model at once.

use std::collections::BTreeMap;
use std::fmt::Debug;

use tournament_core::{
    Component, Cursor, Dataset, Entity, EntityKind, Error, Format, Match, Page, Player,
    RegisterOptions, Repositories, Result, Round, Store, Tournament, TournamentRegistration,
    UnitOfWork, UnitOptions, Venue,
};

use super::pools::{self, Draft, Pooled};
use super::steps::{Action, Find, RowAction, Start, Step, Target, Version};
use crate::expect::shape;
use crate::harness::patiently;
use crate::model::{self, Answer, View};

/// How often each kind of answer came.
pub(crate) type Tally = BTreeMap<&'static str, usize>;

/// A store beside its model, with at most one unit of work of each sort open.
struct Run<'s> {
    store: &'s dyn Store,
    committed: View,
    writer: Option<(Box<dyn UnitOfWork>, View)>,
    reader: Option<(Box<dyn UnitOfWork>, View)>,
    /// The cursor that each kind's lists gave last.
    cursors: BTreeMap<EntityKind, String>,
    tally: Tally,
    /// How many calls came since the writing unit was finished.
    asked_in_vain: u8,
}

/// Does all the steps to a store that is emptied first, and says at which one, and how, it parts
/// from the model.
pub(crate) async fn run(store: &dyn Store, steps: &[Step]) -> Result<Tally, String> {
    patiently(store, || store.clear()).await.map_err(|error| format!("clear: {error}"))?;
    let mut run = Run {
        store,
        committed: View::default(),
        writer: None,
        reader: None,
        cursors: BTreeMap::new(),
        tally: Tally::new(),
        asked_in_vain: 0,
    };
    let foundation = pools::foundation();
    store
        .import(&foundation)
        .await
        .map_err(|error| format!("import of what a history begins with: {error}"))?;
    model::import(&mut run.committed.state, &foundation).expect("it is sound");
    for (number, step) in steps.iter().enumerate() {
        run.step(step).await.map_err(|parted| format!("step {number}, {step:?}:\n{parted}"))?;
    }
    run.writer = None;
    run.reader = None;
    run.step(&Step { target: Target::Store, action: Action::Export })
        .await
        .map_err(|parted| format!("what is stored in the end:\n{parted}"))?;
    Ok(run.tally)
}

/// Whether the store's answer is one that the model allows.
fn agree<T: PartialEq + Debug>(
    got: Result<T>,
    expected: Answer<T>,
    tally: &mut Tally,
) -> Result<(), String> {
    let code = got.as_ref().map_or_else(Error::code, |_| "ok");
    *tally.entry(code).or_default() += 1;
    match (got, expected) {
        (Ok(got), Ok(expected)) if got == expected => Ok(()),
        (Err(got), Err(expected)) if expected.iter().any(|error| shape(error) == shape(&got)) => {
            Ok(())
        }
        (got, expected) => Err(format!("got      {got:?}\nexpected {expected:?}")),
    }
}

impl Run<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), String> {
        match &step.action {
            Action::Begin => self.begin(step.target).await,
            Action::Commit => self.commit(step.target).await,
            Action::Rollback => {
                if let Some((unit, _)) = self.slot(step.target).take() {
                    agree(unit.rollback().await, Ok(()), &mut self.tally)?;
                }
                Ok(())
            }
            Action::Drop => {
                *self.slot(step.target) = None;
                Ok(())
            }
            Action::Export => {
                let expected = Ok(model::export(&self.committed.state));
                agree(self.store.export().await, expected, &mut self.tally)
            }
            Action::Clear => {
                // With a unit open a store may clear or not; a case of its own shows that.
                if self.writer.is_none() && self.reader.is_none() {
                    self.committed.state = Dataset::new();
                    agree(self.store.clear().await, Ok(()), &mut self.tally)?;
                }
                Ok(())
            }
            call => self.call(step.target, call).await,
        }
    }

    /// The place of the unit that the target means; the store itself means the writing one.
    fn slot(&mut self, target: Target) -> &mut Option<(Box<dyn UnitOfWork>, View)> {
        match target {
            Target::Reader => &mut self.reader,
            Target::Writer | Target::Store => &mut self.writer,
        }
    }

    async fn begin(&mut self, target: Target) -> Result<(), String> {
        if self.slot(target).is_some() {
            return Ok(());
        }
        let read_only = target == Target::Reader;
        let options = if read_only { UnitOptions::new().read_only() } else { UnitOptions::new() };
        let unit = self.store.begin(options).await;
        let unit = unit.map_err(|error| format!("a unit was refused: {error:?}"))?;
        let view = View::unit(&self.committed.state, read_only);
        *self.slot(target) = Some((unit, view));
        Ok(())
    }

    async fn commit(&mut self, target: Target) -> Result<(), String> {
        let Some((unit, view)) = self.slot(target).take() else {
            return Ok(());
        };
        let expected = if view.finished { Err(vec![Error::aborted()]) } else { Ok(()) };
        if !view.read_only && !view.finished {
            self.committed.state = view.state;
        }
        agree(unit.commit().await, expected, &mut self.tally)
    }

    /// A unit that is finished is asked for a little more, then rolled back: most calls should meet
    /// one that is open.
    async fn let_go_in_time(&mut self) -> Result<(), String> {
        if self.writer.as_ref().is_none_or(|(_, view)| !view.finished) {
            self.asked_in_vain = 0;
        } else if self.asked_in_vain < 3 {
            self.asked_in_vain += 1;
        } else if let Some((unit, _)) = self.writer.take() {
            agree(unit.rollback().await, Ok(()), &mut self.tally)?;
        }
        Ok(())
    }

    async fn call(&mut self, target: Target, call: &Action) -> Result<(), String> {
        self.let_go_in_time().await?;
        // While a unit writes, another writer may have to wait: all writes go to the unit.
        let writing = self.writer.as_ref().is_some_and(|(_, view)| !view.finished);
        let target = match target {
            Target::Reader if self.reader.is_some() => Target::Reader,
            Target::Writer if self.writer.is_some() => Target::Writer,
            _ if writing && call.writes() => Target::Writer,
            _ => Target::Store,
        };
        let (rows, view): (&dyn Repositories, _) = match target {
            Target::Store => (self.store, &mut self.committed),
            Target::Writer => {
                let (unit, view) = self.writer.as_mut().expect("it is open");
                (&**unit, view)
            }
            Target::Reader => {
                let (unit, view) = self.reader.as_mut().expect("it is open");
                (&**unit, view)
            }
        };
        let mut both = Both { rows, view, cursors: &mut self.cursors, tally: &mut self.tally };
        match call {
            Action::Rows(kind, action) => match kind {
                EntityKind::Player => both.rows::<Player>(action).await,
                EntityKind::Venue => both.rows::<Venue>(action).await,
                EntityKind::Format => both.rows::<Format>(action).await,
                EntityKind::Tournament => both.rows::<Tournament>(action).await,
                EntityKind::Registration => both.rows::<TournamentRegistration>(action).await,
                EntityKind::Component => both.rows::<Component>(action).await,
                EntityKind::Round => both.rows::<Round>(action).await,
                EntityKind::Match => both.rows::<Match>(action).await,
            },
            Action::Find(find) => both.find(*find).await,
            Action::Import { rows, last } => both.import(rows, *last).await,
            Action::Register { tournament, player, id, status, bad } => {
                let statuses = tournament_core::RegistrationStatus::ALL;
                let mut options = RegisterOptions::new()
                    .with_id(Pooled::pooled_id(*id))
                    .with_status(statuses[usize::from(*status) % statuses.len()])
                    .with_registration_time(pools::moment(*status))
                    .with_metadata(pools::metadata(*player));
                if *bad {
                    options.notes = Some("\0".to_owned());
                }
                let (tournament, player) =
                    (Pooled::pooled_id(*tournament), Pooled::pooled_id(*player));
                let registrations = both.rows.registrations();
                let got = registrations.register(tournament, player, &options).await;
                let expected = both.view.write(EntityKind::Registration, |state| {
                    model::register(state, tournament, player, &options)
                });
                agree(got, expected, both.tally)
            }
            _ => Ok(()),
        }
    }
}

/// One side of the comparison and the other.
struct Both<'a> {
    rows: &'a dyn Repositories,
    view: &'a mut View,
    cursors: &'a mut BTreeMap<EntityKind, String>,
    tally: &'a mut Tally,
}

impl Both<'_> {
    async fn rows<E: Pooled>(&mut self, action: &RowAction) -> Result<(), String> {
        let of = E::of(self.rows);
        let (view, tally) = (&mut *self.view, &mut *self.tally);
        match action {
            RowAction::Create(draft) => {
                let row = E::of_draft(draft);
                let expected = view.write(E::KIND, |state| model::create(state, &row));
                agree(of.create(&row).await, expected, tally)
            }
            RowAction::CreateMany(drafts) => {
                let rows: Vec<E> = drafts.iter().map(E::of_draft).collect();
                let expected = view.write(E::KIND, |state| model::create_many(state, &rows));
                agree(of.create_many(&rows).await, expected, tally)
            }
            RowAction::Get(pick) => {
                let id = E::pooled_id(*pick);
                let expected = view.read(|state| model::get(state, id));
                agree(of.get(id).await, expected, tally)
            }
            RowAction::Update { draft, version, keep } => {
                let mut row = E::of_draft(draft);
                row.set_version(meant(view, &row, *version));
                let stored = E::rows(&view.state).iter().find(|stored| pools::is(row.id())(stored));
                if let Some(stored) = stored.filter(|_| *keep) {
                    row.keep(stored);
                }
                let expected = view.write(E::KIND, |state| model::update(state, &row));
                agree(of.update(&row).await, expected, tally)
            }
            RowAction::Delete(pick, version) => {
                let row = E::of_draft(&Draft { id: *pick, picks: [0; 7], bad: false });
                let version = version.map(|version| meant(view, &row, version));
                let id = row.id();
                let expected = view.write(E::KIND, |state| model::delete(state, id, version));
                agree(of.delete(id, version).await, expected, tally)
            }
            RowAction::List { filter, limit, start } => {
                let filter = E::filter(*filter);
                let mut page = Page::<E>::new().with_limit(*limit);
                match (start, self.cursors.get(&E::KIND)) {
                    (Start::Offset(offset), _) => page = page.with_offset(*offset),
                    (Start::LastCursor, Some(text)) => {
                        let cursor: Cursor<E> = text
                            .parse()
                            .map_err(|error| format!("{text} was given as a cursor: {error}"))?;
                        page = page.after(cursor);
                    }
                    (Start::LastCursor, None) => {}
                }
                let got = of.list(&filter, &page).await;
                if let Ok(Some(next)) = got.as_ref().map(|listing| &listing.next) {
                    self.cursors.insert(E::KIND, next.to_string());
                }
                let expected = view.read(|state| model::list(state, &filter, &page));
                agree(got, expected, tally)
            }
            RowAction::Count(filter) => {
                let filter = E::filter(*filter);
                let expected = view.read(|state| Ok(model::count::<E>(state, &filter)));
                agree(of.count(&filter).await, expected, tally)
            }
        }
    }

    async fn find(&mut self, find: Find) -> Result<(), String> {
        let (rows, view, tally) = (self.rows, &mut *self.view, &mut *self.tally);
        match find {
            Find::PlayersByName(pick) => {
                let name = pools::name(pick);
                let expected =
                    view.read(|state| Ok(model::find_all(state, |row: &Player| row.name == name)));
                agree(rows.players().find_by_name(name).await, expected, tally)
            }
            Find::PlayerByDiscordId(pick) => {
                let id = pools::discord_id(pick);
                let expected = view.read(|state| {
                    Ok(model::find_one(state, |row: &Player| row.discord_id.as_deref() == Some(id)))
                });
                agree(rows.players().find_by_discord_id(id).await, expected, tally)
            }
            Find::VenuesByName(pick) => {
                let name = pools::name(pick);
                let expected =
                    view.read(|state| Ok(model::find_all(state, |row: &Venue| row.name == name)));
                agree(rows.venues().find_by_name(name).await, expected, tally)
            }
            Find::FormatByName(game, name) => {
                let (game, name) = (pools::game(game), pools::name(name));
                let expected = view.read(|state| {
                    Ok(model::find_one(state, |row: &Format| {
                        row.game_system == game && row.name == name
                    }))
                });
                agree(rows.formats().find_by_name(game, name).await, expected, tally)
            }
            Find::RegistrationByPlayer(tournament, player) => {
                let (tournament, player) =
                    (Tournament::pooled_id(tournament), Player::pooled_id(player));
                let expected = view.read(|state| {
                    Ok(model::find_one(state, |row: &TournamentRegistration| {
                        row.tournament_id == tournament && row.player_id == player
                    }))
                });
                let got = rows.registrations().find_by_player(tournament, player).await;
                agree(got, expected, tally)
            }
            Find::RegistrationByNumber(tournament, number) => {
                let tournament = Tournament::pooled_id(tournament);
                let expected = view.read(|state| {
                    Ok(model::find_one(state, |row: &TournamentRegistration| {
                        row.tournament_id == tournament && row.sequence_id == number
                    }))
                });
                let registrations = rows.registrations();
                let got = registrations.find_by_sequence_id(tournament, number).await;
                agree(got, expected, tally)
            }
            Find::ComponentByOrder(tournament, order) => {
                let tournament = Tournament::pooled_id(tournament);
                let expected = view.read(|state| {
                    Ok(model::find_one(state, |row: &Component| {
                        row.tournament_id == tournament && row.sequence_order == order
                    }))
                });
                let got = rows.components().find_by_sequence_order(tournament, order).await;
                agree(got, expected, tally)
            }
            Find::RoundByNumber(component, number) => {
                let component = Component::pooled_id(component);
                let expected = view.read(|state| {
                    Ok(model::find_one(state, |row: &Round| {
                        row.component_id == component && row.round_number == number
                    }))
                });
                let got = rows.rounds().find_by_number(component, number).await;
                agree(got, expected, tally)
            }
        }
    }

    async fn import(
        &mut self,
        rows: &[(EntityKind, Draft, i64)],
        last: Option<(u8, i64)>,
    ) -> Result<(), String> {
        fn add<E: Pooled>(dataset: &mut Dataset, draft: &Draft, version: i64) {
            let mut row = E::of_draft(draft);
            row.set_version(version);
            E::list_in(dataset).push(row);
        }

        let mut dataset = Dataset::new();
        for (kind, draft, version) in rows {
            match kind {
                EntityKind::Player => add::<Player>(&mut dataset, draft, *version),
                EntityKind::Venue => add::<Venue>(&mut dataset, draft, *version),
                EntityKind::Format => add::<Format>(&mut dataset, draft, *version),
                EntityKind::Tournament => add::<Tournament>(&mut dataset, draft, *version),
                EntityKind::Registration => {
                    add::<TournamentRegistration>(&mut dataset, draft, *version);
                }
                EntityKind::Component => add::<Component>(&mut dataset, draft, *version),
                EntityKind::Round => add::<Round>(&mut dataset, draft, *version),
                EntityKind::Match => add::<Match>(&mut dataset, draft, *version),
            }
        }
        if let Some((tournament, last)) = last {
            let tournament = Tournament::pooled_id(tournament);
            dataset.last_sequence_ids.insert(tournament, last);
        }
        let kind = EntityKind::Tournament;
        let expected = self.view.write(kind, |state| model::import(state, &dataset));
        agree(self.rows.import(&dataset).await, expected, self.tally)
    }
}

/// The version that is meant, of the row with this one's id.
fn meant<E: Pooled>(view: &View, row: &E, version: Version) -> i64 {
    let stored = E::rows(&view.state).iter().find(|stored| pools::is(row.id())(stored));
    let stored = stored.map_or(1, Entity::version);
    match version {
        Version::Stored => stored,
        Version::Older => stored - 1,
        Version::Newer => stored + 1,
    }
}
