//! What PostgreSQL's errors mean.

use std::fmt;

use tokio_postgres::error::{DbError, Severity, SqlState};
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
    /// The server answers and cannot do this; nothing was done.
    Unavailable(&'static str),
    /// The transaction failed before.
    Failed,
    /// The statement was prepared for another schema, or on another connection.
    Stale,
    /// Anything else that the server said.
    Other(&'static str),
}

pub(crate) const ONLY_READS: &str = "the server only reads: it is a standby, or set so";

/// By SQLSTATE (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
pub(crate) fn classify(code: &str) -> Class {
    match code {
        "23505" => Class::Unique,
        "23503" | "23001" => Class::ForeignKey,
        "40001" => Class::Busy("another transaction was in the way"),
        "40P01" => Class::Busy("two transactions waited for each other"),
        "55P03" => Class::Busy("another writer did not end in time"),
        "57P01" | "57P02" | "57P04" => Class::Lost("the server closed the connection"),
        "25P03" | "57P05" | "25P04" => {
            Class::Lost("the server closed a connection that was idle for too long")
        }
        "57P03" => Class::Unavailable("the server is starting, stopping or recovering"),
        "57014" => Class::Unavailable("the statement was cancelled, most likely by its time-out"),
        "25006" => Class::Unavailable(ONLY_READS),
        "25P02" => Class::Failed,
        "26000" | "0A000" | "42P05" => Class::Stale,
        "28000" | "28P01" => Class::Unavailable("the server refused the user or the password"),
        "3D000" => Class::Unavailable("the database does not exist: create it first"),
        "42501" => Class::Unavailable("the user lacks a right that this needs"),
        "42P01" | "3F000" => Class::Other("a table of the schema is missing"),
        "53300" => Class::Unavailable("the server takes no more connections"),
        "53100" => Class::Unavailable("the server's disk is full"),
        "53200" => Class::Unavailable("the server has not enough memory"),
        "XX001" | "XX002" => Class::Unavailable("the server found its data damaged"),
        _ => match code.get(..2) {
            Some("08") => Class::Lost("the connection to the server was lost"),
            Some("53") => Class::Unavailable("the server has not enough resources"),
            Some("58") => Class::Unavailable("the server's system failed"),
            Some("23") => Class::Other("a constraint of the schema was broken"),
            Some("22") => Class::Other("the server refused a value"),
            _ => Class::Other("PostgreSQL refused a statement"),
        },
    }
}

/// The field that a broken unique key is known by, and the one whose parent is missing where a
/// foreign key is broken.
pub(crate) fn field_of(constraint: &str) -> Option<(EntityKind, &'static str)> {
    use EntityKind::{Component, Format, Match, Player, Registration, Round, Tournament, Venue};
    Some(match constraint {
        "players_pk" => (Player, "id"),
        "players_discord_id_key" => (Player, "discord_id"),
        "venues_pk" => (Venue, "id"),
        "formats_pk" => (Format, "id"),
        "formats_name_key" => (Format, "name"),
        "tournaments_pk" => (Tournament, "id"),
        "tournaments_format_fk" => (Tournament, "format_id"),
        "tournaments_venue_fk" => (Tournament, "venue_id"),
        "tournaments_created_by_fk" => (Tournament, "created_by"),
        "tournament_registrations_pk" => (Registration, "id"),
        "tournament_registrations_player_key" | "tournament_registrations_player_fk" => {
            (Registration, "player_id")
        }
        "tournament_registrations_sequence_key" => (Registration, "sequence_id"),
        "tournament_registrations_tournament_fk" => (Registration, "tournament_id"),
        // The longer keys begin with the id: only it can be taken.
        "components_pk" | "components_tournament_key" => (Component, "id"),
        "components_sequence_order_key" => (Component, "sequence_order"),
        "components_tournament_fk" => (Component, "tournament_id"),
        "rounds_pk" | "rounds_parents_key" => (Round, "id"),
        "rounds_round_number_key" => (Round, "round_number"),
        "rounds_component_fk" => (Round, "component_id"),
        "matches_pk" => (Match, "id"),
        "matches_table_number_key" => (Match, "table_number"),
        "matches_round_fk" => (Match, "round_id"),
        "matches_player1_fk" => (Match, "player1_id"),
        "matches_player2_fk" => (Match, "player2_id"),
        _ => return None,
    })
}

/// Why a call to the server did not give what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server said so.
    Refused(Refusal),
    /// The driver said so.
    Driver(tokio_postgres::Error),
    /// The connection was gone before the server was asked.
    Unsent(Option<BoxError>),
    /// Nobody said anything in time.
    NoAnswer,
}

/// A server's error without its details: those quote rows, and a row may hold passwords.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: SqlState,
    /// Whether the server ended the connection, or itself, with it: even a COMMIT may have come to
    /// the disk before.
    is_fatal: bool,
    message: String,
    constraint: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLSTATE {})", self.message, self.code.code())
    }
}

impl std::error::Error for Refusal {}

impl From<&DbError> for Refusal {
    fn from(error: &DbError) -> Self {
        Self {
            code: error.code().clone(),
            is_fatal: matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic)),
            message: error.message().to_owned(),
            constraint: error.constraint().map(str::to_owned),
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(refusal) => Self::Refused(refusal.into()),
            None => Self::Driver(error),
        }
    }
}

impl Failure {
    pub(crate) fn class(&self) -> Class {
        match self {
            Self::Refused(refusal) => match classify(refusal.code.code()) {
                lost @ Class::Lost(_) => lost,
                _ if refusal.is_fatal => Class::Lost("the server closed the connection"),
                class => class,
            },
            // What it says before anything is sent would be a mistake of this crate.
            Self::Driver(_) | Self::Unsent(_) => {
                Class::Lost("the connection to the server was lost")
            }
            Self::NoAnswer => Class::Lost("the server did not answer in time"),
        }
    }

    /// The entity and field of the constraint that was broken.
    fn field(&self) -> Option<(EntityKind, &'static str)> {
        match self {
            Self::Refused(refusal) => refusal.constraint.as_deref().and_then(field_of),
            Self::Driver(_) | Self::Unsent(_) | Self::NoAnswer => None,
        }
    }

    /// The same failure of what came before the statement itself.
    pub(crate) fn before_sending(self) -> Self {
        match self.class() {
            Class::Lost(_) => Self::Unsent(self.source()),
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
            Self::Driver(error) => Some(error.into()),
            Self::Unsent(source) => source,
            Self::NoAnswer => None,
        }
    }

    /// The error of a call that stores nothing by itself and breaks no constraint of its own.
    pub(crate) fn into_error(self) -> Error {
        match self.class() {
            Class::Busy(reason) => Error::busy(reason, self.source()),
            Class::Lost(reason) | Class::Unavailable(reason) => {
                Error::unavailable(reason, self.source())
            }
            Class::Failed => Error::aborted(),
            Class::Stale => Error::busy(
                "a prepared statement is no longer known, or no longer fits the schema (behind \
                 PgBouncer in transaction mode, add pgbouncer=true to the URL)",
                self.source(),
            ),
            Class::Other(reason) => Error::backend(reason, self.source()),
            Class::Unique | Class::ForeignKey => {
                Error::backend("a constraint of the schema was broken", self.source())
            }
        }
    }

    /// [`into_error`](Self::into_error) of what is told here.
    pub(crate) fn in_context(self, what: &str) -> Error {
        match self.class() {
            Class::Busy(reason) => Error::busy(format!("{what}: {reason}"), self.source()),
            Class::Lost(reason) | Class::Unavailable(reason) => {
                Error::unavailable(format!("{what}: {reason}"), self.source())
            }
            _ => Error::backend(what.to_owned(), self.source()),
        }
    }

    /// The error of a call that may have been stored by the time its answer was lost.
    pub(crate) fn into_unknown(self) -> Error {
        match (self.class(), self) {
            (Class::Lost(_), unsent @ Self::Unsent(_)) => unsent.into_error(),
            (Class::Lost(reason), lost) => Error::outcome_unknown(reason, lost.source()),
            (_, other) => other.into_error(),
        }
    }

    /// What a row that was not stored breaks, if it is that.
    pub(crate) fn broken(&self) -> Option<Error> {
        let (entity, field) = self.field()?;
        match self.class() {
            Class::Unique => Some(Error::already_exists(entity, field)),
            Class::ForeignKey => Some(Error::reference_missing(entity, field)),
            _ => None,
        }
    }
}

/// Why there is no connection to this place.
pub(crate) fn connect_error(error: tokio_postgres::Error, place: &str) -> Error {
    let failure = Failure::from(error);
    let reason = match &failure {
        Failure::Driver(error) => unreachable(error),
        Failure::Refused(refusal) => match classify(refusal.code.code()) {
            Class::Unavailable(reason) => reason,
            _ => "the server refused the connection",
        },
        Failure::Unsent(_) | Failure::NoAnswer => "the server did not answer",
    };
    Error::unavailable(format!("{place}: {reason}"), failure.source())
}

/// What kept the driver from a server that said nothing itself. It tells the kinds apart only in
/// words.
fn unreachable(error: &tokio_postgres::Error) -> &'static str {
    let said = error.to_string();
    if said.contains("TLS") {
        "no secure connection could be made"
    } else if said.contains("authentication") || said.contains("configuration") {
        "the user or the password is missing, or of a kind that the server does not take"
    } else {
        "the server cannot be reached"
    }
}

/// Why no host gave a connection in time.
pub(crate) fn connect_timed_out() -> Error {
    Error::unavailable("the server did not let anybody in within the time for connecting", None)
}

#[cfg(test)]
mod tests {
    use super::{Class, Failure, Refusal, classify};
    use tokio_postgres::error::SqlState;
    use tournament_core::Error;

    fn refused(code: &str, constraint: Option<&str>) -> Failure {
        Failure::Refused(Refusal {
            code: SqlState::from_code(code),
            is_fatal: false,
            message: "the server's words".to_owned(),
            constraint: constraint.map(str::to_owned),
        })
    }

    #[test]
    fn codes_have_their_class() {
        for (code, class) in [
            ("23505", "unique"),
            ("23503", "foreign key"),
            ("23001", "foreign key"),
            ("23502", "other"),
            ("23514", "other"),
            ("40001", "busy"),
            ("40P01", "busy"),
            ("55P03", "busy"),
            ("08000", "lost"),
            ("08003", "lost"),
            ("08006", "lost"),
            ("08P01", "lost"),
            ("57P01", "lost"),
            ("57P02", "lost"),
            ("57P04", "lost"),
            ("57P05", "lost"),
            ("25P03", "lost"),
            ("57P03", "unavailable"),
            ("57014", "unavailable"),
            ("25006", "unavailable"),
            ("28000", "unavailable"),
            ("28P01", "unavailable"),
            ("3D000", "unavailable"),
            ("42501", "unavailable"),
            ("53000", "unavailable"),
            ("53100", "unavailable"),
            ("53200", "unavailable"),
            ("53300", "unavailable"),
            ("58030", "unavailable"),
            ("XX001", "unavailable"),
            ("25P02", "failed"),
            ("26000", "stale"),
            ("0A000", "stale"),
            ("42P05", "stale"),
            ("22001", "other"),
            ("42601", "other"),
            ("42P01", "other"),
            ("XX000", "other"),
            ("P0001", "other"),
            ("", "other"),
        ] {
            let found = match classify(code) {
                Class::Unique => "unique",
                Class::ForeignKey => "foreign key",
                Class::Busy(_) => "busy",
                Class::Lost(_) => "lost",
                Class::Unavailable(_) => "unavailable",
                Class::Failed => "failed",
                Class::Stale => "stale",
                Class::Other(_) => "other",
            };
            assert_eq!(found, class, "{code}");
        }
    }

    #[test]
    fn only_a_lost_connection_leaves_the_outcome_open() {
        let unknown = |failure: Failure| {
            matches!(failure.into_unknown(), Error::Unavailable { outcome_unknown: true, .. })
        };
        for code in ["08006", "57P01", "57P02"] {
            assert!(unknown(refused(code, None)), "{code}");
            assert_eq!(refused(code, None).into_error().code(), "unavailable");
            assert!(refused(code, None).into_error().is_retryable());
        }
        assert!(unknown(Failure::NoAnswer));
        assert!(!unknown(Failure::Unsent(None)));
        assert!(!unknown(refused("57P01", None).before_sending()));
        for code in ["57014", "40001", "53100", "25006", "42601"] {
            assert!(!unknown(refused(code, None)), "{code}");
            // A server that ends with it may have stored what was asked before.
            let Failure::Refused(refusal) = refused(code, None) else { unreachable!() };
            assert!(unknown(Failure::Refused(Refusal { is_fatal: true, ..refusal })), "{code}");
        }
    }

    #[test]
    fn a_broken_key_has_an_entity_and_a_field() {
        let broken = |code, constraint| refused(code, Some(constraint)).broken();
        let error = broken("23505", "players_discord_id_key").unwrap();
        assert_eq!((error.code(), error.fields()), ("already_exists", vec!["discord_id"]));
        let error = broken("23503", "matches_player2_fk").unwrap();
        assert_eq!((error.code(), error.fields()), ("reference_missing", vec!["player2_id"]));
        assert!(broken("23514", "matches_games_check").is_none());
        assert!(broken("23505", "somebody_elses_key").is_none());
        assert_eq!(refused("23505", Some("somebody_elses_key")).into_error().code(), "backend");
    }

    #[test]
    fn errors_keep_the_servers_words_to_the_source() {
        let error = refused("XX000", None).into_error();
        assert!(!error.to_string().contains("words"), "{error}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(source, "the server's words (SQLSTATE XX000)");
    }
}
