//! Reads and maps documents on a thread of its own, while others are being stored.

use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tournament_core::{EntityKind, Error, Result};
use tournament_director::import::{Documents, Input, InputFormat, Progress, Source, read};

use crate::failure::Failure;

/// How many documents may wait to be stored: enough that neither side waits for the other.
const AHEAD: usize = 16;

/// What a document was found to hold.
pub(super) type Read = Result<Input>;

pub(super) enum Item {
    /// The file is open, and reading can be watched.
    Opened(Progress),
    /// A document and the line in which it begins.
    Document { line: u64, input: Box<Read> },
}

/// Starts reading. The thread ends with the file, or when nobody takes its items any more.
pub(super) fn start(file: PathBuf, format: Option<InputFormat>) -> Result<Receiver<Item>, Failure> {
    let (sender, receiver) = channel(AHEAD);
    thread::Builder::new()
        .name("reader".to_owned())
        .spawn(move || {
            let mut last_line = 0;
            if let Err(error) = send_all(&file, format, &sender, &mut last_line) {
                let line = last_line + 1;
                drop(sender.blocking_send(document(line, Err(unreadable(&error)))));
            }
        })
        .map_err(Failure::Runtime)?;
    Ok(receiver)
}

fn send_all(
    file: &Path,
    format: Option<InputFormat>,
    sender: &Sender<Item>,
    last_line: &mut u64,
) -> io::Result<()> {
    let source = if file.as_os_str() == "-" { Source::stdin() } else { Source::open(file) }?;
    if sender.blocking_send(Item::Opened(source.progress())).is_err() {
        return Ok(());
    }
    for found in Documents::of(source) {
        let found = found?;
        *last_line = found.line;
        let input = found.json.and_then(|json| read(format, &json));
        if sender.blocking_send(document(found.line, input)).is_err() {
            break;
        }
    }
    Ok(())
}

fn document(line: u64, input: Read) -> Item {
    Item::Document { line, input: Box::new(input) }
}

fn unreadable(error: &io::Error) -> Error {
    Error::invalid(EntityKind::Tournament, "document", format!("cannot be read: {error}"))
}
