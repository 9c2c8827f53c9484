//! Calls over a connection: each is answered in time, or it is given up and the connection with it.

use std::sync::Arc;
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

/// Which server this is, as it says if it is there: behind one address there may be several.
pub(crate) async fn server(conn: &mut Conn, limit: Duration) -> Option<Arc<str>> {
    let name = timeout(limit, conn.query_first::<String, _>(SELECT_SERVER)).await.ok()?.ok()?;
    name.map(Into::into)
}

/// For how long it has been one and the same: it numbers its connections anew when it starts.
pub(crate) async fn uptime(conn: &mut Conn, limit: Duration) -> Option<Duration> {
    let status = timeout(limit, conn.query_first::<(String, u64), _>(SHOW_UPTIME)).await.ok()?;
    status.ok()?.map(|(_, seconds)| Duration::from_secs(seconds))
}

const SELECT_SERVER: &str = "SELECT CONCAT_WS(' ', @@hostname, @@port, @@server_id)";

const SHOW_UPTIME: &str = "SHOW GLOBAL STATUS LIKE 'Uptime'";

/// The driver keeps it for the connection.
async fn prepare(conn: &mut Conn, sql: &str) -> Result<Statement, Failure> {
    conn.prep(sql).await.map_err(|error| Failure::from(error).before_sending())
}
