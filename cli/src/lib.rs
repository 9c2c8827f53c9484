//! What `td` imports, as a library: published events become [`Dataset`]s of rows with fixed ids,
//! and an [`Importer`](import::Importer) stores each in one step.
//!
//! ```
//! use tournament_director::import::decklist_cache;
//!
//! let event = br#"{"Source":"The Copper Lantern",
//!     "Tournament":{"Date":"2025-01-04T17:00:00","Name":"Winter Cup","Formats":"Pauper"},
//!     "Rounds":[{"RoundName":"Round 1","Matches":[
//!         {"Player1":"Ada","Player2":"Ben","Result":"2-1-0"},
//!         {"Player1":"Cleo","Player2":"-","Result":"2-0-0"}]}]}"#;
//! let dataset = decklist_cache::dataset(event)?;
//! assert_eq!(dataset.registrations.len(), 3);
//! assert_eq!(dataset.tournaments, decklist_cache::dataset(event)?.tournaments);
//! # Ok::<(), tournament_core::Error>(())
//! ```
//!
//! [`Dataset`]: tournament_core::Dataset

pub mod import;
