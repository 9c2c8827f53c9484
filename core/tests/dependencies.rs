//! What the core may depend on. It serves every store, every runtime and WebAssembly, so whatever
//! ties it to one of them stays out.

use std::collections::BTreeSet;
use std::error::Error;
use std::process::Command;

const DIRECT: [&str; 6] = ["async-trait", "chrono", "serde", "serde_json", "thiserror", "uuid"];

/// Parts of names of crates that must not come in behind another either: runtimes, drivers,
/// sockets, tracing, hashing and compression.
const NEVER: [&str; 14] = [
    "async-std",
    "brotli",
    "flate",
    "log",
    "mio",
    "mysql",
    "postgres",
    "sha1",
    "sha2",
    "smol",
    "socket",
    "sqlite",
    "tokio",
    "tracing",
];

#[test]
fn the_core_depends_on_nothing_outside_its_list() -> Result<(), Box<dyn Error>> {
    let direct = tree(&["--edges", "normal", "--depth", "1"])?;
    let allowed = DIRECT.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(direct, allowed, "the direct dependencies differ from the list");

    let behind = tree(&["--edges", "normal,no-proc-macro"])?;
    let refused: Vec<_> =
        behind.iter().filter(|name| NEVER.iter().any(|part| name.contains(part))).collect();
    assert!(refused.is_empty(), "{refused:?} must not reach the core");
    Ok(())
}

/// The names in the core's dependency tree, without its own and those of tests and builds.
fn tree(options: &[&str]) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "tournament-core", "--prefix", "none"])
        .args(["--format", "{p}", "--target", "all"])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let names = String::from_utf8(output.stdout)?;
    Ok(names
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|&name| name != "tournament-core")
        .map(str::to_owned)
        .collect())
}
