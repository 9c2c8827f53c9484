//! Many rows in one call: all of them or none.

use tournament_core::{
    Component, ComponentType, Dataset, Entity, EntityKind, Id, Match, Player, PlayerFilter,
    RepositoryExt, Round, TournamentRegistration,
};

use crate::expect;
use crate::harness::Case;

/// Ten thousand matches, their players and rounds among them.
fn large() -> Dataset {
    let players: Vec<_> = (0..200).map(|n| Player::new(format!("Player {n}"))).collect();
    let venue = tournament_core::Venue::new("Hall");
    let format = tournament_core::Format::new(
        "Pauper",
        tournament_core::GameSystem::MagicTheGathering,
        tournament_core::BaseFormat::Constructed,
        "Commons",
    );
    let tournament = tournament_core::Tournament::new("Large", format.id, venue.id, players[0].id);
    let registrations: Vec<_> = (1..)
        .zip(&players)
        .map(|(number, player)| TournamentRegistration::new(tournament.id, player.id, number))
        .collect();
    let component = Component::new(tournament.id, ComponentType::Swiss, "Swiss", 1);
    let rounds: Vec<_> = (1..=100).map(|n| Round::new(&component, n)).collect();
    let matches: Vec<_> = rounds
        .iter()
        .flat_map(|round| {
            (1..)
                .zip(players.chunks(2))
                .map(|(table, pair)| {
                    Match::new(round, pair[0].id, pair[1].id).with_table_number(table)
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let last_sequence_ids = [(tournament.id, 200)].into_iter().collect();
    let mut dataset = Dataset {
        players,
        venues: vec![venue],
        formats: vec![format],
        tournaments: vec![tournament],
        registrations,
        components: vec![component],
        rounds,
        matches,
        last_sequence_ids,
    };
    dataset.players.sort_by_key(|row| row.id);
    dataset.registrations.sort_by_key(|row| row.id);
    dataset.rounds.sort_by_key(|row| row.id);
    dataset.matches.sort_by_key(|row| row.id);
    dataset
}

pub(crate) async fn ten_thousand_rows_go_in_and_come_out(case: &Case<'_>) {
    let dataset = large();
    assert_eq!(dataset.matches.len(), 10_000);
    case.rows().import(&dataset).await.unwrap();
    let exported = case.store.export().await.unwrap();
    assert!(exported == dataset, "10,000 matches, each as it was");
}

pub(crate) async fn ten_thousand_rows_are_refused_whole_for_the_last(case: &Case<'_>) {
    let mut dataset = large();
    dataset.matches[9_999].player2_id = Some(Id::new());
    let refused = case.rows().import(&dataset).await;
    expect::reference_missing(refused, EntityKind::Match, "player2_id");
    assert!(case.store.export().await.unwrap() == Dataset::new());
    dataset.matches[9_999].player2_id = None;
    dataset.matches[9_999].draws = -1;
    let refused = case.rows().import(&dataset).await;
    expect::validation_at(refused, EntityKind::Match, &[(Some(9_999), "draws")]);
    assert!(case.store.export().await.unwrap() == Dataset::new());
}

pub(crate) async fn create_many_of_ten_thousand_players(case: &Case<'_>) {
    let mut players: Vec<_> = (0..10_000)
        .map(|number| {
            Player::new(format!("Player {number:05}")).with_discord_id(format!("p#{number}"))
        })
        .collect();
    let created = case.store.players().create_many(&players).await.unwrap();
    assert!(created == players, "in the order given");
    let listed = case.store.players().list_all(&PlayerFilter::default()).await.unwrap();
    assert!(listed == players, "in the order of names");
    for player in &mut players {
        *player = player.clone().with_id(Id::new());
    }
    players[9_999].discord_id = Some("new".to_owned());
    players.swap(0, 9_999);
    let refused = case.store.players().create_many(&players).await;
    expect::already_exists(refused, Player::KIND, "discord_id");
    let count = case.store.players().count(&PlayerFilter::default()).await;
    assert_eq!(count.unwrap(), 10_000);
}

pub(crate) async fn create_many_of_ten_thousand_matches(case: &Case<'_>) {
    let dataset = large();
    let parents = Dataset { matches: vec![], ..dataset.clone() };
    case.rows().import(&parents).await.unwrap();
    let created = case.store.matches().create_many(&dataset.matches).await.unwrap();
    assert!(created == dataset.matches, "in the order given");
    let refused = case.store.matches().create_many(&dataset.matches).await;
    assert_eq!(expect::error(refused).code(), "already_exists");
    assert!(case.store.export().await.unwrap() == dataset);
}
