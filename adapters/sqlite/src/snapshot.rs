//! The whole store at once.

use rusqlite::{Connection, params};
use tournament_core::{Dataset, EntityKind, Error, Id, Result};

use crate::error::failure;
use crate::rows::Columns;
use crate::session::{Row, insert_all, select};
use crate::values::id;

/// Children before their parents.
pub(crate) const CLEAR: &str = "\
    DELETE FROM matches;
    DELETE FROM rounds;
    DELETE FROM components;
    DELETE FROM tournament_registrations;
    DELETE FROM tournaments;
    DELETE FROM formats;
    DELETE FROM venues;
    DELETE FROM players;";

pub(crate) const SELECT_LAST_SEQUENCE_IDS: &str = "\
    SELECT id, last_sequence_id FROM tournaments WHERE last_sequence_id > 0 ORDER BY id";

/// Raises the number; never lowers it.
pub(crate) const RAISE_LAST_SEQUENCE_ID: &str = "\
    UPDATE tournaments SET last_sequence_id = max(last_sequence_id, ?2) WHERE id = ?1";

/// Everything, as of one moment: the caller has begun a transaction.
pub(crate) fn export(connection: &Connection) -> Result<Dataset> {
    Ok(Dataset {
        players: all(connection)?,
        venues: all(connection)?,
        formats: all(connection)?,
        tournaments: all(connection)?,
        registrations: all(connection)?,
        components: all(connection)?,
        rounds: all(connection)?,
        matches: all(connection)?,
        last_sequence_ids: last_sequence_ids(connection)?.into_iter().collect(),
    })
}

fn all<E: Row>(connection: &Connection) -> Result<Vec<E>> {
    select(connection, E::EXPORT, [], usize::MAX)
}

fn last_sequence_ids(
    connection: &Connection,
) -> Result<Vec<(Id<tournament_core::Tournament>, i64)>> {
    let mut statement = connection.prepare_cached(SELECT_LAST_SEQUENCE_IDS).map_err(failure)?;
    let mut rows = statement.query([]).map_err(failure)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failure)? {
        let mut columns = Columns::new(row, EntityKind::Tournament);
        found.push((columns.id("id")?, columns.integer("last_sequence_id")?));
    }
    Ok(found)
}

/// Stores a prepared dataset, parents first.
pub(crate) fn import(connection: &Connection, dataset: &Dataset) -> Result<()> {
    insert_all(connection, &dataset.players)?;
    insert_all(connection, &dataset.venues)?;
    insert_all(connection, &dataset.formats)?;
    insert_all(connection, &dataset.tournaments)?;
    insert_all(connection, &dataset.registrations)?;
    insert_all(connection, &dataset.components)?;
    insert_all(connection, &dataset.rounds)?;
    insert_all(connection, &dataset.matches)?;
    let mut raise = connection.prepare_cached(RAISE_LAST_SEQUENCE_ID).map_err(failure)?;
    for (tournament_id, last) in dataset.highest_sequence_ids() {
        let found = raise.execute(params![id(tournament_id), last]).map_err(failure)?;
        if found == 0 {
            return Err(Error::reference_missing(EntityKind::Tournament, "last_sequence_ids"));
        }
    }
    Ok(())
}
