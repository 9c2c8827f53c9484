//! SQL text, cut into statements.

/// The statements of a text in the SQL of MySQL, without the comments before them. A semicolon ends
/// one, but not within quotes or a comment.
pub(crate) fn split(sql: &str) -> Vec<&str> {
    let mut statements = Vec::new();
    let mut rest = sql;
    loop {
        rest = skip_blank(rest);
        if rest.is_empty() {
            return statements;
        }
        let end = end_of_statement(rest);
        let statement = rest[..end].trim_end();
        if !statement.is_empty() {
            statements.push(statement);
        }
        rest = rest[end..].strip_prefix(';').unwrap_or("");
    }
}

/// What follows the white space and comments at the beginning.
fn skip_blank(sql: &str) -> &str {
    let mut rest = sql.trim_start();
    while let Some(length) = comment_at(rest) {
        rest = rest[length..].trim_start();
    }
    rest
}

/// Where the semicolon stands that ends the statement, or the text ends.
fn end_of_statement(sql: &str) -> usize {
    let mut at = 0;
    while let Some(first) = sql[at..].chars().next() {
        let rest = &sql[at..];
        at += match first {
            ';' => return at,
            '\'' | '"' | '`' => quoted_at(rest, first),
            _ => comment_at(rest).unwrap_or(first.len_utf8()),
        };
    }
    sql.len()
}

/// How long the quoted text is that begins here. A doubled quote ends it and begins the next.
fn quoted_at(sql: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in sql.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote != '`' {
            escaped = true;
        } else if c == quote {
            return at + c.len_utf8();
        }
    }
    sql.len()
}

/// How long the comment is that begins here, if one does. One that a server executes is none.
fn comment_at(sql: &str) -> Option<usize> {
    let is_line = sql.starts_with('#')
        || sql
            .strip_prefix("--")
            .is_some_and(|rest| rest.chars().next().is_none_or(char::is_whitespace));
    if is_line {
        return Some(sql.find('\n').unwrap_or(sql.len()));
    }
    if !sql.starts_with("/*") || sql.starts_with("/*!") || sql.starts_with("/*M!") {
        return None;
    }
    Some(sql[2..].find("*/").map_or(sql.len(), |end| end + 4))
}

#[cfg(test)]
mod tests {
    use super::split;
    use crate::{Dialect, migrations};

    #[test]
    fn a_semicolon_ends_a_statement_but_within_quotes_and_comments() {
        for (sql, statements) in [
            ("", &[][..]),
            (" ; ;\n", &[]),
            ("-- nothing; at all", &[]),
            ("A; B", &["A", "B"]),
            ("A;\r\nB;\r\n", &["A", "B"]),
            ("-- one; two\nA; # three;\nB /* ; */ C;", &["A", "B /* ; */ C"]),
            ("A -- ;\nB;", &["A -- ;\nB"]),
            ("A--;B", &["A--", "B"]),
            ("A 'x;''y;' B; C", &["A 'x;''y;' B", "C"]),
            (r"A 'x\';y' B; C", &[r"A 'x\';y' B", "C"]),
            (r"A `x\`; B", &[r"A `x\`", "B"]),
            ("A \"x;\"; B 'é;'", &["A \"x;\"", "B 'é;'"]),
            ("/* ; */ A /*! ; */", &["A /*!", "*/"]),
            ("A 'never ended; B", &["A 'never ended; B"]),
        ] {
            assert_eq!(split(sql), statements, "{sql}");
        }
    }

    #[test]
    fn each_table_is_a_statement_of_its_own() {
        let statements = migrations(Dialect::MySql)[0].up_statements();
        assert_eq!(statements.len(), 8);
        for statement in statements {
            assert_eq!(statement.matches("CREATE TABLE").count(), 1, "{statement}");
        }
    }
}
