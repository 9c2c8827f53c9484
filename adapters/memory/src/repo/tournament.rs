use std::sync::Arc;

use tournament_core::{
    Component, EntityKind, Error, Format, Id, Player, Result, Time, Tournament, TournamentFilter,
    TournamentKey, TournamentRegistration, TournamentRepository, TournamentStatus, Venue,
    async_trait,
};

use crate::index::Index;
use crate::rows::MemoryRows;
use crate::state::State;
use crate::table::{Row, Rows};

#[derive(Clone, Default)]
pub(crate) struct TournamentIndexes {
    all: Index<(), Time, Tournament>,
    by_status: Index<TournamentStatus, Time, Tournament>,
    by_format: Index<Id<Format>, Time, Tournament>,
    by_venue: Index<Id<Venue>, Time, Tournament>,
    by_organiser: Index<Id<Player>, Time, Tournament>,
}

impl TournamentIndexes {
    pub(crate) fn holds_format(&self, id: Id<Format>) -> bool {
        self.by_format.holds(id)
    }

    pub(crate) fn holds_venue(&self, id: Id<Venue>) -> bool {
        self.by_venue.holds(id)
    }

    pub(crate) fn holds_organiser(&self, id: Id<Player>) -> bool {
        self.by_organiser.holds(id)
    }
}

impl Row for Tournament {
    type Indexes = TournamentIndexes;

    fn unlink(&self, indexes: &mut TournamentIndexes) {
        let (time, id) = (self.created_at, self.id);
        indexes.all.remove((), time, id);
        indexes.by_status.remove(self.status, time, id);
        indexes.by_format.remove(self.format_id, time, id);
        indexes.by_venue.remove(self.venue_id, time, id);
        indexes.by_organiser.remove(self.created_by, time, id);
    }

    fn link(&self, indexes: &mut TournamentIndexes) -> Result<()> {
        let (time, id) = (self.created_at, self.id);
        indexes.all.insert((), time, id);
        indexes.by_status.insert(self.status, time, id);
        indexes.by_format.insert(self.format_id, time, id);
        indexes.by_venue.insert(self.venue_id, time, id);
        indexes.by_organiser.insert(self.created_by, time, id);
        Ok(())
    }

    fn check_parents(&self, state: &State) -> Result<()> {
        let missing = |field| Err(Error::reference_missing(EntityKind::Tournament, field));
        if !state.table().holds(self.format_id) {
            missing("format_id")
        } else if !state.table().holds(self.venue_id) {
            missing("venue_id")
        } else if !state.table().holds(self.created_by) {
            missing("created_by")
        } else {
            Ok(())
        }
    }

    fn is_missed(&self, after: Option<&Self>, state: &State) -> bool {
        after.is_none()
            && (state.table::<TournamentRegistration>().indexes.holds_tournament(self.id)
                || state.table::<Component>().indexes.holds_tournament(self.id))
    }

    fn scan<'a>(
        state: &'a State,
        filter: &'a TournamentFilter,
        after: Option<&TournamentKey>,
    ) -> Rows<'a, Self> {
        let table = state.table::<Self>();
        let indexes = &table.indexes;
        let after = after.map(|key| (key.created_at, key.id));
        // An organiser has fewer than a venue, a venue fewer than a format.
        let ids: Box<dyn Iterator<Item = Id<Self>>> = match *filter {
            TournamentFilter { created_by: Some(organiser), .. } => {
                Box::new(indexes.by_organiser.after(organiser, after))
            }
            TournamentFilter { venue_id: Some(venue), .. } => {
                Box::new(indexes.by_venue.after(venue, after))
            }
            TournamentFilter { format_id: Some(format), .. } => {
                Box::new(indexes.by_format.after(format, after))
            }
            TournamentFilter { status: Some(status), .. } => {
                Box::new(indexes.by_status.after(status, after))
            }
            _ => Box::new(indexes.all.after((), after)),
        };
        let wanted = |row: &&Arc<Self>| {
            filter.status.is_none_or(|status| row.status == status)
                && filter.visibility.is_none_or(|visibility| row.visibility == visibility)
                && filter.format_id.is_none_or(|format| row.format_id == format)
                && filter.venue_id.is_none_or(|venue| row.venue_id == venue)
                && filter.created_by.is_none_or(|organiser| row.created_by == organiser)
        };
        Box::new(table.of(ids).filter(wanted))
    }

    fn place(&self, _: &State, _: &TournamentFilter) -> TournamentKey {
        TournamentKey::of(self)
    }
}

#[async_trait]
impl TournamentRepository for MemoryRows {}
