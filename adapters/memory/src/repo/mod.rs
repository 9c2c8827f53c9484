//! The eight kinds of row, one file each: its indexes, its constraints, its order, its look-ups.

mod component;
mod format;
mod r#match;
mod player;
mod registration;
mod round;
mod tournament;
mod venue;
