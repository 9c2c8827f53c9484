//! SQL text, cut into statements.

use crate::Dialect;

/// The statements of a text, without the comments before each. A semicolon ends one, but not within
/// quotes, a comment or the body of a trigger or a routine.
///
/// Where nothing but a client's delimiter tells the end of a statement, as around one within a comment
/// that only some servers execute, it is not told here either.
pub(crate) fn split(dialect: Dialect, sql: &str) -> Vec<&str> {
    let mut statements = Vec::new();
    let mut rest = sql;
    loop {
        rest = skip_blank(dialect, rest);
        if rest.is_empty() {
            return statements;
        }
        let end = end_of_statement(dialect, rest);
        let statement = rest[..end].trim_end();
        if !statement.is_empty() {
            statements.push(statement);
        }
        rest = rest[end..].strip_prefix(';').unwrap_or("");
    }
}

/// A piece of SQL, as far as it matters where a statement ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    Comment,
    Quoted,
    Word,
    Other,
}

/// What the text begins with, and how long that is. The text is not empty.
pub(crate) fn piece(dialect: Dialect, sql: &str) -> (Piece, usize) {
    if let Some(length) = comment(dialect, sql) {
        return (Piece::Comment, length);
    }
    let first = sql.chars().next().unwrap_or_default();
    let (piece, length) = match first {
        '\'' | '"' | '`' => (Piece::Quoted, quoted(sql, first, escapes(dialect, first))),
        '[' if dialect == Dialect::Sqlite => {
            (Piece::Quoted, sql.find(']').map_or(sql.len(), |end| end + 1))
        }
        '$' if dialect == Dialect::Postgres => match dollar_quoted(sql) {
            Some(length) => (Piece::Quoted, length),
            None => (Piece::Other, 1),
        },
        'e' | 'E' if dialect == Dialect::Postgres && sql[1..].starts_with('\'') => {
            (Piece::Quoted, 1 + quoted(&sql[1..], '\'', true))
        }
        _ if is_of_word(first) => (Piece::Word, sql.find(|c| !is_of_word(c)).unwrap_or(sql.len())),
        _ => (Piece::Other, first.len_utf8()),
    };
    (piece, length)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a backslash takes the meaning from what follows it.
fn escapes(dialect: Dialect, quote: char) -> bool {
    dialect == Dialect::MySql && quote != '`'
}

/// How long the quoted text is that begins here. A doubled quote ends it and begins the next.
fn quoted(sql: &str, quote: char, escapes: bool) -> usize {
    let mut is_plain = false;
    for (at, c) in sql.char_indices().skip(1) {
        if is_plain {
            is_plain = false;
        } else if c == '\\' && escapes {
            is_plain = true;
        } else if c == quote {
            return at + c.len_utf8();
        }
    }
    sql.len()
}

/// How long the text is that begins here with `$tag$`, if one does.
fn dollar_quoted(sql: &str) -> Option<usize> {
    let tag_end = 2 + sql[1..].find('$')?;
    let tag = &sql[..tag_end];
    let name = &tag[1..tag_end - 1];
    if !name.chars().all(is_of_word) || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(sql[tag_end..].find(tag).map_or(sql.len(), |end| tag_end + end + tag_end))
}

/// How long the comment is that begins here, if one does. One that a server executes is none.
fn comment(dialect: Dialect, sql: &str) -> Option<usize> {
    let is_line = match dialect {
        Dialect::MySql => {
            sql.starts_with('#')
                || sql
                    .strip_prefix("--")
                    .is_some_and(|rest| rest.chars().next().is_none_or(char::is_whitespace))
        }
        Dialect::Postgres | Dialect::Sqlite => sql.starts_with("--"),
    };
    if is_line {
        return Some(sql.find('\n').unwrap_or(sql.len()));
    }
    if !sql.starts_with("/*") {
        return None;
    }
    match dialect {
        Dialect::MySql if sql.starts_with("/*!") || sql.starts_with("/*M!") => None,
        Dialect::Postgres => Some(nested_comment(sql)),
        Dialect::MySql | Dialect::Sqlite => {
            Some(sql[2..].find("*/").map_or(sql.len(), |end| end + 4))
        }
    }
}

/// `PostgreSQL` has comments within comments.
fn nested_comment(sql: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < sql.len() {
        let rest = &sql[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    sql.len()
}

/// What follows the white space and comments at the beginning.
fn skip_blank(dialect: Dialect, sql: &str) -> &str {
    let mut rest = sql.trim_start();
    while let Some(length) = comment(dialect, rest) {
        rest = rest[length..].trim_start();
    }
    rest
}

/// Where the semicolon stands that ends the statement, or the text ends.
fn end_of_statement(dialect: Dialect, sql: &str) -> usize {
    let mut body = Body::new(dialect);
    let mut before = ' ';
    let mut at = 0;
    while at < sql.len() {
        let rest = &sql[at..];
        let (piece, length) = piece(dialect, rest);
        match (piece, &rest[..length]) {
            // What belongs to a name is no keyword.
            (Piece::Word, _) if before == '.' || before == '@' => body.begins = false,
            (Piece::Word, word) => body.word(word, skip_blank(dialect, &rest[length..])),
            (Piece::Other, ";") if body.is_over() => return at,
            (Piece::Other, mark) if !mark.trim().is_empty() => body.mark(mark),
            (Piece::Quoted, _) => body.begins = false,
            _ => {}
        }
        before = rest[..length].chars().next_back().unwrap_or(' ');
        at += length;
    }
    sql.len()
}

/// What a CREATE or an ALTER is about. Only the first four have bodies.
const WITH_BODY: [&str; 4] = ["TRIGGER", "FUNCTION", "PROCEDURE", "EVENT"];
const WITHOUT_BODY: [&str; 10] = [
    "TABLE",
    "VIEW",
    "INDEX",
    "SCHEMA",
    "DATABASE",
    "TYPE",
    "DOMAIN",
    "SEQUENCE",
    "EXTENSION",
    "RULE",
];

/// What is open within the body of a trigger or a routine, until its END.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Statements,
    /// A CASE that gives a value: nothing but expressions stands in it.
    Expression,
}

/// How deep within the body of a trigger or a routine the reader is.
struct Body {
    dialect: Dialect,
    /// Whether the statement makes or changes something; not known before its first word.
    makes: Option<bool>,
    /// Whether that can have a body; not known before it is named.
    can_have_one: Option<bool>,
    open: Vec<Open>,
    parentheses: usize,
    /// Whether the parameters of a routine have been read.
    has_parameters: bool,
    /// Whether a statement within the body may begin here.
    begins: bool,
    previous: String,
    /// The next word belongs to the END before it.
    after_end: bool,
}

impl Body {
    const fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            makes: None,
            can_have_one: None,
            open: Vec::new(),
            parentheses: 0,
            has_parameters: false,
            begins: false,
            previous: String::new(),
            after_end: false,
        }
    }

    const fn is_over(&self) -> bool {
        self.parentheses == 0 && self.open.is_empty()
    }

    fn mark(&mut self, mark: &str) {
        self.begins = false;
        match mark {
            "(" => self.parentheses += 1,
            ")" => {
                self.parentheses = self.parentheses.saturating_sub(1);
                // After a routine's parameters its body may begin.
                self.begins = self.parentheses == 0 && !self.has_parameters;
                self.has_parameters |= self.parentheses == 0;
            }
            ";" | ":" => self.begins = true,
            _ => {}
        }
        mark.clone_into(&mut self.previous);
    }

    fn word(&mut self, word: &str, rest: &str) {
        let begins = std::mem::take(&mut self.begins);
        let previous = std::mem::replace(&mut self.previous, word.to_ascii_uppercase());
        if std::mem::take(&mut self.after_end) {
            return;
        }
        let is_one_of =
            |others: &[&str]| others.iter().any(|other| word.eq_ignore_ascii_case(other));
        let Some(makes) = self.makes else {
            self.makes = Some(is_one_of(&["CREATE", "ALTER"]));
            return;
        };
        if makes && self.can_have_one.is_none() {
            let known = is_one_of(&WITH_BODY) || is_one_of(&WITHOUT_BODY);
            self.can_have_one = known.then(|| is_one_of(&WITH_BODY));
            return;
        }
        // Within parentheses there are expressions and columns.
        if self.can_have_one != Some(true) || self.parentheses > 0 {
            return;
        }
        let next = rest.split(|c| !is_of_word(c)).next().unwrap_or_default();
        if is_one_of(&["END"]) {
            self.open.pop();
            self.after_end = ["CASE", "FOR", "IF", "LOOP", "REPEAT", "WHILE"]
                .iter()
                .any(|kind| next.eq_ignore_ascii_case(kind));
        } else if is_one_of(&["CASE"]) {
            self.open.push(if begins { Open::Statements } else { Open::Expression });
        } else if self.opens(word, &previous, next, begins) {
            self.open.push(Open::Statements);
        }
        let leads = is_one_of(&["BEGIN", "DO", "ELSE", "LOOP", "REPEAT", "ROW", "THEN"]);
        self.begins = leads && self.open.last() != Some(&Open::Expression);
    }

    /// Whether the word begins statements that an END ends. Some are functions and columns too.
    fn opens(&self, word: &str, previous: &str, next: &str, begins: bool) -> bool {
        let is = |other: &str| word.eq_ignore_ascii_case(other);
        match self.dialect {
            Dialect::Postgres => is("BEGIN") && next.eq_ignore_ascii_case("ATOMIC"),
            Dialect::Sqlite => {
                is("BEGIN") && self.open.is_empty() && !["OF", "ON", ","].contains(&previous)
            }
            Dialect::MySql if is("BEGIN") => begins || self.open.is_empty(),
            Dialect::MySql => {
                is("LOOP") || is("WHILE") || (begins && (is("IF") || is("REPEAT") || is("FOR")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split;
    use crate::Dialect::{MySql, Postgres, Sqlite};
    use crate::{Dialect, Direction, migrations};

    #[test]
    fn a_semicolon_ends_a_statement_but_within_quotes_and_comments() {
        for dialect in Dialect::ALL {
            for (sql, statements) in [
                ("", &[][..]),
                (" ; ;\n", &[]),
                ("-- nothing; at all", &[]),
                ("A; B", &["A", "B"]),
                ("A;\r\nB;\r\n", &["A", "B"]),
                ("-- one; two\nA;\nB /* ; */ C;", &["A", "B /* ; */ C"]),
                ("A -- ;\nB;", &["A -- ;\nB"]),
                ("A 'x;''y;' B; C", &["A 'x;''y;' B", "C"]),
                ("A `x;`; B", &["A `x;`", "B"]),
                ("A \"x;\"; B 'é;'", &["A \"x;\"", "B 'é;'"]),
                ("A 'never ended; B", &["A 'never ended; B"]),
                ("A /* never ended; B", &["A /* never ended; B"]),
            ] {
                assert_eq!(split(*dialect, sql), statements, "{dialect:?}: {sql}");
            }
        }
    }

    #[test]
    fn each_dialect_has_quotes_and_comments_of_its_own() {
        for (dialect, sql, statements) in [
            (MySql, "A; # three;\nB", &["A", "B"][..]),
            (MySql, "A--;B", &["A--", "B"]),
            (MySql, r"A 'x\';y' B; C", &[r"A 'x\';y' B", "C"]),
            (MySql, r"A `x\`; B", &[r"A `x\`", "B"]),
            (MySql, "/* ; */ A /*! ; */", &["A /*!", "*/"]),
            (Sqlite, "A--;B\n;C", &["A--;B", "C"]),
            (Sqlite, r"A 'x\'; B", &[r"A 'x\'", "B"]),
            (Sqlite, "A [x;y]; B", &["A [x;y]", "B"]),
            (Postgres, "A--;B\n;C", &["A--;B", "C"]),
            (Postgres, r"A 'x\'; B", &[r"A 'x\'", "B"]),
            (Postgres, r"A E'x\';y'; B", &[r"A E'x\';y'", "B"]),
            (Postgres, "A $$;$$; B $t$ $$; $t$; C", &["A $$;$$", "B $t$ $$; $t$", "C"]),
            (Postgres, "A $1; B $2", &["A $1", "B $2"]),
            (Postgres, "A /* /* ; */ ; */; B", &["A /* /* ; */ ; */", "B"]),
        ] {
            assert_eq!(split(dialect, sql), statements, "{dialect:?}: {sql}");
        }
    }

    #[test]
    fn a_body_is_one_with_its_trigger_or_routine() {
        for (dialect, body) in [
            (
                Sqlite,
                "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = 1; SELECT 2; END",
            ),
            (
                Sqlite,
                "create trigger t after update on a begin select case when 1 then 2 end; select 3; end",
            ),
            (MySql, "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1"),
            (
                MySql,
                "CREATE DEFINER = `me`@`%` TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN \
                 IF NEW.end = 1 THEN SET NEW.b = 'x;'; END IF; CASE NEW.c WHEN 1 THEN SET NEW.d = 2; \
                 END CASE; WHILE 0 DO BEGIN END; END WHILE; END",
            ),
            (
                MySql,
                "CREATE TRIGGER event BEFORE INSERT ON a FOR EACH ROW IF NEW.b THEN SET NEW.c = \
                 IF(1, 2, 3); SET @end = 1; ELSE SET @begin = 2; END IF",
            ),
            (
                MySql,
                "CREATE OR REPLACE PROCEDURE p(IN a INT) again: LOOP SET a = a - 1; IF a < 0 THEN \
                 LEAVE again; END IF; REPEAT SET @x = REPEAT('y', 2); UNTIL 1 END REPEAT; END LOOP",
            ),
            (
                MySql,
                "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = \
                 CONCAT(LOWER(NEW.c), IF(NEW.d, 1, 2)) + IF(NEW.e, 1, 2)",
            ),
            (
                MySql,
                "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = (1 + 2) * IF(1, 2, 3); \
                 SET NEW.y = CASE WHEN NEW.z THEN IF(1, 2, 3) ELSE REPEAT('x', 2) END; \
                 FOR i IN 1 .. 3 DO SET @i = i; END FOR; END",
            ),
            (
                MySql,
                "CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC RETURN \
                 LEFT(REPLACE('a', 'b', 'c'), 1) + IF(1, 2, 3)",
            ),
            (
                MySql,
                "CREATE PROCEDURE p() READS SQL DATA BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND SET @a = 1; \
                 BEGIN SELECT 1; END; END",
            ),
            (
                Sqlite,
                "CREATE TRIGGER t AFTER UPDATE OF begin ON a BEGIN UPDATE b SET x = lower(a) || if(a, 1, 2); END",
            ),
            (
                Postgres,
                "CREATE FUNCTION f(begin int) RETURNS text RETURN lower('x') || repeat('x', 2)",
            ),
            (
                Postgres,
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC INSERT INTO a VALUES (lower('x'), repeat('x', 2)); \
                 SELECT CASE WHEN 1 = 1 THEN 2 END; END",
            ),
            (MySql, "ALTER EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; SELECT 2; END"),
            (Postgres, "CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; SELECT 2)"),
            (
                Postgres,
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
            ),
            (Postgres, "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END"),
        ] {
            let sql = format!("A;\n{body};\nB;");
            assert_eq!(split(dialect, &sql), ["A", body, "B"], "{dialect:?}");
        }
    }

    #[test]
    fn elsewhere_begin_and_end_are_words_like_others() {
        let sql =
            "CREATE TABLE a (begin INT, \"end\" INT); SELECT CASE WHEN 1 THEN 2 END; BEGIN; END";
        assert_eq!(split(Sqlite, sql).len(), 4);
    }

    /// That would end the transaction that a run is, and its lock.
    #[test]
    fn no_migration_begins_or_ends_a_transaction() {
        for dialect in Dialect::ALL {
            for migration in migrations(*dialect) {
                for direction in [Direction::Up, Direction::Down] {
                    let statements = migration.statements(*dialect, direction);
                    assert!(!statements.is_empty());
                    for statement in statements {
                        let first = statement.split_whitespace().next().unwrap();
                        let verbs = ["ALTER", "CREATE", "DELETE", "DROP", "INSERT", "UPDATE"];
                        assert!(verbs.contains(&first), "{dialect:?}: {statement}");
                    }
                }
            }
        }
    }

    #[test]
    fn each_table_is_a_statement_of_its_own() {
        for dialect in Dialect::ALL {
            for statement in migrations(*dialect)[0].statements(*dialect, Direction::Up) {
                assert_eq!(statement.matches("CREATE ").count(), 1, "{statement}");
            }
        }
    }
}
