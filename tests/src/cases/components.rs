use tournament_core::{
    Component, ComponentFilter, ComponentType, Entity, MAX_INTEGER, Progress, RepositoryExt,
};

use crate::harness::Case;
use crate::{expect, fixture};

super::rows::row_cases!(Component);

pub(crate) async fn find_by_sequence_order_gives_the_one(case: &Case<'_>) {
    let components = case.store.components();
    let (tournament, other) =
        (fixture::tournament(case.rows()).await, fixture::tournament(case.rows()).await);
    let first = fixture::component(case.rows(), &tournament, 1).await;
    let second = fixture::component(case.rows(), &tournament, 2).await;
    let elsewhere = fixture::component(case.rows(), &other, 1).await;
    for (tournament, order, expected) in [
        (tournament.id, 1, Some(first)),
        (tournament.id, 2, Some(second)),
        (other.id, 1, Some(elsewhere)),
        (other.id, 2, None),
        (fixture::id(1), 1, None),
    ] {
        let found = components.find_by_sequence_order(tournament, order).await;
        assert_eq!(found.unwrap(), expected, "{order} of {tournament}");
    }
    for order in [0, -1, MAX_INTEGER, MAX_INTEGER + 1, i64::MIN, i64::MAX] {
        let found = components.find_by_sequence_order(tournament.id, order).await;
        assert_eq!(found.unwrap(), None, "{order}");
    }
}

pub(crate) async fn an_order_belongs_to_one_component_of_a_tournament(case: &Case<'_>) {
    let components = case.store.components();
    let tournament = fixture::tournament(case.rows()).await;
    fixture::component(case.rows(), &tournament, 1).await;
    let mut second = fixture::component(case.rows(), &tournament, 2).await;
    let rival = Component::new(tournament.id, ComponentType::Swiss, "Rival", 1);
    let refused = components.create(&rival).await;
    expect::already_exists(refused, Component::KIND, "sequence_order");
    let refused = components.create_many(&[rival]).await;
    expect::already_exists(refused, Component::KIND, "sequence_order");
    second.sequence_order = 1;
    let refused = components.update(&second).await;
    expect::already_exists(refused, Component::KIND, "sequence_order");
    let kept = components.get(second.id).await.unwrap();
    assert_eq!(kept.sequence_order, 2);
}

pub(crate) async fn lists_of_a_tournament_go_by_order(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let other = fixture::tournament(case.rows()).await;
    fixture::component(case.rows(), &other, 2).await;
    let mut rows = Vec::new();
    for order in [10, 2, MAX_INTEGER, 1] {
        rows.push(fixture::component(case.rows(), &tournament, order).await);
    }
    rows.sort_by_key(|row| row.sequence_order);
    let filter = ComponentFilter::default().with_tournament(tournament.id);
    let listed = case.store.components().list_all(&filter).await.unwrap();
    assert_eq!(listed, rows);
    assert_eq!(case.store.components().count(&filter).await.unwrap(), 4);
}

pub(crate) async fn lists_of_all_go_by_id(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let made = |number: u128, order| {
        Component::new(tournament.id, ComponentType::Swiss, "Part", order)
            .with_id(fixture::id(number))
    };
    let rows = [made(1, 3), made(2, 1), made(3, 2)];
    let mut shuffled = rows.to_vec();
    shuffled.reverse();
    case.store.components().create_many(&shuffled).await.unwrap();
    let filter = ComponentFilter::default();
    let listed = case.store.components().list_all(&filter).await.unwrap();
    assert_eq!(listed, rows);
}

pub(crate) async fn every_type_and_status_is_kept(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let mut order = 0;
    for &r#type in ComponentType::ALL {
        for &status in Progress::ALL {
            order += 1;
            let row = Component::new(tournament.id, r#type, "Part", order).with_status(status);
            case.store.components().create(&row).await.unwrap();
            assert_eq!(case.store.components().get(row.id).await.unwrap(), row);
        }
    }
}
