//! Embeds the SQL files of every dialect, and refuses a build whose files are not a sequence.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

#[path = "build/sequence.rs"]
mod sequence;

use sequence::{agree, sequence};

/// Each a folder beside this file.
const DIALECTS: &[&str] = &["mysql", "postgres", "sqlite"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/sequence.rs");
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let out = env::var("OUT_DIR")?;
    let mut all = Vec::new();
    for dialect in DIALECTS {
        let folder = Path::new(&root).join(dialect);
        println!("cargo::rerun-if-changed={}", folder.display());
        let names = file_names(&folder)?;
        for name in &names {
            println!("cargo::rerun-if-changed={}", folder.join(name).display());
        }
        let migrations = sequence(&names).map_err(|reason| format!("{dialect}: {reason}"))?;
        fs::write(Path::new(&out).join(format!("{dialect}.rs")), source(dialect, &migrations)?)?;
        all.push((*dialect, migrations));
    }
    Ok(agree(&all)?)
}

fn file_names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn source(dialect: &str, names: &[String]) -> Result<String, std::fmt::Error> {
    let mut code = String::from("&[\n");
    for (version, name) in (1_u32..).zip(names) {
        writeln!(
            code,
            "    Migration {{ version: {version}, name: {name:?}, up: {}, down: {}, schema: {} }},",
            include(dialect, version, name, "up.sql"),
            include(dialect, version, name, "down.sql"),
            include(dialect, version, name, "schema.txt"),
        )?;
    }
    code.push(']');
    Ok(code)
}

fn include(dialect: &str, version: u32, name: &str, part: &str) -> String {
    format!(
        "include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \
         \"/{dialect}/V{version:04}__{name}.{part}\"))"
    )
}
