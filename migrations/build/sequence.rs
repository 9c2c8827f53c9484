//! Which file names are a sequence of migrations.

use std::collections::BTreeMap;

/// The names of the migrations in order, if the three files of each are there and no version is
/// missing.
pub(crate) fn sequence(files: &[String]) -> Result<Vec<String>, String> {
    let mut found: BTreeMap<u32, (String, Vec<&str>)> = BTreeMap::new();
    for file in files {
        let (version, name, part) =
            parse(file).ok_or_else(|| format!("{file} is not named like V0001__initial.up.sql"))?;
        let entry = found.entry(version).or_insert_with(|| (name.to_owned(), Vec::new()));
        if entry.0 != name {
            return Err(format!("version {version} is both {} and {name}", entry.0));
        }
        entry.1.push(part);
    }
    let mut names = Vec::new();
    for (expected, (version, (name, parts))) in (1..).zip(found) {
        if version != expected {
            return Err(format!("version {expected} is missing"));
        }
        if parts != PARTS {
            let file = format!("V{version:04}__{name}");
            return Err(format!(
                "version {version} needs {file}.up.sql, {file}.down.sql and {file}.schema.txt"
            ));
        }
        names.push(name);
    }
    if names.is_empty() {
        return Err("there is no migration".to_owned());
    }
    Ok(names)
}

/// Refuses dialects that do not have the same migrations.
pub(crate) fn agree(dialects: &[(&str, Vec<String>)]) -> Result<(), String> {
    for pair in dialects.windows(2) {
        let [(one, names), (other, others)] = pair else { continue };
        let longest = names.len().max(others.len());
        for (place, version) in (0..longest).zip(1..) {
            match (names.get(place), others.get(place)) {
                (Some(name), Some(same)) if name == same => {}
                (Some(name), Some(differs)) => {
                    return Err(format!(
                        "version {version} is {name} in {one}, {differs} in {other}"
                    ));
                }
                (Some(_), None) => return Err(format!("version {version} is missing in {other}")),
                _ => return Err(format!("version {version} is missing in {one}")),
            }
        }
    }
    Ok(())
}

/// What each migration consists of: SQL, and the schema that it makes.
const PARTS: [&str; 3] = ["down.sql", "schema.txt", "up.sql"];

fn parse(file: &str) -> Option<(u32, &str, &str)> {
    let (stem, part) = file.split_once('.')?;
    let (digits, name) = stem.strip_prefix('V')?.split_once("__")?;
    let well_named = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let numbered = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    (well_named && numbered && PARTS.contains(&part))
        .then(|| Some((digits.parse().ok()?, name, part)))?
}
