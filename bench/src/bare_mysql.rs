//! What a careful user of mysql_async alone would write: statements prepared once and kept, rows read
//! into structs, inserts of many rows, a pool that resets nothing. No validation, no versions, no errors
//! with names.

use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{
    Conn, Opts, OptsBuilder, Params, Pool, PoolConstraints, PoolOpts, TxOpts, Value,
};
use tournament_core::Player;

pub const GET: &str =
    "SELECT id, version, name, discord_id, email, created_at, metadata FROM players WHERE id = ?";

pub const INSERT: &str = "INSERT INTO players (id, version, name, discord_id, email, created_at, \
                          metadata) VALUES (?, ?, ?, ?, ?, ?, ?)";

/// How many rows a statement holds.
const ROWS: usize = 1_000;

/// A row with every column as the driver gives it.
#[allow(dead_code)] // Reading the columns is what is measured.
#[derive(FromRow)]
pub struct PlayerRow {
    pub id: String,
    pub version: i32,
    pub name: String,
    pub discord_id: Option<String>,
    pub email: Option<String>,
    pub created_at: chrono::NaiveDateTime,
    pub metadata: String,
}

fn opts(url: &str) -> OptsBuilder {
    let url = url.split_once('?').map_or(url, |(address, _)| address);
    OptsBuilder::from_opts(Opts::from_url(url).unwrap()).prefer_socket(false)
}

pub async fn connect(url: &str) -> Conn {
    Conn::new(opts(url)).await.unwrap()
}

pub fn pool(url: &str, size: usize) -> Pool {
    let size = PoolConstraints::new(size, size).unwrap();
    let options = PoolOpts::default().with_constraints(size).with_reset_connection(false);
    Pool::new(opts(url).pool_opts(options))
}

pub async fn get(conn: &mut Conn, id: &str) {
    let row: PlayerRow = conn.exec_first(GET, (id,)).await.unwrap().unwrap();
    assert_eq!(row.id, id);
}

pub async fn insert_players(conn: &mut Conn, players: &[Player]) {
    let mut transaction = conn.start_transaction(TxOpts::default()).await.unwrap();
    for players in players.chunks(ROWS) {
        let sql = format!("{INSERT}{}", ", (?, ?, ?, ?, ?, ?, ?)".repeat(players.len() - 1));
        let values: Vec<Value> = players.iter().flat_map(values).collect();
        transaction.exec_drop(sql, Params::Positional(values)).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

pub fn values(player: &Player) -> [Value; 7] {
    [
        player.id.to_string().into(),
        1.into(),
        player.name.as_str().into(),
        player.discord_id.as_deref().into(),
        player.email.as_deref().into(),
        player.created_at.naive_utc().into(),
        "{}".into(),
    ]
}
