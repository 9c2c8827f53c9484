//! A store of tournaments in a `PostgreSQL` database.
//!
//! ```no_run
//! use tournament_core::{Player, Repositories, Store};
//! use tournament_postgres::PostgresOptions;
//!
//! # async fn example() -> tournament_core::Result<()> {
//! let options = PostgresOptions::from_url("postgres://bot@localhost/tournaments")?;
//! let store = options.with_migrate(true).open().await?;
//! let ada = store.players().create(&Player::new("Ada")).await?;
//! assert_eq!(store.players().get(ada.id).await?, ada);
//! store.close().await
//! # }
//! ```
//!
//! Written for `PostgreSQL` 12 and later; tested on 15.
//!
//! # Connections
//!
//! A store needs a Tokio runtime of either flavour with its timer and I/O enabled. Rows and pages
//! that an index leads to are read over a few connections that all readers share: requests follow one
//! another without waiting for answers. Whatever can wait for another writer's lock, or takes long,
//! has a connection of its own out of a pool: writes, units of work, counts, lists that no index
//! narrows. Connections are made when they are first needed, and anew when they are gone; one that
//! was last asked for 10 seconds ago says first whether it is still there. So a store outlives its server's
//! restart.
//!
//! With several hosts, each new connection goes to the first that lets it in and is of the kind that
//! `target_session_attrs` asks for. Where that may be a standby, what was just written may not be
//! read yet.
//!
//! # Waiting
//!
//! Each wait is bounded, by the methods of [`PostgresOptions`] that say so. Who waits for another
//! writer in vain is told [`Busy`](tournament_core::Error::Busy); for a connection or an answer,
//! [`Unavailable`](tournament_core::Error::Unavailable). Where a commit or a single write was sent
//! and its answer never came, that carries the mark for an unknown outcome, and is not tried again by
//! itself. A read outside a unit of work is, once, where its connection was lost.
//!
//! A future that is dropped half-way leaves nothing half done: what it had asked for is done whole or
//! not at all. Where a connection was its own, what the server does on it is cancelled (but not behind
//! `PgBouncer`, whose version 1.18 may die of that) and the connection closed. A unit of work in which
//! a write was dropped like that is finished; a read that was dropped leaves it open.

mod access;
mod bulk;
mod error;
mod list;
mod migrate;
mod options;
mod repo;
mod rows;
mod session;
mod shared;
mod snapshot;
mod step;
mod store;
mod target;
mod tls;
mod unit;
mod url;
mod values;
mod wire;

pub use migrate::{PostgresDatabase, PostgresMigrator, PostgresServer};
pub use options::PostgresOptions;
pub use store::PostgresStore;
pub use tls::SslMode;
/// The schema's versions, and what a migrator is asked and answers.
pub use tournament_migrations as migrations;
