//! How texts are taken apart, whatever they are called.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Documents, Source};

fn documents(name: &str, bytes: impl Into<Vec<u8>>) -> Vec<(u64, String)> {
    let source = Source::new(name, std::io::Cursor::new(bytes.into()), None).unwrap();
    Documents::of(source)
        .map(|found| {
            let found = found.unwrap();
            let text = String::from_utf8(found.json.unwrap()).unwrap();
            (found.line, text.trim().to_owned())
        })
        .collect()
}

fn expected(all: &[(u64, &str)]) -> Vec<(u64, String)> {
    all.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn lines_are_documents_and_a_broken_one_harms_no_other() {
    let text = "{\"a\":1}\n\n  \nnonsense\r\n{\"b\"\n{\"c\":3}";
    let found = [(1, "{\"a\":1}"), (4, "nonsense"), (5, "{\"b\""), (6, "{\"c\":3}")];
    for name in ["x.jsonl", "x.JSONL.gz", "x.ndjson", "x.json", "standard input"] {
        assert_eq!(documents(name, text), expected(&found), "{name}");
    }
    // Here only the name tells that the first line is broken, and not the first of many.
    let broken = "{\"a\"\n{\"b\":2}\n";
    assert_eq!(documents("x.jsonl", broken), expected(&[(1, "{\"a\""), (2, "{\"b\":2}")]));
}

#[test]
fn a_text_over_several_lines_is_read_whole() {
    let one = "\n{\n  \"a\": 1\n}\n";
    let several = "{\n\"a\":1}\n\n{\"b\":\n2} {\"c\":3}\n";
    let array = "[\n{\"a\":1},\n\n{\"b\":2}, {\"c\":3}]\n";
    for name in ["x.json", "x.json.gz", "standard input"] {
        assert_eq!(documents(name, one), expected(&[(2, "{\n  \"a\": 1\n}")]));
        assert_eq!(
            documents(name, several),
            expected(&[(1, "{\n\"a\":1}"), (4, "{\"b\":\n2}"), (5, "{\"c\":3}")])
        );
        assert_eq!(
            documents(name, array),
            expected(&[(2, "{\"a\":1}"), (4, "{\"b\":2}"), (4, "{\"c\":3}")])
        );
        assert_eq!(documents(name, "[{\"a\":1},{\"b\":2}]").len(), 2);
        assert_eq!(documents(name, "[]"), []);
        assert_eq!(documents(name, "[\n]"), []);
    }
}

#[test]
fn what_ends_early_is_left_to_be_refused() {
    assert_eq!(
        documents("x.json", "{\n\"a\":1}\n\n{\"b\":\n"),
        expected(&[(1, "{\n\"a\":1}"), (4, "{\"b\":")])
    );
    assert_eq!(documents("x.json", "[1,\n2"), expected(&[(1, "[1,\n2")]));
    assert_eq!(documents("x.json", "{oops\n}"), expected(&[(1, "{oops\n}")]));
    assert_eq!(documents("x.jsonl", ""), []);
    assert_eq!(documents("x.json", " \n\n"), []);
}

#[test]
fn gzip_is_known_by_its_first_bytes() {
    let mut two = packed(b"{\"a\":1}\n");
    two.extend(packed(b"{\"b\":2}\n"));
    for name in ["x.jsonl", "x.gz", "standard input"] {
        assert_eq!(documents(name, two.clone()), expected(&[(1, "{\"a\":1}"), (2, "{\"b\":2}")]));
    }
}

#[test]
fn a_torn_gzip_gives_what_it_holds_and_then_an_error() {
    let mut bytes = packed(&b"{\"a\":1}\n".repeat(5_000));
    bytes.truncate(bytes.len() - 12);
    let source = Source::new("x.jsonl.gz", std::io::Cursor::new(bytes), None).unwrap();
    let found: Vec<_> = Documents::of(source).take(10_000).collect();
    let (last, before) = found.split_last().unwrap();
    assert!(last.is_err());
    assert!(before.iter().all(Result::is_ok));
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_document() {
    assert_eq!(documents("x.jsonl", "\u{feff}{}\n"), expected(&[(1, "{}")]));
    assert_eq!(documents("x.json", "\u{feff}{\n}\n"), expected(&[(1, "{\n}")]));
}

/// Gives one byte at a time, as a slow pipe may.
struct Slow(std::io::Cursor<Vec<u8>>);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let one = buffer.len().min(1);
        self.0.read(&mut buffer[..one])
    }
}

#[test]
fn reading_is_counted_and_may_be_slow() {
    let bytes = packed(b"{}\n");
    let size = bytes.len() as u64;
    let slow = Slow(std::io::Cursor::new(bytes));
    let source = Source::new("pipe", slow, Some(size)).unwrap();
    let progress = source.progress();
    assert!(progress.read() < size);
    assert_eq!(progress.size(), Some(size));
    assert_eq!(Documents::of(source).count(), 1);
    assert_eq!(progress.read(), size);
}
