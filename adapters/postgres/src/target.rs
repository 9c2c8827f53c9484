//! Where connections lead, and how each is made.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Connect};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{CancelToken, Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;
use tournament_core::{Error, Result};

use crate::PostgresOptions;
use crate::error::{connect_error, connect_timed_out};
use crate::tls;

/// How long each host has for letting somebody in, unless the URL says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What else a connection is told at its beginning.
///
/// A role may have another isolation as its default; single statements are to be as those of units.
/// Statements are planned once: each has a plan that is good for whatever is bound, and left to
/// itself `PostgreSQL` plans many anew each time, to save less than that costs. None is worth being
/// compiled. What the catalogue tells is compared as text, so nothing more than has to be is quoted.
const SESSION: &str = "\
    SET default_transaction_isolation = 'read committed'; \
    SET plan_cache_mode = force_generic_plan; \
    SET jit = off; \
    SET quote_all_identifiers = off";

/// One host, and the way to it.
#[derive(Clone)]
struct Place {
    config: Config,
    name: String,
}

/// How calls are made over a connection.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Whether statements are prepared once per connection.
    pub(crate) prepares: bool,
    /// When a call that is not answered is given up.
    pub(crate) answer_timeout: Duration,
    /// What the server is told at the beginning of each connection.
    session: String,
    /// What it is told at the beginning of each transaction.
    pub(crate) local: String,
    /// What it is told where a transaction had another bound of its waits for locks.
    pub(crate) lock_timeout: String,
}

#[derive(Clone)]
pub(crate) struct Target {
    places: Vec<Place>,
    tls: MakeRustlsConnect,
    pub(crate) settings: Settings,
    connect_timeout: Duration,
}

/// Why no host let anybody in.
enum Dial {
    Refused(tokio_postgres::Error, String),
    TimedOut,
}

type Dialled = (Client, JoinHandle<()>);

/// The task of a connection, closed where nobody waited for its beginning.
struct AbortOnDrop(Option<JoinHandle<()>>);

impl AbortOnDrop {
    fn keep(&mut self) -> JoinHandle<()> {
        self.0.take().unwrap_or_else(|| tokio::spawn(async {}))
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

impl Target {
    pub(crate) fn new(options: &PostgresOptions) -> Result<Self> {
        let connect_timeout =
            options.config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT);
        Ok(Self {
            places: places(options),
            tls: tls::connector(options.ssl_mode, options.ssl_root_certificate.as_deref())?,
            settings: Settings::new(options, connect_timeout),
            connect_timeout,
        })
    }

    /// When all hosts together have had their time.
    pub(crate) fn connect_timeout(&self) -> Duration {
        self.connect_timeout * u32::try_from(self.places.len()).unwrap_or(u32::MAX)
    }

    /// How long an idle connection has for saying that it is still there.
    pub(crate) fn ping_timeout(&self) -> Duration {
        (self.connect_timeout / 2).min(PING_TIMEOUT)
    }

    /// A new connection, to the first host that lets somebody in and is of the kind asked for.
    pub(crate) async fn connect(&self) -> Result<ClientWrapper> {
        match self.dial().await {
            Ok((client, task)) => Ok(ClientWrapper::new(client, task)),
            Err(Dial::Refused(error, place)) => Err(connect_error(error, &place)),
            Err(Dial::TimedOut) => Err(connect_timed_out()),
        }
    }

    /// Why the pool has no connection.
    pub(crate) fn refusal(&self, error: tokio_postgres::Error) -> Error {
        let names: Vec<_> = self.places.iter().map(|place| place.name.as_str()).collect();
        connect_error(error, &names.join(", "))
    }

    async fn dial(&self) -> Result<Dialled, Dial> {
        let mut refused = Dial::TimedOut;
        for place in &self.places {
            match timeout(self.connect_timeout, self.dial_place(place)).await {
                Ok(Ok(dialled)) => return Ok(dialled),
                Ok(Err(error)) => refused = Dial::Refused(error, place.name.clone()),
                Err(_) => {}
            }
        }
        Err(refused)
    }

    async fn dial_place(&self, place: &Place) -> Result<Dialled, tokio_postgres::Error> {
        let (client, connection) = place.config.connect(self.tls.clone()).await?;
        // Whoever waits for an answer is told how the connection ended.
        let mut task = AbortOnDrop(Some(tokio::spawn(async move { drop(connection.await) })));
        if !self.settings.session.is_empty() {
            client.batch_execute(&self.settings.session).await?;
        }
        Ok((client, task.keep()))
    }

    /// Ends what a connection that nobody else uses is doing; it is of no use after that.
    pub(crate) async fn cancel(&self, token: CancelToken) {
        // One that cannot be sent is no worse than none: the server's own time-outs remain.
        drop(timeout(self.connect_timeout, token.cancel_query(self.tls.clone())).await);
    }
}

impl Connect for Target {
    fn connect(
        &self,
        _: &Config,
    ) -> Pin<Box<dyn Future<Output = Result<Dialled, tokio_postgres::Error>> + Send + '_>> {
        Box::pin(async move {
            match self.dial().await {
                Ok(dialled) => Ok(dialled),
                Err(Dial::Refused(error, _)) => Err(error),
                // The pool's own time-out ends this at the same moment.
                Err(Dial::TimedOut) => std::future::pending().await,
            }
        })
    }
}

impl Settings {
    /// The same for what may take long.
    pub(crate) fn patient(&self) -> Self {
        Self { answer_timeout: A_DAY, ..self.clone() }
    }

    fn new(options: &PostgresOptions, connect_timeout: Duration) -> Self {
        let statement = options.statement_timeout.as_millis();
        let lock = options.lock_timeout.as_millis();
        let set = |keyword: &str| {
            format!("{keyword} statement_timeout = {statement}; {keyword} lock_timeout = {lock}")
        };
        let (session, local) = if options.pgbouncer {
            (String::new(), format!("; {}", set("SET LOCAL")))
        } else {
            (format!("{}; {SESSION}", set("SET")), String::new())
        };
        Self {
            prepares: !options.pgbouncer,
            answer_timeout: options.statement_timeout.saturating_add(connect_timeout),
            session,
            local,
            lock_timeout: format!("SET LOCAL lock_timeout = {lock}"),
        }
    }
}

/// The longest that a server takes for saying that it is there, far away and busy.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a migration is waited for.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Each host by itself: the driver bounds only a part of connecting, and would wait for one that
/// takes connections and says nothing.
fn places(options: &PostgresOptions) -> Vec<Place> {
    let all = &options.config;
    let addresses = all.get_hostaddrs();
    let count = all.get_hosts().len().max(addresses.len());
    (0..count)
        .map(|number| {
            let mut config = Config::new();
            let mut mode = options.ssl_mode.of_driver();
            let address = addresses.get(number);
            let ports = all.get_ports();
            let port = ports.get(number).or(ports.first()).copied().unwrap_or(5432);
            let name = match (all.get_hosts().get(number), address) {
                #[cfg(unix)]
                (Some(Host::Unix(path)), _) => {
                    config.host_path(path);
                    // As libpq has it: what does not leave the machine is not encrypted.
                    mode = SslMode::Disable;
                    format!("{}:{port}", path.display())
                }
                (Some(Host::Tcp(host)), _) => {
                    config.host(host);
                    format!("{host}:{port}")
                }
                (_, Some(address)) => {
                    config.host(address.to_string());
                    format!("{address}:{port}")
                }
                (_, None) => format!(":{port}"),
            };
            if let Some(address) = address {
                config.hostaddr(*address);
            }
            config
                .port(port)
                .ssl_mode(mode)
                .application_name(all.get_application_name().unwrap_or("tournament-postgres"))
                .target_session_attrs(all.get_target_session_attrs())
                .channel_binding(all.get_channel_binding())
                .keepalives(all.get_keepalives())
                .keepalives_idle(all.get_keepalives_idle());
            if let Some(interval) = all.get_keepalives_interval() {
                config.keepalives_interval(interval);
            }
            if let Some(retries) = all.get_keepalives_retries() {
                config.keepalives_retries(retries);
            }
            if let Some(user) = all.get_user() {
                config.user(user);
            }
            if let Some(password) = all.get_password() {
                config.password(password);
            }
            if let Some(database) = all.get_dbname() {
                config.dbname(database);
            }
            if let Some(options) = all.get_options() {
                config.options(options);
            }
            Place { config, name }
        })
        .collect()
}
