//! The import of published events beside a bare loop that inserts the same rows in as many
//! transactions; and into servers beside SQLite.

use std::path::{Path, PathBuf};

use mysql_async::prelude::Queryable;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tournament_core::Store;
use tournament_director::import::{Documents, Importer, Source, read};
use tournament_mysql::MySqlOptions;
use tournament_postgres::PostgresOptions;
use tournament_sqlite::{SqliteOptions, SqliteStore, Synchronous};

use crate::bare::{self, Script};
use crate::measure::{Row, head, median, time};
use crate::server::Server;
use crate::{bare_mysql, bare_postgres};

const ROUNDS: usize = 5;

pub fn run(runtime: &Runtime, events: &Path) {
    head("The import of published events into SQLite");
    for (synchronous, pragma) in [(Synchronous::Full, "FULL"), (Synchronous::Normal, "NORMAL")] {
        let script = script(runtime, events);
        let mut ours = Vec::new();
        let mut others = Vec::new();
        for _ in 0..ROUNDS {
            let (_folder, path) = fresh();
            let store = open(runtime, &path, synchronous);
            ours.push(time(|| import(runtime, &store, events)));

            let (_folder, path) = fresh();
            drop(open(runtime, &path, synchronous));
            let mut connection = bare::open(&path, pragma);
            others.push(time(|| script.run(&mut connection)));
        }
        Row {
            work: format!(
                "{} rows, reading and mapping included, synchronous={pragma}",
                script.rows
            ),
            ours: median(ours, 1).median,
            other: median(others, 1).median,
            other_name: "bare loop",
            bound: Some(3.0),
        }
        .print();
    }
}

/// Rows per second into PostgreSQL, which answers over a socket, beside those into an SQLite file.
/// Each event is a few look-ups and one call, on one task.
pub fn run_postgres(runtime: &Runtime, events: &Path) {
    let server = Server::postgres();
    beside_a_file(runtime, events, "PostgreSQL", |round| {
        runtime.block_on(async {
            let admin = bare_postgres::connect(&server.url).await;
            admin.batch_execute(&format!("CREATE DATABASE import_{round}")).await.unwrap();
            let options = PostgresOptions::from_url(&database(&server.url, round)).unwrap();
            Box::new(options.with_migrate(true).open().await.unwrap())
        })
    });
}

/// The same into MariaDB or MySQL.
pub fn run_mysql(runtime: &Runtime, events: &Path, name: &str, shown: &str) {
    let server = Server::mysql(name);
    beside_a_file(runtime, events, shown, |round| {
        runtime.block_on(async {
            let mut admin = bare_mysql::connect(&server.url).await;
            admin.query_drop(format!("CREATE DATABASE import_{round}")).await.unwrap();
            let url = format!("{}?ssl-mode=DISABLED", database(&server.url, round));
            let options = MySqlOptions::from_url(&url).unwrap();
            Box::new(options.with_migrate(true).open().await.unwrap())
        })
    });
}

fn database(url: &str, round: usize) -> String {
    let (address, _) = url.rsplit_once('/').unwrap();
    format!("{address}/import_{round}")
}

fn beside_a_file(
    runtime: &Runtime,
    events: &Path,
    shown: &str,
    fresh_store: impl Fn(usize) -> Box<dyn Store>,
) {
    head(&format!("The import of published events into {shown}"));
    let mut times = (Vec::new(), Vec::new());
    let mut rows = 0;
    for round in 0..3 {
        let store = fresh_store(round);
        times.0.push(time(|| import(runtime, &*store, events)));
        rows = runtime.block_on(store.export()).unwrap().len();
        runtime.block_on(store.close()).unwrap();

        let (_folder, path) = fresh();
        let store = open(runtime, &path, Synchronous::Full);
        times.1.push(time(|| import(runtime, &store, events)));
    }
    let [ours, other] = [times.0, times.1].map(|times| median(times, 1).median);
    println!(
        "| {rows} rows, reading and mapping included | {:.0} rows/s | {:.0} rows/s (SQLite, \
         synchronous=FULL) | {:.2}× | |",
        rows as f64 / ours,
        rows as f64 / other,
        other / ours,
    );
}

fn script(runtime: &Runtime, events: &Path) -> Script {
    let (_folder, path) = fresh();
    let store = open(runtime, &path, Synchronous::Normal);
    import(runtime, &store, events);
    let data = runtime.block_on(store.export()).unwrap();
    Script::read(&bare::open(&path, "NORMAL"), &data)
}

fn import(runtime: &Runtime, store: &dyn Store, events: &Path) {
    runtime.block_on(async {
        let mut importer = Importer::new(store);
        for document in Documents::of(Source::open(events).unwrap()) {
            let input = read(None, &document.unwrap().json.unwrap()).unwrap();
            importer.store(input).await.unwrap();
        }
    });
}

fn fresh() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("import.db");
    (folder, path)
}

fn open(runtime: &Runtime, path: &Path, synchronous: Synchronous) -> SqliteStore {
    let options = SqliteOptions::new(path).with_synchronous(synchronous).with_migrate(true);
    runtime.block_on(options.open()).unwrap()
}
