//! A store of tournaments in an SQLite file.
//!
//! ```
//! use tournament_core::{Player, Repositories, Store};
//! use tournament_sqlite::SqliteOptions;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> tournament_core::Result<()> {
//! let store = SqliteOptions::in_memory().open().await?;
//! let ada = store.players().create(&Player::new("Ada")).await?;
//! assert_eq!(store.players().get(ada.id).await?, ada);
//! store.close().await
//! # }
//! ```
//!
//! # Waiting
//!
//! A store has one connection that writes and several that read, and needs a Tokio runtime of either
//! flavour with its timer enabled. Reading a row or a page stays on the caller's thread; whatever
//! may take longer moves to a thread for blocking work. No wait is longer than
//! [`with_busy_timeout`](SqliteOptions::with_busy_timeout) says: a writer then gets
//! [`Busy`](tournament_core::Error::Busy), a reader
//! [`Unavailable`](tournament_core::Error::Unavailable). A unit of work that writes keeps every
//! other writer waiting until it ends, and readers never.
//!
//! A future that is dropped half-way never leaves a transaction open. What it had handed to another
//! thread is still done, or not, as a whole; a unit of work in which a write was dropped like that
//! is finished.
//!
//! # Lasting
//!
//! The file is in WAL mode. With [`Synchronous::Full`], the default, what was committed survives a
//! power cut; with [`Synchronous::Normal`] the last commits may be lost in one, but nothing is
//! damaged. Either survives the death of the process.

mod access;
mod connection;
mod error;
mod list;
mod migrate;
mod options;
mod repo;
mod rows;
mod session;
mod shared;
mod snapshot;
mod store;
mod unit;
mod values;
mod wal;

pub use migrate::{SqliteDatabase, SqliteFile, SqliteMigrator};
pub use options::{SqliteOptions, Synchronous};
pub use store::SqliteStore;
/// The schema's versions, and what a migrator is asked and answers.
pub use tournament_migrations as migrations;
