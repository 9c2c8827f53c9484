//! Rows created, read, updated and deleted.

use serde_json::Value;
use tournament_core::{Dataset, Id, MAX_INTEGER, Time, now};

use super::one;
use crate::expect;
use crate::harness::Case;
use crate::sample::{Parents, SAMPLES, Sample};

pub(crate) async fn create_returns_what_get_returns<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let row = E::sample(&parents, 1);
    let created = E::of(case.rows()).create(&row).await.unwrap();
    assert_eq!(created, row, "what was given is what is stored");
    assert_eq!(E::of(case.rows()).get(row.id()).await.unwrap(), created);
}

pub(crate) async fn create_starts_at_version_1_whatever_was_given<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    for (number, version) in [(1, 7), (2, 0), (3, -1), (4, i64::MAX)] {
        let mut row = E::sample(&parents, number);
        row.set_version(version);
        let created = E::of(case.rows()).create(&row).await.unwrap();
        assert_eq!(created.version(), 1, "given {version}");
        assert_eq!(E::of(case.rows()).get(row.id()).await.unwrap(), created);
    }
    let mut row = E::sample(&parents, 5);
    row.set_version(7);
    let created = E::of(case.rows()).create_many(&[row]).await.unwrap();
    assert_eq!(created[0].version(), 1, "by create_many too");
}

pub(crate) async fn create_refuses_an_id_that_is_stored<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let (mut first, mut second) = (E::sample(&parents, 1), E::sample(&parents, 2));
    first.set_id(77);
    second.set_id(77);
    E::of(case.rows()).create(&first).await.unwrap();
    expect::already_exists(E::of(case.rows()).create(&second).await, E::KIND, "id");
    assert_eq!(E::of(case.rows()).get(first.id()).await.unwrap(), first);
}

pub(crate) async fn create_many_returns_the_rows_in_the_order_given<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let rows: Vec<E> = [3, 1, 4, 2].map(|number| E::sample(&parents, number)).into();
    let created = E::of(case.rows()).create_many(&rows).await.unwrap();
    assert_eq!(created, rows);
    for row in &created {
        assert_eq!(&E::of(case.rows()).get(row.id()).await.unwrap(), row);
    }
}

pub(crate) async fn create_many_of_no_row_is_fine<E: Sample>(case: &Case<'_>) {
    assert_eq!(E::of(case.rows()).create_many(&[]).await.unwrap(), []);
}

pub(crate) async fn create_many_stores_all_or_none<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let before = E::of(case.rows()).count(&E::Filter::default()).await;
    let mut rows: Vec<E> = (1..=SAMPLES).map(|number| E::sample(&parents, number)).collect();
    rows[3].set_id(77);
    rows.last_mut().unwrap().set_id(77);
    expect::already_exists(E::of(case.rows()).create_many(&rows).await, E::KIND, "id");
    let after = E::of(case.rows()).count(&E::Filter::default()).await;
    assert_eq!(after.unwrap(), before.unwrap());
    expect::not_found(E::of(case.rows()).get(rows[0].id()).await, rows[0].id());
}

pub(crate) async fn create_many_names_the_index_of_each_refused_row<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let mut rows: Vec<E> = (1..=4).map(|number| E::sample(&parents, number)).collect();
    let field = rows[1].spoil();
    rows[3].spoil();
    expect::validation_at(
        E::of(case.rows()).create_many(&rows).await,
        E::KIND,
        &[(Some(1), field), (Some(3), field)],
    );
    expect::not_found(E::of(case.rows()).get(rows[0].id()).await, rows[0].id());
    let mut dataset = Dataset::new();
    E::list_in(&mut dataset).extend(rows);
    expect::validation_at(
        case.rows().import(&dataset).await,
        E::KIND,
        &[(Some(1), field), (Some(3), field)],
    );
}

pub(crate) async fn json_may_leave_out_what_has_a_default<E: Sample>(case: &Case<'_>) {
    /// The fields that differ between two rows made one after the other.
    const OWN: [&str; 3] = ["id", "created_at", "registration_time"];
    let parents = Parents::store(case.rows()).await;
    let before = now();
    let (json, meant) = E::least(&parents);
    let given: E = serde_json::from_value(json).expect("JSON may leave out the rest");
    assert_eq!(given.version(), 1);
    let created = E::of(case.rows()).create(&given).await.unwrap();
    assert_eq!(created, given);

    let mut created = serde_json::to_value(created).unwrap();
    let mut meant = serde_json::to_value(meant).unwrap();
    for field in OWN {
        let value = created.as_object_mut().unwrap().remove(field);
        meant.as_object_mut().unwrap().remove(field);
        if let (Some(Value::String(time)), true) = (value, field != "id") {
            let time: Time = time.parse().unwrap();
            assert!((before..=now()).contains(&time), "{field} is now: {time}");
        }
    }
    assert_eq!(created, meant);
}

pub(crate) async fn get_of_an_absent_row_is_not_found<E: Sample>(case: &Case<'_>) {
    for id in [Id::new(), crate::fixture::id(0)] {
        expect::not_found(E::of(case.rows()).get(id).await, id);
    }
}

pub(crate) async fn update_replaces_every_field_and_raises_the_version<E: Sample>(case: &Case<'_>) {
    let (parents, mut row) = one::<E>(case).await;
    for version in 2..=3 {
        row.change(&parents);
        let updated = E::of(case.rows()).update(&row).await.unwrap();
        assert_eq!(updated.version(), version);
        row.set_version(version);
        assert_eq!(updated, row, "what was given is what is stored");
        assert_eq!(E::of(case.rows()).get(row.id()).await.unwrap(), updated);
    }
}

pub(crate) async fn update_of_nothing_new_still_raises_the_version<E: Sample>(case: &Case<'_>) {
    let (_, mut row) = one::<E>(case).await;
    let updated = E::of(case.rows()).update(&row).await.unwrap();
    row.set_version(2);
    assert_eq!(updated, row);
}

pub(crate) async fn update_of_an_absent_row_is_not_found<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let row = E::sample(&parents, 1);
    expect::not_found(E::of(case.rows()).update(&row).await, row.id());
    expect::not_found(E::of(case.rows()).get(row.id()).await, row.id());
}

pub(crate) async fn update_of_a_stale_version_conflicts<E: Sample>(case: &Case<'_>) {
    let (parents, stale) = one::<E>(case).await;
    let mut current = stale.clone();
    current.change(&parents);
    let current = E::of(case.rows()).update(&current).await.unwrap();
    expect::conflict(E::of(case.rows()).update(&stale).await, stale.id(), 1, 2);
    assert_eq!(E::of(case.rows()).get(stale.id()).await.unwrap(), current);
}

pub(crate) async fn update_of_a_version_yet_to_come_conflicts<E: Sample>(case: &Case<'_>) {
    let (parents, row) = one::<E>(case).await;
    let mut ahead = row.clone();
    ahead.change(&parents);
    ahead.set_version(2);
    expect::conflict(E::of(case.rows()).update(&ahead).await, row.id(), 2, 1);
    assert_eq!(E::of(case.rows()).get(row.id()).await.unwrap(), row);
}

pub(crate) async fn update_refuses_bad_fields_before_it_looks_for_the_row<E: Sample>(
    case: &Case<'_>,
) {
    let (parents, stored) = one::<E>(case).await;
    let mut absent = E::sample(&parents, 2);
    let field = absent.spoil();
    expect::validation(E::of(case.rows()).update(&absent).await, E::KIND, &[field]);
    let mut stale = stored.clone();
    stale.set_version(7);
    stale.spoil();
    expect::validation(E::of(case.rows()).update(&stale).await, E::KIND, &[field]);
    let mut unversioned = stored.clone();
    unversioned.set_version(0);
    expect::validation(E::of(case.rows()).update(&unversioned).await, E::KIND, &["version"]);
    assert_eq!(E::of(case.rows()).get(stored.id()).await.unwrap(), stored);
}

pub(crate) async fn update_refuses_a_version_that_cannot_rise<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let mut row = E::sample(&parents, 1);
    row.set_version(MAX_INTEGER);
    let mut dataset = Dataset::new();
    E::list_in(&mut dataset).push(row.clone());
    case.rows().import(&dataset).await.unwrap();
    let refused = E::of(case.rows()).update(&row).await;
    expect::validation(refused, E::KIND, &["version"]);
    row.set_version(MAX_INTEGER + 1);
    let refused = E::of(case.rows()).update(&row).await;
    expect::validation(refused, E::KIND, &["version"]);
    let deleted = E::of(case.rows()).delete(row.id(), Some(MAX_INTEGER)).await;
    deleted.expect("it can still be deleted");
}

pub(crate) async fn delete_removes_the_row<E: Sample>(case: &Case<'_>) {
    let (_, row) = one::<E>(case).await;
    E::of(case.rows()).delete(row.id(), None).await.unwrap();
    expect::not_found(E::of(case.rows()).get(row.id()).await, row.id());
    let created = E::of(case.rows()).create(&row).await.unwrap();
    assert_eq!(created, row, "its id and keys are free again");
}

pub(crate) async fn delete_goes_by_the_version_where_one_is_given<E: Sample>(case: &Case<'_>) {
    let (_, row) = one::<E>(case).await;
    let row = E::of(case.rows()).update(&row).await.unwrap();
    for stale in [1, 3, 0, i64::MIN, i64::MAX] {
        let refused = E::of(case.rows()).delete(row.id(), Some(stale)).await;
        expect::conflict(refused, row.id(), stale, 2);
    }
    assert_eq!(E::of(case.rows()).get(row.id()).await.unwrap(), row);
    E::of(case.rows()).delete(row.id(), Some(2)).await.unwrap();
    expect::not_found(E::of(case.rows()).get(row.id()).await, row.id());
}

pub(crate) async fn delete_of_an_absent_row_is_not_found<E: Sample>(case: &Case<'_>) {
    let id = Id::new();
    expect::not_found(E::of(case.rows()).delete(id, None).await, id);
    expect::not_found(E::of(case.rows()).delete(id, Some(1)).await, id);
}

pub(crate) async fn values_are_not_shared_with_the_store<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let mut given = E::sample(&parents, 1);
    let original = given.clone();
    let mut created = E::of(case.rows()).create(&given).await.unwrap();
    given.change(&parents);
    created.change(&parents);
    let mut got = E::of(case.rows()).get(original.id()).await.unwrap();
    assert_eq!(got, original);
    got.change(&parents);
    assert_eq!(E::of(case.rows()).get(original.id()).await.unwrap(), original);
}

pub(crate) async fn import_keeps_the_version<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let mut row = E::sample(&parents, 1);
    row.set_version(41);
    let mut dataset = Dataset::new();
    E::list_in(&mut dataset).push(row.clone());
    case.rows().import(&dataset).await.unwrap();
    assert_eq!(E::of(case.rows()).get(row.id()).await.unwrap(), row);
    let updated = E::of(case.rows()).update(&row).await.unwrap();
    assert_eq!(updated.version(), 42);
}
