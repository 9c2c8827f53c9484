//! `td`: stores tournaments, imports published events and prints standings.

fn main() {}
