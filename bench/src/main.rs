//! This project beside the bare drivers, as ratios in one run. Prints tables; fails nothing.
//!
//! `cargo run --release -- [sqlite] [memory] [postgres] [standings] [import]`; without a name, all of
//! them. `REAL_EVENTS=FILE` names the published events that `import` needs. `postgres` and `import`
//! start a private server, as the tests do.

mod bare;
mod bare_postgres;
mod importing;
mod measure;
mod memory;
mod postgres;
mod ranking;
mod server;
mod sqlite;

use std::path::PathBuf;

fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|given| given == name);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    if wanted("sqlite") {
        sqlite::run(&runtime);
    }
    if wanted("memory") {
        memory::run(&runtime);
    }
    if wanted("postgres") {
        postgres::run(&runtime);
    }
    if wanted("standings") {
        ranking::run();
    }
    if wanted("import") {
        match std::env::var_os("REAL_EVENTS") {
            Some(events) => {
                let events = PathBuf::from(events);
                importing::run(&runtime, &events);
                importing::run_postgres(&runtime, &events);
            }
            None => println!("\nSKIP import: REAL_EVENTS names no file"),
        }
    }
}
