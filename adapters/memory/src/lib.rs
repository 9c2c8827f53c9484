//! An in-memory store of tournaments. It needs no server, no file and no clock, and compiles to
//! WebAssembly.
//!
//! ```
//! use tournament_core::{Player, Repositories, StoreExt};
//! use tournament_memory::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> tournament_core::Result<()> {
//! let store = MemoryStore::new();
//! let ada = store.players().create(&Player::new("Ada")).await?;
//!
//! // Several calls as one step.
//! store
//!     .transact(|tx| {
//!         Box::pin(async move {
//!             let mut player = tx.players().get(ada.id).await?;
//!             player.name = "Ada L.".to_owned();
//!             tx.players().update(&player).await?;
//!             tx.players().create(&Player::new("Ben")).await
//!         })
//!     })
//!     .await?;
//!
//! assert_eq!(store.players().get(ada.id).await?.name, "Ada L.");
//! # Ok(())
//! # }
//! ```
//!
//! # What it costs
//!
//! Rows and their indexes are persistent trees: a copy shares every node with the original, and a
//! change copies only the nodes on its way. So a snapshot costs the same however much is stored; a
//! single write or a commit costs in proportion to what it changes; and a look-up, or a list that
//! names a parent, reads an index, never a whole table. A list narrowed only by a tournament's
//! visibility or a registration's status passes over the rows in between. Readers take a snapshot,
//! and wait for nobody but a writer that puts a single row in its place, which it does without a copy
//! where nobody holds a snapshot.
//!
//! # Units of work
//!
//! A unit begins with a snapshot, reads and writes on its own, and stops nobody. Its commit is
//! optimistic: if the store is as it was when the unit began, what the unit made of it takes its
//! place. If not, each row that the unit wrote must still be the very row that it was then, and
//! what the unit changed is done again on what is stored by now, with every constraint checked
//! anew. Where that fails, the answer is [`Busy`](tournament_core::Error::Busy) and nothing is
//! stored. [`transact`](tournament_core::StoreExt::transact) then tries again, and meets the other's
//! change itself. From then on, until nobody waits any more, units that write go one after another,
//! each from its beginning to its end, so that they do not overtake each other once more. Such a
//! wait is bounded: a unit that stays open while nothing moves is passed by.
//!
//! A unit that only reads keeps its snapshot, whatever others write.

mod changes;
mod index;
mod kinds;
mod line;
mod repo;
mod rows;

mod shared;
mod snapshot;
mod state;
mod store;
mod table;
mod unit;

pub use rows::{MemoryRows, SharedPage, StoredRow};
pub use snapshot::{ChangeSet, Deleted, Snapshot};
pub use store::MemoryStore;
pub use unit::MemoryUnit;
