use tournament_core::{Entity, Match, MatchFilter, Page, Progress, RepositoryExt};

use crate::fixture::{self, Event};
use crate::harness::Case;
use crate::{expect, sample};

super::rows::row_cases!(Match);

pub(crate) async fn a_bye_is_kept(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    let bye = Match::bye(&event.round, event.players[0].id);
    let created = case.store.matches().create(&bye).await.unwrap();
    assert!(created.is_bye());
    assert_eq!(created, bye);
    assert_eq!(case.store.matches().get(bye.id).await.unwrap(), bye);
}

pub(crate) async fn json_without_a_status_tells_it_by_the_result(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    let parents = sample::Parents::store(case.rows()).await;
    let (least, _) = <Match as sample::Sample>::least(&parents);
    assert_eq!(least["player1_id"], serde_json::json!(parents.players[0].id));
    for (field, value, status) in [
        ("player1_wins", serde_json::json!(1), Progress::Completed),
        ("player2_wins", serde_json::json!(1), Progress::Completed),
        ("draws", serde_json::json!(1), Progress::Completed),
        ("player2_id", serde_json::json!(null), Progress::Completed),
        ("draws", serde_json::json!(0), Progress::Pending),
        ("status", serde_json::json!("active"), Progress::Active),
    ] {
        let mut json = least.clone();
        json[field] = value;
        let given: Match = serde_json::from_value(json).unwrap();
        let created = case.store.matches().create(&given).await.unwrap();
        assert_eq!(created.status, status, "{field}");
        assert_ne!(created.round_id, event.round.id);
    }
}

pub(crate) async fn a_table_belongs_to_one_match_of_a_round(case: &Case<'_>) {
    let matches = case.store.matches();
    let Event { round, players, .. } = fixture::event(case.rows()).await;
    let pair = |one: usize, two: usize| Match::new(&round, players[one].id, players[two].id);
    matches.create(&pair(0, 1).with_table_number(1)).await.unwrap();
    let rival = pair(2, 3).with_table_number(1);
    let refused = matches.create(&rival).await;
    expect::already_exists(refused, Match::KIND, "table_number");
    let refused = matches.create_many(&[rival]).await;
    expect::already_exists(refused, Match::KIND, "table_number");
    let twice = [2, 2].map(|table| pair(2, 3).with_table_number(table));
    let refused = matches.create_many(&twice).await;
    expect::already_exists(refused, Match::KIND, "table_number");
    let mut elsewhere = matches.create(&pair(2, 3)).await.unwrap();
    elsewhere.table_number = Some(1);
    let refused = matches.update(&elsewhere).await;
    expect::already_exists(refused, Match::KIND, "table_number");
    let kept = matches.get(elsewhere.id).await.unwrap();
    assert_eq!(kept.table_number, None);
}

pub(crate) async fn any_number_of_matches_have_no_table(case: &Case<'_>) {
    let Event { round, players, .. } = fixture::event(case.rows()).await;
    let rows: Vec<_> = (0..3).map(|_| Match::new(&round, players[0].id, players[1].id)).collect();
    case.store.matches().create_many(&rows).await.unwrap();
}

pub(crate) async fn tables_of_other_rounds_are_free(case: &Case<'_>) {
    let Event { component, round, players, .. } = fixture::event(case.rows()).await;
    let next = fixture::round(case.rows(), &component, 2).await;
    for round in [round, next] {
        let row = Match::new(&round, players[0].id, players[1].id).with_table_number(1);
        case.store.matches().create(&row).await.unwrap();
    }
}

/// A tournament's matches in the order of play: two components, two rounds in the first, tables
/// with and without numbers. A match of another tournament is stored beside them.
async fn in_order_of_play(case: &Case<'_>) -> Vec<Match> {
    fixture::event_with_match(case.rows()).await;
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 3).await;
    let cut = fixture::component(case.rows(), &tournament, 2).await;
    let swiss = fixture::component(case.rows(), &tournament, 1).await;
    let final_round = fixture::round(case.rows(), &cut, 1).await;
    let second = fixture::round(case.rows(), &swiss, 2).await;
    let first = fixture::round(case.rows(), &swiss, 1).await;
    let made = |round, number: u128, one: usize, two: usize| {
        Match::new(round, players[one].id, players[two].id).with_id(fixture::id(number))
    };
    let rows = vec![
        made(&first, 9, 0, 1).with_table_number(2),
        made(&first, 2, 1, 2).with_table_number(10),
        made(&first, 1, 0, 1),
        made(&first, 4, 2, 0),
        made(&second, 8, 2, 1).with_table_number(1),
        made(&second, 3, 0, 2),
        made(&final_round, 7, 0, 1).with_table_number(1),
        made(&final_round, 5, 1, 0).with_table_number(2),
    ];
    let mut shuffled = rows.clone();
    shuffled.reverse();
    shuffled.rotate_left(3);
    case.store
        .matches()
        .create_many(&shuffled)
        .await
        .unwrap()
        .iter()
        .for_each(|row| assert!(rows.contains(row)));
    rows
}

async fn expect_list(case: &Case<'_>, filter: &MatchFilter, expected: &[Match]) {
    let listed = case.store.matches().list_all(filter).await.unwrap();
    assert_eq!(listed, expected, "{filter:?}");
    let count = case.store.matches().count(filter).await.unwrap();
    assert_eq!(count, expected.len() as u64, "{filter:?}");
    let mut paged = Vec::new();
    let mut page = Page::new().with_limit(1);
    loop {
        let listing = case.store.matches().list(filter, &page).await.unwrap();
        paged.extend(listing.items);
        let Some(next) = listing.next else { break };
        page = page.after(next);
    }
    assert_eq!(paged, expected, "one by one, {filter:?}");
}

pub(crate) async fn lists_of_a_tournament_go_by_component_round_and_table(case: &Case<'_>) {
    let rows = in_order_of_play(case).await;
    let filter = MatchFilter::default().with_tournament(rows[0].tournament_id);
    expect_list(case, &filter, &rows).await;
}

pub(crate) async fn lists_of_a_component_go_by_round_and_table(case: &Case<'_>) {
    let rows = in_order_of_play(case).await;
    let filter = MatchFilter::default().with_component(rows[0].component_id);
    expect_list(case, &filter, &rows[..6]).await;
}

pub(crate) async fn lists_of_a_round_go_by_table_and_those_without_come_last(case: &Case<'_>) {
    let rows = in_order_of_play(case).await;
    let filter = MatchFilter::default().with_round(rows[0].round_id);
    expect_list(case, &filter, &rows[..4]).await;
}

pub(crate) async fn lists_of_a_player_have_both_sides_by_id(case: &Case<'_>) {
    let rows = in_order_of_play(case).await;
    let player = rows[1].player2_id.unwrap();
    let filter = MatchFilter::default().with_player(player);
    // Those numbered 2, 3, 4 and 8.
    let expected = [1, 5, 3, 4].map(|place: usize| rows[place].clone());
    expect_list(case, &filter, &expected).await;
}

pub(crate) async fn lists_of_a_player_in_a_tournament_go_by_play(case: &Case<'_>) {
    let rows = in_order_of_play(case).await;
    let player = rows[1].player2_id.unwrap();
    let filter = MatchFilter::default().with_player(player).with_tournament(rows[0].tournament_id);
    let expected = [1, 3, 4, 5].map(|place: usize| rows[place].clone());
    expect_list(case, &filter, &expected).await;
}

pub(crate) async fn a_bye_is_in_the_list_of_its_player(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    let bye = Match::bye(&event.round, event.players[0].id);
    case.store.matches().create(&bye).await.unwrap();
    let own = MatchFilter::default().with_player(event.players[0].id);
    expect_list(case, &own, &[bye]).await;
    let others = MatchFilter::default().with_player(event.players[1].id);
    expect_list(case, &others, &[]).await;
}

pub(crate) async fn filters_combine(case: &Case<'_>) {
    let rows = in_order_of_play(case).await;
    let all = MatchFilter::default()
        .with_tournament(rows[4].tournament_id)
        .with_component(rows[4].component_id)
        .with_round(rows[4].round_id)
        .with_player(rows[5].player1_id);
    expect_list(case, &all, &rows[5..6]).await;
    let stranger = fixture::event_with_match(case.rows()).await.0;
    for none in [
        all.clone().with_tournament(stranger.tournament.id),
        all.clone().with_component(stranger.component.id),
        all.clone().with_round(stranger.round.id),
        all.clone().with_player(stranger.players[0].id),
    ] {
        expect_list(case, &none, &[]).await;
    }
}

pub(crate) async fn lists_follow_a_component_that_is_moved(case: &Case<'_>) {
    let rows = in_order_of_play(case).await;
    let swiss = rows[0].component_id;
    let mut swiss = case.store.components().get(swiss).await.unwrap();
    swiss.sequence_order = 7;
    case.store.components().update(&swiss).await.unwrap();
    let filter = MatchFilter::default().with_tournament(swiss.tournament_id);
    let moved = [6, 7, 0, 1, 2, 3, 4, 5].map(|place: usize| rows[place].clone());
    expect_list(case, &filter, &moved).await;
}

pub(crate) async fn lists_follow_a_match_that_moves_table(case: &Case<'_>) {
    let rows = in_order_of_play(case).await;
    let mut last = rows[3].clone();
    last.table_number = Some(1);
    let first = case.store.matches().update(&last).await.unwrap();
    let mut middle = rows[0].clone();
    middle.table_number = None;
    let middle = case.store.matches().update(&middle).await.unwrap();
    let filter = MatchFilter::default().with_round(rows[0].round_id);
    let expected = [first, rows[1].clone(), rows[2].clone(), middle];
    expect_list(case, &filter, &expected).await;
}

pub(crate) async fn lists_of_all_go_by_id(case: &Case<'_>) {
    let Event { round, players, .. } = fixture::event(case.rows()).await;
    let made = |number: u128, table| {
        Match::new(&round, players[0].id, players[1].id)
            .with_id(fixture::id(number))
            .with_table_number(table)
    };
    let rows = [made(1, 3), made(2, 1), made(3, 2)];
    let mut shuffled = rows.to_vec();
    shuffled.reverse();
    case.store.matches().create_many(&shuffled).await.unwrap();
    expect_list(case, &MatchFilter::default(), &rows).await;
}
