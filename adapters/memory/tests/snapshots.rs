//! Snapshots, and what changed between them, along random histories of every kind of change.

#![allow(clippy::unwrap_used)] // Outside the tests too, where they share a step.

use proptest::prelude::*;
use tournament_core::{
    BaseFormat, Component, ComponentType, Dataset, Error, Format, GameSystem, Id, Match, Player,
    RegisterOptions, Repositories, Round, Store, Tournament, UnitOptions, Venue,
};
use tournament_memory::{ChangeSet, MemoryStore};

/// One change to a store; the numbers choose among what is stored.
#[derive(Clone, Debug)]
enum Step {
    AddPlayer,
    RenamePlayer(usize),
    DeletePlayer(usize),
    AddEvent,
    Register(usize, usize),
    DeleteRegistration(usize),
    AddRound(usize),
    AddMatch(usize, usize, usize),
    Report(usize),
    DeleteMatch(usize),
    DeleteTournament(usize),
    /// Deletes a tournament and stores it again under its id, its numbers begun anew.
    BeginAnew(usize),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let any = || any::<usize>();
    prop_oneof![
        8 => Just(Step::AddPlayer),
        3 => any().prop_map(Step::RenamePlayer),
        3 => any().prop_map(Step::DeletePlayer),
        2 => Just(Step::AddEvent),
        8 => (any(), any()).prop_map(|(tournament, player)| Step::Register(tournament, player)),
        3 => any().prop_map(Step::DeleteRegistration),
        3 => any().prop_map(Step::AddRound),
        6 => (any(), any(), any()).prop_map(|(round, one, other)| Step::AddMatch(round, one, other)),
        4 => any().prop_map(Step::Report),
        2 => any().prop_map(Step::DeleteMatch),
        1 => any().prop_map(Step::DeleteTournament),
        1 => any().prop_map(Step::BeginAnew),
        1 => Just(Step::Clear),
    ]
}

fn pick<E>(rows: &[E], number: usize) -> Option<&E> {
    rows.get(number.checked_rem(rows.len())?)
}

/// Does the step where there is something to do it to; what the store refuses is no change.
async fn take(store: &MemoryStore, step: &Step) -> Option<()> {
    let all = store.export().await.unwrap();
    match *step {
        Step::AddPlayer => drop(store.players().create(&Player::new("Ada")).await),
        Step::RenamePlayer(number) => {
            let mut player = pick(&all.players, number)?.clone();
            player.name.push('!');
            drop(store.players().update(&player).await);
        }
        Step::DeletePlayer(number) => {
            drop(store.players().delete(pick(&all.players, number)?.id, None).await);
        }
        Step::AddEvent => add_event(store, pick(&all.players, 0)?.id).await.unwrap(),
        Step::Register(tournament, player) => {
            let tournament = pick(&all.tournaments, tournament)?.id;
            let player = pick(&all.players, player)?.id;
            let options = RegisterOptions::new();
            drop(store.registrations().register(tournament, player, &options).await);
        }
        Step::DeleteRegistration(number) => {
            let id = pick(&all.registrations, number)?.id;
            store.registrations().delete(id, None).await.unwrap();
        }
        Step::AddRound(number) => {
            let component = pick(&all.components, number)?;
            let rounds = i64::try_from(all.rounds.len()).unwrap();
            store.rounds().create(&Round::new(component, rounds + 1)).await.unwrap();
        }
        Step::AddMatch(round, one, other) => {
            let (one, other) = (pick(&all.players, one)?.id, pick(&all.players, other)?.id);
            let played = Match::new(pick(&all.rounds, round)?, one, other);
            drop(store.matches().create(&played).await);
        }
        Step::Report(number) => {
            let played = pick(&all.matches, number)?.clone().with_result(2, 1, 0);
            store.matches().update(&played).await.unwrap();
        }
        Step::DeleteMatch(number) => {
            store.matches().delete(pick(&all.matches, number)?.id, None).await.unwrap();
        }
        Step::DeleteTournament(number) => {
            drop(store.tournaments().delete(pick(&all.tournaments, number)?.id, None).await);
        }
        Step::BeginAnew(number) => {
            let tournament = pick(&all.tournaments, number)?;
            let unit = store.begin(UnitOptions::new()).await.unwrap();
            for row in all.registrations.iter().filter(|row| row.tournament_id == tournament.id) {
                unit.registrations().delete(row.id, None).await.unwrap();
            }
            unit.tournaments().delete(tournament.id, None).await.ok()?;
            unit.tournaments().create(tournament).await.unwrap();
            unit.commit().await.unwrap();
        }
        Step::Clear => store.clear().await.unwrap(),
    }
    Some(())
}

async fn add_event(store: &MemoryStore, organiser: Id<Player>) -> Result<(), Error> {
    let venue = store.venues().create(&Venue::new("The Copper Lantern")).await?;
    let name = format!("Pauper {}", venue.id);
    let format = Format::new(name, GameSystem::Pokemon, BaseFormat::Limited, "All");
    let format = store.formats().create(&format).await?;
    let tournament = Tournament::new("Friday", format.id, venue.id, organiser);
    let tournament = store.tournaments().create(&tournament).await?;
    let swiss = Component::new(tournament.id, ComponentType::Swiss, "Swiss", 1);
    store.components().create(&swiss).await.map(drop)
}

async fn agree(store: &MemoryStore, copy: &MemoryStore) {
    let (held, copied): (Dataset, Dataset) =
        (store.export().await.unwrap(), copy.export().await.unwrap());
    assert_eq!(held, copied);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A copy that is told only what changed, in pieces of any size, holds the same after each.
    #[test]
    fn what_changed_makes_a_copy_follow(
        pieces in prop::collection::vec(prop::collection::vec(step(), 1..12), 1..16)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (store, copy) = (MemoryStore::new(), MemoryStore::new());
            let mut last = store.snapshot().unwrap();
            for piece in pieces {
                for step in piece {
                    take(&store, &step).await;
                }
                let now = store.snapshot().unwrap();
                let text = serde_json::to_string(&now.changes_since(&last)).unwrap();
                copy.apply(&serde_json::from_str(&text).unwrap()).unwrap();
                agree(&store, &copy).await;
                last = now;
            }
        });
    }
}

#[tokio::test]
async fn nothing_changed_is_no_change() {
    let store = MemoryStore::new();
    store.players().create(&Player::new("Ada")).await.unwrap();
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot, store.snapshot().unwrap());
    assert!(snapshot.changes_since(&snapshot).is_empty());
    assert!(!snapshot.changes_since(&MemoryStore::new().snapshot().unwrap()).is_empty());
}

#[tokio::test]
async fn changes_to_something_else_are_refused_whole() {
    let store = MemoryStore::new();
    let before = store.snapshot().unwrap();
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let with_ada = store.snapshot().unwrap();
    store.players().create(&Player::new("Ben")).await.unwrap();
    store.players().delete(ada.id, None).await.unwrap();
    let changes = store.snapshot().unwrap().changes_since(&with_ada);

    let other = MemoryStore::new();
    let error = other.apply(&changes).unwrap_err();
    assert_eq!((error.code(), error.id()), ("not_found", Some(ada.id.uuid())));
    agree(&other, &MemoryStore::new()).await;

    let mut nameless = store.snapshot().unwrap().changes_since(&before);
    nameless.stored.players[0].name.clear();
    assert_eq!(other.apply(&nameless).unwrap_err().fields(), ["name"]);
}

#[tokio::test]
async fn going_back_undoes_what_an_open_unit_rests_on() {
    let store = MemoryStore::new();
    let before = store.snapshot().unwrap();
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    unit.players().update(&ada).await.unwrap();

    store.restore(&before).unwrap();
    assert_eq!(store.export().await.unwrap(), Dataset::new());
    assert_eq!(unit.commit().await.unwrap_err().code(), "busy");
}

#[tokio::test]
async fn a_closed_store_has_no_snapshot() {
    let store = MemoryStore::new();
    let snapshot = store.snapshot().unwrap();
    store.close().await.unwrap();
    assert_eq!(store.snapshot().unwrap_err().code(), "unavailable");
    assert_eq!(store.restore(&snapshot).unwrap_err().code(), "unavailable");
    assert_eq!(store.apply(&ChangeSet::default()).unwrap_err().code(), "unavailable");
}
