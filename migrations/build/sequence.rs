//! Which file names are a sequence of migrations.

use std::collections::BTreeMap;

/// The names of the migrations in order, if both files of each are there and no version is missing.
pub(crate) fn sequence(files: &[String]) -> Result<Vec<String>, String> {
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
