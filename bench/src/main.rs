//! This project beside the bare drivers, as ratios in one run. Prints tables; fails nothing.
//!
//! `cargo run --release -- [sqlite] [memory] [postgres] [mariadb] [mysql] [standings] [import]`; without a name, all of
//! them. `REAL_EVENTS=FILE` names the published events that `import` needs. Servers are private ones,
//! started as the tests do.

mod bare;
mod bare_mysql;
mod bare_postgres;
mod importing;
mod measure;
mod memory;
mod mysql;
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
    for (name, shown) in [("mariadb", "MariaDB"), ("mysql", "MySQL")] {
        if wanted(name) {
            mysql::run(&runtime, name, shown);
        }
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
                importing::run_mysql(&runtime, &events, "mariadb", "MariaDB");
                importing::run_mysql(&runtime, &events, "mysql", "MySQL");
            }
            None => println!("\nSKIP import: REAL_EVENTS names no file"),
        }
    }
}
