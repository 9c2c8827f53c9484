//! Embeds the SQL files of every dialect, and refuses a build whose files are not a sequence.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

/// Each a folder beside this file.
const DIALECTS: &[&str] = &["sqlite"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let out = env::var("OUT_DIR")?;
    for dialect in DIALECTS {
        let folder = Path::new(&root).join(dialect);
        println!("cargo::rerun-if-changed={}", folder.display());
        let names = file_names(&folder)?;
        for name in &names {
            println!("cargo::rerun-if-changed={}", folder.join(name).display());
        }
        let migrations = sequence(&names).map_err(|reason| format!("{dialect}: {reason}"))?;
        fs::write(Path::new(&out).join(format!("{dialect}.rs")), source(dialect, &migrations)?)?;
    }
    Ok(())
}

fn file_names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

/// The names of the migrations in order, if both files of each are there and no version is missing.
fn sequence(files: &[String]) -> Result<Vec<String>, String> {
    let mut found: BTreeMap<u32, (String, Vec<&str>)> = BTreeMap::new();
    for file in files {
        let (version, name, direction) =
            parse(file).ok_or_else(|| format!("{file} is not named like V0001__initial.up.sql"))?;
        let entry = found.entry(version).or_insert_with(|| (name.to_owned(), Vec::new()));
        if entry.0 != name {
            return Err(format!("version {version} is both {} and {name}", entry.0));
        }
        entry.1.push(direction);
    }
    let mut names = Vec::new();
    for (expected, (version, (name, directions))) in (1..).zip(found) {
        if version != expected {
            return Err(format!("version {expected} is missing"));
        }
        if directions != ["down", "up"] {
            return Err(format!("version {version} needs an up and a down file"));
        }
        names.push(name);
    }
    if names.is_empty() {
        return Err("there is no migration".to_owned());
    }
    Ok(names)
}

fn parse(file: &str) -> Option<(u32, &str, &str)> {
    let (stem, direction) = file.strip_suffix(".sql")?.rsplit_once('.')?;
    let (digits, name) = stem.strip_prefix('V')?.split_once("__")?;
    let well_named = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let numbered = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    (well_named && numbered && matches!(direction, "up" | "down"))
        .then(|| Some((digits.parse().ok()?, name, direction)))?
}

fn source(dialect: &str, names: &[String]) -> Result<String, std::fmt::Error> {
    let mut code = String::from("&[\n");
    for (version, name) in (1_u32..).zip(names) {
        writeln!(
            code,
            "    Migration {{ version: {version}, name: {name:?}, up: {}, down: {} }},",
            include(dialect, version, name, "up"),
            include(dialect, version, name, "down"),
        )?;
    }
    code.push(']');
    Ok(code)
}

fn include(dialect: &str, version: u32, name: &str, direction: &str) -> String {
    format!(
        "include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \
         \"/{dialect}/V{version:04}__{name}.{direction}.sql\"))"
    )
}
