use std::fmt::Write;

use sha2::{Digest, Sha256};

/// SHA-256 in hexadecimal. CRLF counts as LF: a checkout on Windows must not look like a change.
pub(crate) fn of(sql: &str) -> String {
    let mut hash = Sha256::new();
    let mut lines = sql.split("\r\n");
    if let Some(first) = lines.next() {
        hash.update(first);
    }
    for line in lines {
        hash.update("\n");
        hash.update(line);
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn is_sha_256() {
        assert_eq!(of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn ignores_line_endings_and_nothing_else() {
        assert_eq!(of("a\r\nb\r\n"), of("a\nb\n"));
        assert_ne!(of("a\nb"), of("a b"));
        assert_ne!(of("a\rb"), of("a\nb"));
    }
}
