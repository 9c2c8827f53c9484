//! What tables a database has.

use tokio_postgres::Row;
use tournament_core::{Error, Result};
use tournament_migrations::{Column, Schema};

use crate::error::Failure;
use crate::wire::Wire;

/// Of the schema in which tables are made. What an extension brought along is its own.
const TABLES: &str = "\
    SELECT relname::text,
        concat_ws(', ', CASE WHEN relkind = 'p' THEN 'partitioned' END,
            CASE WHEN relpersistence = 'u' THEN 'unlogged' END,
            CASE WHEN relrowsecurity THEN 'row security' END)
    FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')";

const COLUMNS: &str = "\
    SELECT relname::text, attname::text,
        format_type(atttypid, atttypmod)
            || CASE WHEN attcollation <> typcollation
                THEN ' COLLATE ' || quote_ident(collname) ELSE '' END
            || CASE WHEN attidentity <> '' THEN ' IDENTITY' ELSE '' END
            || CASE WHEN attgenerated <> '' THEN ' GENERATED' ELSE '' END,
        attnotnull, pg_get_expr(adbin, adrelid)
    FROM pg_class
        JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        JOIN pg_type ON pg_type.oid = atttypid
        LEFT JOIN pg_collation ON pg_collation.oid = attcollation
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')";

/// But for those of NOT NULL, which are constraints since version 18; their columns say it.
const CONSTRAINTS: &str = "\
    SELECT relname::text,
        CASE contype WHEN 'p' THEN 'primary key ' WHEN 'u' THEN 'unique key '
            WHEN 'f' THEN 'foreign key ' WHEN 'c' THEN 'check ' ELSE 'constraint ' END || conname,
        pg_get_constraintdef(pg_constraint.oid)
            || CASE WHEN EXISTS (SELECT FROM pg_trigger
                WHERE tgconstraint = pg_constraint.oid AND tgenabled = 'D')
                THEN ' (disabled)' ELSE '' END
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
        AND contype <> 'n'";

/// But for those of constraints. Their definition begins with their name and their table's.
const INDEXES: &str = "\
    SELECT of.relname::text,
        CASE WHEN indisunique THEN 'unique index ' ELSE 'index ' END || index.relname,
        regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '')
            || CASE WHEN indisvalid AND indisready THEN '' ELSE ' (invalid)' END
    FROM pg_index
        JOIN pg_class AS of ON of.oid = indrelid JOIN pg_class AS index ON index.oid = indexrelid
    WHERE of.relnamespace = current_schema()::regnamespace AND of.relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_constraint
            WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))";

pub(super) async fn read(wire: Wire<'_>) -> Result<Schema> {
    let mut schema = Schema::new();
    for row in query(wire, TABLES).await? {
        schema.add_table(text(&row, 0)?, text(&row, 1)?);
    }
    for row in query(wire, COLUMNS).await? {
        let column = Column {
            data_type: text(&row, 2)?,
            nullable: !row.try_get::<_, bool>(3).map_err(unexpected)?,
            default: row.try_get(4).map_err(unexpected)?,
        };
        schema.add_column(&text(&row, 0)?, text(&row, 1)?, column);
    }
    for sql in [CONSTRAINTS, INDEXES] {
        for row in query(wire, sql).await? {
            schema.add_key(&text(&row, 0)?, text(&row, 1)?, text(&row, 2)?);
        }
    }
    Ok(schema)
}

async fn query(wire: Wire<'_>, sql: &str) -> Result<Vec<Row>> {
    wire.query(sql, &[]).await.map_err(Failure::into_error)
}

fn text(row: &Row, column: usize) -> Result<String> {
    row.try_get(column).map_err(unexpected)
}

fn unexpected(error: tokio_postgres::Error) -> Error {
    Error::backend("the server's catalogue is not as expected", Some(error.into()))
}
