//! The glue between JavaScript and WebAssembly: what wasm-bindgen writes, made into a function that
//! gives a new instance each time.
//!
//! By itself wasm-bindgen's module holds one instance for as long as the page lives, and after a
//! trap that instance cannot be trusted. Its `__wbg_reset_state` puts a new one in its place, but
//! then `free` of an object of the old one is carried out on the memory of the new. Wrapped in a
//! function, the whole of the glue belongs to one instance: what was made by a broken one stays
//! with it, and the garbage collector takes both.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use wasm_bindgen_cli::wasm_bindgen;

use crate::files;

/// What comes before the glue. The garbage collector's callbacks are the one way back into an
/// instance that nobody can catch errors of; they end once it is broken.
const HEAD: &str = "\
// Made by wasm-bindgen and wasm/builder.

import { fillRandomly } from '../random.js';

export async function instantiate(module) {
let retired = false;
const retire = () => { retired = true; };
class FinalizationRegistry extends globalThis.FinalizationRegistry {
    constructor(free) { super((held) => { if (!retired) free(held); }); }
}
";

const DECLARATIONS: &str = "\
import type * as bindings from './bindings.js';

export type * from './bindings.js';

/** The classes and functions of one instance of the WebAssembly module, with a memory of their own. */
export type Instance = typeof bindings & {
  /**
   * To be called once the instance has trapped: nothing is freed in it any more when the garbage
   * collector comes, since that could trap again, out of anyone's reach.
   */
  retire(): void;
};

/** A compiled module: `WebAssembly.Module`, where the declarations in use know WebAssembly. */
export type Module = typeof globalThis extends { WebAssembly: { Module: { prototype: infer M } } } ? M : unknown;

/** A new instance of the module. */
export declare function instantiate(module: Module): Promise<Instance>;
";

/// Where the part of the glue begins that finds, fetches and starts the module; the package does
/// that itself.
const LOADING: &str = "\nasync function __wbg_load(";

/// Where the declarations of that part begin.
const LOADING_TYPES: &str = "\nexport type InitInput =";

/// How the module comes by random bytes, and how it is to.
const RANDOM: (&str, &str) = ("globalThis.crypto.getRandomValues(", "fillRandomly(");

/// What a strict content security policy forbids.
const FORBIDDEN: [&str; 2] = ["eval(", "Function("];

/// Makes the module and its glue, in `dist`, and the glue's declarations, which the facade's sources
/// need beside them too.
pub(crate) fn build(compiled: &Path, package: &Path) -> anyhow::Result<()> {
    let raw = compiled.join("glue");
    bind(&compiled.join("tournament_wasm.wasm"), &raw)?;

    let glue = per_instance(&files::read(&raw.join("glue.js"))?).context("wasm-bindgen's glue")?;
    let bindings = without_loading(&files::read(&raw.join("glue.d.ts"))?)?;
    files::write(&package.join("dist/generated/glue.js"), glue)?;
    for folder in ["js/generated", "dist/generated"] {
        files::write(&package.join(folder).join("glue.d.ts"), DECLARATIONS)?;
        files::write(&package.join(folder).join("bindings.d.ts"), &bindings)?;
    }
    let wasm = raw.join("glue_bg.wasm");
    let wasm = fs::read(&wasm).with_context(|| format!("{} cannot be read", wasm.display()))?;
    files::write(&package.join("dist/tournament.wasm"), wasm)
}

fn bind(module: &Path, folder: &Path) -> anyhow::Result<()> {
    let options = [
        "--target=web",
        "--out-name=glue",
        "--omit-default-module-path",
        "--remove-name-section",
        "--remove-producers-section",
        "--out-dir",
    ];
    let arguments = ["wasm-bindgen".as_ref(), module.as_os_str()].into_iter();
    let arguments = arguments.chain(options.map(AsRef::as_ref)).chain([folder.as_os_str()]);
    wasm_bindgen::run_cli_with_args(arguments).context("wasm-bindgen")
}

/// The glue as a function of the module, which gives what the glue exports.
fn per_instance(glue: &str) -> anyhow::Result<String> {
    let (body, _) = glue.split_once(LOADING).context("its loading part is not where it was")?;
    if let Some(forbidden) = FORBIDDEN.iter().find(|call| body.contains(**call)) {
        bail!("it calls `{forbidden}…)`, which strict pages forbid");
    }
    ensure!(body.contains(RANDOM.0), "it draws random bytes in another way than it did");
    let body = body.replace(RANDOM.0, RANDOM.1);
    let mut wrapped = HEAD.to_owned();
    let mut exports = vec!["retire"];
    for line in without_comments(&body) {
        ensure!(!line.starts_with("import "), "it imports another file: {line}");
        let exported = line.strip_prefix("export ");
        if let Some(declaration) = exported {
            exports.push(declared(declaration).with_context(|| format!("it exports: {line}"))?);
        }
        wrapped.push_str(exported.unwrap_or(line));
        wrapped.push('\n');
    }
    ensure!(exports.len() > 1, "it exports nothing");
    let exports = exports.join(", ");
    wrapped.push_str(
        "__wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);\n",
    );
    Ok(wrapped + &format!("return {{ {exports} }};\n}}\n"))
}

/// The lines but for those of comments of their own, which the declarations have too.
fn without_comments(glue: &str) -> impl Iterator<Item = &str> {
    let mut open = false;
    glue.lines().filter(move |line| {
        let line = line.trim();
        let is_comment = open || line.starts_with("/*");
        open = is_comment && !line.ends_with("*/");
        !is_comment && !line.is_empty()
    })
}

/// The name that `class Session {` or `function version() {` declares.
fn declared(declaration: &str) -> Option<&str> {
    let (kind, rest) = declaration.split_once(' ')?;
    let name = rest.split([' ', '(', '{']).next()?;
    (matches!(kind, "class" | "function" | "const") && !name.is_empty()).then_some(name)
}

/// The declarations without those of the loading part, and of what not every TypeScript target knows.
fn without_loading(declarations: &str) -> anyhow::Result<String> {
    let (bindings, _) = declarations
        .split_once(LOADING_TYPES)
        .context("the glue's types are not where they were")?;
    Ok(format!("{}\n", bindings.trim_end()).replace("    [Symbol.dispose](): void;\n", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glue(body: &str) -> String {
        let random = RANDOM.0;
        format!(
            "{body}{random}bytes);\n{LOADING}module) {{}}\nexport {{ initSync, __wbg_init as default }};\n"
        )
    }

    #[test]
    fn what_the_glue_exports_is_what_an_instance_has() {
        let wrapped = per_instance(&glue(
            "/**\n * A store.\n */\nexport class Store {\n}\nexport function rank(rows) {\n}\nlet wasm;\n",
        ));
        let wrapped = wrapped.unwrap();
        assert!(wrapped.contains("\nclass Store {\n}\nfunction rank(rows) {"));
        assert!(wrapped.ends_with("return { retire, Store, rank };\n}\n"), "{wrapped}");
    }

    #[test]
    fn what_cannot_be_wrapped_or_is_not_allowed_on_strict_pages_is_refused() {
        for (body, complaint) in [
            (
                "import { clock } from './clock.js';\nexport class Store {}\n",
                "imports another file",
            ),
            ("export let store;\n", "exports: export let store;"),
            ("let wasm;\n", "exports nothing"),
            ("export const global = new Function('return this')();\n", "strict pages forbid"),
        ] {
            let error = per_instance(&glue(body)).unwrap_err();
            assert!(format!("{error:#}").contains(complaint), "{error:#}");
        }
        assert!(per_instance("export class Store {}\n").is_err());
    }
}
