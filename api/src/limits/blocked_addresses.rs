//! From where nobody gets in now: the views' list, in memory.
//!
//! Looked at by every request, so it costs next to nothing where nobody is blocked, and the list is read again only when the views say that
//! it may be another one. What a command has blocked or let in is so for the next request, on this node; others follow the log.

use std::collections::HashMap;
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ambar_domain::client_address::ClientAddress;
use ambar_domain::clock::{Clock, Timestamp};
use ambar_projections::blocks::list_blocked_addresses;
use ambar_projections::{Views, ViewsError};

/// How many addresses are blocked at a time: no stranger who has more of them than that fills the log. The others have to wait before each
/// attempt all the same.
const MAX_BLOCKED: usize = 1_000;

/// The addresses that are blocked.
pub(crate) struct BlockedAddresses {
    until: RwLock<HashMap<ClientAddress, Timestamp>>,
    is_empty: AtomicBool,
    /// What the list is of; no generation before the first look.
    generation: AtomicU64,
}

impl BlockedAddresses {
    pub(super) fn new() -> Self {
        Self { until: RwLock::default(), is_empty: AtomicBool::new(true), generation: AtomicU64::new(u64::MAX) }
    }

    /// Whether the address is blocked at this moment; it is asked for only where some are.
    pub(crate) fn contains(&self, views: &Views, clock: &dyn Clock, address: impl FnOnce() -> Option<ClientAddress>) -> bool {
        self.refresh(views, clock);
        if self.is_empty.load(Ordering::Acquire) {
            return false;
        }
        let Some(address) = address() else { return false };
        self.read().get(&address).is_some_and(|until| clock.now() < *until)
    }

    /// Whether no other address is blocked any more.
    pub(super) fn is_full(&self, views: &Views, clock: &dyn Clock) -> bool {
        self.refresh(views, clock);
        let (blocked, now) = (self.read(), clock.now());
        blocked.len() >= MAX_BLOCKED && blocked.values().filter(|until| now < **until).count() >= MAX_BLOCKED
    }

    fn refresh(&self, views: &Views, clock: &dyn Clock) {
        // Read before the views: what is found may be newer than the generation, never older.
        let generation = views.generation_of_addresses();
        if self.generation.load(Ordering::Acquire) == generation {
            return;
        }
        match list(views, clock.now()) {
            Ok(listed) => {
                let mut until = self.until.write().unwrap_or_else(std::sync::PoisonError::into_inner);
                self.is_empty.store(listed.is_empty(), Ordering::Release);
                *until = listed;
                self.generation.store(generation, Ordering::Release);
            }
            // The next request tries again; those that were blocked stay so.
            Err(error) => tracing::error!(%error, "the blocked addresses cannot be read"),
        }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, HashMap<ClientAddress, Timestamp>> {
        self.until.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn list(views: &Views, now: Timestamp) -> Result<HashMap<ClientAddress, Timestamp>, ViewsError> {
    let listed = list_blocked_addresses(&views.reader()?, now)?;
    Ok(listed.into_iter().map(|blocked| (blocked.address, blocked.until)).collect())
}
