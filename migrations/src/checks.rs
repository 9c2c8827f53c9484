//! The CHECK constraints of a table, as SQLite keeps them: in the text that made it.

use crate::Dialect;
use crate::statements::{Piece, piece};

/// The CHECK constraints in a CREATE TABLE statement of SQLite: the name of each, where it has one,
/// and its expression in one line.
#[must_use]
pub fn check_constraints(sql: &str) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    let mut named = None;
    let mut last = String::new();
    let mut rest = sql;
    while !rest.is_empty() {
        let (piece, length) = piece(Dialect::Sqlite, rest);
        let (text, after) = rest.split_at(length);
        rest = after;
        if !matches!(piece, Piece::Word | Piece::Quoted) {
            if piece == Piece::Other && !text.trim().is_empty() {
                named = None;
            }
            continue;
        }
        if text.eq_ignore_ascii_case("CHECK") && piece == Piece::Word {
            let (expression, after) = parenthesised(rest);
            found.push((named.take(), expression));
            rest = after;
        } else if last.eq_ignore_ascii_case("CONSTRAINT") {
            named = Some(text.trim_matches(['"', '`', '[', ']', '\'']).to_owned());
        }
        text.clone_into(&mut last);
    }
    found
}

/// The words in a statement of SQLite that are neither quoted nor in a comment.
pub fn sqlite_words(sql: &str) -> impl Iterator<Item = &str> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (piece, length) = piece(Dialect::Sqlite, rest);
            let (text, after) = rest.split_at(length);
            rest = after;
            if piece == Piece::Word {
                return Some(text);
            }
        }
        None
    })
}

/// What stands between the next parenthesis and the one that closes it, in one line, and what
/// follows.
fn parenthesised(sql: &str) -> (String, &str) {
    let mut inside = String::new();
    let mut depth = 0_usize;
    let mut rest = sql;
    while !rest.is_empty() {
        let (piece, length) = piece(Dialect::Sqlite, rest);
        let (text, after) = rest.split_at(length);
        rest = after;
        match (piece, text) {
            (Piece::Other, "(") => {
                depth += 1;
                if depth == 1 {
                    continue;
                }
            }
            (Piece::Other, ")") => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            _ => {}
        }
        // SQLite puts a column that is renamed into quotes, and leaves them there.
        let text = match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(name) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => name,
            _ => text,
        };
        let is_blank = piece == Piece::Comment || text.trim().is_empty();
        if !is_blank {
            inside.push_str(text);
        } else if !inside.ends_with([' ', '(']) && !inside.is_empty() {
            inside.push(' ');
        }
    }
    (inside.trim_end().to_owned(), rest)
}

#[cfg(test)]
mod tests {
    use super::{check_constraints, sqlite_words};

    #[test]
    fn named_and_nameless_ones_are_found_with_their_expressions() {
        let sql = "CREATE TABLE t (\n    a TEXT NOT NULL CHECK (a <> ')' ), -- CHECK (x)\n    \
                   \"CHECK\" INT, CONSTRAINT t_pk PRIMARY KEY (a),\n    \
                   CONSTRAINT \"t b\" CHECK (\n \"b\" IN (1,\n  2) -- why\n)) STRICT";
        let expected =
            [(None, "a <> ')'".to_owned()), (Some("t b".to_owned()), "b IN (1, 2)".to_owned())];
        assert_eq!(check_constraints(sql), expected);
    }

    #[test]
    fn words_are_what_is_neither_quoted_nor_a_comment() {
        let words: Vec<_> = sqlite_words("a \"b\" 'c' -- d\nE(f) /* g */ [h]").collect();
        assert_eq!(words, ["a", "E", "f"]);
    }
}
