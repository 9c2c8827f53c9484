//! The cases, one file per topic; each is named for what it proves.

mod rows;

pub(crate) mod components;
pub(crate) mod formats;
pub(crate) mod matches;
pub(crate) mod players;
pub(crate) mod registrations;
pub(crate) mod rounds;
pub(crate) mod tournaments;
pub(crate) mod venues;
