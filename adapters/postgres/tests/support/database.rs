//! Databases for tests.

use tokio_postgres::{Client, NoTls};
use tournament_migrations::{Dialect, required_version};

use super::options;

/// Which advisory locks are these tests'.
const LOCK_CLASS: i32 = 0x7464;

/// A database that nobody else uses, and its schema is current. What is in it, whoever claims it
/// says.
///
/// There are as many as tests run at once, over all processes. One whose test did not pass is never
/// claimed again.
pub(crate) struct Claim {
    pub(crate) database: String,
    /// Holds the lock.
    client: Client,
}

impl Claim {
    pub(crate) async fn new(url: &str) -> Self {
        let client = connect(url).await;
        for number in 1..1_000 {
            let lock = client
                .query_one("SELECT pg_try_advisory_lock($1, $2)", &[&LOCK_CLASS, &number])
                .await
                .unwrap();
            if !lock.get::<_, bool>(0) {
                continue;
            }
            let database = format!("tournament_test_{number}");
            match comment(&client, &database).await {
                None => create(&client, url, &database).await,
                Some(comment) if comment == free() => {}
                Some(comment) if comment.starts_with(FREE) => {
                    options(&url_of(url, &database)).migrate().await.unwrap();
                }
                Some(_) => continue,
            }
            let claim = Self { database, client };
            let test = std::thread::current().name().unwrap_or("a test").replace('\'', "");
            claim.say(&test).await;
            return claim;
        }
        panic!("a thousand databases were kept for failed tests: drop them, or this server's data");
    }

    pub(crate) async fn give_back(self) {
        self.say(&free()).await;
    }

    async fn say(&self, comment: &str) {
        let sql = format!("COMMENT ON DATABASE {} IS '{comment}'", self.database);
        self.client.batch_execute(&sql).await.unwrap();
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("what the test left is kept in the database {}", self.database);
        }
    }
}

const FREE: &str = "free";

/// What is said of a free database whose schema is current.
fn free() -> String {
    format!("{FREE}, of version {}", required_version(Dialect::Postgres))
}

async fn comment(client: &Client, database: &str) -> Option<String> {
    let row = client
        .query_opt(
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '')
             FROM pg_database WHERE datname = $1",
            &[&database],
        )
        .await
        .unwrap();
    row.map(|row| row.get(0))
}

/// With a collation that orders words as people do, where the server has it: that must not matter.
async fn create(client: &Client, url: &str, database: &str) {
    let plain = format!("CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'");
    let icu = format!("{plain} LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
    if client.batch_execute(&icu).await.is_err() {
        client.batch_execute(&plain).await.unwrap();
    }
    options(&url_of(url, database)).migrate().await.unwrap();
}

/// A connection of the driver's own, for what no store does.
pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move { drop(connection.await) });
    client
}

/// The same server, another database.
pub(crate) fn url_of(url: &str, database: &str) -> String {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = address.rsplit_once('/').unwrap();
    format!("{server}/{database}?{parameters}")
}
