//! What a careful user of rusqlite alone would write: the same schema, the same file, statements
//! prepared once, rows read into structs. No validation, no versions, no errors with names.

use std::path::Path;

use rusqlite::{Connection, Row, params};
use tournament_core::{Dataset, Player};

/// A row with every column as SQLite gives it.
#[allow(dead_code)] // Reading the columns is what is measured.
pub struct PlayerRow {
    pub id: String,
    pub version: i64,
    pub name: String,
    pub discord_id: Option<String>,
    pub email: Option<String>,
    pub created_at: String,
    pub metadata: String,
}

/// A row with every column as SQLite gives it.
#[allow(dead_code)] // Reading the columns is what is measured.
pub struct RegistrationRow {
    pub id: String,
    pub version: i64,
    pub tournament_id: String,
    pub player_id: String,
    pub sequence_id: i64,
    pub status: String,
    pub registration_time: String,
    pub drop_time: Option<String>,
    pub notes: Option<String>,
    pub metadata: String,
}

pub fn open(path: &Path, synchronous: &str) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    connection.pragma_update(None, "synchronous", synchronous).unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    connection
}

pub fn player(connection: &Connection, id: &str) -> PlayerRow {
    connection
        .prepare_cached(
            "SELECT id, version, name, discord_id, email, created_at, metadata FROM players \
             WHERE id = ?1",
        )
        .unwrap()
        .query_row([id], |row| {
            Ok(PlayerRow {
                id: row.get(0)?,
                version: row.get(1)?,
                name: row.get(2)?,
                discord_id: row.get(3)?,
                email: row.get(4)?,
                created_at: row.get(5)?,
                metadata: row.get(6)?,
            })
        })
        .unwrap()
}

pub fn registrations(connection: &Connection, tournament_id: &str) -> Vec<RegistrationRow> {
    let read = |row: &Row<'_>| {
        Ok(RegistrationRow {
            id: row.get(0)?,
            version: row.get(1)?,
            tournament_id: row.get(2)?,
            player_id: row.get(3)?,
            sequence_id: row.get(4)?,
            status: row.get(5)?,
            registration_time: row.get(6)?,
            drop_time: row.get(7)?,
            notes: row.get(8)?,
            metadata: row.get(9)?,
        })
    };
    connection
        .prepare_cached(
            "SELECT id, version, tournament_id, player_id, sequence_id, status, \
             registration_time, drop_time, notes, metadata FROM tournament_registrations \
             WHERE tournament_id = ?1 ORDER BY sequence_id",
        )
        .unwrap()
        .query_map([tournament_id], read)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

pub fn create_player(connection: &Connection, player: &Player) {
    connection
        .prepare_cached(
            "INSERT INTO players (id, version, name, discord_id, email, created_at, metadata) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .unwrap()
        .execute(params![
            player.id.to_string(),
            player.version,
            player.name,
            player.discord_id,
            player.email,
            time(player.created_at),
            "{}",
        ])
        .unwrap();
}

fn time(time: tournament_core::Time) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// The tables in the order in which rows may refer to one another.
const TABLES: [&str; 8] = [
    "players",
    "venues",
    "formats",
    "tournaments",
    "tournament_registrations",
    "components",
    "rounds",
    "matches",
];

/// A stored row, ready to be inserted again: its table's place in [`TABLES`] and its values.
type Stored = (usize, Vec<rusqlite::types::Value>);

/// The rows of a filled store, as many transactions as there are tournaments: each holds the
/// tournament's own rows and those shared ones that no earlier transaction held.
pub struct Script {
    inserts: Vec<String>,
    transactions: Vec<Vec<Stored>>,
    pub rows: usize,
}

impl Script {
    /// Reads every row of the database; `data` says in which order the tournaments came.
    pub fn read(connection: &Connection, data: &Dataset) -> Self {
        let columns: Vec<Vec<String>> =
            TABLES.iter().map(|table| column_names(connection, table)).collect();
        let inserts = TABLES
            .iter()
            .zip(&columns)
            .map(|(table, columns)| {
                format!(
                    "INSERT INTO {table} ({}) VALUES ({})",
                    columns.join(", "),
                    vec!["?"; columns.len()].join(", "),
                )
            })
            .collect();
        let mut transactions = vec![Vec::new(); data.tournaments.len()];
        let places: std::collections::HashMap<String, usize> = data
            .tournaments
            .iter()
            .enumerate()
            .map(|(place, tournament)| (tournament.id.to_string(), place))
            .collect();
        let mut first_use = std::collections::HashMap::new();
        for registration in &data.registrations {
            let place = places[&registration.tournament_id.to_string()];
            let first = first_use.entry(registration.player_id.to_string()).or_insert(place);
            *first = place.min(*first);
        }
        let mut rows = 0;
        for (table, (name, columns)) in TABLES.iter().zip(&columns).enumerate() {
            let tournament_column = columns.iter().position(|column| column == "tournament_id");
            let mut statement =
                connection.prepare(&format!("SELECT {} FROM {name}", columns.join(", "))).unwrap();
            let mut found = statement.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let values: Vec<rusqlite::types::Value> =
                    (0..columns.len()).map(|column| row.get(column).unwrap()).collect();
                let id: String = row.get("id").unwrap();
                let place = match tournament_column {
                    Some(column) => places[&row.get::<_, String>(column).unwrap()],
                    None if *name == "tournaments" => places[&id],
                    None => first_use.get(&id).copied().unwrap_or(0),
                };
                transactions[place].push((table, values));
                rows += 1;
            }
        }
        Self { inserts, transactions, rows }
    }

    /// Inserts every row, a transaction per tournament.
    pub fn run(&self, connection: &mut Connection) {
        for rows in &self.transactions {
            let transaction = connection.transaction().unwrap();
            for (table, values) in rows {
                transaction
                    .prepare_cached(&self.inserts[*table])
                    .unwrap()
                    .execute(rusqlite::params_from_iter(values))
                    .unwrap();
            }
            transaction.commit().unwrap();
        }
    }
}

fn column_names(connection: &Connection, table: &str) -> Vec<String> {
    connection
        .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}
