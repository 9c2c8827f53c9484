//! The suite that every adapter of tournament-core passes.
