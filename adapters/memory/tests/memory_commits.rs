//! What is this store's own: how a commit meets what others have stored since the unit began.

#![allow(clippy::unwrap_used)] // Outside the tests too, where they share a step.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use tournament_core::{
    BaseFormat, Component, ComponentType, Dataset, Error, Format, GameSystem, Match, MatchFilter,
    Page, Player, PlayerFilter, RegisterOptions, RegistrationControl, RegistrationFilter,
    Repositories, Result, Round, Store, StoreExt, Tournament, TournamentRegistration, UnitOfWork,
    UnitOptions, Venue,
};
use tournament_memory::MemoryStore;

/// A store with one tournament of one component, one round and a number of players.
struct Event {
    store: MemoryStore,
    players: Vec<Player>,
    tournament: Tournament,
    component: Component,
    round: Round,
}

impl Event {
    async fn new(players: usize) -> Self {
        let players: Vec<_> = (0..players).map(|n| Player::new(format!("Player {n}"))).collect();
        let venue = Venue::new("Town hall");
        let format = Format::new("Draft", GameSystem::CustomTcg, BaseFormat::Limited, "Any");
        let tournament = Tournament::new("Open", format.id, venue.id, players[0].id);
        let component = Component::new(tournament.id, ComponentType::Swiss, "Swiss", 1);
        let round = Round::new(&component, 1);
        let dataset = Dataset {
            players: players.clone(),
            venues: vec![venue],
            formats: vec![format],
            tournaments: vec![tournament.clone()],
            components: vec![component.clone()],
            rounds: vec![round.clone()],
            ..Dataset::new()
        };
        let store = MemoryStore::new();
        store.import(&dataset).await.unwrap();
        Self { store, players, tournament, component, round }
    }

    async fn unit(&self) -> Box<dyn UnitOfWork> {
        self.store.begin(UnitOptions::new()).await.unwrap()
    }

    async fn register(&self, on: &dyn Repositories, player: usize) -> TournamentRegistration {
        self.try_register(on, player).await.unwrap()
    }

    async fn try_register(
        &self,
        on: &dyn Repositories,
        player: usize,
    ) -> Result<TournamentRegistration> {
        let player = self.players[player].id;
        on.registrations().register(self.tournament.id, player, &RegisterOptions::new()).await
    }

    async fn rename(&self, on: &dyn Repositories, player: usize, name: &str) -> Player {
        let mut player = on.players().get(self.players[player].id).await.unwrap();
        player.name = name.to_owned();
        on.players().update(&player).await.unwrap()
    }
}

/// The commit was overtaken; tried again it may succeed.
fn assert_busy(answer: Result<()>) {
    let error = answer.unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn units_that_change_different_rows_all_commit() {
    let event = Event::new(3).await;
    let (one, other) = (event.unit().await, event.unit().await);
    let ada = event.rename(&*one, 0, "Ada").await;
    let ben = event.rename(&*other, 1, "Ben").await;
    event.rename(&event.store, 2, "Cleo").await;
    one.commit().await.unwrap();
    other.commit().await.unwrap();
    assert_eq!(event.store.players().get(ada.id).await.unwrap(), ada);
    assert_eq!(event.store.players().get(ben.id).await.unwrap(), ben);
    assert_eq!(event.store.players().find_by_name("Cleo").await.unwrap().len(), 1);
    assert!(event.store.players().find_by_name("Player 0").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_unit_whose_row_another_has_changed_is_busy_and_stores_nothing() {
    let event = Event::new(2).await;
    let unit = event.unit().await;
    event.rename(&*unit, 0, "Ada").await;
    event.rename(&*unit, 1, "Ben").await;
    let cleo = event.rename(&event.store, 0, "Cleo").await;
    let before = event.store.export().await.unwrap();
    assert_busy(unit.commit().await);
    assert_eq!(event.store.export().await.unwrap(), before);
    assert_eq!(event.store.players().get(cleo.id).await.unwrap(), cleo);
}

#[tokio::test]
async fn a_row_made_and_deleted_in_a_unit_leaves_nothing_behind() {
    let event = Event::new(2).await;
    let unit = event.unit().await;
    let row = event.register(&*unit, 0).await;
    unit.registrations().delete(row.id, Some(1)).await.unwrap();
    event.rename(&event.store, 1, "Ben").await;
    unit.commit().await.unwrap();
    assert_eq!(event.store.registrations().count(&RegistrationFilter::default()).await.unwrap(), 0);
    assert_eq!(event.register(&event.store, 0).await.sequence_id, 2);
}

#[tokio::test]
async fn a_parent_deleted_meanwhile_makes_the_commit_busy() {
    let event = Event::new(2).await;
    let unit = event.unit().await;
    let [ada, ben] = [event.players[0].id, event.players[1].id];
    unit.matches().create(&Match::new(&event.round, ada, ben)).await.unwrap();
    event.store.rounds().delete(event.round.id, None).await.unwrap();
    assert_busy(unit.commit().await);
    assert_eq!(event.store.matches().count(&MatchFilter::default()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_child_stored_meanwhile_makes_the_deletion_of_its_parent_busy() {
    let event = Event::new(2).await;
    let unit = event.unit().await;
    unit.players().delete(event.players[1].id, None).await.unwrap();
    event.register(&event.store, 1).await;
    assert_busy(unit.commit().await);
    event.store.players().get(event.players[1].id).await.unwrap();
}

#[tokio::test]
async fn a_unique_value_taken_meanwhile_makes_the_commit_busy_and_the_next_attempt_fail() {
    let event = Event::new(1).await;
    let mut attempts = 0;
    let (store, attempts) = (&event.store, &mut attempts);
    let error = store
        .transact(|tx| {
            *attempts += 1;
            let first = *attempts == 1;
            Box::pin(async move {
                tx.players().create(&Player::new("Ada").with_discord_id("ada")).await?;
                if first {
                    let rival = Player::new("Another").with_discord_id("ada");
                    store.players().create(&rival).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::AlreadyExists { field: "discord_id", .. }), "{error}");
    assert_eq!(*attempts, 2);
}

#[tokio::test]
async fn a_table_taken_meanwhile_makes_the_commit_busy() {
    let event = Event::new(4).await;
    let [ada, ben, cleo, dan] = [0, 1, 2, 3].map(|n| event.players[n].id);
    let unit = event.unit().await;
    let at_table_1 = |one, other| Match::new(&event.round, one, other).with_table_number(1);
    unit.matches().create(&at_table_1(ada, ben)).await.unwrap();
    event.store.matches().create(&at_table_1(cleo, dan)).await.unwrap();
    assert_busy(unit.commit().await);
    assert_eq!(event.store.matches().count(&MatchFilter::default()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_round_replaced_by_another_of_its_id_does_not_leave_a_new_match_behind() {
    let event = Event::new(2).await;
    let unit = event.unit().await;
    unit.rounds().delete(event.round.id, None).await.unwrap();
    let second = Round::new(&event.component, 2).with_id(event.round.id);
    unit.rounds().create(&second).await.unwrap();
    let [ada, ben] = [event.players[0].id, event.players[1].id];
    let played = Match::new(&event.round, ada, ben);
    event.store.matches().create(&played).await.unwrap();
    assert_busy(unit.commit().await);
    assert_eq!(event.store.matches().get(played.id).await.unwrap().round_number, 1);
    assert_eq!(event.store.rounds().get(event.round.id).await.unwrap().round_number, 1);
}

#[tokio::test]
async fn a_component_replaced_by_another_of_its_id_does_not_leave_a_new_round_behind() {
    let event = Event::new(1).await;
    event.store.rounds().delete(event.round.id, None).await.unwrap();
    let unit = event.unit().await;
    let old = &event.tournament;
    let other = Tournament::new("Other", old.format_id, old.venue_id, old.created_by);
    unit.tournaments().create(&other).await.unwrap();
    unit.components().delete(event.component.id, None).await.unwrap();
    let moved = Component::new(other.id, ComponentType::Swiss, "Swiss", 1);
    unit.components().create(&moved.with_id(event.component.id)).await.unwrap();
    event.store.rounds().create(&event.round).await.unwrap();
    assert_busy(unit.commit().await);
    let component = event.store.components().get(event.component.id).await.unwrap();
    assert_eq!(component.tournament_id, event.tournament.id);
}

#[tokio::test]
async fn two_units_do_not_give_one_number() {
    let event = Event::new(3).await;
    let (one, other) = (event.unit().await, event.unit().await);
    assert_eq!(event.register(&*one, 0).await.sequence_id, 1);
    assert_eq!(event.register(&*other, 1).await.sequence_id, 1);
    one.commit().await.unwrap();
    assert_busy(other.commit().await);
    assert_eq!(event.register(&event.store, 2).await.sequence_id, 2);
}

#[tokio::test]
async fn a_registration_does_not_stand_in_the_way_of_a_unit_that_changes_the_tournament() {
    let event = Event::new(2).await;
    let unit = event.unit().await;
    let mut tournament = event.tournament.clone();
    tournament.name = "Closed".to_owned();
    unit.tournaments().update(&tournament).await.unwrap();
    event.register(&event.store, 0).await;
    unit.commit().await.unwrap();
    let stored = event.store.tournaments().get(tournament.id).await.unwrap();
    assert_eq!((stored.name.as_str(), stored.version), ("Closed", 2));
    assert_eq!(event.register(&event.store, 1).await.sequence_id, 2);
}

#[tokio::test]
async fn a_capacity_lowered_meanwhile_makes_a_registration_busy() {
    let event = Event::new(2).await;
    event.register(&event.store, 0).await;
    let unit = event.unit().await;
    event.register(&*unit, 1).await;
    let mut tournament = event.tournament.clone();
    let mut control = RegistrationControl::default();
    control.max_players = Some(1);
    tournament.registration = control;
    event.store.tournaments().update(&tournament).await.unwrap();
    assert_busy(unit.commit().await);
    let error = event.try_register(&event.store, 1).await.unwrap_err();
    assert!(matches!(error, Error::Full { max_players: 1, .. }), "{error}");
}

#[tokio::test]
async fn an_imported_number_survives_a_commit_on_another_state() {
    let event = Event::new(2).await;
    let unit = event.unit().await;
    let mut dataset = Dataset::new();
    dataset.last_sequence_ids.insert(event.tournament.id, 40);
    unit.import(&dataset).await.unwrap();
    event.rename(&event.store, 1, "Ben").await;
    unit.commit().await.unwrap();
    assert_eq!(event.register(&event.store, 0).await.sequence_id, 41);
}

#[tokio::test]
async fn a_tournament_made_anew_in_a_unit_counts_from_one() {
    let event = Event::new(2).await;
    let row = event.register(&event.store, 0).await;
    let unit = event.unit().await;
    unit.registrations().delete(row.id, None).await.unwrap();
    unit.rounds().delete(event.round.id, None).await.unwrap();
    unit.components().delete(event.component.id, None).await.unwrap();
    unit.tournaments().delete(event.tournament.id, None).await.unwrap();
    unit.tournaments().create(&event.tournament).await.unwrap();
    event.rename(&event.store, 1, "Ben").await;
    unit.commit().await.unwrap();
    assert_eq!(event.register(&event.store, 1).await.sequence_id, 1);
}

#[tokio::test]
async fn a_store_cleared_meanwhile_makes_the_commit_busy() {
    let event = Event::new(1).await;
    let unit = event.unit().await;
    event.rename(&*unit, 0, "Ada").await;
    event.store.clear().await.unwrap();
    assert_busy(unit.commit().await);
    assert!(event.store.export().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_store_closed_meanwhile_makes_the_unit_unavailable() {
    let event = Event::new(1).await;
    let (unit, reader) = (event.unit().await, event.unit().await);
    event.rename(&*unit, 0, "Ada").await;
    event.store.clone().close().await.unwrap();
    assert_eq!(unit.commit().await.unwrap_err().code(), "unavailable");
    let id = event.players[0].id;
    assert_eq!(reader.players().get(id).await.unwrap_err().code(), "unavailable");
    assert_eq!(reader.players().get(id).await.unwrap_err().code(), "aborted");
    reader.rollback().await.unwrap();
}

/// Registers every player at once in units that let others in between.
async fn register_all_at_once() {
    let event = Arc::new(Event::new(32).await);
    let register = |player| {
        let event = Arc::clone(&event);
        tokio::spawn(async move {
            let (store, event) = (&event.store, &event);
            store
                .transact(|tx| {
                    Box::pin(async move {
                        tokio::task::yield_now().await;
                        let row = event.try_register(tx, player).await?;
                        tokio::task::yield_now().await;
                        Ok::<_, Error>(row.sequence_id)
                    })
                })
                .await
                .unwrap()
        })
    };
    let tasks: Vec<_> = (0..32).map(register).collect();
    let mut numbers = Vec::new();
    for task in tasks {
        numbers.push(task.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=32).collect::<Vec<_>>());
}

#[tokio::test]
async fn units_that_overtake_each_other_all_commit_in_the_end() {
    register_all_at_once().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn units_that_overtake_each_other_on_several_threads_all_commit_in_the_end() {
    register_all_at_once().await;
}

/// Units that wait for something else than the executor's turns.
#[tokio::test]
async fn units_that_stay_open_for_a_while_all_commit_in_the_end() {
    let event = Arc::new(Event::new(16).await);
    let tasks: Vec<_> = (0..16)
        .map(|player| {
            let event = Arc::clone(&event);
            tokio::spawn(async move {
                let event = &event;
                event
                    .store
                    .transact(|tx| {
                        Box::pin(async move {
                            event.try_register(tx, player).await?;
                            tokio::time::sleep(Duration::from_millis(20)).await;
                            Ok::<_, Error>(())
                        })
                    })
                    .await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_wait_in_line_ends_although_nobody_else_is_polled_and_no_unit_ends() {
    let event = Event::new(1).await;
    event.store.pause(1).await;
    let at_work = event.unit().await;
    let mut context = Context::from_waker(Waker::noop());
    let mut before = pin!(event.store.begin(UnitOptions::new()));
    assert!(before.as_mut().poll(&mut context).is_pending());
    let waiting = tokio::spawn({
        let store = event.store.clone();
        async move { store.begin(UnitOptions::new()).await.unwrap().commit().await }
    });
    tokio::task::yield_now().await;
    let mut behind = pin!(event.store.begin(UnitOptions::new()));
    assert!(behind.as_mut().poll(&mut context).is_pending());
    waiting.await.unwrap().unwrap();
    drop(at_work);
}

#[tokio::test]
async fn the_line_dissolves_once_nobody_waits() {
    let event = Event::new(1).await;
    event.store.pause(1).await;
    let one = event.unit().await;
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut given_up = pin!(event.store.begin(UnitOptions::new()));
        assert!(given_up.as_mut().poll(&mut context).is_pending());
    }
    one.rollback().await.unwrap();
    let (_held, mut other) = (event.unit().await, pin!(event.store.begin(UnitOptions::new())));
    assert!(other.as_mut().poll(&mut context).is_ready());
}

/// The median time of opening a unit, writing one match and committing it.
async fn commit_time(event: &Event) -> Duration {
    let [ada, ben] = [event.players[0].id, event.players[1].id];
    let mut times = Vec::new();
    for _ in 0..201 {
        let row = Match::new(&event.round, ada, ben);
        let start = Instant::now();
        let unit = event.unit().await;
        unit.matches().create(&row).await.unwrap();
        unit.commit().await.unwrap();
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2]
}

/// The trees are a few levels deeper; a copy of all that is stored would cost a hundred times as
/// much.
#[tokio::test]
async fn a_commit_costs_what_it_changes_not_what_is_stored() {
    let event = Event::new(2).await;
    let few = commit_time(&event).await;
    let [ada, ben] = [event.players[0].id, event.players[1].id];
    let many: Vec<_> = (0..50_000).map(|_| Match::new(&event.round, ada, ben)).collect();
    event.store.matches().create_many(&many).await.unwrap();
    let then = commit_time(&event).await;
    assert!(then < 20 * few, "{few:?} with 201 matches, {then:?} with 50,000");
}

#[tokio::test]
async fn rows_that_are_held_on_to_do_not_outlive_their_unit() {
    let store = MemoryStore::new();
    let unit = store.begin_now(UnitOptions::new()).unwrap();
    let rows = unit.rows().clone();
    let ada = rows.create_row(Player::new("Ada")).unwrap();
    drop(unit);
    assert_eq!(rows.row(ada.id).unwrap_err().code(), "aborted");
    assert_eq!(rows.create_row(Player::new("Ben")).unwrap_err().code(), "aborted");
    assert_eq!(store.export().await.unwrap(), Dataset::new());

    let unit = store.begin_now(UnitOptions::new()).unwrap();
    let rows = unit.rows().clone();
    let ada = rows.create_row(Player::new("Ada")).unwrap();
    unit.commit_now().unwrap();
    assert_eq!(rows.count_rows::<Player>(&PlayerFilter::default()).unwrap_err().code(), "aborted");
    assert_eq!(store.players().get(ada.id).await.unwrap(), *ada);
}

#[tokio::test]
async fn rows_without_copies_are_the_repositories_rows() {
    let store = MemoryStore::new();
    let rows = store.rows();
    let players: Vec<_> = ["Ada", "Ben", "Cleo"].map(Player::new).into();
    let created = rows.create_rows(players).unwrap();
    let filter = PlayerFilter::default();
    let page = Page::new().with_limit(2);
    let (first, next) = rows.page::<Player>(&filter, &page).unwrap();
    let listing = store.players().list(&filter, &page).await.unwrap();
    assert_eq!(first.iter().map(|row| Player::clone(row)).collect::<Vec<_>>(), listing.items);
    assert_eq!(next, listing.next);
    let (last, end) = rows.page::<Player>(&filter, &page.after(next.unwrap())).unwrap();
    assert_eq!((last.len(), end), (1, None));
    assert_eq!(rows.all::<Player>(&filter).unwrap(), created);

    let renamed = rows.update_row(Player::clone(&created[0])).unwrap();
    assert_eq!(renamed.version, 2);
    assert_eq!(rows.row(created[0].id).unwrap(), renamed);
    let stale = rows.delete_row(created[0].id, Some(1)).unwrap_err();
    assert_eq!(stale.code(), "conflict");
    rows.delete_row(created[0].id, Some(2)).unwrap();
    assert_eq!(rows.count_rows::<Player>(&filter).unwrap(), 2);
}

/// A single row is changed in place where nobody holds the state, and readers on other threads do.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_and_single_writes_on_several_threads_do_not_disturb_each_other() {
    let store = MemoryStore::new();
    let counter = store.players().create(&Player::new("0")).await.unwrap();
    let writers = (0..2).map(|writer| {
        let store = store.clone();
        std::thread::spawn(move || {
            for number in 0..2_000 {
                let row = Player::new(format!("Player {writer} {number}"))
                    .with_discord_id(format!("{writer}-{number}"));
                let row = store.rows().create_row(row).unwrap();
                let taken = Player::new("Eve").with_discord_id(format!("{writer}-{number}"));
                assert_eq!(store.rows().create_row(taken).unwrap_err().code(), "already_exists");
                if number % 2 == 0 {
                    store.rows().delete_row(row.id, None).unwrap();
                }
            }
        })
    });
    let readers = (0..2).map(|_| {
        let store = store.clone();
        std::thread::spawn(move || {
            for _ in 0..300 {
                let rows = store.rows().all::<Player>(&PlayerFilter::default()).unwrap();
                assert!(rows.is_sorted_by_key(|row| row.name.clone()));
                assert!(rows.iter().any(|row| row.id == counter.id));
            }
        })
    });
    let threads: Vec<_> = writers.chain(readers).collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(store.players().count(&PlayerFilter::default()).await.unwrap(), 2_001);
}
