//! Bad input is refused whole: every failing field is named and nothing is stored.

use serde_json::json;
use tournament_core::json::JsonObject;
use tournament_core::{
    BaseFormat, Component, ComponentType, Dataset, Entity, Format, GameSystem, Id, MAX_INTEGER,
    Match, Player, RegistrationControl, Repositories, Round, Tournament, TournamentRegistration,
    Venue,
};

use crate::expect;
use crate::fixture::{self, at, time};
use crate::harness::Case;
use crate::sample::{Parents, Sample};

/// Refused by `create`, by `update` and by `import`, for these fields.
async fn refuse<E: Sample>(rows: &dyn Repositories, bad: &E, fields: &[&str]) {
    expect::validation(E::of(rows).create(bad).await, E::KIND, fields);
    expect::validation(E::of(rows).update(bad).await, E::KIND, fields);
    let at_0: Vec<_> = fields.iter().map(|field| (Some(0), *field)).collect();
    let refused = E::of(rows).create_many(std::slice::from_ref(bad)).await;
    expect::validation_at(refused, E::KIND, &at_0);
    let mut dataset = Dataset::new();
    E::list_in(&mut dataset).push(bad.clone());
    expect::validation_at(rows.import(&dataset).await, E::KIND, &at_0);
    let stored = E::of(rows).count(&E::Filter::default()).await.unwrap();
    assert_eq!(stored, 0, "nothing was stored");
}

/// An object that no store keeps.
fn bad_json() -> JsonObject {
    fixture::object(json!({ "\0": 1 }))
}

/// Fields, and a change that makes a good row bad in them.
type Spoiling<E> = (&'static [&'static str], fn(&mut E));

/// Each change makes a good row bad, in these fields.
async fn refuse_each<E: Sample, const N: usize>(
    rows: &dyn Repositories,
    good: &E,
    changes: [Spoiling<E>; N],
) {
    for (fields, change) in changes {
        let mut bad = good.clone();
        change(&mut bad);
        refuse(rows, &bad, fields).await;
    }
}

pub(crate) async fn each_rule_of_a_player(case: &Case<'_>) {
    let good = Player::new("Ada");
    refuse_each(
        case.rows(),
        &good,
        [
            (&["id"], |row| row.id = fixture::id(0)),
            (&["name"], |row| row.name = String::new()),
            (&["name"], |row| row.name = "a".repeat(101)),
            (&["name"], |row| row.name.push(' ')),
            (&["discord_id"], |row| row.discord_id = Some(String::new())),
            (&["discord_id"], |row| row.discord_id = Some("a".repeat(101))),
            (&["discord_id"], |row| row.discord_id = Some("\u{7f}".into())),
            (&["created_at"], |row| {
                row.created_at = time("0999-12-31T23:59:59Z");
            }),
            (&["metadata"], |row| row.metadata = bad_json()),
        ],
    )
    .await;
}

pub(crate) async fn each_rule_of_an_email(case: &Case<'_>) {
    for (email, problems) in [
        ("ada", 1),
        ("ada@", 1),
        ("@ada", 1),
        ("a@b@c", 1),
        ("a@@b", 1),
        ("@", 2),
        ("", 2),
        ("a@", 2),
        (" a@b", 1),
        ("a@b\n", 1),
        ("a\0@b", 1),
    ] {
        let bad = Player::new("Ada").with_email(email);
        refuse(case.rows(), &bad, &["email", "email"][..problems]).await;
    }
    let long = format!("a@{}", "b".repeat(254));
    let bad = Player::new("Ada").with_email(long);
    refuse(case.rows(), &bad, &["email"]).await;
    for email in ["a@b", "zoë@exämple.org", "a b@c"] {
        let good = Player::new("Ada").with_email(email);
        let created = case.store.players().create(&good).await.unwrap();
        assert_eq!(created.email.as_deref(), Some(email));
    }
}

pub(crate) async fn every_failing_field_of_a_player_is_listed(case: &Case<'_>) {
    let bad = Player::new(" ")
        .with_id(fixture::id(0))
        .with_discord_id("")
        .with_email("nobody")
        .with_created_at(time("0001-01-01T00:00:00Z"))
        .with_metadata(bad_json());
    let fields = ["id", "name", "discord_id", "email", "created_at", "metadata"];
    refuse(case.rows(), &bad, &fields).await;
}

pub(crate) async fn every_failing_field_of_a_venue_is_listed(case: &Case<'_>) {
    let bad = Venue::new("")
        .with_id(fixture::id(0))
        .with_address("a".repeat(1_001))
        .with_description("a".repeat(20_001));
    refuse(case.rows(), &bad, &["id", "name", "address", "description"]).await;
}

pub(crate) async fn every_failing_field_of_a_format_is_listed(case: &Case<'_>) {
    let bad = Format::new("\t", GameSystem::Pokemon, BaseFormat::Special, "")
        .with_id(fixture::id(0))
        .with_sub_format("")
        .with_match_structure("a".repeat(21))
        .with_description("\0");
    let fields = ["id", "name", "sub_format", "card_pool", "match_structure", "description"];
    refuse(case.rows(), &bad, &fields).await;
    let long =
        Format::new("a".repeat(101), GameSystem::Pokemon, BaseFormat::Special, "a".repeat(201))
            .with_sub_format("a".repeat(101))
            .with_match_structure("")
            .with_description("a".repeat(20_001));
    refuse(case.rows(), &long, &fields[1..]).await;
}

pub(crate) async fn every_failing_field_of_a_tournament_is_listed(case: &Case<'_>) {
    let long = "a".repeat(201);
    let control = RegistrationControl::new()
        .with_auto_open_time(at(1))
        .with_auto_close_time(at(0))
        .with_registration_password(&*long)
        .with_late_registration_password(&*long)
        .with_to_override_password(&*long)
        .with_max_players(-1);
    let nil = fixture::id;
    let bad = Tournament::new(&*long, nil(0), fixture::id(0), fixture::id(0))
        .with_id(fixture::id(0))
        .with_registration(control)
        .with_start_time(at(1))
        .with_end_time(at(0))
        .with_created_at(time("0001-01-01T00:00:00Z"))
        .with_description("a".repeat(20_001))
        .with_registration_deadline(time("0001-01-01T00:00:00Z"))
        .with_metadata(bad_json());
    let fields = [
        "id",
        "name",
        "registration.auto_close_time",
        "registration.registration_password",
        "registration.late_registration_password",
        "registration.to_override_password",
        "registration.max_players",
        "end_time",
        "format_id",
        "venue_id",
        "created_by",
        "created_at",
        "description",
        "registration_deadline",
        "metadata",
    ];
    refuse(case.rows(), &bad, &fields).await;
}

pub(crate) async fn each_time_of_a_tournament_is_checked(case: &Case<'_>) {
    fn bad() -> tournament_core::Time {
        time("0001-01-01T00:00:00Z")
    }
    let good = Tournament::new("Good", Id::new(), Id::new(), Id::new());
    refuse_each(
        case.rows(),
        &good,
        [
            (&["start_time"], |row| row.start_time = Some(bad())),
            (&["end_time"], |row| row.end_time = Some(bad())),
            (&["registration_deadline"], |row| {
                row.registration_deadline = Some(bad());
            }),
            (&["registration.auto_open_time"], |row| {
                row.registration.auto_open_time = Some(bad());
            }),
            (&["registration.auto_close_time"], |row| {
                row.registration.auto_close_time = Some(bad());
            }),
            (&["registration.max_players"], |row| {
                row.registration.max_players = Some(MAX_INTEGER + 1);
            }),
        ],
    )
    .await;
}

pub(crate) async fn every_failing_field_of_a_registration_is_listed(case: &Case<'_>) {
    let bad = TournamentRegistration::new(fixture::id(0), fixture::id(0), 0)
        .with_id(fixture::id(0))
        .with_registration_time(time("0001-01-01T00:00:00Z"))
        .with_drop_time(time("0001-01-01T00:00:00Z"))
        .with_notes("a".repeat(5_001))
        .with_metadata(bad_json());
    let fields = [
        "id",
        "tournament_id",
        "player_id",
        "sequence_id",
        "registration_time",
        "drop_time",
        "notes",
        "metadata",
    ];
    refuse(case.rows(), &bad, &fields).await;
    let high = TournamentRegistration::new(Id::new(), Id::new(), MAX_INTEGER + 1);
    refuse(case.rows(), &high, &["sequence_id"]).await;
}

pub(crate) async fn every_failing_field_of_a_component_is_listed(case: &Case<'_>) {
    let bad = Component::new(fixture::id(0), ComponentType::Swiss, "a".repeat(201), 0)
        .with_id(fixture::id(0))
        .with_config(bad_json())
        .with_created_at(time("0001-01-01T00:00:00Z"));
    let fields = ["id", "tournament_id", "name", "sequence_order", "config", "created_at"];
    refuse(case.rows(), &bad, &fields).await;
    let high = Component::new(Id::new(), ComponentType::Swiss, "Part", MAX_INTEGER + 1);
    refuse(case.rows(), &high, &["sequence_order"]).await;
}

pub(crate) async fn every_failing_field_of_a_round_is_listed(case: &Case<'_>) {
    let mut component = Component::new(fixture::id(0), ComponentType::Swiss, "Part", 1);
    component.id = fixture::id(0);
    let bad = Round::new(&component, 0)
        .with_id(fixture::id(0))
        .with_start_time(at(1))
        .with_end_time(at(0))
        .with_time_limit_minutes(0)
        .with_scheduled_start(at(1))
        .with_scheduled_end(at(0));
    let fields = [
        "id",
        "tournament_id",
        "component_id",
        "round_number",
        "end_time",
        "time_limit_minutes",
        "scheduled_end",
    ];
    refuse(case.rows(), &bad, &fields).await;
}

pub(crate) async fn a_round_number_of_2_to_the_31_is_refused(case: &Case<'_>) {
    let tournament = Id::new();
    let component = Component::new(tournament, ComponentType::Swiss, "Part", 1);
    for number in [1 << 31, i64::MAX, 0, -1, i64::MIN] {
        refuse(case.rows(), &Round::new(&component, number), &["round_number"]).await;
    }
    let limit = Round::new(&component, 1).with_time_limit_minutes(1 << 31);
    refuse(case.rows(), &limit, &["time_limit_minutes"]).await;
}

pub(crate) async fn every_failing_field_of_a_match_is_listed(case: &Case<'_>) {
    let component =
        Component::new(fixture::id(0), ComponentType::Swiss, "Part", 1).with_id(fixture::id(0));
    let round = Round::new(&component, 0).with_id(fixture::id(0));
    let bad = Match::new(&round, fixture::id(0), fixture::id(0))
        .with_id(fixture::id(0))
        .with_table_number(0)
        .with_result(-1, -1, -1)
        .with_start_time(at(1))
        .with_end_time(at(0))
        .with_notes("a".repeat(5_001))
        .with_metadata(bad_json());
    let fields = [
        "id",
        "tournament_id",
        "component_id",
        "round_id",
        "round_number",
        "table_number",
        "player1_id",
        "player2_id",
        "player2_id",
        "player1_wins",
        "player2_wins",
        "draws",
        "end_time",
        "notes",
        "metadata",
    ];
    refuse(case.rows(), &bad, &fields).await;
}

pub(crate) async fn a_match_against_oneself_with_bad_counts_lists_them_all(case: &Case<'_>) {
    let component = Component::new(Id::new(), ComponentType::Swiss, "Part", 1);
    let round = Round::new(&component, 1);
    let player = Id::new();
    let bad = Match::new(&round, player, player).with_table_number(-1).with_result(-5, 0, 0);
    let fields = ["table_number", "player2_id", "player1_wins"];
    refuse(case.rows(), &bad, &fields).await;
}

pub(crate) async fn counts_of_games_are_bounded(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let good = Match::sample(&parents, 1);
    refuse_each(
        case.rows(),
        &good,
        [
            (&["player1_wins"], |row| row.player1_wins = MAX_INTEGER + 1),
            (&["player2_wins"], |row| row.player2_wins = MAX_INTEGER + 1),
            (&["draws"], |row| row.draws = i64::MAX),
            (&["table_number"], |row| row.table_number = Some(1 << 31)),
            (&["round_number"], |row| row.round_number = 1 << 31),
        ],
    )
    .await;
    let highest =
        good.with_result(MAX_INTEGER, MAX_INTEGER, MAX_INTEGER).with_table_number(MAX_INTEGER);
    let created = case.store.matches().create(&highest).await.unwrap();
    assert_eq!(created, highest);
    assert_eq!(case.store.matches().get(highest.id).await.unwrap(), highest);
}

pub(crate) async fn an_end_may_be_the_start_but_not_before_it(case: &Case<'_>) {
    let event = fixture::event(case.rows()).await;
    let good = Round::new(&event.component, 2).with_start_time(at(5)).with_end_time(at(5));
    case.store.rounds().create(&good).await.unwrap();
    let only_end = Round::new(&event.component, 3).with_end_time(at(0));
    case.store.rounds().create(&only_end).await.unwrap();
    // They are the same to the microsecond, so neither is before the other.
    let nearly = Round::new(&event.component, 4)
        .with_start_time(at(5) + chrono::Duration::nanoseconds(999))
        .with_end_time(at(5));
    case.store.rounds().create(&nearly).await.unwrap();
}

pub(crate) async fn import_lists_the_problems_of_every_list(case: &Case<'_>) {
    let parents = Parents::store(&*case.another_store().await).await;
    let mut dataset = Dataset::new();
    let (mut player, mut game) = (Player::sample(&parents, 1), Match::sample(&parents, 1));
    player.spoil();
    game.spoil();
    dataset.players = vec![Player::new("Good"), player];
    dataset.matches = vec![game];
    dataset.last_sequence_ids.insert(Id::new(), -1);
    let error = expect::error(case.rows().import(&dataset).await);
    let tournament_core::Error::Validation { problems, .. } = &error else {
        panic!("expected validation, got `{error}`");
    };
    let got: Vec<_> = problems
        .iter()
        .map(|problem| (problem.entity.as_str(), problem.index, problem.field.as_ref()))
        .collect();
    let expected = [
        ("player", Some(1), "email"),
        ("match", Some(0), "player1_wins"),
        ("tournament", None, "last_sequence_ids"),
    ];
    assert_eq!(got, expected);
    let stored = case.store.export().await.unwrap();
    assert_eq!(stored, Dataset::new(), "nothing was stored");
}

pub(crate) async fn import_refuses_versions_out_of_range(case: &Case<'_>) {
    for version in [0, -1, MAX_INTEGER + 1, i64::MAX] {
        let mut player = Player::new("Ada");
        player.version = version;
        let dataset = Dataset { players: vec![player], ..Dataset::new() };
        let refused = case.rows().import(&dataset).await;
        expect::validation_at(refused, Player::KIND, &[(Some(0), "version")]);
    }
}

pub(crate) async fn the_store_stays_usable_after_every_kind_of_refusal(case: &Case<'_>) {
    let (event, game) = fixture::event_with_match(case.rows()).await;
    let players = case.store.players();
    let refusals = [
        players.create(&Player::new("")).await.map(drop),
        players.get(Id::new()).await.map(drop),
        players.create(&event.players[0]).await.map(drop),
        players.delete(event.players[0].id, None).await,
        players.delete(event.players[2].id, Some(9)).await,
        case.store
            .matches()
            .create(&game.clone().with_id(Id::new()).with_table_number(1))
            .await
            .map(drop),
    ];
    let codes: Vec<_> =
        refusals.into_iter().map(|refusal| refusal.err().map(|error| error.code())).collect();
    let expected = [
        Some("validation"),
        Some("not_found"),
        Some("already_exists"),
        Some("still_referenced"),
        Some("conflict"),
        None,
    ];
    assert_eq!(codes, expected);
    fixture::event_with_match(case.rows()).await;
}
