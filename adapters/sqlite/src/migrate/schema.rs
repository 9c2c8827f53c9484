//! What tables a file has.

use rusqlite::{Connection, Row};
use tournament_migrations::{Column, Schema, check_constraints, sqlite_words};

const TABLES: &str = "\
    SELECT list.name, list.strict, list.wr, made.sql
    FROM pragma_table_list AS list JOIN sqlite_schema AS made
        ON made.type = 'table' AND made.name = list.name
    WHERE list.schema = 'main' AND list.type = 'table' AND list.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

const COLUMNS: &str = "\
    SELECT name, type, \"notnull\", dflt_value, hidden, pk FROM pragma_table_xinfo(?1)";

const INDEXES: &str = "\
    SELECT list.name, list.origin, list.\"unique\", list.partial, made.sql
    FROM pragma_index_list(?1) AS list
        LEFT JOIN sqlite_schema AS made ON made.type = 'index' AND made.name = list.name";

const INDEX_COLUMNS: &str = "\
    SELECT name, coll, \"desc\" FROM pragma_index_xinfo(?1) WHERE key ORDER BY seqno";

const FOREIGN_KEYS: &str = "\
    SELECT \"table\", group_concat(\"from\", ', '), group_concat(\"to\", ', '), on_update, on_delete
    FROM (SELECT * FROM pragma_foreign_key_list(?1) ORDER BY id, seq) GROUP BY id";

pub(super) fn schema(connection: &Connection) -> rusqlite::Result<Schema> {
    let mut schema = Schema::new();
    for (table, options, sql) in rows(connection, TABLES, None, |row| {
        Ok((row.get::<_, String>(0)?, options(row)?, row.get::<_, String>(3)?))
    })? {
        let clauses = clauses(&sql);
        let options: Vec<_> =
            [options].into_iter().chain(clauses).filter(|o| !o.is_empty()).collect();
        schema.add_table(&table, options.join(", "));
        add_columns(connection, &table, &mut schema)?;
        add_indexes(connection, &table, &mut schema)?;
        add_foreign_keys(connection, &table, &mut schema)?;
        for (name, expression) in check_constraints(&sql) {
            let name = name.unwrap_or_else(|| format!("({expression})"));
            schema.add_key(&table, format!("check {name}"), expression);
        }
    }
    Ok(schema)
}

/// Clauses of keys that nothing but the text tells: the migrations have none of them.
fn clauses(sql: &str) -> impl Iterator<Item = String> {
    let has = |word| sqlite_words(sql).any(|one| one.eq_ignore_ascii_case(word));
    let all = [("CONFLICT", "ON CONFLICT"), ("DEFERRABLE", "DEFERRABLE")];
    all.map(|(word, clause)| if has(word) { clause.to_owned() } else { String::new() }).into_iter()
}

fn rows<T>(
    connection: &Connection,
    sql: &str,
    of: Option<&str>,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare(sql)?.query_map(rusqlite::params_from_iter(of), read)?.collect()
}

fn options(row: &Row<'_>) -> rusqlite::Result<String> {
    let strict: bool = row.get(1)?;
    let without_rowid: bool = row.get(2)?;
    let said = [(strict, "STRICT"), (without_rowid, "WITHOUT ROWID")];
    Ok(said.into_iter().filter_map(|(is, name)| is.then_some(name)).collect::<Vec<_>>().join(", "))
}

fn add_columns(connection: &Connection, table: &str, schema: &mut Schema) -> rusqlite::Result<()> {
    let mut key = Vec::new();
    rows(connection, COLUMNS, Some(table), |row| {
        let name: String = row.get(0)?;
        let data_type: String = row.get(1)?;
        let generated = if row.get::<_, i64>(4)? == 0 { "" } else { " GENERATED" };
        let place: i64 = row.get(5)?;
        if place > 0 {
            key.push((place, name.clone()));
        }
        let collation = collation(connection, table, &name)?;
        let column = Column {
            data_type: format!("{}{collation}{generated}", data_type.to_ascii_uppercase()),
            nullable: !row.get::<_, bool>(2)?,
            default: row.get(3)?,
        };
        schema.add_column(table, name, column);
        Ok(())
    })?;
    key.sort();
    if !key.is_empty() {
        let names: Vec<_> = key.into_iter().map(|(_, name)| name).collect();
        schema.add_key(table, "primary key", format!("({})", names.join(", ")));
    }
    Ok(())
}

/// How a column's text compares, unless by its bytes.
fn collation(connection: &Connection, table: &str, column: &str) -> rusqlite::Result<String> {
    let (_, collation, ..) = connection.column_metadata(Some("main"), table, column)?;
    Ok(match collation.map(|name| name.to_string_lossy().into_owned()) {
        Some(name) if name != "BINARY" => format!(" COLLATE {name}"),
        _ => String::new(),
    })
}

fn add_indexes(connection: &Connection, table: &str, schema: &mut Schema) -> rusqlite::Result<()> {
    for (index, origin, is_unique, is_partial, sql) in
        rows(connection, INDEXES, Some(table), |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, bool>(2)?,
                row.get::<_, bool>(3)?,
                row.get::<_, Option<String>>(4)?,
            ))
        })?
    {
        let columns = columns(connection, &index)?;
        if origin == "u" {
            let columns = columns.unwrap_or_default();
            schema.add_key(table, format!("unique key ({columns})"), format!("({columns})"));
        } else if origin == "pk" {
            schema.add_key(table, "primary key", format!("({})", columns.unwrap_or_default()));
        } else if let Some(sql) = sql {
            let unique = if is_unique { "unique " } else { "" };
            let on = match columns {
                Some(columns) if !is_partial => format!("({columns})"),
                // Expressions and conditions are told by the text alone.
                _ => {
                    let on = sql.find('(').map_or(sql.as_str(), |start| &sql[start..]);
                    on.split_whitespace().collect::<Vec<_>>().join(" ")
                }
            };
            schema.add_key(table, format!("{unique}index {index}"), on);
        }
    }
    Ok(())
}

/// The columns of an index, with each collation that is not the one of text by its bytes; `None` of
/// one with an expression.
fn columns(connection: &Connection, index: &str) -> rusqlite::Result<Option<String>> {
    let columns = rows(connection, INDEX_COLUMNS, Some(index), |row| {
        let Some(mut column) = row.get::<_, Option<String>>(0)? else { return Ok(None) };
        let collation: String = row.get(1)?;
        if collation != "BINARY" {
            column.extend([" COLLATE ", &collation]);
        }
        if row.get(2)? {
            column.push_str(" DESC");
        }
        Ok(Some(column))
    })?;
    Ok(columns.into_iter().collect::<Option<Vec<_>>>().map(|columns| columns.join(", ")))
}

fn add_foreign_keys(
    connection: &Connection,
    table: &str,
    schema: &mut Schema,
) -> rusqlite::Result<()> {
    for (key, on) in rows(connection, FOREIGN_KEYS, Some(table), |row| {
        let parent: String = row.get(0)?;
        let from: String = row.get(1)?;
        let to = row.get::<_, Option<String>>(2)?.unwrap_or_default();
        let mut on = format!("references {parent} ({to})");
        for (column, event) in [(3, "update"), (4, "delete")] {
            let action: String = row.get(column)?;
            if action != "NO ACTION" {
                on.extend([" on ", event, " ", &action.to_lowercase()]);
            }
        }
        Ok((format!("foreign key ({from})"), on))
    })? {
        schema.add_key(table, key, on);
    }
    Ok(())
}
