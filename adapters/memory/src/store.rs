//! The store.

use std::fmt;
use std::sync::Arc;

use tournament_core::{Dataset, Health, Result, Store, UnitOfWork, UnitOptions, async_trait};

use crate::line::{Wait, Yield};
use crate::session::{Access, Session};
use crate::shared::Shared;
use crate::state::State;
use crate::unit::MemoryUnit;

/// A store in memory. A clone is another handle to the same rows; they are gone with the last one.
///
/// See the [crate](crate) for an example.
#[derive(Clone)]
pub struct MemoryStore {
    session: Session<Arc<Shared>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self { session: Session(Arc::new(Shared::new())) }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.session.0
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

tournament_core::adapter::delegate_repositories!(MemoryStore, session);

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
        match self.shared().state() {
            Ok(_) => health,
            Err(error) => health.with_problem(error.to_string()),
        }
    }

    async fn export(&self) -> Result<Dataset> {
        Ok(self.shared().state()?.export())
    }

    async fn clear(&self) -> Result<()> {
        self.shared().replace(|_| Ok((Arc::new(State::default()), ())))
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
