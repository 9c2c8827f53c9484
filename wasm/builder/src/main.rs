//! Writes what the npm package has from Rust: `js/generated`, and what of `dist` the TypeScript
//! compiler does not write. `wasm/build` runs it.

mod files;
mod glue;
mod types;
mod version;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use crate::types::Sources;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wasm/build: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> anyhow::Result<()> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let package = workspace.join("wasm");
    version::check(&package.join("package.json"))?;

    let sources = Sources::read(&workspace.join("core/src"))?;
    let types = types::generate(&sources).context("the types cannot be generated")?;
    files::write(&package.join("js/generated/types.ts"), &types)?;

    for license in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let text = files::read(&workspace.join(license))?;
        files::write(&package.join("dist").join(license), text)?;
    }
    let target = env::var_os("CARGO_TARGET_DIR").map_or(workspace.join("target"), PathBuf::from);
    let compiled = target.join("wasm32-unknown-unknown/wasm");
    glue::build(&compiled, &package)
}
