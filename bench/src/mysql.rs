//! The MySQL store beside bare mysql_async: the same tables on the same server.

use std::sync::Arc;

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::runtime::Runtime;
use tournament_core::{Cursor, Id, Page, Player, PlayerFilter, PlayerKey, Store};
use tournament_mysql::MySqlOptions;

use crate::bare_mysql;
use crate::measure::{Row, fresh_players, head, place, side_by_side, tasks};
use crate::server::Server;

const PLAYERS: usize = 200_000;
const DEEP: usize = 100_000;
const BULK: usize = 10_000;
const TASKS: usize = 16;

pub fn run(runtime: &Runtime, name: &str, shown: &str) {
    head(&format!("{shown}, through `&dyn Store`"));
    let server = Server::mysql(name);
    let mut bare = runtime.block_on(bare_mysql::connect(&server.url));
    runtime.block_on(bare.query_drop("CREATE DATABASE cup; USE cup")).unwrap();
    let (address, _) = server.url.rsplit_once('/').unwrap();
    let url = format!("{address}/cup?ssl-mode=DISABLED");
    let store = open(runtime, &url);

    many_players(runtime, &store, &mut bare);

    let mut players = fresh_players(PLAYERS);
    runtime.block_on(store.players().create_many(&players)).unwrap();
    runtime.block_on(bare.query_drop("ANALYZE TABLE players")).unwrap();
    let ids: Arc<Vec<Id<Player>>> = Arc::new(players.iter().map(|player| player.id).collect());
    one_by_id(runtime, &store, &mut bare, &ids);
    tasks_by_id(runtime, &store, &ids, &url);
    players.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    pages(runtime, &store, &players);
    create(runtime, &store, &mut bare);
    runtime.block_on(store.close()).unwrap();
}

fn open(runtime: &Runtime, url: &str) -> Arc<dyn Store> {
    runtime.block_on(async {
        let options = MySqlOptions::from_url(url).unwrap().with_pool_size(TASKS);
        Arc::new(options.with_migrate(true).open().await.unwrap())
    })
}

fn many_players(runtime: &Runtime, store: &Arc<dyn Store>, bare: &mut Conn) {
    let bare = tokio::sync::Mutex::new(bare);
    let empty = || {
        runtime
            .block_on(async { bare.lock().await.query_drop("DELETE FROM players").await.unwrap() })
    };
    // Only what stores them is measured: each round's rows are made, and the table emptied, before.
    let (ours, other) = crate::measure::prepared_side_by_side(
        15,
        || {
            empty();
            fresh_players(BULK)
        },
        |players| {
            let stored = runtime.block_on(store.players().create_many(&players)).unwrap();
            assert_eq!(stored.len(), BULK);
        },
        |players| {
            runtime.block_on(async {
                bare_mysql::insert_players(*bare.lock().await, &players).await;
            });
        },
    );
    empty();
    row(
        "10,000 players in one call",
        ours.median,
        other.median,
        "bare, 1,000 rows a time",
        Some(1.3),
    );
}

fn one_by_id(runtime: &Runtime, store: &Arc<dyn Store>, bare: &mut Conn, ids: &[Id<Player>]) {
    // A stride that meets every player, so that both read all over the table.
    let mut places = [(0..).step_by(7_919), (0..).step_by(7_919)];
    let [our_places, bare_places] = &mut places;
    let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let (ours, other) = side_by_side(
        41,
        500,
        |n| {
            runtime.block_on(async {
                for place in our_places.take(n as usize) {
                    store.players().get(ids[place % ids.len()]).await.unwrap();
                }
            });
        },
        |n| {
            runtime.block_on(async {
                for place in bare_places.take(n as usize) {
                    bare_mysql::get(bare, &texts[place % ids.len()]).await;
                }
            });
        },
    );
    row("one player by id", ours.median, other.median, "bare connection", Some(1.2));
}

fn tasks_by_id(runtime: &Runtime, store: &Arc<dyn Store>, ids: &Arc<Vec<Id<Player>>>, url: &str) {
    let texts: Arc<Vec<String>> = Arc::new(ids.iter().map(ToString::to_string).collect());
    let pool = bare_mysql::pool(url, TASKS);
    let (ours, other) = side_by_side(
        31,
        8_000,
        |n| {
            tasks(runtime, TASKS, n, |task, each| {
                let (store, ids) = (Arc::clone(store), Arc::clone(ids));
                async move {
                    for number in 0..each {
                        store.players().get(ids[place(task, number) % ids.len()]).await.unwrap();
                    }
                }
            });
        },
        |n| {
            tasks(runtime, TASKS, n, |task, each| {
                let (pool, texts) = (pool.clone(), Arc::clone(&texts));
                async move {
                    for number in 0..each {
                        let mut conn = pool.get_conn().await.unwrap();
                        bare_mysql::get(&mut conn, &texts[place(task, number) % texts.len()]).await;
                    }
                }
            });
        },
    );
    let name = format!("{TASKS} tasks, one player by id each time");
    row(&name, ours.median, other.median, "bare pool without reset", Some(1.2));
    runtime.block_on(pool.disconnect()).unwrap();
}

fn pages(runtime: &Runtime, store: &Arc<dyn Store>, players: &[Player]) {
    let filter = PlayerFilter::default();
    let first = Page::new();
    let last = &players[DEEP - 1];
    let deep = Page::new().after(Cursor::new(PlayerKey::of(last)));
    let ask = |page: &Page<Player>, n| {
        runtime.block_on(async {
            for _ in 0..n {
                let found = store.players().list(&filter, page).await.unwrap();
                assert_eq!(found.items.len(), 100);
            }
        });
    };
    let found = runtime.block_on(store.players().list(&filter, &deep)).unwrap();
    assert_eq!(found.items, players[DEEP..DEEP + 100]);
    let (ours, other) = side_by_side(41, 50, |n| ask(&deep, n), |n| ask(&first, n));
    row("the next page at depth 100,000", ours.median, other.median, "the first page", Some(1.2));
}

fn create(runtime: &Runtime, store: &Arc<dyn Store>, bare: &mut Conn) {
    let (ours, other) = side_by_side(
        21,
        100,
        |n| {
            runtime.block_on(async {
                for _ in 0..n {
                    store.players().create(&Player::new("Ada Lovelace")).await.unwrap();
                }
            });
        },
        |n| {
            runtime.block_on(async {
                for _ in 0..n {
                    let values = bare_mysql::values(&Player::new("Ada Lovelace"));
                    bare.exec_drop(bare_mysql::INSERT, values.to_vec()).await.unwrap();
                }
            });
        },
    );
    row("create a player and commit", ours.median, other.median, "bare connection", None);
}

fn row(work: &str, ours: f64, other: f64, beside: &'static str, bound: Option<f64>) {
    Row { work: work.to_owned(), ours, other, other_name: beside, bound }.print();
}
