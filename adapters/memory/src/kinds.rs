//! One of something for each of the eight kinds of row.

use tournament_core::{
    Component, Entity, Format, Match, Player, Result, Round, Tournament, TournamentRegistration,
    Venue,
};

use crate::table::Row;

/// What there is one of for each kind: a table, a list of changes.
pub(crate) trait Family {
    /// The one for this kind.
    type Of<E: Row>: Clone + Default;
}

/// Finds the one for a kind.
pub(crate) trait Kind: Entity {
    /// The one for this kind.
    fn of<F: Family>(kinds: &Kinds<F>) -> &F::Of<Self>
    where
        Self: Row;

    /// [`of`](Self::of), to change it.
    fn of_mut<F: Family>(kinds: &mut Kinds<F>) -> &mut F::Of<Self>
    where
        Self: Row;
}

/// Does the same for each kind.
pub(crate) trait Visitor {
    /// Does it for this kind.
    fn visit<E: Row>(&mut self) -> Result<()>;
}

macro_rules! kinds {
    ($($field:ident: $entity:ty,)+) => {
        /// One for each kind.
        pub(crate) struct Kinds<F: Family> {
            $(pub(crate) $field: F::Of<$entity>,)+
        }

        impl<F: Family> Clone for Kinds<F> {
            fn clone(&self) -> Self {
                Self { $($field: self.$field.clone(),)+ }
            }
        }

        impl<F: Family> Default for Kinds<F> {
            fn default() -> Self {
                Self { $($field: Default::default(),)+ }
            }
        }

        $(
            impl Kind for $entity {
                fn of<F: Family>(kinds: &Kinds<F>) -> &F::Of<Self> {
                    &kinds.$field
                }

                fn of_mut<F: Family>(kinds: &mut Kinds<F>) -> &mut F::Of<Self> {
                    &mut kinds.$field
                }
            }
        )+

        /// Visits each kind, parents before their children, until one fails.
        pub(crate) fn each_kind(visitor: &mut impl Visitor) -> Result<()> {
            $(visitor.visit::<$entity>()?;)+
            Ok(())
        }
    };
}

kinds! {
    players: Player,
    venues: Venue,
    formats: Format,
    tournaments: Tournament,
    registrations: TournamentRegistration,
    components: Component,
    rounds: Round,
    matches: Match,
}
