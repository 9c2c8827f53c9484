//! What a URL says.

use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tournament_core::{Error, Result};

use crate::options::Address;
use crate::{MySqlOptions, SslMode};

/// How a URL begins.
const SCHEMES: [&str; 2] = ["mysql://", "mariadb://"];

/// What may follow the `?`.
const PARAMETERS: [&str; 8] = [
    "connect_timeout",
    "lock_timeout",
    "pool_size",
    "pool_timeout",
    "socket",
    "ssl-ca",
    "ssl-mode",
    "statement_timeout",
];

const PORT: u16 = 3306;

/// Nothing of the URL is repeated in an error but a parameter's name: the rest may be a password.
pub(crate) fn parse(url: &str) -> Result<MySqlOptions> {
    let rest = SCHEMES.iter().find_map(|scheme| url.strip_prefix(scheme)).ok_or_else(|| {
        refused(format!("it does not begin with {} or {}", SCHEMES[0], SCHEMES[1]))
    })?;
    let (address, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = address.split_once('/').unwrap_or((address, ""));
    // What follows another @ than the one before the host would be taken for a host, and shown.
    if rest.matches('@').count() > usize::from(authority.contains('@')) {
        return Err(refused(
            "only one @ may stand in it, before the host; in a user, a password or a parameter @ is \
             written %40, / is %2F and ? is %3F",
        ));
    }
    if database.is_empty() {
        return Err(refused("it names no database: mysql://USER:PASSWORD@HOST:PORT/DATABASE"));
    }
    if database.contains('/') {
        return Err(refused("a / in the database's name is written %2F"));
    }
    let mut options =
        MySqlOptions::of(Address { database: decode(database)?, ..authority_of(authority)? });
    let mut says_mode = false;
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').ok_or_else(|| {
            refused("a parameter has no value; & joins parameters, and is %26 in a value")
        })?;
        says_mode |= name == "ssl-mode";
        options = set(options, name, &decode(value)?)?;
    }
    if options.address.host.is_empty() && options.address.socket.is_none() {
        return Err(refused("it names no host"));
    }
    // As MySQL's own clients have it: whoever names an authority wants the server to be from there.
    if options.ssl_authorities.is_some() && !says_mode {
        options = options.with_ssl_mode(SslMode::VerifyIdentity);
    }
    Ok(options)
}

fn authority_of(authority: &str) -> Result<Address> {
    let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = match login.split_once(':') {
        Some((user, password)) => (user, Some(decode(password)?)),
        None => (login, None),
    };
    let (host, port) = match place.strip_prefix('[') {
        Some(literal) => {
            let (host, port) = literal
                .split_once(']')
                .ok_or_else(|| refused("an IPv6 address stands between [ and ]"))?;
            match port.strip_prefix(':') {
                None if !port.is_empty() => {
                    return Err(refused("after the ] of an address comes a : and the port"));
                }
                port => (host, port),
            }
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let port = match port {
        None => PORT,
        Some(port) => match port.parse() {
            Ok(port @ 1..) => port,
            _ => return Err(refused("the port is a number from 1 to 65535")),
        },
    };
    let user = if user.is_empty() { None } else { Some(decode(user)?) };
    Ok(Address { host: decode(host)?, port, user, password, ..Address::default() })
}

fn set(options: MySqlOptions, name: &str, value: &str) -> Result<MySqlOptions> {
    Ok(match name {
        "ssl-mode" => options.with_ssl_mode(mode(value)?),
        "ssl-ca" => options.with_ssl_ca(PathBuf::from(value)),
        "socket" => MySqlOptions {
            address: Address { socket: Some(value.to_owned()), ..options.address },
            ..options
        },
        "connect_timeout" => options.with_connect_timeout(seconds(name, value)?),
        "statement_timeout" => options.with_statement_timeout(milliseconds(name, value)?),
        "lock_timeout" => options.with_lock_timeout(milliseconds(name, value)?),
        "pool_timeout" => options.with_pool_timeout(milliseconds(name, value)?),
        "pool_size" => options.with_pool_size(number(name, value, MySqlOptions::MAX_POOL)?),
        _ => return Err(unknown(name)),
    })
}

fn mode(value: &str) -> Result<SslMode> {
    match value.to_ascii_uppercase().replace('-', "_").as_str() {
        "DISABLED" => Ok(SslMode::Disabled),
        "PREFERRED" => Ok(SslMode::Preferred),
        "REQUIRED" => Ok(SslMode::Required),
        "VERIFY_IDENTITY" => Ok(SslMode::VerifyIdentity),
        "VERIFY_CA" => Err(refused(
            "ssl-mode VERIFY_CA, which looks at everything but the host's name, is not served: use \
             VERIFY_IDENTITY",
        )),
        _ => Err(refused("ssl-mode is DISABLED, PREFERRED, REQUIRED or VERIFY_IDENTITY")),
    }
}

/// None is waited for without end, so 0, which would mean that, is refused.
fn milliseconds(name: &str, value: &str) -> Result<Duration> {
    match value.parse::<i32>() {
        Ok(ms @ 1..) => Ok(Duration::from_millis(u64::from(ms.unsigned_abs()))),
        _ => Err(refused(format!("{name} is a number of milliseconds, from 1"))),
    }
}

fn seconds(name: &str, value: &str) -> Result<Duration> {
    match value.parse::<u64>() {
        Ok(seconds @ 1..=3_600) => Ok(Duration::from_secs(seconds)),
        _ => Err(refused(format!("{name} is a number of seconds, from 1 to 3600"))),
    }
}

fn number(name: &str, value: &str, most: usize) -> Result<usize> {
    match value.parse::<usize>() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(refused(format!("{name} is a number from 1 to {most}"))),
    }
}

fn decode(value: &str) -> Result<String> {
    percent_decode_str(value)
        .decode_utf8()
        .map(Into::into)
        .map_err(|_| refused("a part of it is not UTF-8"))
}

fn unknown(name: &str) -> Error {
    let is_name =
        name.len() <= 30 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-');
    let named =
        if is_name { format!("{name:?} is no parameter") } else { "one is no parameter".into() };
    refused(format!("{named}; they are {}", PARAMETERS.join(", ")))
}

fn refused(reason: impl AsRef<str>) -> Error {
    Error::backend(format!("the URL of the MySQL store: {}", reason.as_ref()), None)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::options::Address;
    use crate::{MySqlOptions, SslMode};
    use std::time::Duration;

    #[test]
    fn a_url_says_it_all() {
        let options = parse(
            "mariadb://ada:s%40f%3Ae@one:3307/c%2Fup?ssl-mode=verify_identity&ssl-ca=/etc/a%20b.pem\
             &connect_timeout=3&statement_timeout=1500&lock_timeout=250&pool_size=3\
             &pool_timeout=900&socket=/run/a.sock",
        )
        .unwrap();
        let by_hand = MySqlOptions::of(Address {
            host: "one".to_owned(),
            port: 3307,
            socket: Some("/run/a.sock".to_owned()),
            user: Some("ada".to_owned()),
            password: Some("s@f:e".to_owned()),
            database: "c/up".to_owned(),
        })
        .with_ssl_mode(SslMode::VerifyIdentity)
        .with_ssl_ca("/etc/a b.pem")
        .with_connect_timeout(Duration::from_secs(3))
        .with_statement_timeout(Duration::from_millis(1_500))
        .with_lock_timeout(Duration::from_millis(250))
        .with_pool_size(3)
        .with_pool_timeout(Duration::from_millis(900));
        assert_eq!(options, by_hand);
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        for (url, place) in [
            ("mysql://localhost/cup", "localhost:3306"),
            ("mysql://ada@[::1]/cup", "[::1]:3306"),
            ("mysql://ada:@[::1]:3307/cup", "[::1]:3307"),
            ("mysql:///cup?socket=/run/m.sock", "/run/m.sock"),
        ] {
            let options = parse(url).unwrap();
            assert_eq!(options.address.to_string(), place);
            assert_eq!(options.ssl_mode, SslMode::Preferred);
        }
        let trusting = parse("mysql://localhost/cup?ssl-ca=/etc/ca.pem").unwrap();
        assert_eq!(trusting.ssl_mode, SslMode::VerifyIdentity);
        let required = parse("mysql://localhost/cup?ssl-ca=/x&ssl-mode=REQUIRED").unwrap();
        assert_eq!(required.ssl_mode, SslMode::Required);
    }

    #[test]
    fn a_refused_url_says_why_and_shows_no_secret() {
        for (url, part) in [
            ("mysql:ada:hunter2@host", "begin with mysql://"),
            ("postgres://ada:hunter2@host/x", "begin with mysql://"),
            ("mysql://ada:hunter2@host", "names no database"),
            ("mysql://ada:hunter2@host/?pool_size=1", "names no database"),
            ("mysql://ada:hunter2@host/x/hunter2", "written %2F"),
            ("mysql://ada:hunter2@/x", "names no host"),
            ("mysql://ada:hun@ter2hunter2@host/x", "@ is written %40"),
            ("mysql://ada:hun/ter2@hunter2/x", "@ is written %40"),
            ("mysql://ada:hun?ter2@hunter2/x", "@ is written %40"),
            ("mysql://host/x?socket=hun@hunter2", "@ is written %40"),
            ("mysql://ada:hunter2@host:hunter2/x", "port is a number"),
            ("mysql://ada:hunter2@host:0/x", "port is a number"),
            ("mysql://ada:hunter2@[::1/x", "between [ and ]"),
            ("mysql://ada:hunter2@[::1]3307/x", "comes a : and the port"),
            ("mysql://ada:hunter2%FF@host/x", "not UTF-8"),
            ("mysql://ada:hunter2@host/x?ssl-mode=hunter2", "ssl-mode is DISABLED"),
            ("mysql://ada:hunter2@host/x?ssl-mode=VERIFY_CA", "use VERIFY_IDENTITY"),
            ("mysql://ada:hunter2@host/x?sslmode=hunter2", "\"sslmode\" is no parameter; they"),
            ("mysql://ada@host/x?password=a&HUNTER2=x", "\"password\" is no parameter; they"),
            ("mysql://ada@host/x?HUNTER2=x", "one is no parameter"),
            ("mysql://ada@host/x?pool_size=1&hunter2", "a parameter has no value"),
            ("mysql://ada:hunter2@host/x?pool_size=0", "pool_size is a number from 1"),
            ("mysql://ada:hunter2@host/x?lock_timeout=0", "lock_timeout is a number of milli"),
            ("mysql://ada:hunter2@host/x?statement_timeout=1s", "statement_timeout is a number"),
            ("mysql://ada:hunter2@host/x?connect_timeout=0", "connect_timeout is a number of"),
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
        let options = parse("mysql://ada:hunter2@host/cup").unwrap();
        let shown = format!("{options:?}");
        assert!(!shown.contains("hunter2") && shown.contains("host"), "{shown}");
    }
}
