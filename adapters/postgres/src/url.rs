//! What a URL says.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tournament_core::{Error, Result};

use crate::{PostgresOptions, SslMode};

/// How a URL begins.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// The parameters that the driver itself reads.
const DRIVERS: [&str; 15] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "options",
    "password",
    "port",
    "target_session_attrs",
    "user",
];

/// The others.
const OURS: [&str; 8] = [
    "lock_timeout",
    "pgbouncer",
    "pool_size",
    "pool_timeout",
    "read_connections",
    "sslmode",
    "sslrootcert",
    "statement_timeout",
];

/// Nothing of the URL is repeated in an error but a parameter's name: the rest may be a password.
pub(crate) fn parse(url: &str) -> Result<PostgresOptions> {
    let scheme = SCHEMES.iter().find(|scheme| url.starts_with(**scheme)).ok_or_else(|| {
        refused(format!("it does not begin with {} or {}", SCHEMES[0], SCHEMES[1]))
    })?;
    // What follows another @ than the one before the host would be taken for a host, and shown.
    let rest = &url[scheme.len()..];
    let authority = rest.find(['/', '?']).map_or(rest, |end| &rest[..end]);
    if rest.matches('@').count() > usize::from(authority.contains('@')) {
        return Err(refused(
            "only one @ may stand in it, before the host; in a user, a password or a parameter @ is \
             written %40, / is %2F and ? is %3F",
        ));
    }
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let mut theirs = String::new();
    let mut ours = Vec::new();
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').ok_or_else(|| {
            refused("a parameter has no value; & joins parameters, and is %26 in a value")
        })?;
        if OURS.contains(&name) {
            ours.push((name, decode(value)?));
        } else if DRIVERS.contains(&name) {
            theirs.push(if theirs.is_empty() { '?' } else { '&' });
            theirs.push_str(parameter);
            check(name, value)?;
        } else {
            return Err(unknown(name));
        }
    }
    let config: Config = format!("{address}{theirs}").parse().map_err(|error| {
        // The driver names the parameter that it refuses, and no value.
        let cause = std::error::Error::source(&error).map_or_else(String::new, ToString::to_string);
        refused(if cause.is_empty() { "it cannot be understood".to_owned() } else { cause })
    })?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(refused("it names no host"));
    }
    let (hosts, addresses) = (config.get_hosts().len(), config.get_hostaddrs().len());
    if hosts > 0 && addresses > 0 && hosts != addresses {
        return Err(refused("it has not as many hostaddr as host"));
    }
    if config.get_ports().len() > 1 && config.get_ports().len() != hosts.max(addresses) {
        return Err(refused("it has neither one port nor one for each host"));
    }
    ours.into_iter()
        .try_fold(PostgresOptions::of(config), |options, (name, value)| set(options, name, &value))
}

fn set(options: PostgresOptions, name: &str, value: &str) -> Result<PostgresOptions> {
    Ok(match name {
        "sslmode" => options.with_ssl_mode(match value {
            "disable" => SslMode::Disable,
            "prefer" => SslMode::Prefer,
            "require" => SslMode::Require,
            "verify-ca" => SslMode::VerifyCa,
            "verify-full" => SslMode::VerifyFull,
            _ => {
                return Err(refused(
                    "sslmode is disable, prefer, require, verify-ca or verify-full",
                ));
            }
        }),
        "sslrootcert" => options.with_ssl_root_certificate(PathBuf::from(value)),
        "pgbouncer" => options.with_pgbouncer(match value {
            "true" => true,
            "false" => false,
            _ => return Err(refused("pgbouncer is true or false")),
        }),
        "statement_timeout" => options.with_statement_timeout(milliseconds(name, value)?),
        "lock_timeout" => options.with_lock_timeout(milliseconds(name, value)?),
        "pool_timeout" => options.with_pool_timeout(milliseconds(name, value)?),
        "pool_size" => options.with_pool_size(number(name, value, PostgresOptions::MAX_POOL)?),
        "read_connections" => {
            options.with_read_connections(number(name, value, PostgresOptions::MAX_READERS)?)
        }
        _ => return Err(unknown(name)),
    })
}

/// None is waited for without end, so 0, which would mean that, is refused.
fn milliseconds(name: &str, value: &str) -> Result<Duration> {
    match value.parse::<i32>() {
        Ok(ms @ 1..) => Ok(Duration::from_millis(u64::from(ms.unsigned_abs()))),
        _ => Err(refused(format!("{name} is a number of milliseconds, from 1"))),
    }
}

fn number(name: &str, value: &str, most: usize) -> Result<usize> {
    match value.parse::<usize>() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(refused(format!("{name} is a number from 1 to {most}"))),
    }
}

/// What the driver would take for something else.
fn check(name: &str, value: &str) -> Result<()> {
    match name {
        "connect_timeout"
            if !value.parse::<u32>().is_ok_and(|seconds| (1..=3_600).contains(&seconds)) =>
        {
            Err(refused("connect_timeout is a number of seconds, from 1 to 3600"))
        }
        "host" if decode(value)?.contains(',') => {
            Err(refused("several hosts stand before the database: postgres://one,two/database"))
        }
        _ => Ok(()),
    }
}

fn decode(value: &str) -> Result<Cow<'_, str>> {
    percent_decode_str(value).decode_utf8().map_err(|_| refused("a parameter's value is not UTF-8"))
}

fn unknown(name: &str) -> Error {
    let is_name = name.len() <= 30 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let named =
        if is_name { format!("{name:?} is no parameter") } else { "one is no parameter".into() };
    let known: Vec<_> = OURS.iter().chain(&DRIVERS).copied().collect();
    refused(format!("{named}; they are {}", known.join(", ")))
}

fn refused(reason: impl AsRef<str>) -> Error {
    Error::backend(format!("the URL of the PostgreSQL store: {}", reason.as_ref()), None)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::{PostgresOptions, SslMode};
    use std::time::Duration;
    use tokio_postgres::config::{Host, TargetSessionAttrs};

    fn hosts(options: &PostgresOptions) -> Vec<(String, u16)> {
        let config = &options.config;
        let hosts = config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        });
        hosts.zip(config.get_ports().iter().copied()).collect()
    }

    #[test]
    fn a_url_says_it_all() {
        let options = parse(
            "postgresql://ada:s%40fe@one:5433,two/cup?target_session_attrs=read-write\
             &connect_timeout=3&application_name=bot&sslmode=verify-full\
             &sslrootcert=/etc/a%20b.pem&statement_timeout=1500&lock_timeout=250&pool_size=3\
             &pool_timeout=900&read_connections=1&pgbouncer=true&options=-csearch_path%3Dcup",
        )
        .unwrap();
        let config = &options.config;
        assert_eq!(hosts(&options), [("one".to_owned(), 5433), ("two".to_owned(), 5432)]);
        assert_eq!(config.get_user(), Some("ada"));
        assert_eq!(config.get_password(), Some(&b"s@fe"[..]));
        assert_eq!(config.get_dbname(), Some("cup"));
        assert_eq!(config.get_options(), Some("-csearch_path=cup"));
        assert_eq!(config.get_application_name(), Some("bot"));
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(3)));
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        let by_hand = PostgresOptions::of(config.clone())
            .with_ssl_mode(SslMode::VerifyFull)
            .with_ssl_root_certificate("/etc/a b.pem")
            .with_statement_timeout(Duration::from_millis(1_500))
            .with_lock_timeout(Duration::from_millis(250))
            .with_pool_size(3)
            .with_pool_timeout(Duration::from_millis(900))
            .with_read_connections(1)
            .with_pgbouncer(true);
        assert_eq!(options, by_hand);
        let socket = parse("postgres:///cup?host=/var/run/postgresql&user=ada&port=5433").unwrap();
        assert_eq!(hosts(&socket), [("/var/run/postgresql".to_owned(), 5433)]);
    }

    #[test]
    fn a_refused_url_says_why_and_shows_no_secret() {
        for (url, part) in [
            ("postgres:ada:hunter2@host", "begin with postgres://"),
            ("mysql://ada:hunter2@host/x", "begin with postgres://"),
            ("postgres:///hunter2", "names no host"),
            ("postgres://ada:hun@ter2hunter2@host/x", "@ is written %40"),
            ("postgres://ada:hun/ter2@hunter2/x", "@ is written %40"),
            ("postgres://ada:hun?ter2@hunter2/x", "@ is written %40"),
            ("postgres://host/x?user=ada&password=hun@hunter2", "@ is written %40"),
            ("postgres://one,two/x?hostaddr=127.0.0.1", "not as many hostaddr as host"),
            ("postgres:///x?host=one,two", "several hosts stand before the database"),
            ("postgres:///x?host=one&port=1,2,3", "neither one port nor one for each host"),
            ("postgres://ada:hunter2@host:port/x", "port"),
            ("postgres://ada:hunter2@host/x?sslmode=hunter2", "sslmode is disable, prefer"),
            ("postgres://ada:hunter2@host/x?sslcert=hunter2", "\"sslcert\" is no parameter; they"),
            ("postgres://ada@host/x?password=a&HUNTER2=x", "one is no parameter"),
            ("postgres://ada@host/x?password=a&hunter2", "a parameter has no value"),
            ("postgres://ada:hunter2@host/x?pool_size=0", "pool_size is a number from 1"),
            ("postgres://ada:hunter2@host/x?pool_size=hunter2", "pool_size is a number from 1"),
            ("postgres://ada:hunter2@host/x?lock_timeout=0", "lock_timeout is a number of milli"),
            ("postgres://ada:hunter2@host/x?statement_timeout=1s", "statement_timeout is a number"),
            ("postgres://ada:hunter2@host/x?connect_timeout=0", "connect_timeout is a number of"),
            ("postgres://ada:hunter2@host/x?pgbouncer=yes", "pgbouncer is true or false"),
            ("postgres://ada:hunter2@host/x?target_session_attrs=primary", "target_session_attrs"),
        ] {
            let error = parse(url).unwrap_err();
            assert_eq!(error.code(), "backend");
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(part), "{url}: {shown}");
            assert!(!shown.to_lowercase().contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn options_show_no_secret() {
        let options = parse("postgres://ada:hunter2@host/cup?options=-chunter2=1").unwrap();
        let shown = format!("{options:?}");
        assert!(!shown.contains("hunter2") && shown.contains("host"), "{shown}");
    }
}
