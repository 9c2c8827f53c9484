//! Files as they are written: with their folders, and only where they change.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// Writes a file unless it already holds just this, so that its time tells when it last changed.
pub(crate) fn write(path: &Path, contents: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let contents = contents.as_ref();
    if fs::read(path).is_ok_and(|stored| stored == contents) {
        return Ok(());
    }
    let written =
        path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, contents));
    written.with_context(|| format!("{} cannot be written", path.display()))
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}
