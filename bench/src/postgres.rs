//! The PostgreSQL store beside bare tokio-postgres: the same tables on the same server.

use std::sync::Arc;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio::runtime::Runtime;
use tokio_postgres::types::Json;
use tokio_postgres::{Client, NoTls, Statement};
use tournament_core::{Cursor, Id, Page, Player, PlayerFilter, PlayerKey, Store};
use tournament_postgres::PostgresOptions;
use uuid::Uuid;

use crate::bare_postgres::{self, PlayerRow};
use crate::measure::{Row, fresh_players, head, place, side_by_side, tasks};
use crate::server::Server;

const PLAYERS: usize = 200_000;
const DEEP: usize = 100_000;
const BULK: usize = 10_000;
const TASKS: usize = 16;

pub fn run(runtime: &Runtime) {
    head("PostgreSQL, through `&dyn Store`");
    let server = Server::postgres();
    let store: Arc<dyn Store> = runtime.block_on(async {
        let options = PostgresOptions::from_url(&server.url).unwrap();
        Arc::new(options.with_migrate(true).open().await.unwrap())
    });
    let bare = Arc::new(runtime.block_on(bare_postgres::connect(&server.url)));

    many_players(runtime, &store, &bare);

    let mut players = fresh_players(PLAYERS);
    runtime.block_on(store.players().create_many(&players)).unwrap();
    runtime.block_on(bare.batch_execute("VACUUM ANALYZE players")).unwrap();
    let ids: Arc<Vec<Id<Player>>> = Arc::new(players.iter().map(|player| player.id).collect());
    one_by_id(runtime, &store, &bare, &ids);
    tasks_by_id("", runtime, &ids, &server.url);
    let one = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tasks_by_id(" on one thread", &one, &ids, &server.url);
    list(runtime, &store, &bare);
    players.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    pages(runtime, &store, &players);
    create(runtime, &store, &bare);
    runtime.block_on(store.close()).unwrap();
}

fn many_players(runtime: &Runtime, store: &Arc<dyn Store>, bare: &Client) {
    let empty = || runtime.block_on(bare.batch_execute("TRUNCATE players CASCADE")).unwrap();
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
        |players| runtime.block_on(bare_postgres::copy_players(bare, &players)),
    );
    empty();
    row("10,000 players in one call", ours.median, other.median, "bare COPY", Some(1.3));
}

fn one_by_id(runtime: &Runtime, store: &Arc<dyn Store>, bare: &Client, ids: &Arc<Vec<Id<Player>>>) {
    let get = runtime.block_on(bare.prepare(bare_postgres::GET)).unwrap();
    // A stride that meets every player, so that both read all over the table.
    let mut places = [(0..).step_by(7_919), (0..).step_by(7_919)];
    let [our_places, bare_places] = &mut places;
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
                    bare_get(bare, &get, ids[place % ids.len()].uuid()).await;
                }
            });
        },
    );
    row("one player by id", ours.median, other.median, "bare", Some(1.15));
}

async fn bare_get(bare: &Client, get: &Statement, id: Uuid) {
    let row = bare.query_one(get, &[&id]).await.unwrap();
    assert_eq!(PlayerRow::from(&row).id, id);
}

fn tasks_by_id(threads: &str, runtime: &Runtime, ids: &Arc<Vec<Id<Player>>>, url: &str) {
    // Connections of this runtime's own.
    let store: Arc<dyn Store> = runtime.block_on(async {
        let options = PostgresOptions::from_url(url).unwrap();
        Arc::new(options.open().await.unwrap())
    });
    let bare = Arc::new(runtime.block_on(bare_postgres::connect(url)));
    let ours = |n| {
        tasks(runtime, TASKS, n, |task, each| {
            let (store, ids) = (Arc::clone(&store), Arc::clone(ids));
            async move {
                for number in 0..each {
                    store.players().get(ids[place(task, number) % ids.len()]).await.unwrap();
                }
            }
        });
    };
    let get = runtime.block_on(bare.prepare(bare_postgres::GET)).unwrap();
    let pipelined = |n| {
        tasks(runtime, TASKS, n, |task, each| {
            let (bare, ids, get) = (Arc::clone(&bare), Arc::clone(ids), get.clone());
            async move {
                for number in 0..each {
                    bare_get(&bare, &get, ids[place(task, number) % ids.len()].uuid()).await;
                }
            }
        });
    };
    let pool = pool(url);
    let pooled = |n| {
        tasks(runtime, TASKS, n, |task, each| {
            let (pool, ids) = (pool.clone(), Arc::clone(ids));
            async move {
                for number in 0..each {
                    let client = pool.get().await.unwrap();
                    let get = client.prepare_cached(bare_postgres::GET).await.unwrap();
                    bare_get(&client, &get, ids[place(task, number) % ids.len()].uuid()).await;
                }
            }
        });
    };
    let (store_time, pipelined_time) = side_by_side(31, 8_000, ours, pipelined);
    throughput(threads, "one connection, pipelined", store_time.median, pipelined_time.median, 0.8);
    let (store_time, pooled_time) = side_by_side(31, 8_000, ours, pooled);
    throughput(threads, "deadpool loop", store_time.median, pooled_time.median, 1.5);
}

fn pool(url: &str) -> Pool {
    let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(url.parse().unwrap(), NoTls, config);
    Pool::builder(manager).max_size(TASKS).build().unwrap()
}

fn throughput(threads: &str, beside: &str, ours: f64, other: f64, bound: f64) {
    let (ours, other) = (1.0 / ours, 1.0 / other);
    let ratio = ours / other;
    println!(
        "| {TASKS} tasks{threads}, one player by id each time | {ours:.0}/s | {other:.0}/s ({beside}) | \
         {ratio:.2}× | {} {bound}× or more |",
        if ratio >= bound { "is" } else { "NOT" },
    );
}

fn list(runtime: &Runtime, store: &Arc<dyn Store>, bare: &Client) {
    let list = runtime.block_on(bare.prepare(bare_postgres::LIST)).unwrap();
    let (filter, page) = (PlayerFilter::default(), Page::new());
    let (ours, other) = side_by_side(
        41,
        50,
        |n| {
            runtime.block_on(async {
                for _ in 0..n {
                    let found = store.players().list(&filter, &page).await.unwrap();
                    assert_eq!(found.items.len(), 100);
                }
            });
        },
        |n| {
            runtime.block_on(async {
                for _ in 0..n {
                    let rows = bare.query(&list, &[]).await.unwrap();
                    let found: Vec<_> = rows.iter().map(PlayerRow::from).collect();
                    assert_eq!(found.len(), 100);
                }
            });
        },
    );
    row("100 players of a list", ours.median, other.median, "bare", Some(1.2));
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

fn create(runtime: &Runtime, store: &Arc<dyn Store>, bare: &Client) {
    let insert = runtime
        .block_on(bare.prepare(
            "INSERT INTO players (id, version, name, discord_id, email, created_at, metadata) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        ))
        .unwrap();
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
                    let player = Player::new("Ada Lovelace");
                    let none = None::<&str>;
                    bare.execute(
                        &insert,
                        &[
                            &player.id.uuid(),
                            &1,
                            &player.name,
                            &none,
                            &none,
                            &player.created_at,
                            &Json(&player.metadata),
                        ],
                    )
                    .await
                    .unwrap();
                }
            });
        },
    );
    row("create a player and commit", ours.median, other.median, "bare", None);
}

fn row(work: &str, ours: f64, other: f64, beside: &'static str, bound: Option<f64>) {
    Row { work: work.to_owned(), ours, other, other_name: beside, bound }.print();
}
