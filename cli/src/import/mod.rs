//! From files to stored rows: [`Source`] finds the documents in a file, [`read`] makes a dataset of
//! each, and an [`Importer`] stores it.

pub mod decklist_cache;
mod documents;
mod ids;
mod importer;
mod input;
mod source;

pub use documents::{Document, Documents};
pub use importer::{Importer, Outcome};
pub use input::{Input, InputFormat, read};
pub use source::{Progress, Source};
