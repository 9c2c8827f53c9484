//! The domain of a tournament engine: entities, validation, standings, and the traits that every
//! store implements. No driver, no runtime, no file and no socket.
//!
//! # Contract
//!
//! Every adapter promises the same, and one suite (`tournament-conformance`) proves it:
//!
//! - The same calls give the same values, the same errors (variant, entity and field) and the same
//!   order everywhere. What [`create`](Repository::create) and [`update`](Repository::update)
//!   return is what [`get`](Repository::get) returns.
//! - One call is done whole or not at all, and so is a [`UnitOfWork`].
//! - Constraints hold whatever else runs at the same time: unique keys, references, and that a
//!   match's tournament, component and round belong together.
//! - An update goes by the version that was read, so nobody overwrites another's change unseen.
//! - Readers see only what was committed, and every wait is bounded.
//! - Lists have a total order. Pages by cursor give every row whose place stays unchanged exactly
//!   once while others write.
//! - Text is compared by code point: case, accents and composed forms differ. Times are kept to the
//!   microsecond, in UTC. Integers go up to 2³¹ − 1.
//! - Bad input is [`Error::Validation`], which lists every refused field; nothing is stored.
//!
//! # Where to begin
//!
//! An adapter crate opens a [`Store`]. Its [`Repositories`] take and give the entities ([`Player`],
//! [`Venue`], [`Format`], [`Tournament`], [`TournamentRegistration`], [`Component`], [`Round`],
//! [`Match`]). [`StoreExt::transact`] joins several calls into one step. [`standings`] ranks the
//! players.
//!
//! ```
//! use tournament_core::{Error, Player, Store, UnitOptions};
//!
//! async fn sign_up(store: &dyn Store, name: &str) -> Result<Player, Error> {
//!     match store.players().create(&Player::new(name)).await {
//!         Err(Error::Validation { problems, .. }) => {
//!             problems.iter().for_each(|problem| eprintln!("{problem}"));
//!             store.players().create(&Player::new("Anonymous")).await
//!         }
//!         other => other,
//!     }
//! }
//! ```

pub mod adapter;
mod base64url;
mod dataset;
mod entity;
mod error;
mod id;
pub mod json;
mod page;
mod repository;
pub mod standings;
mod store;
mod time;
mod transact;
mod validate;

pub use dataset::Dataset;
pub use entity::*;
pub use error::{BoxError, Error, Problem, Result};
pub use id::Id;
pub use page::{Cursor, Listing, Page, Window};
pub use repository::{
    ComponentRepository, FormatRepository, MatchRepository, PlayerRepository, RegisterOptions,
    RegistrationRepository, Repositories, Repository, RepositoryExt, RoundRepository,
    TournamentRepository, VenueRepository,
};
pub use store::{Health, Store, UnitOfWork, UnitOptions};
pub use time::{Time, now};
pub use transact::{BoxFuture, MAX_ATTEMPTS, Retry, StoreExt, Tx};
pub use validate::{Checks, MAX_INTEGER};

/// The traits of this crate are implemented with this macro; re-exported so that an adapter's
/// version is the same.
pub use async_trait::async_trait;

/// The version of a row that was just created.
const fn initial_version() -> i64 {
    1
}
