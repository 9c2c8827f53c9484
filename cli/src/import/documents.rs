//! The JSON documents of a source, one by one.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufRead, Read};

use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use tournament_core::{EntityKind, Error, Result};

use super::Source;

/// A longer document is refused, so that no input can take all memory.
const MAX_BYTES: u64 = 1 << 30;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One document and where it begins.
#[derive(Debug)]
pub struct Document {
    /// The line in which it begins, from 1.
    pub line: u64,
    /// Its text, which may turn out not to be JSON; an error where it is too long.
    pub json: Result<Vec<u8>>,
}

/// The documents of a source.
///
/// With a document in each line, only one line at a time is in memory, and a line that is not JSON
/// leaves the others as they are. Otherwise the whole is read: one document or several, one after
/// another or in an array.
pub struct Documents {
    reader: Box<dyn BufRead + Send>,
    extension: Extension,
    line: u64,
    layout: Layout,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Extension {
    Json,
    Jsonl,
    Other,
}

enum Layout {
    Unknown,
    Lines,
    Whole(VecDeque<Document>),
}

impl Documents {
    /// Those of this source.
    #[must_use]
    pub fn of(source: Source) -> Self {
        let name = source.name().to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        let extension = match name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("json") => Extension::Json,
            Some("jsonl" | "ndjson") => Extension::Jsonl,
            _ => Extension::Other,
        };
        Self { reader: source.into_reader(), extension, line: 0, layout: Layout::Unknown }
    }

    fn advance(&mut self) -> io::Result<Option<Document>> {
        if let Layout::Whole(documents) = &mut self.layout {
            return Ok(documents.pop_front());
        }
        let Some(first) = self.next_line()? else { return Ok(None) };
        if matches!(self.layout, Layout::Unknown) {
            self.layout = self.find_layout(&first)?;
            if let Layout::Whole(documents) = &mut self.layout {
                return Ok(documents.pop_front());
            }
        }
        Ok(Some(first))
    }

    /// The next line that is not blank.
    fn next_line(&mut self) -> io::Result<Option<Document>> {
        loop {
            let mut text = Vec::new();
            let count = self.reader.by_ref().take(MAX_BYTES).read_until(b'\n', &mut text)?;
            if count == 0 {
                return Ok(None);
            }
            self.line += 1;
            let line = self.line;
            if text.len() as u64 == MAX_BYTES && !text.ends_with(b"\n") {
                self.reader.skip_until(b'\n')?;
                return Ok(Some(Document { line, json: Err(too_long()) }));
            }
            if line == 1 && text.starts_with(BYTE_ORDER_MARK) {
                text.drain(..BYTE_ORDER_MARK.len());
            }
            text.truncate(text.trim_ascii_end().len());
            if !text.is_empty() {
                return Ok(Some(Document { line, json: Ok(text) }));
            }
        }
    }

    /// Decides by the first line, and reads the rest where it is one text.
    fn find_layout(&mut self, first: &Document) -> io::Result<Layout> {
        let Ok(text) = &first.json else { return Ok(Layout::Lines) };
        let is_array = text.trim_ascii_start().starts_with(b"[");
        let goes_on = match serde_json::from_slice::<IgnoredAny>(text) {
            Ok(IgnoredAny) => is_array,
            Err(error) => error.is_eof() || self.extension == Extension::Json,
        };
        if self.extension == Extension::Jsonl || !goes_on {
            return Ok(Layout::Lines);
        }
        let mut whole = text.clone();
        whole.push(b'\n');
        self.reader.by_ref().take(MAX_BYTES).read_to_end(&mut whole)?;
        Ok(Layout::Whole(if whole.len() as u64 >= MAX_BYTES {
            VecDeque::from([Document { line: first.line, json: Err(too_long()) }])
        } else {
            split(&whole, first.line)
        }))
    }
}

impl Iterator for Documents {
    type Item = io::Result<Document>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance();
        if next.is_err() {
            // What cannot be read once cannot be read again.
            self.layout = Layout::Whole(VecDeque::new());
        }
        next.transpose()
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").field("line", &self.line).finish_non_exhaustive()
    }
}

fn too_long() -> Error {
    let message = format!("must have at most {MAX_BYTES} bytes");
    Error::invalid(EntityKind::Tournament, "document", message)
}

/// The documents of one text that begins in this line. What does not parse is left whole, to be
/// refused with its reason.
fn split(text: &[u8], line: u64) -> VecDeque<Document> {
    let mut documents = VecDeque::new();
    let mut lines = Lines { text, at: 0, line };
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    loop {
        let begin = values.byte_offset();
        match values.next() {
            None => return documents,
            Some(Ok(value)) => match serde_json::from_str::<Vec<&RawValue>>(value.get()) {
                Ok(items) => documents.extend(items.into_iter().map(|item| lines.document(item))),
                Err(_) => documents.push_back(lines.document(value)),
            },
            Some(Err(_)) => {
                let rest = text.get(begin..).unwrap_or_default();
                let blank = rest.len() - rest.trim_ascii_start().len();
                let line = lines.line_at(begin + blank);
                documents.push_back(Document { line, json: Ok(rest.to_vec()) });
                return documents;
            }
        }
    }
}

/// Counts lines as far as is asked for, each once.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn document(&mut self, value: &RawValue) -> Document {
        let text = value.get();
        // The value is a part of the text.
        let begin = (text.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        Document { line: self.line_at(begin), json: Ok(text.as_bytes().to_vec()) }
    }

    fn line_at(&mut self, place: usize) -> u64 {
        let between = self.text.get(self.at..place).unwrap_or_default();
        self.line += between.split(|byte| *byte == b'\n').count() as u64 - 1;
        self.at = self.at.max(place);
        self.line
    }
}

#[cfg(test)]
mod tests;
