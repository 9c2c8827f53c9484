//! What the errors of MySQL and MariaDB mean.

use std::fmt;

use mysql_async::{DriverError, Error as MySqlError, IoError, ServerError};
use tournament_core::{BoxError, EntityKind, Error};

/// The classes that matter to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A unique key is taken.
    Unique,
    /// A parent is absent, or a child is still there: which of them, the operation tells.
    ForeignKey,
    /// Somebody else holds a lock, or wrote what was read.
    Busy(&'static str),
    /// The connection is gone, or silent; what was being done may have been done.
    Lost(&'static str),
    /// The statement was stopped; of a COMMIT, it is not known where.
    Stopped(&'static str),
    /// The server answers and cannot do this; nothing was done.
    Unavailable(&'static str),
    /// The statement was prepared on another connection, or has to be prepared anew.
    Stale,
    /// Anything else that the server said.
    Other(&'static str),
}

pub(crate) const ONLY_READS: &str = "the server only reads: it is a replica, or set so";
const LOST: &str = "the connection to the server was lost";
const TOO_LARGE: &str = "a row is larger than the server's max_allowed_packet: raise that";
const NO_DATABASE: &str = "the database does not exist: create it first";
const CLUSTER_REFUSED: &str = "the cluster's other writers were in the way";
const NOT_IN_CLUSTER: &str = "the server is not a working part of its cluster";

/// By error code and SQLSTATE
/// (<https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html>,
/// <https://mariadb.com/kb/en/mariadb-error-code-reference/>).
pub(crate) fn classify(code: u16, state: &str, message: &str) -> Class {
    match code {
        1022 | 1062 | 1169 | 1586 => Class::Unique,
        1216 | 1217 | 1451 | 1452 => Class::ForeignKey,
        1213 | 1614 => Class::Busy("two transactions waited for each other"),
        1205 | 3572 => Class::Busy("another writer did not end in time"),
        // MariaDB with innodb_snapshot_isolation.
        1020 => Class::Busy("another transaction wrote what this one had read"),
        3101 => Class::Busy(CLUSTER_REFUSED),
        // How Galera, and others, end a COMMIT (https://galeracluster.com/library/documentation/).
        1180 if message.contains("error 149") => Class::Busy(CLUSTER_REFUSED),
        1180 if message.contains("Primary Component") => Class::Unavailable(NOT_IN_CLUSTER),
        1180 => Class::Lost("the server could not end a COMMIT"),
        1047 | 3100 => Class::Unavailable(NOT_IN_CLUSTER),
        1290 | 1792 | 1836 => Class::Unavailable(ONLY_READS),
        1053 | 1077 | 1079 | 1080 | 1927 => Class::Lost("the server closed the connection"),
        4031 => Class::Lost("the server closed a connection that was idle for too long"),
        1317 => Class::Stopped("the statement was cancelled"),
        1028 | 1907 | 1969 | 3024 => {
            Class::Stopped("the statement was cancelled, most likely by its time-out")
        }
        1044 | 1142 | 1143 | 1227 | 1370 => {
            Class::Unavailable("the user lacks a right that this needs")
        }
        1045 | 1130 | 1251 | 1698 | 1820 | 1862 | 3118 | 3159 | 4151 => {
            Class::Unavailable("the server refused the user, the password or the host")
        }
        1049 => Class::Unavailable(NO_DATABASE),
        1040 | 1129 | 1203 | 1226 | 9001 => {
            Class::Unavailable("the server takes no more connections")
        }
        1021 | 1114 | 3 | 28 => Class::Unavailable("the server's disk is full"),
        1037 | 1038 | 1041 | 1135 | 1461 | 1637 | 1206 => {
            Class::Unavailable("the server has not enough resources")
        }
        1030 | 1194 | 1195 | 1712 => Class::Unavailable("the server found its data damaged"),
        1243 | 1615 => Class::Stale,
        1153 => Class::Other(TOO_LARGE),
        1146 | 1054 => Class::Other("a table or a column of the schema is missing"),
        1665 => Class::Other("the server's binlog_format is STATEMENT: set it to ROW or MIXED"),
        1264 | 1292 | 1366 | 1406 | 3140..=3160 => Class::Other("the server refused a value"),
        1048 | 1364 | 3819 | 4025 => Class::Other("a constraint of the schema was broken"),
        _ => match state.get(..2) {
            Some("08") => Class::Lost(LOST),
            Some("40") => Class::Busy("another transaction was in the way"),
            Some("22") => Class::Other("the server refused a value"),
            Some("23") => Class::Other("a constraint of the schema was broken"),
            Some("28") => Class::Unavailable("the server refused the user or the password"),
            _ => Class::Other("the server refused a statement"),
        },
    }
}

/// The field that a broken unique key is known by, and the one whose parent is missing where a
/// foreign key is broken. Every primary key has the same name; the table is told by `kind`.
pub(crate) fn field_of(constraint: &str, kind: EntityKind) -> Option<(EntityKind, &'static str)> {
    use EntityKind::{Component, Format, Match, Player, Registration, Round, Tournament};
    Some(match constraint {
        "PRIMARY" => (kind, "id"),
        "players_discord_id_key" => (Player, "discord_id"),
        "formats_name_key" => (Format, "name"),
        "tournaments_format_fk" => (Tournament, "format_id"),
        "tournaments_venue_fk" => (Tournament, "venue_id"),
        "tournaments_created_by_fk" => (Tournament, "created_by"),
        "tournament_registrations_player_key" | "tournament_registrations_player_fk" => {
            (Registration, "player_id")
        }
        "tournament_registrations_sequence_key" => (Registration, "sequence_id"),
        "tournament_registrations_tournament_fk" => (Registration, "tournament_id"),
        // The longer keys begin with the id: only it can be taken.
        "components_tournament_key" => (Component, "id"),
        "components_sequence_order_key" => (Component, "sequence_order"),
        "components_tournament_fk" => (Component, "tournament_id"),
        "rounds_parents_key" => (Round, "id"),
        "rounds_round_number_key" => (Round, "round_number"),
        "rounds_component_fk" => (Round, "component_id"),
        "matches_table_number_key" => (Match, "table_number"),
        "matches_round_fk" => (Match, "round_id"),
        "matches_player1_fk" => (Match, "player1_id"),
        "matches_player2_fk" => (Match, "player2_id"),
        _ => return None,
    })
}

/// The key that a message names. It comes last, after a value that may be anything; MySQL has the
/// table before it since 8.0.19.
fn unique_key(message: &str) -> Option<&str> {
    let quoted = message.trim_end().strip_suffix('\'')?.rsplit('\'').next()?;
    quoted.rsplit('.').next()
}

/// The foreign key that a message names, between backquotes, after the database and the table.
fn foreign_key(message: &str) -> Option<&str> {
    let (_, rest) = message.rsplit_once("CONSTRAINT `")?;
    rest.split('`').next()
}

/// Why a call to the server did not give what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server said so.
    Refused(Refusal),
    /// The driver said so.
    Driver(Trouble),
    /// The connection was gone before the server was asked.
    Unsent(Option<BoxError>),
    /// Nobody said anything in time.
    NoAnswer,
}

/// A server's error. What it says of a row is left out, because a row may hold passwords.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: u16,
    state: String,
    class: Class,
    message: Option<String>,
    constraint: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, state, .. } = self;
        match (&self.message, &self.constraint) {
            (Some(message), _) => write!(f, "{message} (error {code}, SQLSTATE {state})"),
            (None, Some(constraint)) => {
                write!(f, "the key {constraint} (error {code}, SQLSTATE {state})")
            }
            (None, None) => write!(f, "error {code}, SQLSTATE {state}"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<ServerError> for Refusal {
    fn from(error: ServerError) -> Self {
        let ServerError { code, message, state } = error;
        let class = classify(code, &state, &message);
        let constraint = match class {
            Class::Unique => unique_key(&message),
            Class::ForeignKey => foreign_key(&message),
            _ => None,
        }
        .map(str::to_owned);
        // Of a NULL there is nothing to quote.
        let quotes_values = code != 1138
            && (matches!(class, Class::Unique | Class::ForeignKey)
                || matches!(code, 1292 | 1366 | 1367 | 1411 | 3140..=3160 | 4038)
                || state.starts_with("22")
                || state.starts_with("23"));
        Self { code, state, class, message: (!quotes_values).then_some(message), constraint }
    }
}

/// What the driver says of itself, without what it was given.
#[derive(Debug)]
pub(crate) struct Trouble {
    kind: TroubleKind,
    words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TroubleKind {
    Wire,
    Tls,
    NoTls,
    Login,
    TooLarge,
}

impl From<MySqlError> for Failure {
    fn from(error: MySqlError) -> Self {
        let words = match &error {
            // Its bytes may be a row's.
            MySqlError::Driver(DriverError::UnexpectedPacket { .. }) => {
                "the server sent what was not expected".to_owned()
            }
            MySqlError::Io(IoError::Io(error)) => error.to_string(),
            MySqlError::Io(IoError::Tls(error)) => error.to_string(),
            other => other.to_string(),
        };
        let kind = match error {
            MySqlError::Server(error) => return Self::Refused(error.into()),
            MySqlError::Driver(DriverError::ConnectionClosed | DriverError::PoolDisconnected) => {
                return Self::Unsent(None);
            }
            MySqlError::Driver(DriverError::NoClientSslFlagFromServer) => TroubleKind::NoTls,
            MySqlError::Driver(DriverError::PacketTooLarge) => TroubleKind::TooLarge,
            MySqlError::Driver(
                DriverError::UnknownAuthPlugin { .. }
                | DriverError::MysqlOldPasswordDisabled
                | DriverError::CleartextPluginDisabled,
            ) => TroubleKind::Login,
            MySqlError::Io(IoError::Tls(_)) => TroubleKind::Tls,
            MySqlError::Io(IoError::Io(error)) if error.get_ref().is_some_and(is_of_tls) => {
                TroubleKind::Tls
            }
            // Before anything is sent; told only in words.
            MySqlError::Io(IoError::Io(error))
                if error.to_string().contains("larger than max_allowed_packet") =>
            {
                TroubleKind::TooLarge
            }
            MySqlError::Driver(_)
            | MySqlError::Io(IoError::Io(_))
            | MySqlError::Other(_)
            | MySqlError::Url(_) => TroubleKind::Wire,
        };
        Self::Driver(Trouble { kind, words })
    }
}

fn is_of_tls(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    error.is::<rustls::Error>()
}

impl Failure {
    pub(crate) fn class(&self) -> Class {
        match self {
            Self::Refused(refusal) => refusal.class,
            Self::Driver(Trouble { kind: TroubleKind::TooLarge, .. }) => Class::Other(TOO_LARGE),
            Self::Driver(_) | Self::Unsent(_) => Class::Lost(LOST),
            Self::NoAnswer => Class::Lost("the server did not answer in time"),
        }
    }

    /// Whether the connection is of no use after it.
    pub(crate) fn ends_connection(&self) -> bool {
        match self {
            // The server closes it, and so does the driver.
            Self::Driver(_) | Self::Unsent(_) | Self::NoAnswer => true,
            Self::Refused(refusal) => {
                matches!(refusal.class, Class::Lost(_) | Class::Stale) || refusal.code == 1153
            }
        }
    }

    /// Whether it was TLS that failed: the server offers none, or none that can be used.
    pub(crate) fn is_of_tls(&self) -> bool {
        matches!(self, Self::Driver(Trouble { kind: TroubleKind::NoTls | TroubleKind::Tls, .. }))
    }

    /// The entity and field of the constraint that was broken.
    fn field(&self, kind: EntityKind) -> Option<(EntityKind, &'static str)> {
        match self {
            Self::Refused(refusal) => {
                refusal.constraint.as_deref().and_then(|constraint| field_of(constraint, kind))
            }
            Self::Driver(_) | Self::Unsent(_) | Self::NoAnswer => None,
        }
    }

    /// The same failure of what came before the statement itself.
    pub(crate) fn before_sending(self) -> Self {
        match self.class() {
            Class::Lost(_) if !matches!(self, Self::NoAnswer) => Self::Unsent(self.source()),
            _ => self,
        }
    }

    /// Whether the same may well succeed over another connection, and do no harm if what changes
    /// nothing is asked twice.
    pub(crate) fn is_worth_another(&self) -> bool {
        match self.class() {
            // One that was waited for in vain would be so again.
            Class::Lost(_) => !matches!(self, Self::NoAnswer),
            Class::Stale => true,
            _ => false,
        }
    }

    pub(crate) fn source(self) -> Option<BoxError> {
        match self {
            Self::Refused(refusal) => Some(refusal.into()),
            Self::Driver(trouble) => Some(trouble.words.into()),
            Self::Unsent(source) => source,
            Self::NoAnswer => None,
        }
    }

    /// Whether this statement failed because what it makes, takes away or renames is so already.
    pub(crate) fn says_it_is_done(&self, statement: &str) -> bool {
        let Self::Refused(Refusal { code, message, .. }) = self else { return false };
        let has = |verb: &str| statement.split_whitespace().any(|w| w.eq_ignore_ascii_case(verb));
        // A table, column, key, foreign key, check, trigger or routine of that name is there.
        let is_there = matches!(code, 1050 | 1060 | 1061 | 1068 | 1304 | 1359 | 1826 | 3822)
            || (*code == 1005 && message.as_deref().is_some_and(|m| m.contains("errno: 121")));
        // None is there.
        let is_gone = matches!(code, 1051 | 1091 | 1305 | 1360 | 3940);
        let was_renamed = matches!(code, 1054 | 1146);
        ((has("CREATE") || has("ADD")) && is_there)
            || (has("DROP") && is_gone)
            || (has("RENAME") && was_renamed)
    }

    /// [`into_error`](Self::into_error) of what is told here.
    pub(crate) fn in_context(self, what: &str) -> Error {
        match self.class() {
            Class::Busy(reason) => Error::busy(format!("{what}: {reason}"), self.source()),
            Class::Lost(reason) | Class::Stopped(reason) | Class::Unavailable(reason) => {
                Error::unavailable(format!("{what}: {reason}"), self.source())
            }
            _ => Error::backend(what.to_owned(), self.source()),
        }
    }

    /// The error of a call that stores nothing by itself and breaks no constraint of its own.
    pub(crate) fn into_error(self) -> Error {
        match self.class() {
            Class::Busy(reason) => Error::busy(reason, self.source()),
            Class::Lost(reason) | Class::Stopped(reason) | Class::Unavailable(reason) => {
                Error::unavailable(reason, self.source())
            }
            Class::Stale => Error::busy(
                "a prepared statement is no longer known: something between here and the server \
                 took another connection",
                self.source(),
            ),
            Class::Other(reason) => Error::backend(reason, self.source()),
            Class::Unique | Class::ForeignKey => {
                Error::backend("a constraint of the schema was broken", self.source())
            }
        }
    }

    /// The error of a single write, which may have been stored by the time its answer was lost. One that
    /// was stopped was undone: a server looks whether it is to stop before it stores, not after.
    pub(crate) fn into_unknown(self) -> Error {
        match (self.class(), self) {
            (Class::Lost(_), unsent @ Self::Unsent(_)) => unsent.into_error(),
            (Class::Lost(reason), lost) => Error::outcome_unknown(reason, lost.source()),
            (_, other) => other.into_error(),
        }
    }

    /// The error of a COMMIT, which may have been stopped before the end or just after.
    pub(crate) fn into_uncommitted(self) -> Error {
        match self.class() {
            Class::Stopped(reason) => Error::outcome_unknown(reason, self.source()),
            _ => self.into_unknown(),
        }
    }

    /// What a row of this kind that was not stored breaks, if it is that.
    pub(crate) fn broken(&self, kind: EntityKind) -> Option<Error> {
        let (entity, field) = self.field(kind)?;
        match self.class() {
            Class::Unique => Some(Error::already_exists(entity, field)),
            Class::ForeignKey => Some(Error::reference_missing(entity, field)),
            _ => None,
        }
    }
}

/// Why there is no connection to this place.
pub(crate) fn connect_error(failure: Failure, place: &str) -> Error {
    let reason = match &failure {
        Failure::Driver(trouble) => match trouble.kind {
            TroubleKind::Tls => "no secure connection could be made",
            TroubleKind::NoTls => "the server offers no TLS, which ssl-mode asks for",
            TroubleKind::Login => "the server wants a kind of password that is not known here",
            TroubleKind::Wire | TroubleKind::TooLarge => "the server cannot be reached",
        },
        Failure::Refused(refusal) => match refusal.class {
            Class::Unavailable(reason) => reason,
            _ => "the server refused the connection",
        },
        Failure::Unsent(_) | Failure::NoAnswer => "the server did not answer",
    };
    Error::unavailable(format!("{place}: {reason}"), failure.source())
}

/// Why there was no connection in time.
pub(crate) fn connect_timed_out(place: &str) -> Error {
    Error::unavailable(
        format!("{place}: the server did not let anybody in within the time for connecting"),
        None,
    )
}

#[cfg(test)]
mod tests;
