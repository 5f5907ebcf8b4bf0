//! Recently used aggregates, each behind a lock of its own.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use tokio::sync::{Mutex as Lock, OwnedMutexGuard};
use uuid::Uuid;

/// Aggregates kept of one type. An idle one is mostly a few hundred bytes; a repository of 10,000 tags about 2 MiB.
const KEPT: NonZeroUsize = NonZeroUsize::new(4096).expect("more than none");

/// An aggregate as it will be when every append that was enqueued for it is durable.
#[derive(Debug)]
pub(super) struct Held<A> {
    pub(super) aggregate: A,
    /// Sequence of the last event folded into it, 0 for none.
    pub(super) sequence: u64,
    /// That event's id.
    pub(super) last_event: Option<Uuid>,
}

/// The place of one aggregate. Empty when it was never loaded, or must be loaded anew.
#[derive(Debug)]
pub(super) struct Slot<A> {
    held: Arc<Lock<Option<Held<A>>>>,
    /// An append failed: what is held was folded from events that never came to be.
    stale: AtomicBool,
    /// The last sequence known to be durable.
    durable: AtomicU64,
}

impl<A> Default for Slot<A> {
    fn default() -> Self {
        Self { held: Arc::new(Lock::new(None)), stale: AtomicBool::new(false), durable: AtomicU64::new(0) }
    }
}

impl<A> Slot<A> {
    /// Waits for the aggregate's lock and takes out what is held, unless it is stale.
    pub(super) async fn take(&self) -> (OwnedMutexGuard<Option<Held<A>>>, Option<Held<A>>) {
        let mut guard = Arc::clone(&self.held).lock_owned().await;
        let held = guard.take();
        let held = if self.stale.swap(false, Ordering::AcqRel) { None } else { held };
        (guard, held)
    }

    pub(super) fn mark_stale(&self) {
        self.stale.store(true, Ordering::Release);
    }

    pub(super) fn mark_durable(&self, sequence: u64) {
        self.durable.fetch_max(sequence, Ordering::AcqRel);
    }

    pub(super) fn is_durable(&self, sequence: u64) -> bool {
        self.durable.load(Ordering::Acquire) >= sequence
    }
}

/// The slots of one aggregate type, the least recently used of them forgotten first.
///
/// A slot that is forgotten while somebody holds it does no harm: two holders of one aggregate are two writers, and the expected
/// sequence decides between them.
#[derive(Debug)]
pub(super) struct Slots<A>(Mutex<LruCache<String, Arc<Slot<A>>>>);

impl<A> Slots<A> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }

    pub(super) fn get(&self, aggregate_id: &str) -> Arc<Slot<A>> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(aggregate_id) {
            return Arc::clone(slot);
        }
        let slot = Arc::new(Slot::default());
        slots.put(aggregate_id.to_owned(), Arc::clone(&slot));
        slot
    }
}
