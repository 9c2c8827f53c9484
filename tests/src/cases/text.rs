//! Text is kept to the letter and compared by code point.

use tournament_core::{
    BaseFormat, Entity, EntityKind, Format, GameSystem, Player, PlayerFilter, RepositoryExt, Venue,
};

use crate::harness::Case;
use crate::{expect, fixture};

/// Names that some collation or other takes for the same.
const ALIKE: [&str; 12] = [
    "zoe",
    "Zoe",
    "ZOE",
    "zoë",
    "zoe\u{308}",
    "Zoë",
    "zоe", // The middle letter is Cyrillic.
    "ｚｏｅ",
    "zo e",
    "zo\u{a0}e",
    "zo\u{200b}e",
    "zoe\u{200d}",
];

/// What some databases cannot store, or store as something else.
const UNUSUAL: [&str; 12] = [
    "🎲",
    "👩‍👩‍👧‍👦",
    "a🎲b",
    "\u{10ffff}",
    "\u{fffd}",
    "\u{feff}a",
    "ß",
    "ﬁ",
    "Ω",
    "İı",
    "שלום عليكم",
    "'; DROP TABLE players; -- %_\\\"`$1?:@",
];

pub(crate) async fn unusual_text_is_kept_to_the_letter(case: &Case<'_>) {
    for name in UNUSUAL.iter().chain(&ALIKE) {
        let player = Player::new(*name).with_discord_id(*name);
        case.store.players().create(&player).await.unwrap();
        assert_eq!(case.store.players().get(player.id).await.unwrap(), player);
        let found = case.store.players().find_by_name(name).await.unwrap();
        assert_eq!(found, [player.clone()], "{name:?}");
        let found = case.store.players().find_by_discord_id(name).await.unwrap();
        assert_eq!(found, Some(player), "{name:?}");
    }
}

pub(crate) async fn names_that_look_alike_differ(case: &Case<'_>) {
    let rows = ALIKE.map(Player::new);
    case.store.players().create_many(&rows).await.unwrap();
    for row in &rows {
        let found = case.store.players().find_by_name(&row.name).await.unwrap();
        assert_eq!(found, std::slice::from_ref(row), "{:?}", row.name);
    }
    let venues = ALIKE.map(Venue::new);
    case.store.venues().create_many(&venues).await.unwrap();
    for venue in &venues {
        let found = case.store.venues().find_by_name(&venue.name).await.unwrap();
        assert_eq!(found, std::slice::from_ref(venue), "{:?}", venue.name);
    }
}

pub(crate) async fn zoe_is_not_found_where_zoe_with_diaeresis_is_stored(case: &Case<'_>) {
    fixture::player(case.rows(), "Zoë").await;
    for other in ["zoe", "Zoe", "zoë", "Zoe\u{308}"] {
        let found = case.store.players().find_by_name(other).await.unwrap();
        assert_eq!(found, [], "{other:?}");
    }
}

pub(crate) async fn discord_ids_that_look_alike_are_all_free(case: &Case<'_>) {
    let rows = ALIKE.map(|id| Player::new("Ada").with_discord_id(id));
    case.store.players().create_many(&rows).await.unwrap();
    for row in &rows {
        let id = row.discord_id.as_deref().unwrap();
        let found = case.store.players().find_by_discord_id(id).await.unwrap();
        assert_eq!(found.as_ref(), Some(row), "{id:?}");
    }
}

pub(crate) async fn format_names_that_look_alike_are_all_free(case: &Case<'_>) {
    let game = GameSystem::CustomTcg;
    let rows = ALIKE.map(|name| Format::new(name, game, BaseFormat::Special, "All"));
    case.store.formats().create_many(&rows).await.unwrap();
    for row in &rows {
        let found = case.store.formats().find_by_name(game, &row.name).await;
        assert_eq!(found.unwrap().as_ref(), Some(row), "{:?}", row.name);
    }
}

pub(crate) async fn lists_order_names_by_code_point(case: &Case<'_>) {
    let mut rows: Vec<_> = ALIKE.iter().chain(&UNUSUAL).map(|name| Player::new(*name)).collect();
    case.store.players().create_many(&rows).await.unwrap();
    rows.sort_by(|a, b| a.name.chars().cmp(b.name.chars()));
    let listed = case.store.players().list_all(&PlayerFilter::default()).await;
    assert_eq!(listed.unwrap(), rows);
}

/// What no name, discord id or e-mail holds.
const REFUSED: [&str; 9] =
    ["", " zoe", "zoe ", "zoe\u{a0}", "\u{3000}zoe", "zo\0e", "zo\te", "zo\ne", "zo\u{85}e"];

pub(crate) async fn names_refuse_control_characters_and_outer_white_space(case: &Case<'_>) {
    for text in REFUSED {
        let player = Player::new(text).with_discord_id(text);
        let refused = case.store.players().create(&player).await;
        expect::validation(refused, Player::KIND, &["name", "discord_id"]);
        let refused = case.store.venues().create(&Venue::new(text)).await;
        expect::validation(refused, Venue::KIND, &["name"]);
        let format = Format::new(text, GameSystem::Pokemon, BaseFormat::Special, "All");
        let refused = case.store.formats().create(&format).await;
        expect::validation(refused, Format::KIND, &["name"]);
    }
    let players = case.store.players().count(&PlayerFilter::default()).await;
    assert_eq!(players.unwrap(), 0);
    fixture::player(case.rows(), "Zoe").await;
}

pub(crate) async fn look_ups_by_what_cannot_be_stored_find_nothing(case: &Case<'_>) {
    let player = Player::new("zoe").with_discord_id("zoe");
    case.store.players().create(&player).await.unwrap();
    case.store.venues().create(&Venue::new("zoe")).await.unwrap();
    let format = Format::new("zoe", GameSystem::Pokemon, BaseFormat::Special, "All");
    case.store.formats().create(&format).await.unwrap();
    let long = "z".repeat(1_000_000);
    for text in REFUSED.into_iter().chain(["zoe  ", "zoe\0", &long]) {
        let (players, venues) = (case.store.players(), case.store.venues());
        assert_eq!(players.find_by_name(text).await.unwrap(), []);
        assert_eq!(players.find_by_discord_id(text).await.unwrap(), None);
        assert_eq!(venues.find_by_name(text).await.unwrap(), []);
        let found = case.store.formats().find_by_name(GameSystem::Pokemon, text).await;
        assert_eq!(found.unwrap(), None);
    }
}

pub(crate) async fn lengths_count_characters_not_bytes(case: &Case<'_>) {
    for letter in ["a", "é", "漢", "🎲"] {
        let longest = Player::new(letter.repeat(100)).with_discord_id(letter.repeat(100));
        case.store.players().create(&longest).await.unwrap();
        assert_eq!(case.store.players().get(longest.id).await.unwrap(), longest);
        let found = case.store.players().find_by_name(&longest.name).await;
        assert_eq!(found.unwrap(), [longest.clone()]);
        let longer = Player::new(letter.repeat(101)).with_discord_id(letter.repeat(101));
        let refused = case.store.players().create(&longer).await;
        expect::validation(refused, Player::KIND, &["name", "discord_id"]);
    }
}

pub(crate) async fn a_megabyte_is_refused_and_nothing_is_harmed(case: &Case<'_>) {
    let megabyte = "🎲".repeat(1 << 18);
    let refused = case.store.players().create(&Player::new(&*megabyte)).await;
    expect::validation(refused, Player::KIND, &["name"]);
    let venue = Venue::new("Hall").with_address(&*megabyte).with_description(&*megabyte);
    let refused = case.store.venues().create(&venue).await;
    expect::validation(refused, Venue::KIND, &["address", "description"]);
    fixture::player(case.rows(), "Ada").await;
}

pub(crate) async fn the_longest_text_of_every_field_is_kept(case: &Case<'_>) {
    use crate::sample::{Parents, Sample};
    use tournament_core::{Component, Match, Tournament, TournamentRegistration};

    async fn keep<E: Sample>(case: &Case<'_>, row: E) {
        let created = E::of(case.rows()).create(&row).await.unwrap();
        assert_eq!(created, row);
        assert_eq!(E::of(case.rows()).get(row.id()).await.unwrap(), row);
    }

    let parents = Parents::store(case.rows()).await;
    let long = |length| "🎲".repeat(length);

    let mut player = Player::sample(&parents, 1);
    (player.name, player.discord_id) = (long(100), Some(long(100)));
    player.email = Some(format!("{}@{}", long(127), long(127)));
    keep(case, player).await;

    let mut venue = Venue::sample(&parents, 1);
    (venue.name, venue.address) = (long(200), Some(long(1_000)));
    venue.description = Some(long(20_000));
    keep(case, venue).await;

    let mut format = Format::sample(&parents, 1);
    (format.name, format.card_pool) = (long(100), long(200));
    (format.sub_format, format.match_structure) = (Some(long(100)), Some(long(20)));
    format.description = Some(long(20_000));
    keep(case, format).await;

    let mut tournament = Tournament::sample(&parents, 1);
    (tournament.name, tournament.description) = (long(200), Some(long(20_000)));
    keep(case, tournament).await;

    let mut registration = TournamentRegistration::sample(&parents, 1);
    registration.notes = Some(long(5_000));
    keep(case, registration).await;

    let mut component = Component::sample(&parents, 1);
    component.name = long(200);
    keep(case, component).await;

    let mut r#match = Match::sample(&parents, 1);
    r#match.notes = Some(long(5_000));
    keep(case, r#match).await;
}

pub(crate) async fn long_text_keeps_its_white_space_and_line_breaks(case: &Case<'_>) {
    let text = "  \r\n\tone\u{1}\u{7f}\r\ntwo\n\n ";
    let venue = Venue::new("Hall").with_address(text).with_description(text);
    case.store.venues().create(&venue).await.unwrap();
    assert_eq!(case.store.venues().get(venue.id).await.unwrap(), venue);
}

pub(crate) async fn nul_is_refused_in_every_text(case: &Case<'_>) {
    use crate::sample::{Parents, Sample};
    use tournament_core::{Component, Match, Tournament, TournamentRegistration};

    async fn refuse<E: Sample>(case: &Case<'_>, row: E, fields: &[&str]) {
        let refused = E::of(case.rows()).create(&row).await;
        expect::validation(refused, E::KIND, fields);
        expect::not_found(E::of(case.rows()).get(row.id()).await, row.id());
    }

    let parents = Parents::store(case.rows()).await;
    let nul = || "a@\0b".to_owned();

    let mut player = Player::sample(&parents, 1);
    (player.name, player.discord_id, player.email) = (nul(), Some(nul()), Some(nul()));
    refuse(case, player, &["name", "discord_id", "email"]).await;

    let mut venue = Venue::sample(&parents, 1);
    (venue.name, venue.address, venue.description) = (nul(), Some(nul()), Some(nul()));
    refuse(case, venue, &["name", "address", "description"]).await;

    let mut format = Format::sample(&parents, 1);
    (format.name, format.sub_format, format.card_pool) = (nul(), Some(nul()), nul());
    (format.match_structure, format.description) = (Some(nul()), Some(nul()));
    let fields = ["name", "sub_format", "card_pool", "match_structure", "description"];
    refuse(case, format, &fields).await;

    let mut tournament = Tournament::sample(&parents, 1);
    (tournament.name, tournament.description) = (nul(), Some(nul()));
    tournament.registration = tournament.registration.with_registration_password(nul());
    let fields = ["name", "registration.registration_password", "description"];
    refuse(case, tournament, &fields).await;

    let mut registration = TournamentRegistration::sample(&parents, 1);
    registration.notes = Some(nul());
    refuse(case, registration, &["notes"]).await;

    let mut component = Component::sample(&parents, 1);
    component.name = nul();
    refuse(case, component, &["name"]).await;

    let mut r#match = Match::sample(&parents, 1);
    r#match.notes = Some(nul());
    refuse(case, r#match, &["notes"]).await;
    let kinds = EntityKind::ALL.len();
    assert_eq!(kinds, 8, "a round has no text; a new kind belongs here too");
}
