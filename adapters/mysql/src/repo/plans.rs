//! How many rows the servers read for what each statement asks for: no more than it gives, where an index
//! holds them in order, and no more than a tournament has within one. Over tables that are large
//! enough for it to matter, and on connections as the store has them.

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::sync::{Mutex, OnceCell};
use tournament_core::{
    BaseFormat, Component, ComponentFilter, ComponentKey, ComponentType, Dataset, EntityKind,
    Format, FormatFilter, FormatKey, GameSystem, Id, Match, MatchFilter, MatchKey, Player,
    PlayerFilter, PlayerKey, RegistrationFilter, RegistrationKey, RegistrationStatus, Repositories,
    Round, RoundFilter, RoundKey, Store, Tournament, TournamentFilter, TournamentKey,
    TournamentRegistration, TournamentStatus, Venue, VenueFilter, VenueKey, Visibility,
};

use crate::MySqlOptions;
use crate::bulk::raise_of;
use crate::error::field_of;
use crate::session::Row;
use crate::target::Target;
use crate::values::{Value, bound};

const PLAYERS: usize = 4_000;
const TOURNAMENTS: usize = 1_000;
const REGISTERED: usize = 20;
/// In each of the two components of a tournament, and as many matches in each.
const ROUNDS: usize = 3;
const TABLES: usize = 5;

/// A page of 100, and one row that tells whether there is another.
const PAGE: u64 = 101;

/// What a look-up reads: a row or none, and where it ends.
const FEW: u64 = 3;

/// More than a tournament has of anything, less than a fiftieth of any table.
const OF_A_TOURNAMENT: u64 = 90;

fn rows() -> Dataset {
    let mut rows = Dataset::new();
    rows.players = (0..PLAYERS)
        .map(|n| Player::new(format!("Player {n}")).with_discord_id(format!("discord {n}")))
        .collect();
    for n in 0..TOURNAMENTS {
        let venue = Venue::new(format!("Hall {n}"));
        let game = [GameSystem::Pokemon, GameSystem::NflFive, GameSystem::CustomTcg][n % 3];
        let format = Format::new(format!("Format {n}"), game, BaseFormat::Limited, "all");
        let player = |number: usize| rows.players[(n * 3 + number) % PLAYERS].id;
        let mut cup = Tournament::new(format!("Cup {n}"), format.id, venue.id, player(0));
        cup.status = [TournamentStatus::Draft, TournamentStatus::Completed][n % 2];
        cup.visibility = [Visibility::Public, Visibility::Private][n / 2 % 2];
        let statuses = [RegistrationStatus::Active, RegistrationStatus::Dropped];
        for number in 0..REGISTERED {
            let place = i64::try_from(number + 1).unwrap();
            let row = TournamentRegistration::new(cup.id, player(number), place);
            rows.registrations.push(row.with_status(statuses[number % 2]));
        }
        for order in 1..=2 {
            let part = Component::new(cup.id, ComponentType::Swiss, "Part", order);
            for number in 0..ROUNDS {
                let round = Round::new(&part, i64::try_from(number + 1).unwrap());
                for table in 0..TABLES {
                    let game = Match::new(&round, player(table), player(table + TABLES));
                    rows.matches.push(game.with_table_number(i64::try_from(table + 1).unwrap()));
                }
                rows.rounds.push(round);
            }
            rows.components.push(part);
        }
        rows.venues.push(venue);
        rows.formats.push(format);
        rows.tournaments.push(cup);
    }
    rows
}

/// The filled database of a server, and a connection to it.
struct Plans {
    conn: Conn,
    rows: &'static Dataset,
}

struct Filled {
    rows: Dataset,
    options: MySqlOptions,
}

impl Plans {
    async fn new(kind: Kind) -> Self {
        static MARIADB: OnceCell<Filled> = OnceCell::const_new();
        static MYSQL: OnceCell<Filled> = OnceCell::const_new();
        let filled = match kind {
            Kind::MariaDb => MARIADB.get_or_init(|| fill("MARIADB_URL")).await,
            Kind::MySql => MYSQL.get_or_init(|| fill("MYSQL_URL")).await,
        };
        let conn = Target::new(&filled.options).unwrap().connect().await.unwrap();
        Self { conn, rows: &filled.rows }
    }

    /// How many rows, or places in an index, the server read for a statement.
    async fn reads(&mut self, sql: &str, values: Vec<Value>) -> u64 {
        // Prepared before, as it is for all but the first.
        let statement = self.conn.prep(sql).await.unwrap();
        let before = self.handled().await;
        let nothing = self.handled().await - before;
        let before = before + nothing;
        self.conn.exec_drop(&statement, bound(values)).await.unwrap();
        self.handled().await - before - nothing
    }

    async fn handled(&mut self) -> u64 {
        let counts: Vec<(String, u64)> =
            self.conn.query("SHOW SESSION STATUS LIKE 'Handler_read_%'").await.unwrap();
        counts.into_iter().map(|(_, count)| count).sum()
    }

    async fn expect(&mut self, most: u64, sql: &str, values: Vec<Value>) {
        let reads = self.reads(sql, values).await;
        assert!(reads <= most, "{reads} rows are read, not {most}: {sql}");
    }

    async fn expect_rows_are_found<E: Row>(&mut self, row: &E) {
        let id = Value::from(row.id());
        self.expect(FEW, E::GET, vec![id.clone()]).await;
        self.expect(FEW, E::VERSION, vec![id.clone()]).await;
        self.expect(FEW, E::UPDATE, row.clone().changes()).await;
        self.expect(FEW, E::DELETE, vec![id, 0.into()]).await;
    }

    /// The first page and the next one, read out of an index that holds their order.
    async fn expect_pages<E: Row>(&mut self, filter: &E::Filter, key: &E::SortKey) {
        self.expect_list::<E>(PAGE + FEW, filter, key).await;
    }

    /// Of few rows, which may be sorted.
    async fn expect_bounded<E: Row>(&mut self, filter: &E::Filter, key: &E::SortKey) {
        self.expect_list::<E>(4 * OF_A_TOURNAMENT, filter, key).await;
        let (sql, values) = E::count(filter).into_parts();
        self.expect(2 * OF_A_TOURNAMENT, &sql, values).await;
    }

    async fn expect_list<E: Row>(&mut self, most: u64, filter: &E::Filter, key: &E::SortKey) {
        for after in [None, Some(key)] {
            let (sql, values) = E::list(filter, after).limit(101, 0).into_parts();
            self.expect(most, &sql, values).await;
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    MariaDb,
    MySql,
}

/// Who has the locks by which one run comes after another, for as long as the process lives.
static HELD: Mutex<Vec<Conn>> = Mutex::const_new(Vec::new());

async fn fill(server: &str) -> Filled {
    let url = std::env::var(server).unwrap_or_else(|_| {
        panic!("{server} names no server; `tests/run --only mysql` starts one and sets it")
    });
    let (address, parameters) = url.split_once('?').unwrap_or((&url, ""));
    let (host, _) = address.rsplit_once('/').unwrap();
    let admin = Target::new(&MySqlOptions::from_url(&url).unwrap()).unwrap();
    let mut admin = admin.connect().await.unwrap();
    let taken: Option<u8> =
        admin.query_first("SELECT GET_LOCK('tournament_plans', 600)").await.unwrap();
    assert_eq!(taken, Some(1));
    let sql = "DROP DATABASE IF EXISTS tournament_plans; CREATE DATABASE tournament_plans";
    admin.query_drop(sql).await.unwrap();
    let url = format!("{host}/tournament_plans?{parameters}");
    let options = MySqlOptions::from_url(&url).unwrap();
    let store = options.clone().with_migrate(true).open().await.unwrap();
    let rows = rows();
    store.import(&rows).await.unwrap();
    store.close().await.unwrap();
    let mut conn = Target::new(&options).unwrap().connect().await.unwrap();
    let tables = "ANALYZE TABLE players, venues, formats, tournaments, tournament_registrations, \
                  components, rounds, matches";
    conn.query_drop(tables).await.unwrap();
    HELD.lock().await.push(admin);
    Filled { rows, options }
}

macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod on_mariadb {
            $(#[tokio::test] async fn $test() { super::$test(super::Kind::MariaDb).await; })+
        }
        mod on_mysql {
            $(#[tokio::test] async fn $test() { super::$test(super::Kind::MySql).await; })+
        }
    };
}

on_both! {
    rows_are_found_by_id,
    look_ups_search,
    lists_of_all_are_in_an_index,
    each_filter_has_an_index,
    what_is_played_is_found_in_order_of_play,
    every_key_of_the_schema_is_known_by_its_field,
}

async fn rows_are_found_by_id(kind: Kind) {
    let mut plans = Plans::new(kind).await;
    let rows = plans.rows;
    let middle = TOURNAMENTS / 2;
    plans.expect_rows_are_found(&rows.players[middle]).await;
    plans.expect_rows_are_found(&rows.venues[middle]).await;
    plans.expect_rows_are_found(&rows.formats[middle]).await;
    plans.expect_rows_are_found(&rows.tournaments[middle]).await;
    plans.expect_rows_are_found(&rows.registrations[middle]).await;
    plans.expect_rows_are_found(&rows.components[middle]).await;
    plans.expect_rows_are_found(&rows.rounds[middle]).await;
    plans.expect_rows_are_found(&rows.matches[middle]).await;
}

async fn look_ups_search(kind: Kind) {
    let mut plans = Plans::new(kind).await;
    let rows = plans.rows;
    let (cup, part) = (Value::from(rows.tournaments[7].id), Value::from(rows.components[7].id));
    let text = Value::from;
    for (sql, values) in [
        (super::player::FIND_BY_NAME, vec![text("Player 77")]),
        (super::player::FIND_BY_DISCORD_ID, vec![text("discord 77")]),
        (super::venue::FIND_BY_NAME, vec![text("Hall 77")]),
        (super::format::FIND_BY_NAME, vec![text("pokemon"), text("Format 6")]),
        (super::registration::FIND_BY_PLAYER, vec![cup.clone(), rows.players[23].id.into()]),
        (super::registration::FIND_BY_SEQUENCE_ID, vec![cup.clone(), 7.into()]),
        (super::registration::TAKE_NUMBER, vec![cup.clone()]),
        (super::registration::HAS_TOURNAMENT, vec![cup.clone()]),
        (super::component::FIND_BY_SEQUENCE_ORDER, vec![cup.clone(), 2.into()]),
        (super::round::FIND_BY_NUMBER, vec![part, 2.into()]),
    ] {
        plans.expect(FEW, sql, values).await;
    }
    // The places that are taken, and the tournament.
    let taken = REGISTERED as u64 / 2;
    let values = vec![cup.clone(), cup.clone()];
    plans.expect(taken + 2 * FEW, super::registration::SELECT_TAKEN, values).await;
    let other = Value::from(rows.tournaments[8].id);
    let given = vec![cup.clone(), 3.into(), other.clone(), 3.into(), cup, other];
    plans.expect(2 * FEW, &raise_of(2), given).await;
}

async fn lists_of_all_are_in_an_index(kind: Kind) {
    let mut plans = Plans::new(kind).await;
    let rows = plans.rows;
    let player = PlayerKey::of(&rows.players[2_000]);
    plans.expect_pages::<Player>(&PlayerFilter::default(), &player).await;
    let venue = VenueKey::of(&rows.venues[500]);
    plans.expect_pages::<Venue>(&VenueFilter::default(), &venue).await;
    let format = FormatKey::of(&rows.formats[500]);
    plans.expect_pages::<Format>(&FormatFilter::default(), &format).await;
    let tournament = TournamentKey::of(&rows.tournaments[500]);
    plans.expect_pages::<Tournament>(&TournamentFilter::default(), &tournament).await;
    let key = RegistrationKey::Id(rows.registrations[9_000].id);
    plans.expect_pages::<TournamentRegistration>(&RegistrationFilter::default(), &key).await;
    let key = ComponentKey::Id(rows.components[900].id);
    plans.expect_pages::<Component>(&ComponentFilter::default(), &key).await;
    let key = RoundKey::Id(rows.rounds[2_000].id);
    plans.expect_pages::<Round>(&RoundFilter::default(), &key).await;
    let key = MatchKey::Id(rows.matches[9_000].id);
    plans.expect_pages::<Match>(&MatchFilter::default(), &key).await;
}

async fn each_filter_has_an_index(kind: Kind) {
    let mut plans = Plans::new(kind).await;
    let rows = plans.rows;
    let cup = &rows.tournaments[500];
    let key = TournamentKey::of(cup);
    let all = TournamentFilter::default();
    for filter in [
        all.clone().with_status(cup.status),
        all.clone().with_visibility(cup.visibility),
        all.clone().with_format(cup.format_id),
        all.clone().with_venue(cup.venue_id),
        all.clone().with_organiser(cup.created_by),
    ] {
        plans.expect_pages::<Tournament>(&filter, &key).await;
    }
    let two = all.with_status(cup.status).with_venue(cup.venue_id);
    plans.expect_bounded::<Tournament>(&two, &key).await;

    let format = &rows.formats[500];
    let in_game = FormatFilter::default().with_game_system(format.game_system);
    plans.expect_pages::<Format>(&in_game, &FormatKey::of(format)).await;

    let all = RegistrationFilter::default();
    let player = rows.players[1_500].id;
    let of_tournament = all.clone().with_tournament(cup.id);
    let in_sequence = RegistrationKey::Sequence { sequence_id: 3, id: Id::new() };
    for filter in [
        of_tournament.clone(),
        of_tournament.clone().with_status(RegistrationStatus::Active),
        of_tournament.with_player(player),
    ] {
        plans.expect_bounded::<TournamentRegistration>(&filter, &in_sequence).await;
    }
    let by_id = RegistrationKey::Id(rows.registrations[9_000].id);
    plans.expect_bounded::<TournamentRegistration>(&all.with_player(player), &by_id).await;
}

async fn what_is_played_is_found_in_order_of_play(kind: Kind) {
    let mut plans = Plans::new(kind).await;
    let rows = plans.rows;
    let game = &rows.matches[9_000];
    let (cup, part, round) = (game.tournament_id, game.component_id, game.round_id);
    let filter = ComponentFilter::default().with_tournament(cup);
    let key = ComponentKey::Sequence { sequence_order: 1, id: Id::new() };
    plans.expect_bounded::<Component>(&filter, &key).await;

    let key = RoundKey::Play { component_order: 1, round_number: 1, id: Id::new() };
    let rounds = RoundFilter::default();
    for filter in [
        rounds.clone().with_tournament(cup),
        rounds.clone().with_component(part),
        rounds.with_tournament(cup).with_component(part),
    ] {
        plans.expect_bounded::<Round>(&filter, &key).await;
    }

    let place = MatchKey::Play {
        component_order: 1,
        round_number: 1,
        table_number: Some(1),
        id: Id::new(),
    };
    let matches = MatchFilter::default();
    for filter in [
        matches.clone().with_tournament(cup),
        matches.clone().with_component(part),
        matches.clone().with_round(round),
        matches.clone().with_tournament(cup).with_component(part),
        matches.clone().with_tournament(cup).with_round(round),
        matches.clone().with_component(part).with_round(round),
        matches.clone().with_tournament(cup).with_player(game.player1_id),
        matches.clone().with_round(round).with_player(game.player1_id),
    ] {
        plans.expect_bounded::<Match>(&filter, &place).await;
    }
    let of_player = matches.with_player(game.player1_id);
    plans.expect_bounded::<Match>(&of_player, &MatchKey::Id(game.id)).await;
    let deletes_a_parent = "DELETE FROM players WHERE id = ? AND version = 0";
    plans.expect(FEW, deletes_a_parent, vec![game.player1_id.into()]).await;
}

/// Each has a field by which a user knows it, and each of those names is one of the schema.
async fn every_key_of_the_schema_is_known_by_its_field(kind: Kind) {
    let mut plans = Plans::new(kind).await;
    let select = "SELECT c.table_name, c.constraint_name, c.constraint_type, \
            GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position) \
        FROM information_schema.table_constraints c \
        JOIN information_schema.key_column_usage k ON k.table_schema = c.table_schema \
            AND k.table_name = c.table_name AND k.constraint_name = c.constraint_name \
        WHERE c.table_schema = DATABASE() AND c.table_name <> 'tournament_migrations' \
        GROUP BY c.table_name, c.constraint_name, c.constraint_type";
    let keys: Vec<(String, String, String, String)> = plans.conn.query(select).await.unwrap();
    assert_eq!(keys.len(), 27);
    for (table, name, of, columns) in keys {
        let kind = kind_of(&table);
        let (entity, field) =
            field_of(&name, kind).unwrap_or_else(|| panic!("{name} is not known"));
        let columns: Vec<_> = columns.split(',').collect();
        let expected = match (of.as_str(), columns[0]) {
            // A unique key that begins with the id is broken by the id; a foreign key is known by
            // the parent next to the row.
            (_, "id") | ("FOREIGN KEY", _) => columns.first(),
            _ => columns.last(),
        };
        assert_eq!(Some(&field), expected, "{name}");
        assert_eq!(entity, kind, "{name} is of {table}");
    }
}

fn kind_of(table: &str) -> EntityKind {
    match table {
        "players" => EntityKind::Player,
        "venues" => EntityKind::Venue,
        "formats" => EntityKind::Format,
        "tournaments" => EntityKind::Tournament,
        "tournament_registrations" => EntityKind::Registration,
        "components" => EntityKind::Component,
        "rounds" => EntityKind::Round,
        "matches" => EntityKind::Match,
        other => panic!("{other} is no table of the schema"),
    }
}
