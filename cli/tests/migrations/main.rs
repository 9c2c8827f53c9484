//! `td migrate` on every database, beside the databases' own clients.
#![allow(clippy::unwrap_used, clippy::expect_used)] // Helpers are tests too.

#[path = "../support/mod.rs"]
mod support;

mod backend;
mod commands;
mod drift;
mod events;
mod history;
mod odd;
mod proxy;
mod refusals;
mod schemas;
mod scripts;
mod stopped;
mod texts;
mod together;
