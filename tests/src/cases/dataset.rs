//! Import and export.

use tournament_core::{
    Component, ComponentType, Dataset, Entity, EntityKind, Id, Match, Player, RegistrationStatus,
    Repositories, Round, TournamentRegistration,
};

use crate::expect;
use crate::fixture;
use crate::harness::Case;
use crate::sample::{Parents, Sample};

/// A dataset with rows of every kind, every field filled, versions beyond 1 and a number given
/// that no registration has any more; in no order, and referring only to itself.
async fn rich(case: &Case<'_>) -> Dataset {
    async fn fill<E: Sample>(rows: &dyn Repositories, parents: &Parents) {
        for number in 1..=4 {
            let row = E::of(rows).create(&E::sample(parents, number)).await.unwrap();
            for _ in 1..number {
                let row = E::of(rows).get(row.id()).await.unwrap();
                E::of(rows).update(&row).await.unwrap();
            }
        }
    }

    let store = case.another_store().await;
    let rows: &dyn Repositories = &*store;
    let parents = Parents::store(rows).await;
    fill::<Player>(rows, &parents).await;
    fill::<tournament_core::Venue>(rows, &parents).await;
    fill::<tournament_core::Format>(rows, &parents).await;
    fill::<tournament_core::Tournament>(rows, &parents).await;
    fill::<TournamentRegistration>(rows, &parents).await;
    fill::<Component>(rows, &parents).await;
    fill::<Round>(rows, &parents).await;
    fill::<Match>(rows, &parents).await;
    let last = rows.registrations().find_by_sequence_id(parents.tournament.id, 4).await;
    rows.registrations().delete(last.unwrap().unwrap().id, None).await.unwrap();
    store.export().await.unwrap()
}

pub(crate) async fn an_empty_store_exports_an_empty_dataset(case: &Case<'_>) {
    let exported = case.store.export().await.unwrap();
    assert_eq!(exported, Dataset::new());
    case.rows().import(&exported).await.unwrap();
    assert_eq!(case.store.export().await.unwrap(), Dataset::new());
}

pub(crate) async fn what_is_imported_is_exported_alike(case: &Case<'_>) {
    let dataset = rich(case).await;
    for list in [
        dataset.players.len(),
        dataset.venues.len(),
        dataset.formats.len(),
        dataset.tournaments.len(),
        dataset.registrations.len(),
        dataset.components.len(),
        dataset.rounds.len(),
        dataset.matches.len(),
        dataset.last_sequence_ids.len(),
    ] {
        assert!(list > 0, "every list has rows");
    }
    assert!(dataset.matches.iter().any(|row| row.version == 4), "versions travel");
    case.rows().import(&dataset).await.unwrap();
    let exported = case.store.export().await.unwrap();
    assert_eq!(exported, dataset);
    let json = serde_json::to_string(&exported).unwrap();
    let read: Dataset = serde_json::from_str(&json).unwrap();
    assert_eq!(read, dataset, "as JSON too");
}

pub(crate) async fn export_lists_go_by_id(case: &Case<'_>) {
    let dataset = rich(case).await;
    let mut shuffled = dataset.clone();
    shuffled.players.reverse();
    shuffled.tournaments.reverse();
    shuffled.registrations.reverse();
    shuffled.components.reverse();
    shuffled.rounds.reverse();
    shuffled.matches.reverse();
    case.rows().import(&shuffled).await.unwrap();
    let exported = case.store.export().await.unwrap();
    assert_eq!(exported, dataset);
    assert!(exported.players.is_sorted_by_key(|row| row.id));
    assert!(exported.venues.is_sorted_by_key(|row| row.id));
    assert!(exported.formats.is_sorted_by_key(|row| row.id));
    assert!(exported.matches.is_sorted_by_key(|row| row.id));
}

pub(crate) async fn export_tells_the_last_number_of_each_tournament(case: &Case<'_>) {
    let (first, second) =
        (fixture::tournament(case.rows()).await, fixture::tournament(case.rows()).await);
    fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 1).await;
    let row = fixture::registration(case.rows(), &first, &players[0], 9).await;
    fixture::registration(case.rows(), &second, &players[0], 3).await;
    case.store.registrations().delete(row.id, None).await.unwrap();
    let exported = case.store.export().await.unwrap();
    let expected = [(first.id, 9), (second.id, 3)].into_iter().collect();
    assert_eq!(exported.last_sequence_ids, expected, "of those that gave one");
}

pub(crate) async fn import_may_refer_to_stored_rows(case: &Case<'_>) {
    let dataset = rich(case).await;
    let mut children = Dataset {
        registrations: dataset.registrations.clone(),
        rounds: dataset.rounds.clone(),
        matches: dataset.matches.clone(),
        ..Dataset::new()
    };
    let parents =
        Dataset { registrations: vec![], rounds: vec![], matches: vec![], ..dataset.clone() };
    case.rows().import(&parents).await.unwrap();
    let matches = std::mem::take(&mut children.matches);
    case.rows().import(&children).await.unwrap();
    case.rows().import(&Dataset { matches, ..Dataset::new() }).await.unwrap();
    assert_eq!(case.store.export().await.unwrap(), dataset);
}

pub(crate) async fn import_twice_stores_nothing_twice(case: &Case<'_>) {
    let dataset = rich(case).await;
    case.rows().import(&dataset).await.unwrap();
    let error = expect::error(case.rows().import(&dataset).await);
    assert_eq!(error.code(), "already_exists", "`{error}`");
    assert_eq!(case.store.export().await.unwrap(), dataset);
}

/// What a spoilt dataset is answered; nothing of it is stored.
async fn expect_refused(
    case: &Case<'_>,
    spoil: impl FnOnce(&mut Dataset),
    (code, entity, field): (&str, EntityKind, &str),
) {
    let mut dataset = rich(case).await;
    spoil(&mut dataset);
    let error = expect::error(case.rows().import(&dataset).await);
    assert_eq!(error.code(), code, "`{error}`");
    assert_eq!(error.entity(), Some(entity), "`{error}`");
    assert_eq!(error.fields(), [field], "`{error}`");
    assert_eq!(case.store.export().await.unwrap(), Dataset::new());
}

pub(crate) async fn import_is_refused_whole_for_the_last_match(case: &Case<'_>) {
    expect_refused(
        case,
        |dataset| dataset.matches.last_mut().unwrap().player1_id = Id::new(),
        ("reference_missing", EntityKind::Match, "player1_id"),
    )
    .await;
}

pub(crate) async fn import_refuses_an_id_given_twice(case: &Case<'_>) {
    expect_refused(
        case,
        |dataset| dataset.venues.push(dataset.venues[0].clone()),
        ("already_exists", EntityKind::Venue, "id"),
    )
    .await;
}

pub(crate) async fn import_refuses_a_key_given_twice(case: &Case<'_>) {
    expect_refused(
        case,
        |dataset| {
            let row = dataset.components[1].clone().with_id(Id::new());
            dataset.components.push(row);
        },
        ("already_exists", EntityKind::Component, "sequence_order"),
    )
    .await;
    expect_refused(
        case,
        |dataset| {
            let row = dataset.matches[0].clone().with_id(Id::new());
            dataset.matches.push(row);
        },
        ("already_exists", EntityKind::Match, "table_number"),
    )
    .await;
    expect_refused(
        case,
        |dataset| {
            let row = dataset.rounds[0].clone().with_id(Id::new());
            dataset.rounds.push(row);
        },
        ("already_exists", EntityKind::Round, "round_number"),
    )
    .await;
}

pub(crate) async fn import_refuses_parents_that_do_not_agree(case: &Case<'_>) {
    expect_refused(
        case,
        |dataset| dataset.matches[0].round_number = 99,
        ("reference_missing", EntityKind::Match, "round_id"),
    )
    .await;
    expect_refused(
        case,
        |dataset| {
            let other = dataset.tournaments.last().unwrap().id;
            let first = &mut dataset.rounds[3];
            assert_ne!(first.tournament_id, other);
            first.tournament_id = other;
            // Nothing else is wrong with it.
            let id = first.id;
            dataset.matches.retain(|row| row.round_id != id);
        },
        ("reference_missing", EntityKind::Round, "component_id"),
    )
    .await;
}

pub(crate) async fn import_refuses_each_parent_that_is_absent(case: &Case<'_>) {
    expect_refused(
        case,
        |dataset| dataset.tournaments[0].venue_id = Id::new(),
        ("reference_missing", EntityKind::Tournament, "venue_id"),
    )
    .await;
    expect_refused(
        case,
        |dataset| dataset.registrations[0].player_id = Id::new(),
        ("reference_missing", EntityKind::Registration, "player_id"),
    )
    .await;
    expect_refused(
        case,
        |dataset| dataset.components[2].tournament_id = Id::new(),
        ("reference_missing", EntityKind::Component, "tournament_id"),
    )
    .await;
    expect_refused(
        case,
        |dataset| dataset.matches[0].round_id = Id::new(),
        ("reference_missing", EntityKind::Match, "round_id"),
    )
    .await;
}

pub(crate) async fn import_refuses_the_last_number_of_an_absent_tournament(case: &Case<'_>) {
    expect_refused(
        case,
        |dataset| {
            dataset.last_sequence_ids.insert(Id::new(), 5);
        },
        ("reference_missing", EntityKind::Tournament, "last_sequence_ids"),
    )
    .await;
}

pub(crate) async fn import_refuses_keys_that_are_stored(case: &Case<'_>) {
    let player = Player::new("Ada").with_discord_id("owl");
    case.store.players().create(&player).await.unwrap();
    let before = case.store.export().await.unwrap();
    for (row, field) in [
        (Player::new("Ben").with_id(player.id), "id"),
        (Player::new("Ben").with_discord_id("owl"), "discord_id"),
    ] {
        let dataset = Dataset { players: vec![Player::new("Cleo"), row], ..Dataset::new() };
        let refused = case.rows().import(&dataset).await;
        expect::already_exists(refused, Player::KIND, field);
        assert_eq!(case.store.export().await.unwrap(), before);
    }
}

pub(crate) async fn import_goes_beyond_the_capacity(case: &Case<'_>) {
    let mut dataset = rich(case).await;
    for tournament in &mut dataset.tournaments {
        tournament.registration.max_players = Some(1);
    }
    for registration in &mut dataset.registrations {
        registration.status = RegistrationStatus::Active;
    }
    assert!(dataset.registrations.len() > 1);
    case.rows().import(&dataset).await.unwrap();
    assert_eq!(case.store.export().await.unwrap(), dataset);
}

pub(crate) async fn import_normalises_as_create_does(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let config = serde_json::json!({ "a": -0.0, "b": 1.0 });
    let rough = fixture::at(0) + chrono::Duration::nanoseconds(1_999);
    let row = Component::new(tournament.id, ComponentType::Swiss, "Part", 1)
        .with_config(config.as_object().unwrap().clone())
        .with_created_at(rough);
    let dataset = Dataset { components: vec![row.clone()], ..Dataset::new() };
    case.rows().import(&dataset).await.unwrap();
    let got = case.store.components().get(row.id).await.unwrap();
    assert_eq!(serde_json::to_value(&got.config).unwrap(), serde_json::json!({ "a": 0, "b": 1 }));
    assert_eq!(got.created_at, fixture::at(0) + chrono::Duration::microseconds(1));
}

pub(crate) async fn export_is_one_snapshot_while_others_write(case: &Case<'_>) {
    let writer = case.store.clone();
    let writing = case.spawn(async move {
        for _ in 0..20 {
            crate::harness::patiently(&*writer, || async {
                let unit = writer.begin(tournament_core::UnitOptions::new()).await?;
                let tournament = fixture::unstored_tournament(&*unit).await;
                unit.tournaments().create(&tournament).await?;
                unit.commit().await
            })
            .await
            .unwrap();
        }
    });
    for _ in 0..10 {
        let exported = case.store.export().await.unwrap();
        let count = exported.tournaments.len();
        assert_eq!(exported.venues.len(), count);
        assert_eq!(exported.formats.len(), count);
        assert_eq!(exported.players.len(), count);
        exported.prepare().expect("sound in itself");
        crate::harness::step_aside().await;
    }
    writing.await;
    assert_eq!(case.store.export().await.unwrap().tournaments.len(), 20);
}
