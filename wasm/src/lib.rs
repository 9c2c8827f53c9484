//! The engine for JavaScript: bindings of `tournament-core` and `tournament-memory` that take and give
//! JSON text.
//!
//! These are the bindings behind the npm package `tournament-director`, whose own JavaScript makes
//! objects, classes and promises of them; nobody else should need them. Values cross as JSON text, which
//! the engines of JavaScript read and write faster than objects can be built from outside. An error is
//! thrown as the JSON text of a [`tournament_core::Error`].

mod answer;
mod domain;
mod input;
mod journal;
mod look_ups;
mod rows;
mod session;

pub use domain::{admit, move_to, standings, validate};
pub use journal::Journal;
pub use session::Session;
