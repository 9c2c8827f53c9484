//! For authors of adapters: the checks that every store makes in the same order.
//!
//! A write goes: [`prepare_new`], [`prepare_many`] or [`prepare_update`] ([`Error::Validation`]);
//! the stored row ([`Error::NotFound`]); [`allow_update`] or [`allow_delete`]
//! ([`Error::Validation`] of fields that never change, [`Error::Conflict`]); then the store's own
//! constraints. A unit of work passes every answer through a [`UnitState`].

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use crate::page::storable_integer;

use crate::{Checks, Entity, EntityKind, Error, Id, MAX_INTEGER, Result};

/// The row as `create` stores it: normalised, at version 1.
///
/// # Errors
///
/// [`Error::Validation`].
pub fn prepare_new<E: Entity>(entity: &E) -> Result<E> {
    prepare_own_new(entity.clone())
}

/// [`prepare_new`] of a row that is the adapter's own.
///
/// # Errors
///
/// [`Error::Validation`].
pub fn prepare_own_new<E: Entity>(entity: E) -> Result<E> {
    let prepared = new_row(entity);
    prepared.validate()?;
    Ok(prepared)
}

/// The rows as `create_many` stores them.
///
/// # Errors
///
/// [`Error::Validation`], each refused field with its row's index.
pub fn prepare_many<E: Entity>(entities: &[E]) -> Result<Vec<E>> {
    prepare_own_many(entities.to_vec())
}

/// [`prepare_many`] of rows that are the adapter's own.
///
/// # Errors
///
/// [`Error::Validation`], each refused field with its row's index.
pub fn prepare_own_many<E: Entity>(entities: Vec<E>) -> Result<Vec<E>> {
    let prepared: Vec<E> = entities.into_iter().map(new_row).collect();
    let mut problems = Vec::new();
    validate_all(&prepared, &mut problems);
    if problems.is_empty() { Ok(prepared) } else { Err(Error::Validation { problems }) }
}

/// The row as `update` is to store it but for its version, which is still the one that was read.
///
/// # Errors
///
/// [`Error::Validation`], also where the version cannot rise any more.
pub fn prepare_update<E: Entity>(entity: &E) -> Result<E> {
    prepare_own_update(entity.clone())
}

/// [`prepare_update`] of a row that is the adapter's own.
///
/// # Errors
///
/// [`Error::Validation`].
pub fn prepare_own_update<E: Entity>(mut entity: E) -> Result<E> {
    entity.normalise();
    let mut checks = Checks::new(E::KIND);
    entity.check(&mut checks);
    if entity.version() == MAX_INTEGER {
        checks.refuse("version", "is the highest; delete the row and create it anew");
    }
    checks.finish()?;
    Ok(entity)
}

/// Whether `update` may replace the stored row by one from [`prepare_update`].
///
/// # Errors
///
/// [`Error::Validation`] where a field differs that never changes, then [`Error::Conflict`].
pub fn allow_update<E: Entity>(prepared: &E, stored: &E) -> Result<()> {
    let mut checks = Checks::new(E::KIND);
    prepared.check_unchanged(stored, &mut checks);
    checks.finish()?;
    allow_delete(stored.id(), Some(prepared.version()), stored.version())
}

/// Whether `delete` may delete the row at the version that is stored.
///
/// # Errors
///
/// [`Error::Conflict`].
pub fn allow_delete<E: Entity>(id: Id<E>, expected: Option<i64>, stored: i64) -> Result<()> {
    match expected {
        Some(expected) if expected != stored => Err(Error::conflict(id, expected, stored)),
        _ => Ok(()),
    }
}

/// What a write in a read-only unit of work is answered, before anything else is looked at.
#[must_use]
pub fn read_only_refusal(entity: EntityKind) -> Error {
    Error::invalid(entity, "read_only", "is set for this unit of work, so it cannot write")
}

/// Whether a unit of work can go on.
#[derive(Debug, Default)]
pub struct UnitState {
    finished: AtomicBool,
}

impl UnitState {
    /// Before each call.
    ///
    /// # Errors
    ///
    /// [`Error::Aborted`] once the unit is finished.
    pub fn check(&self) -> Result<()> {
        if self.finished.load(Ordering::Acquire) { Err(Error::Aborted) } else { Ok(()) }
    }

    /// After each call: finishes the unit if the answer is an error that does not leave it open.
    pub fn note<T>(&self, answer: Result<T>) -> Result<T> {
        if answer.as_ref().is_err_and(|error| !error.leaves_unit_open()) {
            self.finish();
        }
        answer
    }

    /// Finishes the unit.
    pub fn finish(&self) {
        self.finished.store(true, Ordering::Release);
    }
}

/// How long [`Store::pause`](crate::Store::pause) waits where there is a timer: about 10 ms, then
/// twice as long with each attempt, up to a second. It is spread over the second half of that, so
/// that two who met do not meet again.
#[must_use]
pub fn backoff(attempt: u32) -> Duration {
    let full = Duration::from_millis(10 << attempt.saturating_sub(1).min(7)).min(MAX_BACKOFF);
    let (_, random) = uuid::Uuid::now_v7().as_u64_pair();
    let spread = u32::try_from(random % 512).unwrap_or(0);
    full / 2 + full * spread / 1_024
}

const MAX_BACKOFF: Duration = Duration::from_secs(1);

fn new_row<E: Entity>(mut row: E) -> E {
    row.normalise();
    row.set_version(1);
    row
}

/// Adds every problem of every row, with the row's index.
pub(crate) fn validate_all<E: Entity>(rows: &[E], problems: &mut Vec<crate::Problem>) {
    for (index, row) in rows.iter().enumerate() {
        let mut checks = Checks::new(E::KIND);
        row.check(&mut checks);
        problems.extend(checks.problems_at(index));
    }
}

/// Lets a type be the [`Repositories`](crate::Repositories) that one of its fields is: a field with
/// all eight repository traits, and a method `import` like that of `Repositories`.
#[macro_export]
macro_rules! delegate_repositories {
    ($type:ty, $field:ident) => {
        #[$crate::async_trait]
        impl $crate::Repositories for $type {
            fn players(&self) -> &dyn $crate::PlayerRepository {
                &self.$field
            }
            fn venues(&self) -> &dyn $crate::VenueRepository {
                &self.$field
            }
            fn formats(&self) -> &dyn $crate::FormatRepository {
                &self.$field
            }
            fn tournaments(&self) -> &dyn $crate::TournamentRepository {
                &self.$field
            }
            fn registrations(&self) -> &dyn $crate::RegistrationRepository {
                &self.$field
            }
            fn components(&self) -> &dyn $crate::ComponentRepository {
                &self.$field
            }
            fn rounds(&self) -> &dyn $crate::RoundRepository {
                &self.$field
            }
            fn matches(&self) -> &dyn $crate::MatchRepository {
                &self.$field
            }
            async fn import(&self, dataset: &$crate::Dataset) -> $crate::Result<()> {
                self.$field.import(dataset).await
            }
        }
    };
}

#[doc(inline)]
pub use crate::delegate_repositories;

#[cfg(test)]
mod tests {
    use super::{MAX_BACKOFF, backoff};
    use std::time::Duration;

    #[test]
    fn pauses_grow_and_are_bounded() {
        assert!(backoff(1) >= Duration::from_millis(5));
        assert!(backoff(1) <= Duration::from_millis(10));
        assert!(backoff(5) >= Duration::from_millis(80));
        assert!(backoff(u32::MAX) <= MAX_BACKOFF);
        assert!(backoff(0) <= Duration::from_millis(10));
    }
}
