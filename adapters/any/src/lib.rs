//! Opens a store of tournaments by its URL.
