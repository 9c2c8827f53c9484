use tournament_core::{Entity, Page, Player, PlayerFilter, RepositoryExt};

use crate::harness::Case;
use crate::{expect, fixture};

super::rows::row_cases!(Player);

fn named(number: u128, name: &str) -> Player {
    Player::new(name).with_id(fixture::id(number))
}

pub(crate) async fn find_by_name_gives_all_of_that_name_by_id(case: &Case<'_>) {
    let players = case.store.players();
    for (number, name) in [(3, "Ada"), (1, "Ada"), (2, "Ben"), (4, "Ada B")] {
        players.create(&named(number, name)).await.unwrap();
    }
    let found = players.find_by_name("Ada").await.unwrap();
    let ids: Vec<_> = found.iter().map(|player| player.id).collect();
    assert_eq!(ids, [fixture::id(1), fixture::id(3)]);
    assert_eq!(players.find_by_name("Cleo").await.unwrap(), []);
}

pub(crate) async fn find_by_name_gives_more_than_a_page(case: &Case<'_>) {
    let players: Vec<_> = (1..=1_100).map(|number| named(number, "Ada")).collect();
    case.store.players().create_many(&players).await.unwrap();
    let found = case.store.players().find_by_name("Ada").await.unwrap();
    assert_eq!(found, players);
}

pub(crate) async fn find_by_name_follows_updates_and_deletes(case: &Case<'_>) {
    let players = case.store.players();
    let mut player = fixture::player(case.rows(), "Ada").await;
    player.name = String::from("Ida");
    let player = players.update(&player).await.unwrap();
    assert_eq!(players.find_by_name("Ada").await.unwrap(), []);
    assert_eq!(players.find_by_name("Ida").await.unwrap(), [player.clone()]);
    players.delete(player.id, None).await.unwrap();
    assert_eq!(players.find_by_name("Ida").await.unwrap(), []);
}

pub(crate) async fn find_by_discord_id_gives_the_one(case: &Case<'_>) {
    let players = case.store.players();
    let ada = Player::new("Ada").with_discord_id("ada#1");
    let ben = Player::new("Ben").with_discord_id("ben#1");
    players.create_many(&[ada.clone(), ben]).await.unwrap();
    players.create(&Player::new("ada#1")).await.unwrap();
    assert_eq!(players.find_by_discord_id("ada#1").await.unwrap(), Some(ada.clone()));
    assert_eq!(players.find_by_discord_id("ada").await.unwrap(), None);
    players.delete(ada.id, None).await.unwrap();
    assert_eq!(players.find_by_discord_id("ada#1").await.unwrap(), None);
}

pub(crate) async fn a_discord_id_belongs_to_one_player(case: &Case<'_>) {
    let players = case.store.players();
    let ada = Player::new("Ada").with_discord_id("owl");
    let ada = players.create(&ada).await.unwrap();
    let rival = Player::new("Ben").with_discord_id("owl");
    expect::already_exists(players.create(&rival).await, Player::KIND, "discord_id");
    let batch = [Player::new("Cleo"), rival];
    expect::already_exists(players.create_many(&batch).await, Player::KIND, "discord_id");
    let mut ben = fixture::player(case.rows(), "Ben").await;
    ben.discord_id = Some("owl".to_owned());
    expect::already_exists(players.update(&ben).await, Player::KIND, "discord_id");
    assert_eq!(players.get(ben.id).await.unwrap().discord_id, None);
    assert_eq!(players.count(&PlayerFilter::default()).await.unwrap(), 2);
    let again = players.update(&ada).await;
    again.expect("a player may keep their own");
}

pub(crate) async fn a_discord_id_twice_in_one_call_is_refused(case: &Case<'_>) {
    let players = case.store.players();
    let batch = ["Ada", "Ben"].map(|name| Player::new(name).with_discord_id("owl"));
    expect::already_exists(players.create_many(&batch).await, Player::KIND, "discord_id");
    assert_eq!(players.count(&PlayerFilter::default()).await.unwrap(), 0);
}

pub(crate) async fn a_discord_id_given_up_can_be_taken(case: &Case<'_>) {
    let players = case.store.players();
    let ada = Player::new("Ada").with_discord_id("owl");
    let mut ada = players.create(&ada).await.unwrap();
    ada.discord_id = None;
    players.update(&ada).await.unwrap();
    let ben = Player::new("Ben").with_discord_id("owl");
    let ben = players.create(&ben).await.unwrap();
    players.delete(ben.id, None).await.unwrap();
    let cleo = Player::new("Cleo").with_discord_id("owl");
    players.create(&cleo).await.unwrap();
    let found = players.find_by_discord_id("owl").await.unwrap();
    assert_eq!(found, Some(cleo));
}

pub(crate) async fn any_number_of_players_have_no_discord_id(case: &Case<'_>) {
    let players = fixture::players(case.rows(), 3).await;
    assert!(players.iter().all(|player| player.discord_id.is_none()));
    let with_empty_fields = case.store.players().get(players[1].id).await.unwrap();
    assert_eq!(with_empty_fields, players[1]);
}

pub(crate) async fn lists_go_by_name_then_id(case: &Case<'_>) {
    // By code point: capitals, then small letters, then what is beyond ASCII.
    let ordered = [
        named(5, "10"),
        named(4, "9"),
        named(9, "Zoe"),
        named(2, "ada"),
        named(7, "ada"),
        named(1, "ada b"),
        named(3, "zoe"),
        named(6, "Émile"),
        named(8, "Ａda"),
        named(10, "🎲"),
    ];
    let mut shuffled = ordered.to_vec();
    shuffled.reverse();
    shuffled.rotate_left(3);
    case.store.players().create_many(&shuffled).await.unwrap();
    let filter = PlayerFilter::default();
    let listed = case.store.players().list_all(&filter).await.unwrap();
    assert_eq!(listed, ordered);
    let page = Page::new().with_limit(4);
    let first = case.store.players().list(&filter, &page).await.unwrap();
    let page = page.after(first.next.expect("a next page"));
    let second = case.store.players().list(&filter, &page).await.unwrap();
    assert_eq!(second.items, ordered[4..8], "a page may begin within a name");
}

pub(crate) async fn look_ups_work_in_a_unit(case: &Case<'_>) {
    let unit = case.unit().await;
    let ada = Player::new("Ada").with_discord_id("owl");
    let ada = unit.players().create(&ada).await.unwrap();
    let by_name = unit.players().find_by_name("Ada").await.unwrap();
    assert_eq!(by_name, [ada.clone()]);
    let by_discord = unit.players().find_by_discord_id("owl").await.unwrap();
    assert_eq!(by_discord, Some(ada));
    assert_eq!(case.store.players().find_by_name("Ada").await.unwrap(), []);
    unit.rollback().await.unwrap();
}
