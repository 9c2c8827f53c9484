//! Parents are there, agree with one another, and stay as long as they are referred to.

use tournament_core::{
    Component, ComponentType, Dataset, Entity, Id, Match, Round, Tournament, TournamentRegistration,
};

use crate::expect;
use crate::fixture;
use crate::harness::Case;
use crate::sample::{Parents, Sample};

/// A good row that loses one of its parents is refused by `create`, `create_many` and `import`,
/// and, where the reference may change, by `update`.
async fn refuse<E: Sample>(
    case: &Case<'_>,
    field: &'static str,
    may_change: bool,
    lose: impl Fn(&mut E),
) {
    let parents = Parents::store(case.rows()).await;
    let of = E::of(case.rows());
    let good = E::sample(&parents, 1);
    let mut bad = good.clone();
    lose(&mut bad);
    expect::reference_missing(of.create(&bad).await, E::KIND, field);
    let batch = [E::sample(&parents, 2), bad.clone()];
    expect::reference_missing(of.create_many(&batch).await, E::KIND, field);
    expect::not_found(of.get(batch[0].id()).await, batch[0].id());
    let mut dataset = Dataset::new();
    E::list_in(&mut dataset).extend(batch);
    expect::reference_missing(case.rows().import(&dataset).await, E::KIND, field);
    of.create(&good).await.unwrap();
    if may_change {
        expect::reference_missing(of.update(&bad).await, E::KIND, field);
    } else {
        expect::error(of.update(&bad).await);
    }
    assert_eq!(of.get(good.id()).await.unwrap(), good, "nothing changed");
}

pub(crate) async fn a_tournament_needs_its_format(case: &Case<'_>) {
    refuse(case, "format_id", true, |row: &mut Tournament| row.format_id = Id::new()).await;
}

pub(crate) async fn a_tournament_needs_its_venue(case: &Case<'_>) {
    refuse(case, "venue_id", true, |row: &mut Tournament| row.venue_id = Id::new()).await;
}

pub(crate) async fn a_tournament_needs_its_organiser(case: &Case<'_>) {
    refuse(case, "created_by", true, |row: &mut Tournament| row.created_by = Id::new()).await;
}

pub(crate) async fn a_registration_needs_its_tournament(case: &Case<'_>) {
    refuse(case, "tournament_id", false, |row: &mut TournamentRegistration| {
        row.tournament_id = Id::new();
    })
    .await;
}

pub(crate) async fn a_registration_needs_its_player(case: &Case<'_>) {
    refuse(case, "player_id", true, |row: &mut TournamentRegistration| {
        row.player_id = Id::new();
    })
    .await;
}

pub(crate) async fn a_component_needs_its_tournament(case: &Case<'_>) {
    refuse(case, "tournament_id", false, |row: &mut Component| {
        row.tournament_id = Id::new();
    })
    .await;
}

pub(crate) async fn a_round_needs_its_component(case: &Case<'_>) {
    refuse(case, "component_id", false, |row: &mut Round| {
        row.component_id = Id::new();
    })
    .await;
}

pub(crate) async fn a_round_agrees_with_its_component_on_the_tournament(case: &Case<'_>) {
    let stranger = fixture::tournament(case.rows()).await.id;
    for tournament in [Id::new(), stranger] {
        refuse(case, "component_id", false, |row: &mut Round| {
            row.tournament_id = tournament;
        })
        .await;
    }
}

pub(crate) async fn a_match_needs_its_round(case: &Case<'_>) {
    refuse(case, "round_id", false, |row: &mut Match| row.round_id = Id::new()).await;
}

pub(crate) async fn a_match_needs_its_first_player(case: &Case<'_>) {
    refuse(case, "player1_id", true, |row: &mut Match| row.player1_id = Id::new()).await;
}

pub(crate) async fn a_match_needs_its_second_player(case: &Case<'_>) {
    refuse(case, "player2_id", true, |row: &mut Match| {
        row.player2_id = Some(Id::new());
    })
    .await;
}

pub(crate) async fn a_match_agrees_with_its_round_on_the_tournament(case: &Case<'_>) {
    let stranger = fixture::tournament(case.rows()).await.id;
    for tournament in [Id::new(), stranger] {
        refuse(case, "round_id", false, |row: &mut Match| {
            row.tournament_id = tournament;
        })
        .await;
    }
}

pub(crate) async fn a_match_agrees_with_its_round_on_the_component(case: &Case<'_>) {
    let stranger = fixture::event(case.rows()).await.component.id;
    for component in [Id::new(), stranger] {
        refuse(case, "round_id", false, |row: &mut Match| {
            row.component_id = component;
        })
        .await;
    }
}

pub(crate) async fn a_match_agrees_with_its_round_on_the_number(case: &Case<'_>) {
    refuse(case, "round_id", true, |row: &mut Match| row.round_number = 99).await;
}

pub(crate) async fn a_match_in_round_99_of_a_component_that_has_3_is_refused(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    for number in 2..=3 {
        fixture::round(case.rows(), &event.component, number).await;
    }
    let mut bad = Match::new(&event.round, event.players[0].id, event.players[1].id);
    for number in [2, 3, 99] {
        bad.round_number = number;
        let refused = case.store.matches().create(&bad).await;
        expect::reference_missing(refused, Match::KIND, "round_id");
    }
}

pub(crate) async fn a_match_in_another_tournament_than_its_round_is_refused(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    let other = fixture::event(case.rows()).await;
    let mut bad = Match::new(&event.round, event.players[0].id, event.players[1].id);
    bad.tournament_id = other.tournament.id;
    let refused = case.store.matches().create(&bad).await;
    expect::reference_missing(refused, Match::KIND, "round_id");
    bad.component_id = other.component.id;
    let refused = case.store.matches().create(&bad).await;
    expect::reference_missing(refused, Match::KIND, "round_id");
}

/// Deleting it is refused, with and without its version, until what refers to it is gone.
async fn stays<P: Sample, C: Sample>(case: &Case<'_>, parent: Id<P>, child: Id<C>) {
    let of = P::of(case.rows());
    let row = of.get(parent).await.unwrap();
    expect::still_referenced(of.delete(parent, None).await, parent);
    expect::still_referenced(of.delete(parent, Some(row.version())).await, parent);
    expect::conflict(of.delete(parent, Some(9)).await, parent, 9, row.version());
    assert_eq!(of.get(parent).await.unwrap(), row, "nothing changed");
    C::of(case.rows()).delete(child, None).await.unwrap();
    of.delete(parent, None).await.unwrap();
}

pub(crate) async fn a_format_stays_while_a_tournament_is_played_in_it(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    stays(case, tournament.format_id, tournament.id).await;
}

pub(crate) async fn a_venue_stays_while_a_tournament_is_held_there(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    stays(case, tournament.venue_id, tournament.id).await;
}

pub(crate) async fn an_organiser_stays_while_a_tournament_is_theirs(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    stays(case, tournament.created_by, tournament.id).await;
}

pub(crate) async fn a_player_stays_while_registered(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let player = fixture::player(case.rows(), "Ada").await;
    let row = fixture::registration(case.rows(), &tournament, &player, 1).await;
    stays(case, player.id, row.id).await;
}

pub(crate) async fn a_player_stays_while_first_in_a_match(case: &Case<'_>) {
    let (event, game) = fixture::event_with_match(case.rows()).await;
    stays(case, event.players[0].id, game.id).await;
}

pub(crate) async fn a_player_stays_while_second_in_a_match(case: &Case<'_>) {
    let (event, game) = fixture::event_with_match(case.rows()).await;
    stays(case, event.players[1].id, game.id).await;
}

pub(crate) async fn a_tournament_stays_while_somebody_is_registered(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let player = fixture::player(case.rows(), "Ada").await;
    let row = fixture::registration(case.rows(), &tournament, &player, 1).await;
    stays(case, tournament.id, row.id).await;
}

pub(crate) async fn a_tournament_stays_while_it_has_a_component(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let component = fixture::component(case.rows(), &tournament, 1).await;
    stays(case, tournament.id, component.id).await;
}

pub(crate) async fn a_component_stays_while_it_has_a_round(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    stays(case, event.component.id, event.round.id).await;
}

pub(crate) async fn a_round_stays_while_it_has_a_match(case: &Case<'_>) {
    let (event, game) = fixture::event_with_match(case.rows()).await;
    stays(case, event.round.id, game.id).await;
}

pub(crate) async fn what_is_referred_to_can_be_updated(case: &Case<'_>) {
    let (event, game) = fixture::event_with_match(case.rows()).await;
    let tournament = case.store.tournaments().update(&event.tournament).await;
    assert_eq!(tournament.unwrap().version, 2);
    let component = case.store.components().update(&event.component).await;
    assert_eq!(component.unwrap().version, 2);
    let round = case.store.rounds().update(&event.round).await;
    assert_eq!(round.unwrap().version, 2);
    let player = case.store.players().update(&event.players[0]).await;
    assert_eq!(player.unwrap().version, 2);
    assert_eq!(case.store.matches().get(game.id).await.unwrap(), game);
}

pub(crate) async fn a_reference_given_up_lets_the_parent_go(case: &Case<'_>) {
    let (event, mut game) = fixture::event_with_match(case.rows()).await;
    game.player1_id = event.players[2].id;
    game.player2_id = None;
    case.store.matches().update(&game).await.unwrap();
    for player in &event.players[..2] {
        case.store.players().delete(player.id, None).await.unwrap();
    }
    let kept = event.players[2].id;
    expect::still_referenced(case.store.players().delete(kept, None).await, kept);
}

pub(crate) async fn an_absent_player_of_a_bye_is_refused(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    let bye = Match::bye(&event.round, Id::new());
    let refused = case.store.matches().create(&bye).await;
    expect::reference_missing(refused, Match::KIND, "player1_id");
}

/// Whether parents are deleted or children made first, they are never torn apart.
pub(crate) async fn a_parent_deleted_while_children_are_made_leaves_no_orphan(case: &Case<'_>) {
    for _ in 0..8 {
        let tournament = fixture::tournament(case.rows()).await;
        let (maker, remover) = (case.store.clone(), case.store.clone());
        let component = Component::new(tournament.id, ComponentType::Swiss, "Part", 1);
        let (id, parent) = (component.id, tournament.id);
        let made = case.spawn(async move {
            crate::harness::patiently(&*maker, || maker.components().create(&component)).await
        });
        let removal = case.spawn(async move {
            crate::harness::patiently(&*remover, || remover.tournaments().delete(parent, None))
                .await
        });
        match (made.await, removal.await) {
            (Ok(_), refused) => {
                expect::still_referenced(refused, parent);
                case.store.components().get(id).await.unwrap();
                case.store.tournaments().get(parent).await.unwrap();
            }
            (refused, Ok(())) => {
                expect::reference_missing(refused, Component::KIND, "tournament_id");
            }
            (made, removal) => panic!("neither was done: {made:?}, {removal:?}"),
        }
    }
}
