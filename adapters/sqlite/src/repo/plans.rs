//! How SQLite finds what each statement asks for: by an index, and already in order.

use rusqlite::Connection;
use tournament_core::{
    Component, ComponentFilter, ComponentKey, Format, FormatFilter, FormatKey, GameSystem, Id,
    Match, MatchFilter, MatchKey, Player, PlayerFilter, PlayerKey, RegistrationFilter,
    RegistrationKey, RegistrationStatus, Round, RoundFilter, RoundKey, Tournament,
    TournamentFilter, TournamentKey, TournamentRegistration, TournamentStatus, Venue, VenueFilter,
    VenueKey, Visibility, now,
};
use tournament_migrations::{Dialect, migrations};

use crate::session::Row;
use crate::snapshot::{RAISE_LAST_SEQUENCE_ID, SELECT_LAST_SEQUENCE_IDS};

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    for migration in migrations(Dialect::Sqlite) {
        connection.execute_batch(migration.up).unwrap();
    }
    connection
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    // What is bound does not matter to a plan made without statistics.
    for place in 1..=statement.parameter_count() {
        statement.raw_bind_parameter(place, 1).unwrap();
    }
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get::<_, String>("detail").unwrap());
    }
    steps
}

/// Nothing is sorted, and no table is read but through an index.
fn expect_ordered(sql: &str) {
    let steps = plan(&database(), sql);
    assert!(!steps.is_empty(), "{sql}");
    for step in &steps {
        let bare = step.starts_with("SCAN") && !step.contains("INDEX");
        assert!(!bare && !step.contains("TEMP B-TREE"), "{sql}\n{steps:#?}");
    }
}

/// Nor is an index read but where the answer lies.
fn expect_searched(sql: &str) {
    expect_ordered(sql);
    let steps = plan(&database(), sql);
    assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{sql}\n{steps:#?}");
}

fn expect_rows_are_found<E: Row>() {
    for sql in [E::GET, E::VERSION, E::UPDATE, E::DELETE] {
        expect_searched(sql);
    }
    expect_ordered(E::EXPORT);
}

#[test]
fn rows_are_found_by_id() {
    expect_rows_are_found::<Player>();
    expect_rows_are_found::<Venue>();
    expect_rows_are_found::<Format>();
    expect_rows_are_found::<Tournament>();
    expect_rows_are_found::<TournamentRegistration>();
    expect_rows_are_found::<Component>();
    expect_rows_are_found::<Round>();
    expect_rows_are_found::<Match>();
}

#[test]
fn look_ups_and_references_search() {
    for sql in [
        super::player::FIND_BY_NAME,
        super::player::FIND_BY_DISCORD_ID,
        super::venue::FIND_BY_NAME,
        super::format::FIND_BY_NAME,
        super::tournament::HAS_FORMAT,
        super::tournament::HAS_VENUE,
        super::tournament::HAS_ORGANISER,
        super::registration::FIND_BY_PLAYER,
        super::registration::FIND_BY_SEQUENCE_ID,
        super::registration::TICKET,
        super::registration::HAS_TOURNAMENT,
        super::registration::HAS_PLAYER,
        super::component::FIND_BY_SEQUENCE_ORDER,
        super::component::HAS_TOURNAMENT,
        super::round::FIND_BY_NUMBER,
        super::round::HAS_COMPONENT,
        super::r#match::HAS_ROUND,
        super::r#match::HAS_PLAYER,
        RAISE_LAST_SEQUENCE_ID,
    ] {
        expect_searched(sql);
    }
    expect_ordered(SELECT_LAST_SEQUENCE_IDS);
}

#[test]
fn places_are_counted_in_an_index_alone() {
    let steps = plan(&database(), super::registration::COUNT_PLACES_TAKEN);
    assert!(steps.iter().all(|step| step.contains("USING COVERING INDEX")), "{steps:#?}");
}

/// The first page, the next one and the count of a list.
fn expect_list<E: Row>(filter: &E::Filter, key: &E::SortKey, expect: fn(&str)) {
    expect(E::list(filter, None).limit(100, 0).sql());
    expect(E::list(filter, Some(key)).limit(100, 0).sql());
    expect(E::count(filter).sql());
}

/// A list of all: the index that holds the order is read from the beginning, later pages from where
/// the one before ended.
fn expect_list_of_all<E: Row>(filter: &E::Filter, key: &E::SortKey) {
    expect_list::<E>(filter, key, expect_ordered);
    expect_searched(E::list(filter, Some(key)).limit(100, 0).sql());
}

#[test]
fn lists_of_all_are_in_an_index() {
    let name = "x".to_owned();
    expect_list_of_all::<Player>(
        &PlayerFilter::default(),
        &PlayerKey { name: name.clone(), id: Id::new() },
    );
    expect_list_of_all::<Venue>(
        &VenueFilter::default(),
        &VenueKey { name: name.clone(), id: Id::new() },
    );
    let game_system = GameSystem::Pokemon;
    let format = FormatKey { game_system, name, id: Id::new() };
    expect_list_of_all::<Format>(&FormatFilter::default(), &format);
    let in_game = FormatFilter::default().with_game_system(game_system);
    expect_list::<Format>(&in_game, &format, expect_searched);
    expect_list_of_all::<Tournament>(&TournamentFilter::default(), &tournament_key());
    expect_list_of_all::<TournamentRegistration>(
        &RegistrationFilter::default(),
        &RegistrationKey::Id(Id::new()),
    );
    expect_list_of_all::<Component>(&ComponentFilter::default(), &ComponentKey::Id(Id::new()));
    expect_list_of_all::<Round>(&RoundFilter::default(), &RoundKey::Id(Id::new()));
    expect_list_of_all::<Match>(&MatchFilter::default(), &MatchKey::Id(Id::new()));
}

fn tournament_key() -> TournamentKey {
    TournamentKey { created_at: now(), id: Id::new() }
}

#[test]
fn tournaments_are_found_by_each_filter() {
    let all = TournamentFilter::default();
    for filter in [
        all.clone().with_status(TournamentStatus::Draft),
        all.clone().with_visibility(Visibility::Public),
        all.clone().with_format(Id::new()),
        all.clone().with_venue(Id::new()),
        all.clone().with_organiser(Id::new()),
        all.with_status(TournamentStatus::Draft).with_venue(Id::new()),
    ] {
        expect_list::<Tournament>(&filter, &tournament_key(), expect_searched);
    }
}

#[test]
fn registrations_are_found_by_each_filter() {
    let all = RegistrationFilter::default();
    let of_tournament = all.clone().with_tournament(Id::new());
    let in_sequence = RegistrationKey::Sequence { sequence_id: 1, id: Id::new() };
    for filter in [
        of_tournament.clone(),
        of_tournament.clone().with_status(RegistrationStatus::Active),
        of_tournament.with_player(Id::new()),
    ] {
        expect_list::<TournamentRegistration>(&filter, &in_sequence, expect_searched);
    }
    let by_id = RegistrationKey::Id(Id::new());
    let of_player = all.clone().with_player(Id::new());
    expect_list::<TournamentRegistration>(&of_player, &by_id, expect_searched);
    let dropped = all.with_status(RegistrationStatus::Dropped);
    expect_list::<TournamentRegistration>(&dropped, &by_id, expect_ordered);
    assert!(!TournamentRegistration::is_indexed(&dropped));
}

#[test]
fn what_is_played_is_found_in_order_of_play() {
    expect_list::<Component>(
        &ComponentFilter::default().with_tournament(Id::new()),
        &ComponentKey::Sequence { sequence_order: 1, id: Id::new() },
        expect_searched,
    );
    let round = RoundKey::Play { component_order: 1, round_number: 1, id: Id::new() };
    let rounds = RoundFilter::default();
    for filter in [
        rounds.clone().with_tournament(Id::new()),
        rounds.clone().with_component(Id::new()),
        rounds.with_tournament(Id::new()).with_component(Id::new()),
    ] {
        expect_list::<Round>(&filter, &round, expect_searched);
    }
    let place = MatchKey::Play {
        component_order: 1,
        round_number: 1,
        table_number: Some(1),
        id: Id::new(),
    };
    let matches = MatchFilter::default();
    for filter in [
        matches.clone().with_tournament(Id::new()),
        matches.clone().with_component(Id::new()),
        matches.clone().with_round(Id::new()),
        matches.clone().with_tournament(Id::new()).with_component(Id::new()),
        matches.clone().with_tournament(Id::new()).with_round(Id::new()),
        matches.clone().with_component(Id::new()).with_round(Id::new()),
        matches.clone().with_tournament(Id::new()).with_player(Id::new()),
        matches.clone().with_round(Id::new()).with_player(Id::new()),
    ] {
        expect_list::<Match>(&filter, &place, expect_searched);
    }
    let of_player = matches.with_player(Id::new());
    expect_list::<Match>(&of_player, &MatchKey::Id(Id::new()), expect_searched);
}

/// A later page of a tournament begins at the round where the one before ended, not at the first.
#[test]
fn later_pages_of_a_tournament_skip_whole_rounds() {
    let filter = MatchFilter::default().with_tournament(Id::new());
    let place =
        MatchKey::Play { component_order: 1, round_number: 9, table_number: None, id: Id::new() };
    let steps = plan(&database(), Match::list(&filter, Some(&place)).limit(100, 0).sql());
    assert!(
        steps.iter().any(|step| step.contains("component_id=? AND round_number>?")),
        "{steps:#?}"
    );
}

/// Deleting a parent looks for its children.
#[test]
fn children_are_found_by_each_foreign_key() {
    let connection = database();
    let tables = [
        "players",
        "venues",
        "formats",
        "tournaments",
        "tournament_registrations",
        "components",
        "rounds",
        "matches",
    ];
    let mut found = 0;
    for table in tables {
        let mut statement = connection
            .prepare(
                "SELECT group_concat(\"from\" || ' = ?', ' AND ')
                 FROM pragma_foreign_key_list(?1) GROUP BY id",
            )
            .unwrap();
        let conditions: Vec<String> = statement
            .query_map([table], |row| row.get(0))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        found += conditions.len();
        for condition in conditions {
            expect_searched(&format!("SELECT 1 FROM {table} WHERE {condition}"));
        }
    }
    assert_eq!(found, 10);
}

#[test]
fn the_schema_goes_as_it_came() {
    let connection = database();
    for migration in migrations(Dialect::Sqlite).iter().rev() {
        connection.execute_batch(migration.down).unwrap();
    }
    let left: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn combined_filters_without_an_index_are_known() {
    let two =
        TournamentFilter::default().with_status(TournamentStatus::Draft).with_venue(Id::new());
    assert!(!Tournament::is_indexed(&two));
    let one = TournamentFilter::default().with_venue(Id::new());
    assert!(Tournament::is_indexed(&one));
}
