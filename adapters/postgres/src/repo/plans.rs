//! How PostgreSQL finds what each statement asks for: by an index, and already in order. Over tables
//! that are large enough for it to matter, and by the plans that the store's connections keep.

use std::fmt::Write;

use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};
use tournament_core::{
    Component, ComponentFilter, ComponentKey, Format, FormatFilter, FormatKey, GameSystem, Id,
    Match, MatchFilter, MatchKey, Player, PlayerFilter, PlayerKey, RegistrationFilter,
    RegistrationKey, RegistrationStatus, Round, RoundFilter, RoundKey, Tournament,
    TournamentFilter, TournamentKey, TournamentRegistration, TournamentStatus, Venue, VenueFilter,
    VenueKey, Visibility, now,
};

use crate::PostgresOptions;
use crate::bulk::RAISE_LAST_SEQUENCE_IDS;
use crate::error::field_of;
use crate::session::Row;
use crate::snapshot::SELECT_TOURNAMENTS;

/// Beside the databases of the other tests, and each run its own.
const PREFIX: &str = "tournament_plans_";

/// Without the checks of foreign keys, which would take a minute.
const FILL: &str = "
    SET session_replication_role = replica;
    INSERT INTO players SELECT gen_random_uuid(), 1, 'Player ' || n, 'discord ' || n, NULL, now()
        FROM generate_series(1, 20000) n;
    INSERT INTO venues SELECT gen_random_uuid(), 1, 'Venue ' || n, NULL, NULL
        FROM generate_series(1, 5000) n;
    INSERT INTO formats SELECT gen_random_uuid(), 1, 'Format ' || n,
        (ARRAY['pokemon', 'nfl_five', 'custom_tcg'])[1 + n % 3], 'limited', NULL, 'all', NULL, NULL
        FROM generate_series(1, 5000) n;
    CREATE TEMPORARY TABLE numbered_players AS
        SELECT id, row_number() OVER () AS n FROM players;
    CREATE TEMPORARY TABLE numbered_venues AS SELECT id, row_number() OVER () AS n FROM venues;
    CREATE TEMPORARY TABLE numbered_formats AS SELECT id, row_number() OVER () AS n FROM formats;
    INSERT INTO tournaments SELECT gen_random_uuid(), 1, 'Cup ' || n.n,
        (ARRAY['draft', 'in_progress', 'completed'])[1 + n.n % 3],
        (ARRAY['public', 'private'])[1 + n.n % 2], '{}', NULL, NULL, f.id, v.id, p.id,
        now() + n.n * interval '1 minute', NULL, NULL, false
        FROM generate_series(1, 5000) AS n (n)
        JOIN numbered_formats f ON f.n = n.n
        JOIN numbered_venues v ON v.n = n.n
        JOIN numbered_players p ON p.n = n.n;
    INSERT INTO tournament_registrations
        SELECT gen_random_uuid(), 1, t.id, p.id, p.n - t.n,
            (ARRAY['active', 'dropped', 'late_entry'])[1 + p.n % 3], now(), NULL, NULL
        FROM (SELECT id, row_number() OVER () AS n FROM tournaments) t
        JOIN numbered_players p ON p.n > t.n AND p.n <= t.n + 10;
    INSERT INTO components SELECT gen_random_uuid(), 1, t.id, 'swiss', 'Part', n, 'pending', '{}',
        now() FROM tournaments t, generate_series(1, 2) n;
    INSERT INTO rounds SELECT gen_random_uuid(), 1, tournament_id, id, n, NULL, NULL, NULL, NULL,
        NULL, false, 'pending' FROM components, generate_series(1, 2) n;
    INSERT INTO matches
        SELECT gen_random_uuid(), 1, r.tournament_id, r.component_id, r.id, r.round_number, tables.number,
            p.id, q.id, 2, 0, 0, 'completed', NULL, NULL, NULL
        FROM (SELECT *, row_number() OVER () AS place FROM rounds) r,
            generate_series(1, 5) AS tables (number), numbered_players p, numbered_players q
        WHERE p.n = 1 + (r.place + tables.number) % 20000
            AND q.n = 1 + (r.place + tables.number + 10000) % 20000;
    SET session_replication_role = origin;
";

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move { drop(connection.await) });
    client
}

async fn fill() -> String {
    let server = std::env::var("POSTGRES_URL").unwrap_or_else(|_| {
        panic!("POSTGRES_URL names no server; `tests/run --only postgres` starts one and sets it")
    });
    let admin = connect(&server).await;
    let earlier = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)";
    for row in admin.query(earlier, &[&PREFIX]).await.unwrap() {
        // One that is in use stays.
        drop(admin.batch_execute(&format!("DROP DATABASE {}", row.get::<_, &str>(0))).await);
    }
    let database = format!("{PREFIX}{}", std::process::id());
    admin.batch_execute(&format!("CREATE DATABASE {database}")).await.unwrap();
    let (address, parameters) = server.split_once('?').unwrap_or((&server, ""));
    let (host, _) = address.rsplit_once('/').unwrap();
    let url = format!("{host}/{database}?{parameters}");
    PostgresOptions::from_url(&url).unwrap().migrate().await.unwrap();
    let client = connect(&url).await;
    client.batch_execute(FILL).await.unwrap();
    client.batch_execute("VACUUM ANALYZE").await.unwrap();
    url
}

/// The filled database, and plans as the store has them.
struct Plans {
    client: Client,
}

impl Plans {
    async fn new() -> Self {
        static URL: OnceCell<String> = OnceCell::const_new();
        let client = connect(URL.get_or_init(fill).await).await;
        client.batch_execute("SET plan_cache_mode = force_generic_plan").await.unwrap();
        Self { client }
    }

    async fn of(&self, sql: &str) -> Vec<String> {
        self.client.batch_execute(&format!("DEALLOCATE ALL; PREPARE p AS {sql}")).await.unwrap();
        let count = "SELECT cardinality(parameter_types) FROM pg_prepared_statements
                     WHERE name = 'p'";
        let count: i32 = self.client.query_one(count, &[]).await.unwrap().get(0);
        let mut explain = "EXPLAIN EXECUTE p".to_owned();
        for place in 0..count {
            write!(explain, "{}NULL", if place == 0 { "(" } else { ", " }).unwrap();
        }
        if count > 0 {
            explain.push(')');
        }
        let steps = self.client.simple_query(&explain).await.unwrap();
        let steps: Vec<String> = steps
            .iter()
            .filter_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect();
        assert!(!steps.is_empty(), "{sql}");
        steps
    }

    /// No table is read but through an index.
    async fn expect_searched(&self, sql: &str) {
        let steps = self.of(sql).await;
        assert!(!steps.iter().any(|step| step.contains("Seq Scan")), "{sql}\n{steps:#?}");
    }

    /// Nor is anything sorted, unless rows that are equal in what an index holds may be.
    async fn expect_ordered(&self, sql: &str, but_for_ties: bool) {
        self.expect_searched(sql).await;
        let steps = self.of(sql).await;
        let sorts = steps.iter().any(|step| {
            let step = step.trim_start().trim_start_matches("->").trim_start();
            step.starts_with("Sort  ") || (!but_for_ties && step.starts_with("Incremental Sort  "))
        });
        assert!(!sorts, "{sql}\n{steps:#?}");
    }

    async fn expect_rows_are_found<E: Row>(&self) {
        for sql in [E::GET, E::VERSION, E::UPDATE, E::DELETE, E::INSERT] {
            self.expect_searched(sql).await;
        }
    }

    /// The first page and the next one, out of an index that holds their order.
    async fn expect_pages<E: Row>(&self, filter: &E::Filter, key: &E::SortKey) {
        self.expect_ordered(E::list(filter, None).limit(101, 0).sql(), false).await;
        self.expect_ordered(E::list(filter, Some(key)).limit(101, 0).sql(), false).await;
    }

    /// The same where the index is of a unique key, so that no two rows tie.
    async fn expect_unique_pages<E: Row>(&self, filter: &E::Filter, key: &E::SortKey) {
        self.expect_ordered(E::list(filter, None).limit(101, 0).sql(), true).await;
        self.expect_ordered(E::list(filter, Some(key)).limit(101, 0).sql(), true).await;
    }

    /// A list of few rows by a filter, which may be sorted; were they many, an index holds the order.
    async fn expect_list<E: Row>(&self, filter: &E::Filter, key: &E::SortKey) {
        self.expect_bounded::<E>(filter, key).await;
        let many = "SET enable_sort = off; SET enable_bitmapscan = off";
        self.client.batch_execute(many).await.unwrap();
        self.expect_unique_pages::<E>(filter, key).await;
        self.client.batch_execute("RESET enable_sort; RESET enable_bitmapscan").await.unwrap();
    }

    /// A list within a tournament, which may be sorted: that costs no more than the tournament.
    async fn expect_bounded<E: Row>(&self, filter: &E::Filter, key: &E::SortKey) {
        self.expect_searched(E::list(filter, None).limit(101, 0).sql()).await;
        self.expect_searched(E::list(filter, Some(key)).limit(101, 0).sql()).await;
        self.expect_searched(E::count(filter).sql()).await;
    }
}

#[tokio::test]
async fn rows_are_found_by_id() {
    let plans = Plans::new().await;
    plans.expect_rows_are_found::<Player>().await;
    plans.expect_rows_are_found::<Venue>().await;
    plans.expect_rows_are_found::<Format>().await;
    plans.expect_rows_are_found::<Tournament>().await;
    plans.expect_rows_are_found::<TournamentRegistration>().await;
    plans.expect_rows_are_found::<Component>().await;
    plans.expect_rows_are_found::<Round>().await;
    plans.expect_rows_are_found::<Match>().await;
}

#[tokio::test]
async fn look_ups_search() {
    let plans = Plans::new().await;
    for sql in [
        super::player::FIND_BY_NAME,
        super::player::FIND_BY_DISCORD_ID,
        super::venue::FIND_BY_NAME,
        super::format::FIND_BY_NAME,
        super::registration::FIND_BY_PLAYER,
        super::registration::FIND_BY_SEQUENCE_ID,
        super::registration::TAKE_NUMBER,
        super::registration::HAS_TOURNAMENT,
        super::registration::REGISTER,
        super::component::FIND_BY_SEQUENCE_ORDER,
        super::round::FIND_BY_NUMBER,
        RAISE_LAST_SEQUENCE_IDS,
        SELECT_TOURNAMENTS,
    ] {
        plans.expect_ordered(sql, false).await;
    }
}

#[tokio::test]
async fn places_are_counted_in_an_index_alone() {
    let steps = Plans::new().await.of(super::registration::REGISTER).await;
    assert!(steps.iter().any(|step| step.contains("Index Only Scan")), "{steps:#?}");
}

#[tokio::test]
async fn lists_of_all_are_in_an_index() {
    let plans = Plans::new().await;
    let name = "x".to_owned();
    let player = PlayerKey { name: name.clone(), id: Id::new() };
    plans.expect_pages::<Player>(&PlayerFilter::default(), &player).await;
    let venue = VenueKey { name: name.clone(), id: Id::new() };
    plans.expect_pages::<Venue>(&VenueFilter::default(), &venue).await;
    let format = FormatKey { game_system: GameSystem::Pokemon, name, id: Id::new() };
    plans.expect_unique_pages::<Format>(&FormatFilter::default(), &format).await;
    plans.expect_pages::<Tournament>(&TournamentFilter::default(), &tournament_key()).await;
    let key = RegistrationKey::Id(Id::new());
    plans.expect_pages::<TournamentRegistration>(&RegistrationFilter::default(), &key).await;
    let key = ComponentKey::Id(Id::new());
    plans.expect_pages::<Component>(&ComponentFilter::default(), &key).await;
    plans.expect_pages::<Round>(&RoundFilter::default(), &RoundKey::Id(Id::new())).await;
    plans.expect_pages::<Match>(&MatchFilter::default(), &MatchKey::Id(Id::new())).await;
}

fn tournament_key() -> TournamentKey {
    TournamentKey { created_at: now(), id: Id::new() }
}

#[tokio::test]
async fn each_filter_has_an_index() {
    let plans = Plans::new().await;
    let all = TournamentFilter::default();
    for filter in [
        all.clone().with_status(TournamentStatus::Draft),
        all.clone().with_visibility(Visibility::Public),
        all.clone().with_format(Id::new()),
        all.clone().with_venue(Id::new()),
        all.clone().with_organiser(Id::new()),
    ] {
        plans.expect_pages::<Tournament>(&filter, &tournament_key()).await;
        assert!(Tournament::is_indexed(&filter));
    }
    let two = all.with_status(TournamentStatus::Draft).with_venue(Id::new());
    plans.expect_bounded::<Tournament>(&two, &tournament_key()).await;
    assert!(!Tournament::is_indexed(&two));

    let game_system = GameSystem::Pokemon;
    let format = FormatKey { game_system, name: "x".to_owned(), id: Id::new() };
    let in_game = FormatFilter::default().with_game_system(game_system);
    plans.expect_unique_pages::<Format>(&in_game, &format).await;

    let all = RegistrationFilter::default();
    let of_tournament = all.clone().with_tournament(Id::new());
    let in_sequence = RegistrationKey::Sequence { sequence_id: 1, id: Id::new() };
    for filter in [
        of_tournament.clone(),
        of_tournament.clone().with_status(RegistrationStatus::Active),
        of_tournament.with_player(Id::new()),
    ] {
        plans.expect_list::<TournamentRegistration>(&filter, &in_sequence).await;
    }
    let of_player = all.clone().with_player(Id::new());
    let by_id = RegistrationKey::Id(Id::new());
    plans.expect_list::<TournamentRegistration>(&of_player, &by_id).await;
    assert!(!TournamentRegistration::is_indexed(&all.with_status(RegistrationStatus::Dropped)));
}

#[tokio::test]
async fn what_is_played_is_found_in_order_of_play() {
    let plans = Plans::new().await;
    let filter = ComponentFilter::default().with_tournament(Id::new());
    let key = ComponentKey::Sequence { sequence_order: 1, id: Id::new() };
    plans.expect_list::<Component>(&filter, &key).await;

    let round = RoundKey::Play { component_order: 1, round_number: 1, id: Id::new() };
    let rounds = RoundFilter::default();
    for filter in [
        rounds.clone().with_tournament(Id::new()),
        rounds.clone().with_component(Id::new()),
        rounds.with_tournament(Id::new()).with_component(Id::new()),
    ] {
        plans.expect_bounded::<Round>(&filter, &round).await;
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
        plans.expect_bounded::<Match>(&filter, &place).await;
    }
    // Both halves are in order already.
    let of_player = matches.with_player(Id::new());
    plans.expect_list::<Match>(&of_player, &MatchKey::Id(Id::new())).await;
}

/// Deleting a parent looks for its children.
#[tokio::test]
async fn children_are_found_by_each_foreign_key() {
    let plans = Plans::new().await;
    let keys = plans
        .client
        .query(
            "SELECT conname::text, conrelid::regclass::text,
                (SELECT string_agg(attname || ' = $' || place || '::' || format_type(atttypid, NULL),
                        ' AND ')
                 FROM unnest(conkey) WITH ORDINALITY AS of (number, place)
                 JOIN pg_attribute ON attrelid = conrelid AND attnum = number)
             FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(keys.len(), 10);
    for key in keys {
        let (table, condition): (String, String) = (key.get(1), key.get(2));
        plans.expect_searched(&format!("SELECT 1 FROM {table} WHERE {condition}")).await;
    }
}

/// Each has a field by which a user knows it, and each of those names is one of the schema.
#[tokio::test]
async fn every_key_of_the_schema_is_known_by_its_field() {
    let plans = Plans::new().await;
    let keys = plans
        .client
        .query(
            "SELECT conname::text, conrelid::regclass::text, contype::text,
                (SELECT array_agg(attname::text ORDER BY place)
                 FROM unnest(conkey) WITH ORDINALITY AS of (number, place)
                 JOIN pg_attribute ON attrelid = conrelid AND attnum = number)
             FROM pg_constraint
             WHERE contype IN ('f', 'p', 'u') AND connamespace = 'public'::regnamespace
                AND conrelid <> 'tournament_migrations'::regclass",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(keys.len(), 27);
    for key in keys {
        let (name, table, kind): (String, String, String) = (key.get(0), key.get(1), key.get(2));
        let columns: Vec<String> = key.get(3);
        let (entity, field) = field_of(&name).unwrap_or_else(|| panic!("{name} is not known"));
        let expected = match (kind.as_str(), columns.first().map(String::as_str)) {
            // A unique key that begins with the id is broken by the id; a foreign key is known by
            // the parent next to the row.
            (_, Some("id")) | ("f", _) => columns.first(),
            _ => columns.last(),
        };
        assert_eq!(Some(field), expected.map(String::as_str), "{name}");
        assert!(table.contains(entity.as_str()), "{name} is of {table}, not of {entity}");
    }
}
