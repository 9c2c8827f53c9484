//! Every command of `td`, run as a program.
#![allow(clippy::unwrap_used, clippy::expect_used)] // Helpers are tests too.

#[path = "../support/mod.rs"]
mod support;

mod demo;
mod garbage;
mod import;
mod import_ends;
mod options;
mod output;
mod servers;
mod store;
