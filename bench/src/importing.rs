//! The import of published events beside a bare loop that inserts the same rows in as many
//! transactions.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::runtime::Runtime;
use tournament_core::Store;
use tournament_director::import::{Documents, Importer, Source, read};
use tournament_sqlite::{SqliteOptions, SqliteStore, Synchronous};

use crate::bare::{self, Script};
use crate::measure::{Row, head, median, time};

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

fn script(runtime: &Runtime, events: &Path) -> Script {
    let (_folder, path) = fresh();
    let store = open(runtime, &path, Synchronous::Normal);
    import(runtime, &store, events);
    let data = runtime.block_on(store.export()).unwrap();
    Script::read(&bare::open(&path, "NORMAL"), &data)
}

fn import(runtime: &Runtime, store: &SqliteStore, events: &Path) {
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
