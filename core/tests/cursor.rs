//! Cursors as text.

use tournament_core::{
    Cursor, Id, Match, MatchFilter, MatchKey, Page, Player, PlayerFilter, PlayerKey, Tournament,
    TournamentKey, Venue,
};

fn at_table(table_number: Option<i64>) -> Cursor<Match> {
    Cursor::new(MatchKey::Play { component_order: 1, round_number: 3, table_number, id: Id::new() })
}

#[test]
fn text_gives_the_same_cursor_back() {
    for cursor in [at_table(Some(7)), at_table(None), Cursor::new(MatchKey::Id(Id::new()))] {
        assert_eq!(cursor.to_string().parse::<Cursor<Match>>().unwrap(), cursor);
    }
    let named =
        Cursor::<Player>::new(PlayerKey { name: "Žofie 🦉 \"x\"".into(), id: Id::new() });
    assert_eq!(named.to_string().parse::<Cursor<Player>>().unwrap(), named);
}

/// The text is part of the contract between adapters: it may be stored by one and read by another.
#[test]
fn text_is_url_safe_and_stays_as_it_is() {
    let id = "0190b5a8-7e5c-7000-8000-000000000001".parse().unwrap();
    let text = Cursor::<Player>::new(PlayerKey { name: "Ada".into(), id }).to_string();
    assert_eq!(
        text,
        "WyJwbGF5ZXIiLHsibmFtZSI6IkFkYSIsImlkIjoiMDE5MGI1YTgtN2U1Yy03MDAwLTgwMDAtMDAwMDAwMDAwMDAxIn1d"
    );
}

#[test]
fn another_entitys_cursor_is_refused() {
    let players =
        Cursor::<Player>::new(PlayerKey { name: "Ada".into(), id: Id::new() }).to_string();
    let error = players.parse::<Cursor<Venue>>().unwrap_err();
    assert_eq!((error.code(), error.fields()), ("validation", vec!["cursor"]));
}

#[test]
fn a_cursor_that_no_row_could_have_given_is_refused() {
    for name in ["a\0b", "", " a"] {
        let forged =
            Cursor::<Player>::new(PlayerKey { name: name.into(), id: Id::new() }).to_string();
        assert!(forged.parse::<Cursor<Player>>().is_err(), "{name:?}");
    }
    for created_at in ["2026-03-01T12:00:00.0000005Z", "2016-12-31T23:59:60Z"] {
        let forged = Cursor::<Tournament>::new(TournamentKey {
            created_at: created_at.parse().unwrap(),
            id: Id::new(),
        });
        assert!(forged.to_string().parse::<Cursor<Tournament>>().is_err(), "{created_at}");
    }
    let forged = at_table(Some(1 << 31)).to_string();
    assert!(forged.parse::<Cursor<Match>>().is_err());
}

#[test]
fn garbage_is_refused() {
    for text in ["", "x", "é", "bnVsbA", "WyJwbGF5ZXIiXQ"] {
        let error = text.parse::<Cursor<Player>>().unwrap_err();
        assert_eq!((error.code(), error.fields()), ("validation", vec!["cursor"]), "{text}");
    }
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    let in_play = MatchFilter::default().with_round(Id::new());
    let page = Page::new().after(at_table(None));
    assert!(page.window(&in_play).is_ok());
    let error = page.window(&MatchFilter::default()).unwrap_err();
    assert_eq!(error.fields(), ["cursor"]);
}

#[test]
fn every_bad_number_of_a_page_is_named() {
    let page: Page<Player> = Page::new().with_limit(0).with_offset(-1);
    assert_eq!(page.window(&PlayerFilter::default()).unwrap_err().fields(), ["limit", "offset"]);
}
