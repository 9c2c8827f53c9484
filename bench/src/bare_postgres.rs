//! What a careful user of tokio-postgres alone would write: statements prepared once, rows read into
//! structs, binary COPY. No validation, no versions, no errors with names.

use std::pin::pin;

use chrono::{DateTime, Utc};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{Json, Type};
use tokio_postgres::{Client, NoTls, Row};
use tournament_core::Player;
use tournament_core::json::JsonObject;
use uuid::Uuid;

pub const GET: &str =
    "SELECT id, version, name, discord_id, email, created_at, metadata FROM players WHERE id = $1";

pub const LIST: &str = "SELECT id, version, name, discord_id, email, created_at, metadata \
                        FROM players ORDER BY name, id LIMIT 100";

/// A row with every column as the driver gives it.
#[allow(dead_code)] // Reading the columns is what is measured.
pub struct PlayerRow {
    pub id: Uuid,
    pub version: i32,
    pub name: String,
    pub discord_id: Option<String>,
    pub email: Option<String>,
    pub created_at: DateTime<Utc>,
    pub metadata: Json<JsonObject>,
}

impl From<&Row> for PlayerRow {
    fn from(row: &Row) -> Self {
        Self {
            id: row.get(0),
            version: row.get(1),
            name: row.get(2),
            discord_id: row.get(3),
            email: row.get(4),
            created_at: row.get(5),
            metadata: row.get(6),
        }
    }
}

pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move { drop(connection.await) });
    client
}

pub async fn copy_players(client: &Client, players: &[Player]) {
    let sink = client
        .copy_in(
            "COPY players (id, version, name, discord_id, email, created_at, metadata) \
             FROM STDIN (FORMAT binary)",
        )
        .await
        .unwrap();
    let types = [
        Type::UUID,
        Type::INT4,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TIMESTAMPTZ,
        Type::JSONB,
    ];
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    for player in players {
        writer
            .as_mut()
            .write(&[
                &player.id.uuid(),
                &1_i32,
                &player.name,
                &player.discord_id,
                &player.email,
                &player.created_at,
                &Json(&player.metadata),
            ])
            .await
            .unwrap();
    }
    assert_eq!(writer.finish().await.unwrap(), players.len() as u64);
}
