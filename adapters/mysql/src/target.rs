//! Where connections lead, and how each is made.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mysql_async::{Conn, Opts, OptsBuilder, PoolConstraints, PoolOpts, SslOpts};
use tokio::time::timeout;
use tournament_core::{Error, Result};

use crate::MySqlOptions;
use crate::error::{Failure, connect_error, connect_timed_out};
use crate::tls::{self, SslMode};

/// What each connection is told of itself, so that nothing hangs on what a server, a database or an
/// `init_connect` has for a default: strict in what it stores, text compared by code point, single
/// statements isolated as those of units, and messages in the language that is understood here.
///
/// Two ways to find rows are switched off. No statement here gains by several indexes at once, and to
/// weigh that costs 5 µs each time; and conditions that the index itself asks row by row made a page
/// of a list 6 % slower on either server.
const SESSION: &str = "\
    SET NAMES utf8mb4 COLLATE utf8mb4_bin, \
    SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', \
    SESSION autocommit = 1, SESSION completion_type = 'NO_CHAIN', \
    SESSION foreign_key_checks = 1, SESSION unique_checks = 1, \
    SESSION sql_safe_updates = 0, SESSION sql_big_selects = 1, \
    SESSION sql_select_limit = 18446744073709551615, \
    SESSION lc_messages = 'en_US', \
    SESSION optimizer_switch = 'index_merge=off,index_condition_pushdown=off'";

const ISOLATION: &str = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE";

/// How many statements each connection keeps prepared: all of them, lists and bulk included.
const STATEMENTS: usize = 256;

/// The longest that a server takes for saying that it is there, far away and busy.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// How long what is done over a connection may take.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// When a call that is not answered is given up.
    pub(crate) answer: Duration,
    /// When making a connection is.
    pub(crate) connect: Duration,
}

pub(crate) struct Target {
    opts: Opts,
    /// The same without TLS, where that is good enough.
    plain: Option<Opts>,
    /// Whether the server was found to offer no TLS, or none that can be used.
    is_plain: AtomicBool,
    place: String,
    pub(crate) limits: Limits,
}

impl Target {
    pub(crate) fn new(options: &MySqlOptions) -> Result<Self> {
        let is_local = options.address.socket.is_some();
        let tls = if is_local {
            None
        } else {
            tls::options(options.ssl_mode, options.ssl_authorities.as_deref())?
        };
        let falls_back = tls.is_some() && options.ssl_mode == SslMode::Preferred;
        Ok(Self {
            plain: falls_back.then(|| opts(options, None)),
            opts: opts(options, tls),
            is_plain: AtomicBool::new(false),
            place: options.address.to_string(),
            limits: Limits {
                answer: options.statement_timeout.saturating_add(options.connect_timeout),
                connect: options.connect_timeout,
            },
        })
    }

    /// How the next connections are made.
    pub(crate) fn opts(&self) -> Opts {
        match &self.plain {
            Some(plain) if self.is_plain.load(Ordering::Acquire) => plain.clone(),
            _ => self.opts.clone(),
        }
    }

    /// How long an idle connection has for saying that it is still there.
    pub(crate) fn ping_timeout(&self) -> Duration {
        (self.limits.connect / 2).min(PING_TIMEOUT)
    }

    /// A connection that no pool knows of.
    pub(crate) async fn connect(&self) -> Result<Conn> {
        loop {
            let connected = timeout(self.limits.connect, Conn::new(self.opts())).await;
            let error = match connected {
                Ok(Ok(conn)) => return Ok(conn),
                Ok(Err(error)) => error,
                Err(_) => return Err(self.timed_out()),
            };
            let failure = Failure::from(error);
            if !self.falls_back(&failure) {
                return Err(self.refusal(failure));
            }
        }
    }

    /// Whether the same is to be tried again, without TLS.
    pub(crate) fn falls_back(&self, failure: &Failure) -> bool {
        failure.is_of_tls() && self.plain.is_some() && !self.is_plain.swap(true, Ordering::AcqRel)
    }

    /// Why there was no connection in time.
    pub(crate) fn timed_out(&self) -> Error {
        connect_timed_out(&self.place)
    }

    /// Why there is no connection.
    pub(crate) fn refusal(&self, failure: Failure) -> Error {
        connect_error(failure, &self.place)
    }
}

fn opts(options: &MySqlOptions, tls: Option<SslOpts>) -> Opts {
    let address = &options.address;
    // The pool closes at once what is more than its minimum.
    let size = PoolConstraints::new(options.pool_size, options.pool_size).unwrap_or_default();
    OptsBuilder::default()
        .ip_or_hostname(&address.host)
        .tcp_port(address.port)
        .socket(address.socket.as_deref())
        .prefer_socket(false)
        .user(address.user.as_deref())
        .pass(address.password.as_deref())
        .db_name(Some(&address.database))
        .ssl_opts(tls)
        .client_found_rows(true)
        .stmt_cache_size(STATEMENTS)
        .init(vec![format!("{}; {ISOLATION}", session(options))])
        .tcp_keepalive(Some(KEEPALIVE))
        .pool_opts(PoolOpts::default().with_constraints(size).with_reset_connection(false))
        .into()
}

/// When the system first asks a peer that says nothing whether it is there.
const KEEPALIVE: Duration = Duration::from_secs(60);

fn session(options: &MySqlOptions) -> String {
    // What is waited for longer than a statement may take would be given up without an answer.
    let lock = options.lock_timeout.min(options.statement_timeout).as_millis().div_ceil(1_000);
    format!(
        "{SESSION}, SESSION innodb_lock_wait_timeout = {lock}, SESSION lock_wait_timeout = {lock}\
         {}",
        time_limit(options.statement_timeout)
    )
}

/// The one difference between the servers: `MariaDB` bounds every statement, in seconds, and `MySQL`
/// only those that read, in milliseconds, by a variable of another name. Each reads over the other's
/// comment (<https://mariadb.com/kb/en/comment-syntax/>).
fn time_limit(limit: Duration) -> String {
    format!(
        " /*M! , SESSION max_statement_time = {} */ /*!50708 , SESSION max_execution_time = {} */",
        limit.as_secs_f64(),
        limit.as_millis()
    )
}

/// What ends the bound of [`time_limit`].
pub(crate) const NO_TIME_LIMIT: &str = "\
    SET SESSION autocommit = 1 /*M! , SESSION max_statement_time = 0 */ \
    /*!50708 , SESSION max_execution_time = 0 */";
