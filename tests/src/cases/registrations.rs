use tournament_core::{
    Entity, MAX_INTEGER, RegistrationFilter, RegistrationStatus, RepositoryExt,
    TournamentRegistration,
};

use crate::harness::Case;
use crate::{expect, fixture};

super::rows::row_cases!(TournamentRegistration);

const KIND: tournament_core::EntityKind = TournamentRegistration::KIND;

pub(crate) async fn find_by_player_gives_the_one(case: &Case<'_>) {
    let registrations = case.store.registrations();
    let tournament = fixture::tournament(case.rows()).await;
    let other = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 3).await;
    let first = fixture::registration(case.rows(), &tournament, &players[0], 1).await;
    let second = fixture::registration(case.rows(), &tournament, &players[1], 2).await;
    let elsewhere = fixture::registration(case.rows(), &other, &players[0], 1).await;
    for (tournament, player, expected) in [
        (tournament.id, players[0].id, Some(first)),
        (tournament.id, players[1].id, Some(second)),
        (other.id, players[0].id, Some(elsewhere)),
        (tournament.id, players[2].id, None),
        (tournament.id, fixture::id(1), None),
        (fixture::id(1), players[0].id, None),
    ] {
        let found = registrations.find_by_player(tournament, player).await;
        assert_eq!(found.unwrap(), expected);
    }
}

pub(crate) async fn find_by_sequence_id_gives_the_one(case: &Case<'_>) {
    let registrations = case.store.registrations();
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 2).await;
    let first = fixture::registration(case.rows(), &tournament, &players[0], 1).await;
    let last = fixture::registration(case.rows(), &tournament, &players[1], MAX_INTEGER).await;
    for (number, expected) in [
        (1, Some(first)),
        (MAX_INTEGER, Some(last)),
        (2, None),
        (0, None),
        (-1, None),
        (MAX_INTEGER + 1, None),
        (i64::MIN, None),
        (i64::MAX, None),
    ] {
        let found = registrations.find_by_sequence_id(tournament.id, number).await;
        assert_eq!(found.unwrap(), expected, "{number}");
    }
}

pub(crate) async fn a_player_is_registered_once_in_a_tournament(case: &Case<'_>) {
    let registrations = case.store.registrations();
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 2).await;
    fixture::registration(case.rows(), &tournament, &players[0], 1).await;
    let mut second = fixture::registration(case.rows(), &tournament, &players[1], 2).await;
    let again = TournamentRegistration::new(tournament.id, players[0].id, 3);
    let refused = registrations.create(&again).await;
    expect::already_exists(refused, KIND, "player_id");
    let refused = registrations.create_many(&[again]).await;
    expect::already_exists(refused, KIND, "player_id");
    second.player_id = players[0].id;
    let refused = registrations.update(&second).await;
    expect::already_exists(refused, KIND, "player_id");
}

pub(crate) async fn a_number_belongs_to_one_registration_of_a_tournament(case: &Case<'_>) {
    let registrations = case.store.registrations();
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 3).await;
    fixture::registration(case.rows(), &tournament, &players[0], 1).await;
    let mut second = fixture::registration(case.rows(), &tournament, &players[1], 2).await;
    let rival = TournamentRegistration::new(tournament.id, players[2].id, 1);
    let refused = registrations.create(&rival).await;
    expect::already_exists(refused, KIND, "sequence_id");
    let refused = registrations.create_many(&[rival]).await;
    expect::already_exists(refused, KIND, "sequence_id");
    second.sequence_id = 1;
    let refused = registrations.update(&second).await;
    expect::already_exists(refused, KIND, "sequence_id");
    let kept = registrations.get(second.id).await.unwrap();
    assert_eq!(kept.sequence_id, 2);
}

pub(crate) async fn players_and_numbers_are_free_in_other_tournaments(case: &Case<'_>) {
    let players = fixture::players(case.rows(), 1).await;
    for _ in 0..3 {
        let tournament = fixture::tournament(case.rows()).await;
        fixture::registration(case.rows(), &tournament, &players[0], 1).await;
    }
}

/// Five registrations of one tournament by number, made in another order, two of them dropped,
/// and one of another tournament for the same player as the first.
async fn five(case: &Case<'_>) -> (Vec<TournamentRegistration>, TournamentRegistration) {
    let tournament = fixture::tournament(case.rows()).await;
    let other = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 5).await;
    let mut rows: Vec<_> = [40, 3, 20, 1, 5]
        .iter()
        .zip(&players)
        .map(|(&number, player)| TournamentRegistration::new(tournament.id, player.id, number))
        .collect();
    rows[1].status = RegistrationStatus::Dropped;
    rows[2].status = RegistrationStatus::Dropped;
    rows[3].status = RegistrationStatus::LateEntry;
    case.store.registrations().create_many(&rows).await.unwrap();
    let elsewhere = fixture::registration(case.rows(), &other, &players[0], 7).await;
    rows.sort_by_key(|row| row.sequence_id);
    (rows, elsewhere)
}

async fn expect_list(
    case: &Case<'_>,
    filter: &RegistrationFilter,
    expected: &[TournamentRegistration],
) {
    let listed = case.store.registrations().list_all(filter).await.unwrap();
    assert_eq!(listed, expected, "{filter:?}");
    let count = case.store.registrations().count(filter).await.unwrap();
    assert_eq!(count, expected.len() as u64, "{filter:?}");
}

pub(crate) async fn lists_of_a_tournament_go_by_number(case: &Case<'_>) {
    let (rows, _) = five(case).await;
    let filter = RegistrationFilter::default().with_tournament(rows[0].tournament_id);
    expect_list(case, &filter, &rows).await;
}

pub(crate) async fn lists_of_a_player_go_by_id(case: &Case<'_>) {
    let (rows, elsewhere) = five(case).await;
    let filter = RegistrationFilter::default().with_player(elsewhere.player_id);
    let mut own = vec![rows[4].clone(), elsewhere];
    own.sort_by_key(|row| row.id);
    expect_list(case, &filter, &own).await;
}

pub(crate) async fn lists_of_a_status_go_by_id(case: &Case<'_>) {
    let (rows, elsewhere) = five(case).await;
    for (status, mut expected) in [
        (RegistrationStatus::Dropped, vec![rows[1].clone(), rows[3].clone()]),
        (RegistrationStatus::LateEntry, vec![rows[0].clone()]),
        (RegistrationStatus::Active, vec![rows[2].clone(), rows[4].clone(), elsewhere]),
    ] {
        expected.sort_by_key(|row| row.id);
        let filter = RegistrationFilter::default().with_status(status);
        expect_list(case, &filter, &expected).await;
    }
}

pub(crate) async fn filters_combine(case: &Case<'_>) {
    let (rows, elsewhere) = five(case).await;
    let tournament = RegistrationFilter::default().with_tournament(rows[0].tournament_id);
    let dropped = tournament.clone().with_status(RegistrationStatus::Dropped);
    expect_list(case, &dropped, &[rows[1].clone(), rows[3].clone()]).await;
    let one = tournament.clone().with_player(rows[1].player_id);
    expect_list(case, &one, &rows[1..2]).await;
    let none = one.with_status(RegistrationStatus::Active);
    expect_list(case, &none, &[]).await;
    let elsewhere = RegistrationFilter::default()
        .with_tournament(elsewhere.tournament_id)
        .with_status(RegistrationStatus::Dropped);
    expect_list(case, &elsewhere, &[]).await;
}
