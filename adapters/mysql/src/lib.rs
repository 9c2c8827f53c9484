//! A store of tournaments in a database of `MySQL` or `MariaDB`.
//!
//! ```no_run
//! use tournament_core::{Player, Repositories, Store};
//! use tournament_mysql::MySqlOptions;
//!
//! # async fn example() -> tournament_core::Result<()> {
//! let options = MySqlOptions::from_url("mysql://bot@localhost/tournaments")?;
//! let store = options.with_migrate(true).open().await?;
//! let ada = store.players().create(&Player::new("Ada")).await?;
//! assert_eq!(store.players().get(ada.id).await?, ada);
//! store.close().await
//! # }
//! ```
//!
//! Written for `MySQL` 5.7 and `MariaDB` 10.2 (from 10.2.7, the first with JSON) and later, in
//! statements that all of them understand; tested on `MySQL` 9 and `MariaDB` 10.11.
//!
//! # Connections
//!
//! A store needs a Tokio runtime of either flavour with its timer and I/O enabled, and stays with the
//! one that first uses it. Each call and each unit of work has a connection for itself, out of a pool.
//! Connections are made when they are first needed, and anew when they are gone; one that was last
//! used 10 seconds ago says first whether it is still there. So a store outlives its server's restart.
//! None is reset between two uses, which would cost a request and all prepared statements.
//!
//! What a server, a database or a session has for a default decides nothing: text is `utf8mb4` and
//! compared by code point, times are in UTC, `sql_mode` is strict, writing is READ COMMITTED, which
//! wants a `binlog_format` of ROW or MIXED.
//!
//! # Waiting
//!
//! Each wait is bounded, by the methods of [`MySqlOptions`] that say so. Who waits for another
//! writer in vain is told [`Busy`](tournament_core::Error::Busy); for a connection or an answer,
//! [`Unavailable`](tournament_core::Error::Unavailable). Where a commit or a single write was sent
//! and its answer never came, that carries the mark for an unknown outcome, and is not tried again by
//! itself. A read outside a unit of work is, once, where its connection was lost.
//!
//! A future that is dropped half-way leaves nothing half done: what it had asked for is done whole or
//! not at all. The connection is closed and, with `KILL CONNECTION` over another, what the server does
//! on it is ended. A unit of work in which a write was dropped like that is finished; a read that was
//! dropped leaves it open. A unit that is dropped is rolled back at once, or as soon as a read in it
//! has ended; where the wire carries nothing any more, once that is found out.

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

pub use migrate::{MySqlDatabase, MySqlMigrator, MySqlServer};
pub use options::MySqlOptions;
pub use store::MySqlStore;
pub use tls::SslMode;
/// The schema's versions, and what a migrator is asked and answers.
pub use tournament_migrations as migrations;
