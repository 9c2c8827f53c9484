//! Two units of work at once. A store may keep the second waiting until it is told `Busy`, or let
//! both go on and refuse the one that commits last; it never lets both do what only one may.

use std::cell::Cell;

use tournament_core::{
    Component, ComponentType, Dataset, Error, Id, Match, Player, PlayerFilter, RegisterOptions,
    RegistrationControl, RegistrationFilter, Result, Tournament, UnitOfWork, UnitOptions,
};

use crate::fixture;
use crate::harness::Case;

/// Whether each of two units was committed, where the second began before the first ended and
/// their calls came by turns.
async fn by_turns(
    case: &Case<'_>,
    first: impl AsyncFn(&dyn UnitOfWork) -> Result<()>,
    second: impl AsyncFn(&dyn UnitOfWork) -> Result<()>,
) -> (bool, bool) {
    let one = case.unit().await;
    first(&*one).await.expect("nobody is in the way of the first");
    let other = match case.store.begin(UnitOptions::new()).await {
        Ok(other) => other,
        Err(error) => {
            assert_eq!(error.code(), "busy", "`{error}`");
            one.commit().await.expect("the second never began");
            return (true, false);
        }
    };
    let said = second(&*other).await;
    let one = one.commit().await;
    let other = match said {
        Ok(()) => other.commit().await,
        Err(error) => {
            other.rollback().await.expect("a failed unit can be rolled back");
            Err(error)
        }
    };
    for refused in [&one, &other] {
        if let Err(error) = refused {
            let allowed = matches!(error, Error::Busy { .. } | Error::Conflict { .. });
            assert!(allowed, "the loser is told to try again, not `{error}`");
        }
    }
    assert!(one.is_ok() || other.is_ok(), "one of two gets through");
    (one.is_ok(), other.is_ok())
}

fn how_many((first, second): (bool, bool)) -> u64 {
    u64::from(first) + u64::from(second)
}

pub(crate) async fn two_units_take_one_key_once(case: &Case<'_>) {
    let owl = || Player::new("Ada").with_discord_id("owl");
    let create = async |unit: &dyn UnitOfWork| unit.players().create(&owl()).await.map(drop);
    let done = by_turns(case, create, create).await;
    assert_eq!(how_many(done), 1);
    let count = case.store.players().count(&PlayerFilter::default()).await;
    assert_eq!(count.unwrap(), 1);
}

pub(crate) async fn two_units_that_touch_different_rows_lose_neither(case: &Case<'_>) {
    let create =
        async |unit: &dyn UnitOfWork| unit.players().create(&Player::new("Ada")).await.map(drop);
    let done = by_turns(case, create, create).await;
    let count = case.store.players().count(&PlayerFilter::default()).await;
    assert_eq!(count.unwrap(), how_many(done));
}

/// Two players register for the tournament, each in a unit of their own.
async fn two_players_register(case: &Case<'_>, tournament: Id<Tournament>) -> (bool, bool) {
    let players = fixture::players(case.rows(), 2).await;
    let register = async |unit: &dyn UnitOfWork, player: &Player| {
        let options = RegisterOptions::new();
        let registrations = unit.registrations();
        registrations.register(tournament, player.id, &options).await.map(drop)
    };
    by_turns(
        case,
        async |unit| register(unit, &players[0]).await,
        async |unit| register(unit, &players[1]).await,
    )
    .await
}

pub(crate) async fn two_units_do_not_give_one_number_twice(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let done = two_players_register(case, tournament.id).await;
    let stored = case.store.export().await.unwrap();
    let mut numbers: Vec<_> = stored.registrations.iter().map(|row| row.sequence_id).collect();
    numbers.sort_unstable();
    let expected: Vec<_> = (1..).take(stored.registrations.len()).collect();
    assert_eq!(numbers, expected, "1 and 2, or 1 alone");
    assert_eq!(numbers.len() as u64, how_many(done));
}

pub(crate) async fn a_number_deleted_in_one_unit_is_not_given_in_another(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 2).await;
    let options = RegisterOptions::new();
    let given = [Cell::new(0), Cell::new(0)];
    let done = by_turns(
        case,
        async |unit| {
            let registrations = unit.registrations();
            let row = registrations.register(tournament.id, players[0].id, &options).await?;
            given[0].set(row.sequence_id);
            registrations.delete(row.id, None).await
        },
        async |unit| {
            let registrations = unit.registrations();
            let row = registrations.register(tournament.id, players[1].id, &options).await?;
            given[1].set(row.sequence_id);
            Ok(())
        },
    )
    .await;
    if done == (true, true) {
        assert_ne!(given[0], given[1], "each number is given once");
    }
    let player = fixture::player(case.rows(), "Next").await;
    let registrations = case.store.registrations();
    let next = registrations.register(tournament.id, player.id, &options).await.unwrap();
    assert_eq!(next.sequence_id, 1 + i64::try_from(how_many(done)).unwrap());
}

pub(crate) async fn two_units_do_not_both_change_one_row(case: &Case<'_>) {
    let (_, game) = fixture::event_with_match(case.rows()).await;
    let update = async |unit: &dyn UnitOfWork, draws| {
        let mut row = game.clone();
        row.draws = draws;
        unit.matches().update(&row).await.map(drop)
    };
    let done =
        by_turns(case, async |unit| update(unit, 1).await, async |unit| update(unit, 2).await)
            .await;
    assert_eq!(how_many(done), 1);
    let stored = case.store.matches().get(game.id).await.unwrap();
    let draws = if done.0 { 1 } else { 2 };
    assert_eq!((stored.version, stored.draws), (2, draws));
}

pub(crate) async fn a_row_deleted_in_one_unit_is_not_changed_in_another(case: &Case<'_>) {
    for delete_first in [true, false] {
        let (_, game) = fixture::event_with_match(case.rows()).await;
        let work = async |unit: &dyn UnitOfWork, delete: bool| {
            if delete {
                unit.matches().delete(game.id, Some(1)).await
            } else {
                unit.matches().update(&game).await.map(drop)
            }
        };
        let done = by_turns(
            case,
            async |unit| work(unit, delete_first).await,
            async |unit| work(unit, !delete_first).await,
        )
        .await;
        assert_eq!(how_many(done), 1);
        let deleted = done.0 == delete_first;
        let stored = case.store.matches().get(game.id).await;
        assert_eq!(stored.is_err(), deleted, "{stored:?}");
    }
}

pub(crate) async fn a_unit_does_not_overwrite_what_was_written_beside_it(case: &Case<'_>) {
    let (_, game) = fixture::event_with_match(case.rows()).await;
    let unit = case.unit().await;
    let mut row = unit.matches().get(game.id).await.unwrap();
    row.draws = 1;
    unit.matches().update(&row).await.unwrap();
    row.draws = 2;
    let beside = case.store.matches().update(&row).await;
    let within = unit.commit().await;
    let draws = match (&beside, &within) {
        (Ok(_), Err(Error::Busy { .. } | Error::Conflict { .. })) => 2,
        (Err(Error::Busy { .. }), Ok(())) => 1,
        other => panic!("one of both is told to try again: {other:?}"),
    };
    let stored = case.store.matches().get(game.id).await.unwrap();
    assert_eq!((stored.version, stored.draws), (2, draws));
}

pub(crate) async fn two_units_do_not_both_take_the_last_place(case: &Case<'_>) {
    let control = RegistrationControl::new().with_max_players(1);
    let tournament = fixture::unstored_tournament(case.rows()).await.with_registration(control);
    case.store.tournaments().create(&tournament).await.unwrap();
    let done = two_players_register(case, tournament.id).await;
    assert_eq!(how_many(done), 1);
    let filter = RegistrationFilter::default().with_tournament(tournament.id);
    assert_eq!(case.store.registrations().count(&filter).await.unwrap(), 1);
}

/// Nothing that is stored refers to what is not, and no key is there twice.
async fn expect_sound(case: &Case<'_>) {
    let stored = case.store.export().await.unwrap();
    stored.prepare().expect("no key twice");
    let copy = case.another_store().await;
    copy.import(&stored).await.expect("no reference to what is not there");
}

pub(crate) async fn a_parent_deleted_in_one_unit_gets_no_child_in_another(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let component = Component::new(tournament.id, ComponentType::Swiss, "Part", 1);
    let delete = async |unit: &dyn UnitOfWork| unit.tournaments().delete(tournament.id, None).await;
    let create = async |unit: &dyn UnitOfWork| unit.components().create(&component).await.map(drop);
    let done = by_turns(case, delete, create).await;
    assert_eq!(how_many(done), 1);
    expect_sound(case).await;
}

pub(crate) async fn a_child_made_in_one_unit_keeps_its_parent_in_another(case: &Case<'_>) {
    for parent in ["round", "player"] {
        let event = fixture::event(case.rows()).await;
        let game = Match::new(&event.round, event.players[0].id, event.players[1].id);
        let done = by_turns(
            case,
            async |unit| unit.matches().create(&game).await.map(drop),
            async |unit| match parent {
                "round" => unit.rounds().delete(event.round.id, None).await,
                _ => unit.players().delete(event.players[1].id, None).await,
            },
        )
        .await;
        assert_eq!(how_many(done), 1, "the {parent}");
        expect_sound(case).await;
        // The next parent is to have no child but the one made beside its deletion.
        drop(case.store.matches().delete(game.id, None).await);
    }
}

pub(crate) async fn one_dataset_imported_in_two_units_is_stored_once(case: &Case<'_>) {
    let dataset =
        Dataset { players: vec![Player::new("Ada"), Player::new("Ben")], ..Dataset::new() };
    let import = async |unit: &dyn UnitOfWork| unit.import(&dataset).await;
    let done = by_turns(case, import, import).await;
    assert_eq!(how_many(done), 1);
    expect_sound(case).await;
}

pub(crate) async fn a_unit_begun_before_another_committed_sees_no_half_of_it(case: &Case<'_>) {
    let (event, game) = fixture::event_with_match(case.rows()).await;
    let done = by_turns(
        case,
        async |unit| {
            let mut changed = game.clone();
            changed.draws = 1;
            unit.matches().update(&changed).await?;
            unit.players().update(&event.players[2]).await.map(drop)
        },
        async |unit| {
            let game = unit.matches().get(game.id).await?;
            let player = unit.players().get(event.players[2].id).await?;
            assert_eq!(game.version, player.version, "both changes or neither");
            Ok(())
        },
    )
    .await;
    assert!(done.0);
}
