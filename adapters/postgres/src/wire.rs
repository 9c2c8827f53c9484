//! Calls over one connection.

use std::future::Future;
use std::pin::pin;

use bytes::Bytes;
use deadpool_postgres::ClientWrapper;
use tokio::time::timeout;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{CopyInSink, Row};

use crate::error::{Class, Failure};
use crate::target::Settings;
use crate::values::Value;

/// How many statements a connection keeps prepared. Lists have one for each limit, so there is no
/// end to them; this is more than a program has that shows pages of a few sizes.
const STATEMENTS: usize = 500;

/// A connection, and how it is to be used.
#[derive(Clone, Copy)]
pub(crate) struct Wire<'c> {
    client: &'c ClientWrapper,
    settings: &'c Settings,
}

impl<'c> Wire<'c> {
    pub(crate) const fn new(client: &'c ClientWrapper, settings: &'c Settings) -> Self {
        Self { client, settings }
    }

    /// The rows of a statement.
    pub(crate) async fn query(self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, Failure> {
        self.bounded(async {
            if self.settings.prepares {
                let statement = self.prepare(sql).await?;
                Ok(self.client.query(&statement, &bound(values)).await?)
            } else {
                Ok(self.client.query_typed(sql, &typed(values)).await?)
            }
        })
        .await
    }

    /// How many rows a statement changed, or gave.
    pub(crate) async fn execute(self, sql: &str, values: &[Value<'_>]) -> Result<u64, Failure> {
        self.bounded(async {
            if self.settings.prepares {
                let statement = self.prepare(sql).await?;
                Ok(self.client.execute(&statement, &bound(values)).await?)
            } else {
                Ok(self.client.execute_typed(sql, &typed(values)).await?)
            }
        })
        .await
    }

    /// Executes a statement with lists of its own making.
    pub(crate) async fn execute_lists(
        self,
        sql: &str,
        lists: &[(Vec<Value<'_>>, Type)],
    ) -> Result<u64, Failure> {
        self.bounded(async {
            if self.settings.prepares {
                let statement = self.prepare(sql).await?;
                let lists: Vec<&(dyn ToSql + Sync)> =
                    lists.iter().map(|(list, _)| list as &(dyn ToSql + Sync)).collect();
                Ok(self.client.execute(&statement, &lists).await?)
            } else {
                let lists: Vec<(&(dyn ToSql + Sync), Type)> = lists
                    .iter()
                    .map(|(list, of)| (list as &(dyn ToSql + Sync), of.clone()))
                    .collect();
                Ok(self.client.execute_typed(sql, &lists).await?)
            }
        })
        .await
    }

    /// Sends rows to a COPY of columns of these types.
    pub(crate) async fn copy<'v>(
        self,
        sql: &str,
        types: &[Type],
        rows: impl Iterator<Item = Vec<Value<'v>>>,
    ) -> Result<u64, Failure> {
        self.bounded(async {
            let statement = self.prepare(sql).await?;
            let sink: CopyInSink<Bytes> = self.client.copy_in(&statement).await?;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, types));
            for row in rows {
                writer.as_mut().write_raw(row.iter()).await?;
            }
            Ok(writer.finish().await?)
        })
        .await
    }

    /// Executes statements without values, one after another.
    pub(crate) async fn batch(self, sql: &str) -> Result<(), Failure> {
        self.bounded(async { Ok(self.client.batch_execute(sql).await?) }).await
    }

    async fn prepare(self, sql: &str) -> Result<tokio_postgres::Statement, Failure> {
        // Of lists alone there is no end; and to count takes longer than to look up.
        if sql.contains(" LIMIT ") && self.client.statement_cache.size() >= STATEMENTS {
            self.client.statement_cache.clear();
        }
        let prepared = self.client.prepare_cached(sql).await;
        prepared.map_err(|error| Failure::from(error).before_sending())
    }

    async fn bounded<T>(
        self,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        if self.client.is_closed() {
            return Err(Failure::Unsent(None));
        }
        let answer = timeout(self.settings.answer_timeout, call).await;
        let answer = answer.unwrap_or(Err(Failure::NoAnswer));
        if let Err(failure) = &answer
            && failure.class() == Class::Stale
        {
            // They are prepared anew by whoever tries again.
            self.client.statement_cache.clear();
        }
        answer
    }
}

fn bound<'v>(values: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn typed<'v>(values: &'v [Value<'_>]) -> Vec<(&'v (dyn ToSql + Sync), Type)> {
    values.iter().map(|value| (value as &(dyn ToSql + Sync), value.column_type())).collect()
}
