//! Between a client and its server: ends the client at a chosen moment.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Passes on what one client sends and is answered, and counts what it sends: each time it then waits
/// for an answer.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    sent: Arc<AtomicUsize>,
    /// The client, once it runs.
    client: Arc<Mutex<Option<u32>>>,
}

impl Proxy {
    /// To this server. Once the server has answered the client's message of that number, the client
    /// is killed, and never hears of the answer.
    pub(crate) fn new(server: String, kill_at: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let sent = Arc::new(AtomicUsize::new(0));
        let client = Arc::new(Mutex::new(None));
        let proxy = Self { port, sent: Arc::clone(&sent), client: Arc::clone(&client) };
        thread::spawn(move || {
            // Cancelling a statement takes another connection, so there may be several.
            for incoming in listener.incoming() {
                let from = incoming.unwrap();
                let to = TcpStream::connect(&server).unwrap();
                let [sent, replies] = [&sent, &sent].map(Arc::clone);
                let client = Arc::clone(&client);
                let (upstream, downstream) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                thread::spawn(move || {
                    pass_on(from, to, || {
                        sent.fetch_add(1, Ordering::SeqCst);
                        true
                    });
                });
                thread::spawn(move || {
                    pass_on(downstream, upstream, || {
                        if replies.load(Ordering::SeqCst) < kill_at {
                            return true;
                        }
                        kill(&client);
                        false
                    });
                });
            }
        });
        proxy
    }

    pub(crate) fn client_is(&self, pid: u32) {
        *self.client.lock().unwrap() = Some(pid);
    }

    /// How many messages the client sent.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

fn kill(client: &Mutex<Option<u32>>) {
    loop {
        if let Some(pid) = *client.lock().unwrap() {
            let killed = std::process::Command::new("kill").args(["-9", &pid.to_string()]).output();
            assert!(killed.is_ok());
            return;
        }
        thread::yield_now();
    }
}

/// Until one end is closed, or what is asked with each message says no.
fn pass_on(mut from: TcpStream, mut to: TcpStream, mut goes_on: impl FnMut() -> bool) {
    let mut buffer = vec![0; 1 << 20];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if !goes_on() || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        drop(stream.shutdown(Shutdown::Both));
    }
}
