//! An in-memory store of tournaments; compiles to WebAssembly.
