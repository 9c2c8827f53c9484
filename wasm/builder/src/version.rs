//! The package and the crates have one version.

use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::files;

/// Refuses a `package.json` whose version is not the workspace's.
pub(crate) fn check(package_json: &Path) -> anyhow::Result<()> {
    let own = env!("CARGO_PKG_VERSION");
    let package: Value = serde_json::from_str(&files::read(package_json)?)
        .with_context(|| format!("{} is not JSON", package_json.display()))?;
    let stated = package["version"].as_str().unwrap_or("none");
    ensure!(
        stated == own,
        "package.json has version {stated}, Cargo.toml {own}: make them the same"
    );
    Ok(())
}
