//! Calls over a connection: each is answered in time, or it is given up and the connection with it.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Row, Statement};
use tokio::time::timeout;

use crate::error::Failure;
use crate::values::{Value, bound};

/// The rows of a statement.
pub(crate) async fn query(
    conn: &mut Conn,
    limit: Duration,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<Row>, Failure> {
    let call = async {
        let statement = prepare(conn, sql).await?;
        Ok(conn.exec(&statement, bound(values)).await?)
    };
    timeout(limit, call).await.unwrap_or(Err(Failure::NoAnswer))
}

/// How many rows a statement changed, or found as they were to become.
pub(crate) async fn execute(
    conn: &mut Conn,
    limit: Duration,
    sql: &str,
    values: Vec<Value>,
) -> Result<u64, Failure> {
    let call = async {
        let statement = prepare(conn, sql).await?;
        conn.exec_drop(&statement, bound(values)).await?;
        Ok(conn.affected_rows())
    };
    timeout(limit, call).await.unwrap_or(Err(Failure::NoAnswer))
}

/// Executes statements without values, one after another.
pub(crate) async fn batch(conn: &mut Conn, limit: Duration, sql: &str) -> Result<(), Failure> {
    let call = async { Ok(conn.query_drop(sql).await?) };
    timeout(limit, call).await.unwrap_or(Err(Failure::NoAnswer))
}

/// Whether the server answers in time.
pub(crate) async fn ping(conn: &mut Conn, limit: Duration) -> bool {
    matches!(timeout(limit, conn.ping()).await, Ok(Ok(())))
}

/// The driver keeps it for the connection.
async fn prepare(conn: &mut Conn, sql: &str) -> Result<Statement, Failure> {
    conn.prep(sql).await.map_err(|error| Failure::from(error).before_sending())
}
