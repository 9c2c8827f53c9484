//! The cases, one file per topic; each is named for what it proves.

mod rows;

pub(crate) mod players;
