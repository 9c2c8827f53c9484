//! The store.

use std::fmt;
use std::sync::Arc;

use tournament_core::{Dataset, Health, Result, Store, UnitOfWork, UnitOptions, async_trait};

use crate::line::{Wait, Yield};
use crate::rows::MemoryRows;
use crate::shared::Shared;
use crate::unit::MemoryUnit;

/// A store in memory. A clone is another handle to the same rows; they are gone with the last one.
///
/// See the [crate](crate) for an example.
#[derive(Clone)]
pub struct MemoryStore {
    shared: Arc<Shared>,
    rows: MemoryRows,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        let shared = Arc::new(Shared::new());
        Self { rows: MemoryRows(shared.clone()), shared }
    }

    /// The store's rows, without futures and copies.
    #[must_use]
    pub fn rows(&self) -> &MemoryRows {
        &self.rows
    }

    /// [`begin`](Store::begin) at once: without standing in line behind units that were overtaken.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](tournament_core::Error::Unavailable) once the store is closed.
    pub fn begin_now(&self, options: UnitOptions) -> Result<MemoryUnit> {
        MemoryUnit::begin(self.shared(), options, None)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

tournament_core::adapter::delegate_repositories!(MemoryStore, rows);

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self, options: UnitOptions) -> Result<Box<dyn UnitOfWork>> {
        let place = if !options.read_only && self.shared().line().is_formed() {
            Some(Wait::join(self.shared()).await)
        } else {
            None
        };
        Ok(Box::new(MemoryUnit::begin(self.shared(), options, place)?))
    }

    async fn health(&self) -> Health {
        let health = Health::new("memory");
        match self.shared().current() {
            Ok(_) => health,
            Err(error) => health.with_problem(error.to_string()),
        }
    }

    async fn export(&self) -> Result<Dataset> {
        Ok(self.shared().current()?.export())
    }

    async fn clear(&self) -> Result<()> {
        self.shared().replace(&mut |_| Ok(Arc::default()))
    }

    async fn close(&self) -> Result<()> {
        self.shared().close();
        Ok(())
    }

    async fn pause(&self, _: u32) {
        self.shared().line().form();
        Yield::default().await;
    }
}
