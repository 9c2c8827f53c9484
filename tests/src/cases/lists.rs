//! Pages and cursors.

use serde_json::json;
use tournament_core::{
    ComponentFilter, ComponentKey, Cursor, Entity, EntityKind, Error, Match, MatchFilter, Page,
    Player, PlayerFilter, PlayerKey, RegistrationFilter, RepositoryExt, Round, RoundFilter,
    TournamentRegistration, Venue,
};

use crate::expect;
use crate::fixture::{self, at};
use crate::harness::{Case, patiently};

/// Players named in the order of their numbers, by id too.
async fn numbered(case: &Case<'_>, count: u128) -> Vec<Player> {
    let players: Vec<_> = (1..=count)
        .map(|number| {
            Player::new(format!("Player {number:05}"))
                .with_id(fixture::id(number))
                .with_created_at(at(0))
        })
        .collect();
    case.store.players().create_many(&players).await.unwrap();
    players
}

pub(crate) async fn a_page_has_100_rows_unless_said(case: &Case<'_>) {
    let players = numbered(case, 101).await;
    let filter = PlayerFilter::default();
    let listing = case.store.players().list(&filter, &Page::new()).await.unwrap();
    assert_eq!(listing.items, players[..100]);
    assert!(listing.next.is_some());
    case.store.players().delete(players[100].id, None).await.unwrap();
    let listing = case.store.players().list(&filter, &Page::new()).await.unwrap();
    assert_eq!((listing.items.len(), listing.next), (100, None));
}

pub(crate) async fn a_page_has_1000_rows_at_most(case: &Case<'_>) {
    let players = numbered(case, 1_001).await;
    let filter = PlayerFilter::default();
    let page = Page::new().with_limit(1_000);
    let listing = case.store.players().list(&filter, &page).await.unwrap();
    assert_eq!(listing.items, players[..1_000]);
    let page = page.after(listing.next.expect("a next page"));
    let listing = case.store.players().list(&filter, &page).await.unwrap();
    assert_eq!(listing.items, players[1_000..]);
    assert_eq!(listing.next, None);
}

pub(crate) async fn an_offset_and_a_limit_cut_out_a_part(case: &Case<'_>) {
    let players = numbered(case, 30).await;
    for (offset, limit) in [(0, 1), (29, 1), (10, 10), (25, 10), (30, 5), (1_000, 1)] {
        let page = Page::new().with_offset(offset).with_limit(limit);
        let filter = PlayerFilter::default();
        let listing = case.store.players().list(&filter, &page).await.unwrap();
        let expected: Vec<_> = players
            .iter()
            .skip(usize::try_from(offset).unwrap())
            .take(usize::try_from(limit).unwrap())
            .cloned()
            .collect();
        assert_eq!(listing.items, expected, "{limit} from {offset}");
        assert_eq!(listing.next.is_some(), offset + limit < 30);
    }
}

pub(crate) async fn a_cursor_after_an_offset_goes_on_from_there(case: &Case<'_>) {
    let players = numbered(case, 10).await;
    let filter = PlayerFilter::default();
    let page = Page::new().with_offset(3).with_limit(2);
    let listing = case.store.players().list(&filter, &page).await.unwrap();
    let page = page.after(listing.next.expect("a next page"));
    let listing = case.store.players().list(&filter, &page).await.unwrap();
    assert_eq!(listing.items, players[5..7]);
}

pub(crate) async fn a_cursor_is_text_that_means_the_same_everywhere(case: &Case<'_>) {
    let players = numbered(case, 3).await;
    let filter = PlayerFilter::default();
    let page = Page::new().with_limit(2);
    let next = case.store.players().list(&filter, &page).await.unwrap().next;
    let next = next.expect("a next page");
    assert_eq!(next, Cursor::new(PlayerKey::of(&players[1])));
    let text = next.to_string();
    let alphabet = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(text.chars().all(alphabet), "{text}");
    let parsed: Cursor<Player> = text.parse().unwrap();
    assert_eq!(parsed, next);
    assert_eq!(parsed.to_string(), text);
    let listing = case.store.players().list(&filter, &page.after(parsed)).await;
    assert_eq!(listing.unwrap().items, players[2..]);
}

pub(crate) async fn a_cursor_may_stand_where_no_row_is(case: &Case<'_>) {
    let players = numbered(case, 5).await;
    let filter = PlayerFilter::default();
    let page = Page::new().with_limit(2);
    let next = case.store.players().list(&filter, &page).await.unwrap().next;
    let page = page.after(next.expect("a next page"));
    case.store.players().delete(players[1].id, None).await.unwrap();
    let listing = case.store.players().list(&filter, &page).await.unwrap();
    assert_eq!(listing.items, players[2..4]);
    for (name, expected) in [
        ("A", vec![players[0].clone(), players[2].clone()]),
        ("Player 00003 or so", players[3..].to_vec()),
        ("Z", vec![]),
    ] {
        let cursor = Cursor::new(PlayerKey { name: name.to_owned(), id: fixture::id(0) });
        let page = Page::new().with_limit(2).after(cursor);
        let listing = case.store.players().list(&filter, &page).await.unwrap();
        assert_eq!(listing.items, expected, "after {name}");
    }
}

pub(crate) async fn a_cursor_of_another_entity_is_refused(case: &Case<'_>) {
    numbered(case, 2).await;
    let page = Page::new().with_limit(1);
    let listing = case.store.players().list(&PlayerFilter::default(), &page).await;
    let text = listing.unwrap().next.expect("a next page").to_string();
    expect::validation(text.parse::<Cursor<Venue>>(), EntityKind::Venue, &["cursor"]);
    expect::validation(text.parse::<Cursor<Match>>(), EntityKind::Match, &["cursor"]);
}

pub(crate) async fn a_text_that_is_no_cursor_is_refused(case: &Case<'_>) {
    numbered(case, 2).await;
    let page = Page::new().with_limit(1);
    let listing = case.store.players().list(&PlayerFilter::default(), &page).await;
    let good = listing.unwrap().next.expect("a next page").to_string();
    for bad in [
        String::new(),
        "cursor".to_owned(),
        format!("{good}="),
        format!(" {good}"),
        format!("{good}A"),
        good[1..].to_owned(),
        good[..good.len() - 4].to_owned(),
        "🎲".to_owned(),
    ] {
        expect::validation(bad.parse::<Cursor<Player>>(), EntityKind::Player, &["cursor"]);
    }
}

pub(crate) async fn a_cursor_of_another_order_is_refused(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    fixture::component(case.rows(), &event.tournament, 2).await;
    fixture::round(case.rows(), &event.component, 2).await;
    let (tournament, page) = (event.tournament.id, Page::new().with_limit(1));

    let components = case.store.components();
    let (all, narrow) =
        (ComponentFilter::default(), ComponentFilter::default().with_tournament(tournament));
    let by_id = components.list(&all, &page).await.unwrap().next.unwrap();
    let by_order = components.list(&narrow, &page).await.unwrap().next.unwrap();
    let refused = components.list(&narrow, &page.clone().after(by_id)).await;
    expect::validation(refused, EntityKind::Component, &["cursor"]);
    let refused = components.list(&all, &page.clone().after(by_order)).await;
    expect::validation(refused, EntityKind::Component, &["cursor"]);

    let page = Page::<Round>::new().with_limit(1);
    let (all, narrow) =
        (RoundFilter::default(), RoundFilter::default().with_tournament(tournament));
    let by_id = case.store.rounds().list(&all, &page).await.unwrap().next.unwrap();
    let by_play = case.store.rounds().list(&narrow, &page).await.unwrap().next.unwrap();
    let refused = case.store.rounds().list(&narrow, &page.clone().after(by_id)).await;
    expect::validation(refused, EntityKind::Round, &["cursor"]);
    let refused = case.store.rounds().list(&all, &page.clone().after(by_play)).await;
    expect::validation(refused, EntityKind::Round, &["cursor"]);
}

pub(crate) async fn a_refused_cursor_and_limit_are_both_named(case: &Case<'_>) {
    let key = ComponentKey::Id(fixture::id(1));
    let page = Page::new().with_limit(0).after(Cursor::new(key));
    let filter = ComponentFilter::default().with_tournament(fixture::id(1));
    let refused = case.store.components().list(&filter, &page).await;
    expect::validation(refused, EntityKind::Component, &["limit", "cursor"]);
}

pub(crate) async fn a_bad_page_leaves_a_unit_open(case: &Case<'_>) {
    let unit = case.unit().await;
    let page = Page::new().with_limit(-1);
    let refused = unit.players().list(&PlayerFilter::default(), &page).await;
    expect::validation(refused, EntityKind::Player, &["limit"]);
    unit.players().create(&Player::new("Ada")).await.unwrap();
    unit.commit().await.unwrap();
    let count = case.store.players().count(&PlayerFilter::default()).await;
    assert_eq!(count.unwrap(), 1);
}

pub(crate) async fn a_filter_goes_with_the_pages(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    let rows: Vec<_> = (0..20)
        .map(|number| {
            let (one, two) = (number % 2, 2 + number % 2);
            Match::new(&event.round, event.players[one].id, event.players[two].id)
                .with_table_number(1 + i64::try_from(number).unwrap())
        })
        .collect();
    case.store.matches().create_many(&rows).await.unwrap();
    let filter = MatchFilter::default().with_round(event.round.id).with_player(event.players[0].id);
    let mut page = Page::new().with_limit(3);
    let mut items = Vec::new();
    loop {
        let listing = case.store.matches().list(&filter, &page).await.unwrap();
        items.extend(listing.items);
        let Some(next) = listing.next else { break };
        page = page.after(next);
    }
    let expected: Vec<_> = rows.into_iter().step_by(2).collect();
    assert_eq!(items, expected);
}

pub(crate) async fn list_all_gives_thousands_in_order(case: &Case<'_>) {
    let players = numbered(case, 2_500).await;
    let listed = case.store.players().list_all(&PlayerFilter::default()).await;
    assert!(listed.unwrap() == players, "2,500 players, each in its place");
}

pub(crate) async fn many_rows_of_one_name_come_by_id(case: &Case<'_>) {
    let rows: Vec<_> = (1..=30).map(|n| Player::new("Ada").with_id(fixture::id(n))).collect();
    let mut shuffled = rows.clone();
    shuffled.rotate_left(11);
    shuffled.swap(3, 20);
    case.store.players().create_many(&shuffled).await.unwrap();
    let mut page = Page::new().with_limit(7);
    let mut items = Vec::new();
    loop {
        let listing = case.store.players().list(&PlayerFilter::default(), &page).await;
        let listing = listing.unwrap();
        items.extend(listing.items);
        let Some(next) = listing.next else { break };
        page = page.after(next);
    }
    assert_eq!(items, rows);
}

pub(crate) async fn ids_order_as_their_text(case: &Case<'_>) {
    // The highest bit, and digits against letters: orders of bytes, text and signed numbers part.
    let ids =
        [1_u128, 9 << 124, 0x0a00 << 112, u128::MAX, 0x7fff << 112, 0x8000 << 112, 0xff, 1 << 64];
    let mut rows: Vec<_> = ids.map(|number| Player::new("Ada").with_id(fixture::id(number))).into();
    case.store.players().create_many(&rows).await.unwrap();
    rows.sort_by_key(|row| row.id.to_string());
    let listed = case.store.players().list_all(&PlayerFilter::default()).await;
    assert_eq!(listed.unwrap(), rows);
    let found = case.store.players().find_by_name("Ada").await.unwrap();
    assert_eq!(found, rows);
}

pub(crate) async fn pages_by_cursor_hold_while_others_write(case: &Case<'_>) {
    // Every third row is left alone, one of three is deleted or moved, and rows come in between.
    let players = numbered(case, 240).await;
    let writer = case.store.clone();
    let victims: Vec<_> = players.clone();
    let writing = case.spawn(async move {
        for (number, player) in victims.iter().enumerate() {
            match number % 3 {
                1 => {
                    patiently(&*writer, || writer.players().delete(player.id, None)).await.unwrap();
                    let between = Player::new(format!("{} b", player.name));
                    patiently(&*writer, || writer.players().create(&between)).await.unwrap();
                }
                2 => {
                    let mut moved = player.clone();
                    moved.name = format!("{} moved", 9_000 - number);
                    patiently(&*writer, || writer.players().update(&moved)).await.unwrap();
                }
                _ => {}
            }
        }
    });
    let unchanged: Vec<_> = players.iter().step_by(3).map(|player| player.id).collect();
    for _ in 0..5 {
        let mut page = Page::new().with_limit(7);
        let mut seen = Vec::new();
        loop {
            let listing = case.store.players().list(&PlayerFilter::default(), &page).await;
            let listing = listing.unwrap();
            seen.extend(listing.items.into_iter().map(|player| player.id));
            let Some(next) = listing.next else { break };
            page = page.after(next);
            crate::harness::step_aside().await;
        }
        seen.retain(|id| unchanged.contains(id));
        assert_eq!(seen, unchanged, "each once, in order");
    }
    writing.await;
}

pub(crate) async fn pages_within_a_tournament_hold_while_others_register(case: &Case<'_>) {
    let tournament = fixture::tournament(case.rows()).await;
    let players = fixture::players(case.rows(), 120).await;
    let rows: Vec<_> = (1..)
        .zip(&players[..60])
        .map(|(number, player)| TournamentRegistration::new(tournament.id, player.id, number * 2))
        .collect();
    case.store.registrations().create_many(&rows).await.unwrap();
    let writer = case.store.clone();
    let (id, late, gone) = (tournament.id, players[60..].to_vec(), rows.clone());
    let writing = case.spawn(async move {
        let options = tournament_core::RegisterOptions::new();
        for (number, player) in late.iter().enumerate() {
            patiently(&*writer, || writer.registrations().register(id, player.id, &options))
                .await
                .unwrap();
            if number % 2 == 1 {
                let row = gone[number].id;
                patiently(&*writer, || writer.registrations().delete(row, None)).await.unwrap();
            }
        }
    });
    let unchanged: Vec<_> = rows.iter().step_by(2).map(|row| row.id).collect();
    let filter = RegistrationFilter::default().with_tournament(tournament.id);
    for _ in 0..5 {
        let mut page = Page::new().with_limit(4);
        let mut seen = Vec::new();
        loop {
            let listing = case.store.registrations().list(&filter, &page).await.unwrap();
            seen.extend(listing.items.into_iter().map(|row| row.id));
            let Some(next) = listing.next else { break };
            page = page.after(next);
            crate::harness::step_aside().await;
        }
        seen.retain(|id| unchanged.contains(id));
        assert_eq!(seen, unchanged, "each once, in order");
    }
    writing.await;
}

pub(crate) async fn a_listing_serializes_with_its_cursor_as_text(case: &Case<'_>) {
    let players = numbered(case, 2).await;
    let page = Page::new().with_limit(1);
    let listing = case.store.players().list(&PlayerFilter::default(), &page).await.unwrap();
    let text = listing.next.as_ref().map(ToString::to_string);
    let json = serde_json::to_value(&listing).unwrap();
    assert_eq!(json, json!({ "items": [players[0]], "next": text }));
    let error: Error = "?".parse::<Cursor<Player>>().unwrap_err();
    assert_eq!(error.entity(), Some(Player::KIND));
}
