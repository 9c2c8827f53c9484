//! Databases for tests.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder};
use tournament_migrations::{Dialect, required_version};

use super::options;

/// Where it is written which databases there are, and who has them.
const CREATE_CLAIMS: &str = "\
    CREATE DATABASE IF NOT EXISTS tournament_tests; \
    CREATE TABLE IF NOT EXISTS tournament_tests.claims \
        (number INT PRIMARY KEY, holder VARCHAR(250) CHARACTER SET utf8mb4 NOT NULL) \
        ENGINE = InnoDB";

/// A database that nobody else uses, and its schema is current. What is in it, whoever claims it
/// says.
///
/// There are as many as tests run at once, over all processes. One whose test did not pass is never
/// claimed again.
pub(crate) struct Claim {
    number: u32,
    pub(crate) database: String,
    /// Holds the lock.
    conn: Conn,
}

impl Claim {
    pub(crate) async fn new(url: &str) -> Self {
        let mut conn = connect(url).await;
        conn.query_drop(CREATE_CLAIMS).await.unwrap();
        for number in 1..1_000 {
            let lock = format!("SELECT GET_LOCK('tournament_test_{number}', 0)");
            if self::number(&mut conn, &lock).await == 0 {
                continue;
            }
            let database = format!("tournament_test_{number}");
            match holder(&mut conn, number).await.as_deref() {
                None => create(&mut conn, url, &database).await,
                Some(holder) if holder == free() => {}
                Some(holder) if holder.starts_with(FREE) => {
                    options(&url_of(url, &database)).migrate().await.unwrap();
                }
                Some(_) => {
                    let release = format!("DO RELEASE_LOCK('tournament_test_{number}')");
                    conn.query_drop(release).await.unwrap();
                    continue;
                }
            }
            let mut claim = Self { number, database, conn };
            claim.say(std::thread::current().name().unwrap_or("a test")).await;
            return claim;
        }
        panic!("a thousand databases were kept for failed tests: drop them, or this server's data");
    }

    pub(crate) async fn give_back(mut self) {
        self.say(&free()).await;
    }

    async fn say(&mut self, holder: &str) {
        let sql = "REPLACE INTO tournament_tests.claims (number, holder) VALUES (?, ?)";
        self.conn.exec_drop(sql, (self.number, holder)).await.unwrap();
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
    format!("{FREE}, of version {}", required_version(Dialect::MySql))
}

async fn holder(conn: &mut Conn, number: u32) -> Option<String> {
    let sql = "SELECT holder FROM tournament_tests.claims WHERE number = ?";
    conn.exec_first(sql, (number,)).await.unwrap()
}

/// With a character set that has no letters but western ones, and compares them as people do: that
/// must not matter.
async fn create(conn: &mut Conn, url: &str, database: &str) {
    let sql = format!(
        "DROP DATABASE IF EXISTS {database}; \
         CREATE DATABASE {database} CHARACTER SET latin1 COLLATE latin1_swedish_ci"
    );
    conn.query_drop(sql).await.unwrap();
    options(&url_of(url, database)).migrate().await.unwrap();
}

/// A connection of the driver's own, for what no store does.
pub(crate) async fn connect(url: &str) -> Conn {
    let address = url.split_once('?').map_or(url, |(address, _)| address);
    let opts = Opts::from_url(&address.replace("mariadb://", "mysql://")).unwrap();
    Conn::new(OptsBuilder::from_opts(opts).prefer_socket(false)).await.unwrap()
}

/// The only number of a statement's only row.
pub(crate) async fn number(conn: &mut Conn, sql: &str) -> u64 {
    conn.query_first(sql).await.unwrap().unwrap()
}

/// The same server, another database.
pub(crate) fn url_of(url: &str, database: &str) -> String {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = address.rsplit_once('/').unwrap();
    format!("{server}/{database}?{parameters}")
}
