//! The eight kinds of row, and a row of any of them.
//!
//! Everything that keeps rows keeps rows of any kind: a tree, a change, a unit of work. Compiled, there
//! is one copy of the trees' code instead of one for each type of key and value, which is most of what a
//! page would have to download. What is typed goes on top: [`Table`](crate::table::Table) and
//! [`Index`](crate::index::Index) give and take rows and ids of one kind.

use std::sync::Arc;

use tournament_core::{
    Component, Entity, EntityKind, Error, Format, Match, Player, Result, Round, Tournament,
    TournamentRegistration, Venue,
};
use uuid::Uuid;

use crate::state::State;
use crate::table::Row;

/// Turns rows of one kind into rows of any kind and back, and finds what there is for this kind.
pub(crate) trait Kind: Entity {
    fn erase(row: Arc<Self>) -> AnyRow;

    /// The row, if it is of this kind.
    fn of(row: &AnyRow) -> Option<&Arc<Self>>;

    /// [`of`](Self::of), to change it.
    fn of_mut(row: &mut AnyRow) -> Option<&mut Arc<Self>>;

    fn indexes(indexes: &Indexes) -> &Self::Indexes
    where
        Self: Row;

    fn indexes_mut(indexes: &mut Indexes) -> &mut Self::Indexes
    where
        Self: Row;
}

macro_rules! kinds {
    ($($kind:ident $field:ident: $entity:ty,)+) => {
        /// A stored row.
        #[derive(Clone, PartialEq)]
        pub(crate) enum AnyRow {
            $($kind(Arc<$entity>),)+
        }

        impl AnyRow {
            pub(crate) fn kind(&self) -> EntityKind {
                match self {
                    $(Self::$kind(_) => EntityKind::$kind,)+
                }
            }

            /// The row as what the store does with it.
            fn linked(&self) -> &dyn Linked {
                match self {
                    $(Self::$kind(row) => &**row,)+
                }
            }

            /// Two rows at one address are the very same.
            fn address(&self) -> *const () {
                match self {
                    $(Self::$kind(row) => Arc::as_ptr(row).cast(),)+
                }
            }
        }

        /// The indexes of each kind.
        #[derive(Clone, Default)]
        pub(crate) struct Indexes {
            $(pub(crate) $field: <$entity as Row>::Indexes,)+
        }

        $(
            impl Kind for $entity {
                fn erase(row: Arc<Self>) -> AnyRow {
                    AnyRow::$kind(row)
                }

                fn of(row: &AnyRow) -> Option<&Arc<Self>> {
                    match row {
                        AnyRow::$kind(row) => Some(row),
                        _ => None,
                    }
                }

                fn of_mut(row: &mut AnyRow) -> Option<&mut Arc<Self>> {
                    match row {
                        AnyRow::$kind(row) => Some(row),
                        _ => None,
                    }
                }

                fn indexes(indexes: &Indexes) -> &<Self as Row>::Indexes {
                    &indexes.$field
                }

                fn indexes_mut(indexes: &mut Indexes) -> &mut <Self as Row>::Indexes {
                    &mut indexes.$field
                }
            }
        )+
    };
}

kinds! {
    Player players: Player,
    Venue venues: Venue,
    Format formats: Format,
    Tournament tournaments: Tournament,
    Registration registrations: TournamentRegistration,
    Component components: Component,
    Round rounds: Round,
    Match matches: Match,
}

impl AnyRow {
    pub(crate) fn id(&self) -> Uuid {
        self.linked().uuid()
    }

    /// Takes the row out of the indexes.
    pub(crate) fn unlink(&self, indexes: &mut Indexes) {
        self.linked().unlink_any(indexes);
    }

    /// Enters the row into the indexes. Its parents are already known to be there.
    ///
    /// # Errors
    ///
    /// [`Error::AlreadyExists`].
    pub(crate) fn link(&self, indexes: &mut Indexes) -> Result<()> {
        self.linked().link_any(indexes)
    }

    /// Looks for every parent that the row refers to.
    ///
    /// # Errors
    ///
    /// [`Error::ReferenceMissing`].
    pub(crate) fn check_parents(&self, state: &State) -> Result<()> {
        self.linked().check_parents_of_any(state)
    }

    /// Looks for rows that refer to this one as it was, now that `after` is in its place.
    ///
    /// # Errors
    ///
    /// [`Error::StillReferenced`].
    pub(crate) fn check_children(&self, after: Option<&Self>, state: &State) -> Result<()> {
        self.linked().check_children_of_any(after, state)
    }
}

/// Whether both are the very same row, or both are absent.
pub(crate) fn same(one: Option<&AnyRow>, other: Option<&AnyRow>) -> bool {
    one.map(AnyRow::address) == other.map(AnyRow::address)
}

/// What the store does with a row, whatever its kind: [`Row`] behind a pointer.
trait Linked {
    fn uuid(&self) -> Uuid;
    fn unlink_any(&self, indexes: &mut Indexes);
    fn link_any(&self, indexes: &mut Indexes) -> Result<()>;
    fn check_parents_of_any(&self, state: &State) -> Result<()>;
    fn check_children_of_any(&self, after: Option<&AnyRow>, state: &State) -> Result<()>;
}

impl<E: Row> Linked for E {
    fn uuid(&self) -> Uuid {
        self.id().uuid()
    }

    fn unlink_any(&self, indexes: &mut Indexes) {
        self.unlink(E::indexes_mut(indexes));
    }

    fn link_any(&self, indexes: &mut Indexes) -> Result<()> {
        self.link(E::indexes_mut(indexes))
    }

    fn check_parents_of_any(&self, state: &State) -> Result<()> {
        self.check_parents(state)
    }

    fn check_children_of_any(&self, after: Option<&AnyRow>, state: &State) -> Result<()> {
        if self.is_missed(after.and_then(E::of).map(|after| &**after), state) {
            return Err(Error::still_referenced(self.id()));
        }
        Ok(())
    }
}
