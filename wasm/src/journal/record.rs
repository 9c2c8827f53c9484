//! Records: a line that says what follows, and JSON.
//!
//! ```text
//! {"format":1,"contents":"changes","sequence":7,"checksum":"1c330fb2d66be179"}
//! {"stored":{…},"deleted":{…}}
//! ```
//!
//! The checksum is XXH64 of all that follows the first line, with the sequence number as its seed: a
//! record that was damaged, cut off, or put in another's place is told from a whole one.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tournament_core::{Dataset, Error, Result};
use tournament_memory::ChangeSet;
use wasm_bindgen::JsValue;
use xxhash_rust::xxh64::xxh64;

use crate::answer::thrown;
use crate::input::read;

/// The newest format that this program knows. Formats are never taken back.
const FORMAT: u32 = 1;

/// One record of a journal.
pub(super) struct Record {
    pub(super) sequence: u64,
    pub(super) contents: Contents,
}

pub(super) enum Contents {
    /// All that is stored as of this record.
    Snapshot(Dataset),
    /// What changed with this record.
    Changes(ChangeSet),
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: u32,
    contents: Kind,
    sequence: u64,
    checksum: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Snapshot,
    Changes,
}

impl Record {
    /// The record's bytes.
    pub(super) fn written(&self) -> Result<Vec<u8>> {
        let (contents, body) = match &self.contents {
            Contents::Snapshot(dataset) => (Kind::Snapshot, serde_json::to_vec(dataset)),
            Contents::Changes(changes) => (Kind::Changes, serde_json::to_vec(changes)),
        };
        let unwritable = |error: serde_json::Error| {
            Error::backend("a record cannot be written", Some(error.into()))
        };
        let body = body.map_err(unwritable)?;
        let header = Header {
            format: FORMAT,
            contents,
            sequence: self.sequence,
            checksum: checksum(self.sequence, &body),
        };
        let mut record = serde_json::to_vec(&header).map_err(unwritable)?;
        record.push(b'\n');
        record.extend(body);
        Ok(record)
    }

    pub(super) fn read(record: &[u8]) -> std::result::Result<Self, Unreadable> {
        let end = record.iter().position(|&byte| byte == b'\n').unwrap_or(record.len());
        let (header, body) = (&record[..end], record.get(end + 1..).unwrap_or_default());
        let format = parsed::<Format>(header)?.format;
        if format > FORMAT {
            return Err(Error::schema_too_new(format, FORMAT).into());
        }
        let header: Header = parsed(header)?;
        if checksum(header.sequence, body) != header.checksum {
            return Err(Unreadable::damaged(format!("record {}", header.sequence)));
        }
        let contents = match header.contents {
            Kind::Snapshot => Contents::Snapshot(parsed(body)?),
            Kind::Changes => Contents::Changes(parsed(body)?),
        };
        Ok(Self { sequence: header.sequence, contents })
    }
}

/// Of a header, what every version of it has.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

fn parsed<T: DeserializeOwned>(json: &[u8]) -> std::result::Result<T, Unreadable> {
    // As text, as all other JSON is read: compiled, there is one reader of each type.
    let json = std::str::from_utf8(json).map_err(|error| Unreadable::damaged(error.to_string()))?;
    read(json).map_err(|error| Unreadable::damaged(error.to_string()))
}

fn checksum(sequence: u64, body: &[u8]) -> String {
    format!("{:016x}", xxh64(body, sequence))
}

/// Why a record was not taken in.
pub(super) enum Unreadable {
    /// It is not what was written.
    Damaged(String),
    Error(Error),
}

impl Unreadable {
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }

    /// What JavaScript throws for it. No row is to blame, so this `corrupt` names none.
    pub(super) fn thrown(&self) -> JsValue {
        #[derive(Serialize)]
        struct Corrupt<'a> {
            code: &'static str,
            message: &'a str,
        }

        match self {
            Self::Error(error) => thrown(error),
            Self::Damaged(what) => {
                let message = format!("the stored journal is damaged: {what}");
                let corrupt = Corrupt { code: "corrupt", message: &message };
                serde_json::to_string(&corrupt)
                    .map_or(JsValue::NULL, |json| JsValue::from_str(&json))
            }
        }
    }
}

/// What a store refuses although it was stored once.
impl From<Error> for Unreadable {
    fn from(error: Error) -> Self {
        match error {
            Error::SchemaTooNew { .. } | Error::Unavailable { .. } => Self::Error(error),
            other => Self::damaged(other.to_string()),
        }
    }
}
