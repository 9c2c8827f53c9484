//! Rows in units of work and under many hands at once.

use tournament_core::{Error, Id, RepositoryExt};

use super::one;
use crate::expect;
use crate::harness::{Case, patiently};
use crate::sample::{Parents, Sample};

pub(crate) async fn a_read_only_unit_refuses_every_write<E: Sample>(case: &Case<'_>) {
    let (parents, stored) = one::<E>(case).await;
    let mut bad = E::sample(&parents, 2);
    bad.spoil();
    let unit = case.reader().await;
    let of = E::of(&*unit);
    expect::read_only(of.create(&E::sample(&parents, 2)).await, E::KIND);
    expect::read_only(of.create(&bad).await, E::KIND);
    expect::read_only(of.create_many(&[E::sample(&parents, 2)]).await, E::KIND);
    expect::read_only(of.create_many(&[]).await, E::KIND);
    expect::read_only(of.update(&stored).await, E::KIND);
    expect::read_only(of.update(&bad).await, E::KIND);
    expect::read_only(of.delete(stored.id(), None).await, E::KIND);
    expect::read_only(of.delete(Id::new(), Some(7)).await, E::KIND);
    assert_eq!(of.get(stored.id()).await.unwrap(), stored, "it stays open");
    unit.commit().await.unwrap();
    assert_eq!(E::of(case.rows()).get(stored.id()).await.unwrap(), stored);
}

pub(crate) async fn a_unit_sees_its_writes_before_others_do<E: Sample>(case: &Case<'_>) {
    let (parents, changed) = one::<E>(case).await;
    let outside = E::of(case.rows());
    let deleted = outside.create(&E::sample(&parents, 2)).await.unwrap();
    let count = outside.count(&E::Filter::default()).await.unwrap();

    let unit = case.unit().await;
    let inside = E::of(&*unit);
    let added = inside.create(&E::sample(&parents, 3)).await.unwrap();
    let more = [E::sample(&parents, 4), E::sample(&parents, 5)];
    inside.create_many(&more).await.unwrap();
    let mut change = changed.clone();
    change.change(&parents);
    let change = inside.update(&change).await.unwrap();
    inside.delete(deleted.id(), Some(1)).await.unwrap();

    assert_eq!(inside.get(added.id()).await.unwrap(), added);
    assert_eq!(inside.get(change.id()).await.unwrap(), change);
    expect::not_found(inside.get(deleted.id()).await, deleted.id());
    let inside_count = inside.count(&E::Filter::default()).await.unwrap();
    assert_eq!(inside_count, count + 2);
    let listed = inside.list_all(&E::Filter::default()).await.unwrap();
    assert!(listed.contains(&added) && listed.contains(&change));

    expect::not_found(outside.get(added.id()).await, added.id());
    assert_eq!(outside.get(changed.id()).await.unwrap(), changed);
    assert_eq!(outside.get(deleted.id()).await.unwrap(), deleted);
    let outside_count = outside.count(&E::Filter::default()).await.unwrap();
    assert_eq!(outside_count, count);

    unit.commit().await.unwrap();
    assert_eq!(outside.get(added.id()).await.unwrap(), added);
    assert_eq!(outside.get(change.id()).await.unwrap(), change);
    expect::not_found(outside.get(deleted.id()).await, deleted.id());
}

pub(crate) async fn of_many_updates_of_one_version_one_succeeds<E: Sample>(case: &Case<'_>) {
    let (_, row) = one::<E>(case).await;
    let tasks = (0..8).map(|_| {
        let (store, row) = (case.store.clone(), row.clone());
        async move { patiently(&*store, || E::of(&*store).update(&row)).await }
    });
    let mut successes = 0;
    for answer in case.at_once(tasks).await {
        match answer {
            Ok(updated) => {
                assert_eq!(updated.version(), 2);
                successes += 1;
            }
            refused => expect::conflict(refused, row.id(), 1, 2),
        }
    }
    assert_eq!(successes, 1);
}

pub(crate) async fn of_many_creates_of_one_id_one_succeeds<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let tasks = (1..=8).map(|number| {
        let store = case.store.clone();
        let mut row = E::sample(&parents, number);
        row.set_id(77);
        async move { patiently(&*store, || E::of(&*store).create(&row)).await }
    });
    let answers = case.at_once(tasks).await;
    let (created, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(created.len(), 1);
    for answer in refused {
        let error: Error = expect::error(answer);
        expect::already_exists(Err::<(), _>(error), E::KIND, "id");
    }
}
