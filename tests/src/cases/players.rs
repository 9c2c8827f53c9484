use tournament_core::Player;

use crate::fixture;
use crate::harness::Case;

super::rows::row_cases!(Player);

pub(crate) async fn find_by_name_gives_all_of_that_name_by_id(case: &Case<'_>) {
    let players = case.store.players();
    for (number, name) in [(3, "Ada"), (1, "Ada"), (2, "Ben"), (4, "Ada B")] {
        let player = Player::new(name).with_id(fixture::id(number));
        players.create(&player).await.expect("created");
    }
    let found = players.find_by_name("Ada").await.expect("found");
    let ids: Vec<_> = found.iter().map(|player| player.id).collect();
    assert_eq!(ids, [fixture::id(1), fixture::id(3)]);
    assert_eq!(players.find_by_name("Cleo").await.expect("found"), []);
}
