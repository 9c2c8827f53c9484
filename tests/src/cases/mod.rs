//! The cases, one file per topic; each is named for what it proves.

mod rows;

pub(crate) mod bulk;
pub(crate) mod capacity;
pub(crate) mod components;
pub(crate) mod concurrency;
pub(crate) mod dataset;
pub(crate) mod failures;
pub(crate) mod formats;
pub(crate) mod histories;
pub(crate) mod json;
pub(crate) mod lists;
pub(crate) mod matches;
pub(crate) mod metadata;
pub(crate) mod players;
pub(crate) mod readers;
pub(crate) mod references;
pub(crate) mod register;
pub(crate) mod registrations;
pub(crate) mod rounds;
pub(crate) mod store;
pub(crate) mod text;
pub(crate) mod times;
pub(crate) mod tournaments;
pub(crate) mod transact;
pub(crate) mod units;
pub(crate) mod validation;
pub(crate) mod venues;
pub(crate) mod versions;
