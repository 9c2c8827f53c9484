//! What tables a database has.

use mysql_async::{Row, Value as DbValue};
use tournament_core::{Error, Result};
use tournament_migrations::{Column, Schema};

use super::Asked;
use crate::error::Failure;
use crate::rows::number;

/// Each server reads over what is in the other's comment, and an older one over what a newer one has
/// (<https://mariadb.com/kb/en/comment-syntax/>).
const TABLES: &str = "\
    SELECT table_name, CONCAT_WS(', ', engine, table_collation, LOWER(row_format), \
        IF(table_type = 'BASE TABLE', NULL, LOWER(table_type))) \
    FROM information_schema.tables \
    WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')";

/// `MariaDB` has JSON as text with a constraint, tells NULL where there is no default, and texts in
/// quotes.
const COLUMNS: &str = "\
    SELECT table_name, column_name, \
        /*M!100222 IF(EXISTS (SELECT 1 FROM information_schema.check_constraints AS checks \
            WHERE checks.constraint_schema = DATABASE() AND checks.table_name = columns.table_name \
                AND checks.check_clause = CONCAT('json_valid(`', column_name, '`)')), \
            'json', column_type) */ /*!50700 column_type */, \
        collation_name, is_nullable, \
        /*M! IF(column_default = 'NULL', NULL, TRIM(BOTH '''' FROM column_default)) */ \
        /*!50700 column_default */, \
        TRIM(REPLACE(extra, 'DEFAULT_GENERATED', '')) \
    FROM information_schema.columns WHERE table_schema = DATABASE()";

/// Whether JSON can have a default.
const HAS_JSON_DEFAULTS: &str = "SELECT 0 /*!80013 + 1 */ /*M!100201 + 1 */";

const INDEXES: &str = "\
    SELECT table_name, \
        CASE WHEN index_name = 'PRIMARY' THEN 'primary key' \
            WHEN non_unique = 0 THEN CONCAT('unique key ', index_name) \
            ELSE CONCAT('index ', index_name) END, \
        CONCAT(IF(index_type = 'BTREE', '', CONCAT(index_type, ' ')), '(', \
            GROUP_CONCAT(CONCAT(COALESCE(column_name, 'an expression'), \
                IF(sub_part IS NULL, '', CONCAT('(', sub_part, ')')), \
                IF(collation = 'D', ' DESC', '')) ORDER BY seq_in_index SEPARATOR ', '), ')' \
            /*!80000 , IF(MAX(is_visible) = 'NO', ' invisible', '') */ \
            /*M!100600 , IF(MAX(ignored) = 'YES', ' ignored', '') */) \
    FROM information_schema.statistics WHERE table_schema = DATABASE() \
    GROUP BY table_name, index_name, non_unique, index_type";

/// To restrict and to take no action is the same here. A user who may only read is told of no rules by
/// `MariaDB`.
const FOREIGN_KEYS: &str = "\
    SELECT uses.table_name, CONCAT('foreign key ', uses.constraint_name), \
        CONCAT('(', GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR ', '), \
            ') references ', \
            IF(uses.referenced_table_schema = DATABASE(), '', \
                CONCAT(uses.referenced_table_schema, '.')), \
            uses.referenced_table_name, ' (', \
            GROUP_CONCAT(referenced_column_name ORDER BY ordinal_position SEPARATOR ', '), ')', \
            IF(COALESCE(update_rule, 'RESTRICT') IN ('RESTRICT', 'NO ACTION'), '', \
                CONCAT(' on update ', LOWER(update_rule))), \
            IF(COALESCE(delete_rule, 'RESTRICT') IN ('RESTRICT', 'NO ACTION'), '', \
                CONCAT(' on delete ', LOWER(delete_rule)))) \
    FROM information_schema.key_column_usage AS uses \
        LEFT JOIN information_schema.referential_constraints AS rules \
        ON rules.constraint_schema = uses.constraint_schema \
            AND rules.constraint_name = uses.constraint_name AND rules.table_name = uses.table_name \
    WHERE uses.table_schema = DATABASE() AND uses.referenced_table_name IS NOT NULL \
    GROUP BY uses.table_name, uses.constraint_name, uses.referenced_table_schema, \
        uses.referenced_table_name, update_rule, delete_rule";

/// There should be none: not every server heeds them.
const CHECKS: &str = "\
    SELECT table_name, CONCAT('check ', constraint_name), 'there' \
    FROM information_schema.table_constraints AS constraints \
    WHERE table_schema = DATABASE() AND constraint_type = 'CHECK' \
        /*M!100222 AND NOT EXISTS (SELECT 1 FROM information_schema.check_constraints AS checks \
            WHERE checks.constraint_schema = DATABASE() \
                AND checks.table_name = constraints.table_name \
                AND checks.constraint_name = constraints.constraint_name \
                AND checks.check_clause = CONCAT('json_valid(`', checks.constraint_name, '`)')) */";

pub(super) async fn read(asked: &mut impl Asked) -> Result<Schema> {
    let mut schema = Schema::new();
    let defaults = asked.query(HAS_JSON_DEFAULTS, Vec::new()).await.map_err(Failure::into_error)?;
    if number(&defaults)? == 0 {
        schema.set_without_default(JSON);
    }
    for row in query(asked, TABLES).await? {
        let [table, options] = texts(row)?;
        schema.add_table(known(table)?, options.unwrap_or_default());
    }
    for row in query(asked, COLUMNS).await? {
        let [table, name, data_type, collation, nullable, default, extra] = texts(row)?;
        let data_type = known(data_type)?;
        let is_json = data_type == JSON;
        let mut column = Column {
            data_type: without_width(&data_type),
            nullable: nullable.as_deref() == Some("YES"),
            default: default.map(|text| if text == EMPTY_OBJECT { "{}".to_owned() } else { text }),
        };
        for more in [collation.filter(|_| !is_json), extra].into_iter().flatten() {
            if !more.is_empty() {
                column.data_type.push(' ');
                column.data_type.push_str(&more);
            }
        }
        schema.add_column(&known(table)?, known(name)?, column);
    }
    for sql in [INDEXES, FOREIGN_KEYS, CHECKS] {
        for row in query(asked, sql).await? {
            let [table, key, on] = texts(row)?;
            schema.add_key(&known(table)?, known(key)?, known(on)?);
        }
    }
    Ok(schema)
}

const JSON: &str = "json";

/// How `MySQL` tells a default that is an empty object.
const EMPTY_OBJECT: &str = "json_object()";

/// `int(11)` is `int`: how wide a number is shown, newer servers of `MySQL` no longer say.
fn without_width(data_type: &str) -> String {
    match data_type.split_once('(') {
        Some((integer @ ("smallint" | "mediumint" | "int" | "bigint"), rest)) => {
            let more = rest.split_once(')').map_or("", |(_, more)| more);
            format!("{integer}{more}")
        }
        _ => data_type.to_owned(),
    }
}

async fn query(asked: &mut impl Asked, sql: &str) -> Result<Vec<Row>> {
    asked.query(sql, Vec::new()).await.map_err(Failure::into_error)
}

fn texts<const N: usize>(row: Row) -> Result<[Option<String>; N]> {
    let values: Vec<_> = row.unwrap_raw();
    let texts: Vec<_> = values
        .into_iter()
        .map(|value| match value {
            Some(DbValue::Bytes(bytes)) => String::from_utf8(bytes).ok(),
            _ => None,
        })
        .collect();
    texts.try_into().map_err(|_| unexpected())
}

fn known(text: Option<String>) -> Result<String> {
    text.ok_or_else(unexpected)
}

fn unexpected() -> Error {
    Error::backend("the server's information_schema is not as expected", None)
}
