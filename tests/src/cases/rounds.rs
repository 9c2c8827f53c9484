use tournament_core::{Entity, MAX_INTEGER, RepositoryExt, Round, RoundFilter};

use crate::harness::Case;
use crate::{expect, fixture};

super::rows::row_cases!(Round);

pub(crate) async fn find_by_number_gives_the_one(case: &Case<'_>) {
    let rounds = case.store.rounds();
    let tournament = fixture::tournament(case.rows()).await;
    let swiss = fixture::component(case.rows(), &tournament, 1).await;
    let cut = fixture::component(case.rows(), &tournament, 2).await;
    let first = fixture::round(case.rows(), &swiss, 1).await;
    let second = fixture::round(case.rows(), &swiss, 2).await;
    let elsewhere = fixture::round(case.rows(), &cut, 1).await;
    for (component, number, expected) in [
        (swiss.id, 1, Some(first)),
        (swiss.id, 2, Some(second)),
        (cut.id, 1, Some(elsewhere)),
        (cut.id, 2, None),
        (fixture::id(1), 1, None),
    ] {
        let found = rounds.find_by_number(component, number).await;
        assert_eq!(found.unwrap(), expected, "{number} of {component}");
    }
    for number in [0, -1, MAX_INTEGER, MAX_INTEGER + 1, i64::MIN, i64::MAX] {
        let found = rounds.find_by_number(swiss.id, number).await;
        assert_eq!(found.unwrap(), None, "{number}");
    }
}

pub(crate) async fn a_number_belongs_to_one_round_of_a_component(case: &Case<'_>) {
    let rounds = case.store.rounds();
    let tournament = fixture::tournament(case.rows()).await;
    let swiss = fixture::component(case.rows(), &tournament, 1).await;
    fixture::round(case.rows(), &swiss, 1).await;
    let rival = Round::new(&swiss, 1);
    let refused = rounds.create(&rival).await;
    expect::already_exists(refused, Round::KIND, "round_number");
    let refused = rounds.create_many(&[Round::new(&swiss, 2), rival]).await;
    expect::already_exists(refused, Round::KIND, "round_number");
    let batch = [Round::new(&swiss, 3), Round::new(&swiss, 3)];
    let refused = rounds.create_many(&batch).await;
    expect::already_exists(refused, Round::KIND, "round_number");
    assert_eq!(rounds.count(&RoundFilter::default()).await.unwrap(), 1);
}

/// Rounds of two components of one tournament, in the order of play, and one of another.
async fn two_components(case: &Case<'_>) -> Vec<Round> {
    let tournament = fixture::tournament(case.rows()).await;
    // Made in another order than played, so that ids tell nothing.
    let cut = fixture::component(case.rows(), &tournament, 2).await;
    let swiss = fixture::component(case.rows(), &tournament, 1).await;
    let other = fixture::tournament(case.rows()).await;
    let other = fixture::component(case.rows(), &other, 1).await;
    fixture::round(case.rows(), &other, 1).await;
    let mut rows = Vec::new();
    for (component, number) in [(&cut, 1), (&swiss, 10), (&swiss, 9), (&cut, 2)] {
        rows.push(fixture::round(case.rows(), component, number).await);
    }
    vec![rows[2].clone(), rows[1].clone(), rows[0].clone(), rows[3].clone()]
}

pub(crate) async fn lists_of_a_tournament_go_by_component_order_and_number(case: &Case<'_>) {
    let rows = two_components(case).await;
    let filter = RoundFilter::default().with_tournament(rows[0].tournament_id);
    let listed = case.store.rounds().list_all(&filter).await.unwrap();
    assert_eq!(listed, rows);
    assert_eq!(case.store.rounds().count(&filter).await.unwrap(), 4);
}

pub(crate) async fn lists_of_a_component_go_by_number(case: &Case<'_>) {
    let rows = two_components(case).await;
    let filter = RoundFilter::default().with_component(rows[0].component_id);
    let listed = case.store.rounds().list_all(&filter).await.unwrap();
    assert_eq!(listed, rows[..2]);
    assert_eq!(case.store.rounds().count(&filter).await.unwrap(), 2);
}

pub(crate) async fn lists_follow_a_component_that_is_moved(case: &Case<'_>) {
    let rows = two_components(case).await;
    let swiss = rows[0].component_id;
    let mut swiss = case.store.components().get(swiss).await.unwrap();
    swiss.sequence_order = 3;
    case.store.components().update(&swiss).await.unwrap();
    let filter = RoundFilter::default().with_tournament(swiss.tournament_id);
    let listed = case.store.rounds().list_all(&filter).await.unwrap();
    let moved = [2, 3, 0, 1].map(|place| rows[place].clone());
    assert_eq!(listed, moved);
}

pub(crate) async fn filters_combine(case: &Case<'_>) {
    let rows = two_components(case).await;
    let filter = RoundFilter::default()
        .with_tournament(rows[0].tournament_id)
        .with_component(rows[2].component_id);
    let listed = case.store.rounds().list_all(&filter).await.unwrap();
    assert_eq!(listed, rows[2..]);
    let stranger = fixture::tournament(case.rows()).await;
    let filter = filter.with_tournament(stranger.id);
    let listed = case.store.rounds().list_all(&filter).await.unwrap();
    assert_eq!(listed, [], "the component is of another tournament");
    assert_eq!(case.store.rounds().count(&filter).await.unwrap(), 0);
}

pub(crate) async fn lists_of_all_go_by_id(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let swiss = fixture::component(case.rows(), &tournament, 1).await;
    let made = |number: u128, round| Round::new(&swiss, round).with_id(fixture::id(number));
    let rows = [made(1, 3), made(2, 1), made(3, 2)];
    let mut shuffled = rows.to_vec();
    shuffled.reverse();
    case.store.rounds().create_many(&shuffled).await.unwrap();
    let filter = RoundFilter::default();
    assert_eq!(case.store.rounds().list_all(&filter).await.unwrap(), rows);
}
