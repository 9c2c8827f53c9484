//! A wire that can be slow, dead or cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Debug, Default)]
struct Faults {
    /// How long each piece takes, in milliseconds.
    delay: AtomicU64,
    /// Whether nothing gets through any more, though nothing is closed.
    dead: AtomicBool,
    /// Whether the next answer is lost, and its connection with it.
    loses_answers: AtomicBool,
}

/// Stands before a server at this machine, and does to the wire what is asked for.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    faults: Arc<Faults>,
    cuts: watch::Sender<u32>,
    freezes: watch::Sender<u32>,
}

impl Proxy {
    /// One before the server at this port.
    pub async fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let faults = Arc::new(Faults::default());
        let (cuts, cut) = watch::channel(0);
        let (freezes, freeze) = watch::channel(0);
        let shared = Arc::clone(&faults);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (faults, cut, freeze) = (Arc::clone(&shared), cut.clone(), freeze.clone());
                tokio::spawn(async move {
                    // A server that is gone looks so from here too.
                    if let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await {
                        join(client, server, faults, cut, freeze).await;
                    }
                });
            }
        });
        Self { port, faults, cuts, freezes }
    }

    /// The URL of the server, which names 127.0.0.1, as it is reached through here.
    #[must_use]
    pub fn url(&self, server: &str) -> String {
        let (before, after) = server.split_once("127.0.0.1:").unwrap();
        let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        format!("{before}127.0.0.1:{}{rest}", self.port)
    }

    /// Holds up whatever passes, each way.
    pub fn delay(&self, delay: Duration) {
        self.faults.delay.store(delay.as_millis().try_into().unwrap(), Ordering::SeqCst);
    }

    /// Whether nothing gets through, though nothing is closed.
    pub fn set_dead(&self, dead: bool) {
        self.faults.dead.store(dead, Ordering::SeqCst);
    }

    /// Whether a connection is cut once an answer comes: what was asked was done, and nobody hears so.
    pub fn lose_answers(&self, lose: bool) {
        self.faults.loses_answers.store(lose, Ordering::SeqCst);
    }

    /// Nothing gets through any more over the connections that there are, nor that they end; new ones are
    /// carried.
    pub fn freeze(&self) {
        self.freezes.send_modify(|freezes| *freezes += 1);
    }

    /// Closes every connection.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

async fn join(
    client: TcpStream,
    server: TcpStream,
    faults: Arc<Faults>,
    mut cut: watch::Receiver<u32>,
    mut freeze: watch::Receiver<u32>,
) {
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    cut.mark_unchanged();
    freeze.mark_unchanged();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::select! {
        () = pass(&mut from_client, &mut to_server, &faults, false) => return,
        () = pass(&mut from_server, &mut to_client, &faults, true) => return,
        _ = cut.changed() => return,
        _ = freeze.changed() => {}
    }
    // Both sides stay open until the test is over.
    drop(cut.changed().await);
}

/// Passes on what comes until a side closes.
async fn pass(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, faults: &Faults, answers: bool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if answers && faults.loses_answers.load(Ordering::SeqCst) {
            return;
        }
        let delay = faults.delay.load(Ordering::SeqCst);
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        while faults.dead.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
