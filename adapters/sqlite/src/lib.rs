//! A store of tournaments in an SQLite file.
