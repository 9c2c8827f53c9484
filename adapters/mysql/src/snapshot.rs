//! The whole store at once.

use tournament_core::{Dataset, EntityKind, Error, Id, Result, Tournament};

use crate::bulk::{count_tournaments, insert_all, raise};
use crate::error::Class;
use crate::rows::Columns;
use crate::session::{Row, select_all};
use crate::step::Step;

/// Children before their parents. TRUNCATE would be quicker, but ends the transaction.
pub(crate) const CLEAR: &str = "\
    DELETE FROM matches; \
    DELETE FROM rounds; \
    DELETE FROM components; \
    DELETE FROM tournament_registrations; \
    DELETE FROM tournaments; \
    DELETE FROM formats; \
    DELETE FROM venues; \
    DELETE FROM players";

pub(crate) const SELECT_LAST_SEQUENCE_IDS: &str = "\
    SELECT id, last_sequence_id FROM tournaments WHERE last_sequence_id > 0 ORDER BY id";

/// Deletes every row.
pub(crate) async fn clear(step: &mut Step) -> Result<()> {
    step.batch(CLEAR).await.map_err(|failure| match failure.class() {
        Class::ForeignKey => {
            Error::busy("another writer added rows beside this call", failure.source())
        }
        _ => failure.into_error(),
    })
}

/// Everything, as of one moment: the caller has begun a transaction.
pub(crate) async fn export(step: &mut Step) -> Result<Dataset> {
    Ok(Dataset {
        players: all(step).await?,
        venues: all(step).await?,
        formats: all(step).await?,
        tournaments: all(step).await?,
        registrations: all(step).await?,
        components: all(step).await?,
        rounds: all(step).await?,
        matches: all(step).await?,
        last_sequence_ids: last_sequence_ids(step).await?.into_iter().collect(),
    })
}

async fn all<E: Row>(step: &mut Step) -> Result<Vec<E>> {
    select_all(step, E::EXPORT).await
}

async fn last_sequence_ids(step: &mut Step) -> Result<Vec<(Id<Tournament>, i64)>> {
    let rows = step.query(SELECT_LAST_SEQUENCE_IDS, Vec::new()).await?;
    rows.into_iter()
        .map(|row| {
            let mut columns = Columns::new(row, EntityKind::Tournament);
            Ok((columns.id("id")?, columns.integer("last_sequence_id")?))
        })
        .collect()
}

/// Stores a prepared dataset, parents first.
pub(crate) async fn import(step: &mut Step, dataset: &Dataset) -> Result<()> {
    insert_all(step, &dataset.players).await?;
    insert_all(step, &dataset.venues).await?;
    insert_all(step, &dataset.formats).await?;
    insert_all(step, &dataset.tournaments).await?;
    raise(step, &dataset.highest_sequence_ids()).await?;
    insert_all(step, &dataset.registrations).await?;
    insert_all(step, &dataset.components).await?;
    insert_all(step, &dataset.rounds).await?;
    insert_all(step, &dataset.matches).await?;
    check_numbered(step, dataset).await
}

/// Whether each tournament is there whose numbers are recorded.
async fn check_numbered(step: &mut Step, dataset: &Dataset) -> Result<()> {
    let found = count_tournaments(step, dataset.last_sequence_ids.keys()).await?;
    if usize::try_from(found).is_ok_and(|found| found == dataset.last_sequence_ids.len()) {
        Ok(())
    } else {
        Err(Error::reference_missing(EntityKind::Tournament, "last_sequence_ids"))
    }
}
