//! One file per entity: its SQL, how a row is read and written, and its look-ups.

mod component;
mod format;
mod r#match;
mod player;
mod registration;
mod round;
mod tournament;
mod venue;

#[cfg(test)]
mod plans;
