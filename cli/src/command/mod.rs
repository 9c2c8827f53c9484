//! One file per command.

pub(crate) mod demo;
pub(crate) mod health;
pub(crate) mod import;
pub(crate) mod migrate;
pub(crate) mod standings;
pub(crate) mod tournaments;
