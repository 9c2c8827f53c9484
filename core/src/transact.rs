//! Units of work that retry themselves.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use async_trait::async_trait;

use crate::{
    BoxError, ComponentRepository, Dataset, Error, FormatRepository, MatchRepository,
    PlayerRepository, RegistrationRepository, Repositories, Result, RoundRepository, Store,
    TournamentRepository, UnitOfWork, UnitOptions, VenueRepository,
};

/// How often [`StoreExt::transact`] runs its closure at most.
pub const MAX_ATTEMPTS: u32 = 5;

/// A boxed future, as the closure of [`StoreExt::transact`] returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The unit of work inside [`StoreExt::transact`]: the eight repositories, and no way to commit
/// or roll back by hand. `'env` is what the closure borrows from around it.
///
/// It is a [`Repositories`], and dereferences to one, so its methods need no import of the trait.
pub struct Tx<'env> {
    unit: Box<dyn UnitOfWork>,
    env: PhantomData<&'env ()>,
}

impl Deref for Tx<'_> {
    type Target = dyn Repositories;

    fn deref(&self) -> &Self::Target {
        &*self.unit
    }
}

/// So that a function over `&dyn Repositories` takes a store and a `Tx` alike.
#[async_trait]
impl Repositories for Tx<'_> {
    fn players(&self) -> &dyn PlayerRepository {
        self.unit.players()
    }

    fn venues(&self) -> &dyn VenueRepository {
        self.unit.venues()
    }

    fn formats(&self) -> &dyn FormatRepository {
        self.unit.formats()
    }

    fn tournaments(&self) -> &dyn TournamentRepository {
        self.unit.tournaments()
    }

    fn registrations(&self) -> &dyn RegistrationRepository {
        self.unit.registrations()
    }

    fn components(&self) -> &dyn ComponentRepository {
        self.unit.components()
    }

    fn rounds(&self) -> &dyn RoundRepository {
        self.unit.rounds()
    }

    fn matches(&self) -> &dyn MatchRepository {
        self.unit.matches()
    }

    async fn import(&self, dataset: &Dataset) -> Result<()> {
        self.unit.import(dataset).await
    }
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}

/// Whether a unit of work that ended in this error should be tried again.
pub trait Retry {
    /// [`Error::is_retryable`] of the error within, if there is one; else false.
    fn is_retryable(&self) -> bool;
}

impl Retry for Error {
    fn is_retryable(&self) -> bool {
        Self::is_retryable(self)
    }
}

/// For callers who mix errors of several kinds: that of a store within decides.
impl Retry for BoxError {
    fn is_retryable(&self) -> bool {
        self.downcast_ref::<Error>().is_some_and(Error::is_retryable)
    }
}

/// What is made of a store's own calls.
#[async_trait]
pub trait StoreExt: Store {
    /// Runs the closure in a unit of work and commits it if it succeeds; otherwise rolls back.
    /// While the error says so, tries again, [`MAX_ATTEMPTS`] times in all, so the closure should
    /// do nothing that must not be done twice.
    ///
    /// An error that finished the unit cannot be passed over: if the closure succeeds after one,
    /// the commit says [`Aborted`](Error::Aborted), and nothing is stored or tried again.
    ///
    /// ```
    /// use tournament_core::{Error, Id, Player, Store, StoreExt};
    ///
    /// async fn rename(store: &dyn Store, id: Id<Player>, name: &str) -> Result<Player, Error> {
    ///     store
    ///         .transact(|tx| {
    ///             Box::pin(async move {
    ///                 let mut player = tx.players().get(id).await?;
    ///                 player.name = name.to_owned();
    ///                 tx.players().update(&player).await
    ///             })
    ///         })
    ///         .await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The closure's, and those of [`begin`](Store::begin) and [`commit`](UnitOfWork::commit).
    async fn transact<'env, T, E, F>(&self, run: F) -> Result<T, E>
    where
        T: Send + 'env,
        E: From<Error> + Retry + Send + 'env,
        F: for<'u> FnMut(&'u Tx<'env>) -> BoxFuture<'u, Result<T, E>> + Send + 'env,
    {
        self.transact_with(UnitOptions::new(), run).await
    }

    /// [`transact`](Self::transact) in a unit with options: `read_only` gives the closure one
    /// stable snapshot.
    async fn transact_with<'env, T, E, F>(&self, options: UnitOptions, mut run: F) -> Result<T, E>
    where
        T: Send + 'env,
        E: From<Error> + Retry + Send + 'env,
        F: for<'u> FnMut(&'u Tx<'env>) -> BoxFuture<'u, Result<T, E>> + Send + 'env,
    {
        let mut attempt = 1;
        loop {
            match attempt_once(self, options, &mut run).await {
                Err(error) if error.is_retryable() && attempt < MAX_ATTEMPTS => {
                    self.pause(attempt).await;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }
}

impl<S: Store + ?Sized> StoreExt for S {}

async fn attempt_once<'env, S, T, E, F>(
    store: &S,
    options: UnitOptions,
    run: &mut F,
) -> Result<T, E>
where
    S: Store + ?Sized,
    E: From<Error>,
    F: for<'u> FnMut(&'u Tx<'env>) -> BoxFuture<'u, Result<T, E>>,
{
    let tx = Tx { unit: store.begin(options).await?, env: PhantomData };
    match run(&tx).await {
        Ok(value) => {
            tx.unit.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // The closure's error is the one that tells what happened; a unit that cannot be
            // rolled back is dropped, which rolls back too.
            drop(tx.unit.rollback().await);
            Err(error)
        }
    }
}
