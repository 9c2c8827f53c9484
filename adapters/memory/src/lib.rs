//! An in-memory store of tournaments. It needs no server, no file and no clock, and compiles to
//! WebAssembly.
mod changes;
mod index;
mod kinds;
mod pause;
mod repo;
mod session;
mod shared;
mod state;
mod store;
mod table;
mod unit;

pub use store::MemoryStore;
