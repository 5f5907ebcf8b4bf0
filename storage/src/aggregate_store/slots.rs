//! Recently used aggregates, each behind a lock of its own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use lru::LruCache;
use tokio::sync::{Mutex as Lock, OwnedMutexGuard};
use uuid::Uuid;

use crate::event_log::{AppendError, Appended, Position, RecordedEvent};

/// Aggregates kept of one type. An idle one is mostly a few hundred bytes.
const KEPT: usize = 4096;

/// What the kept aggregates of one type may weigh, in events: a state holds what its events told it, about 100 bytes each.
const KEPT_WEIGHT: u64 = 500_000;

/// No aggregate counts more than this, so that one with a long history does not drive out all others.
const HEAVIEST: u64 = 50_000;

/// An append that may be under way still, and what becomes of it. Whoever wants to know waits for the same answer.
pub(super) type Enqueued = Shared<BoxFuture<'static, Result<Appended, Arc<AppendError>>>>;

/// What a decision rests on: the last event that the aggregate had seen.
#[derive(Debug, Clone)]
pub(super) enum Basis {
    /// It is durable, at this position; [`Position::START`] if there is none.
    Durable(Position),
    /// It has been enqueued.
    Enqueued(Enqueued),
}

/// An aggregate as it will be when every append that was enqueued for it is durable.
#[derive(Debug)]
pub(super) struct Held<A> {
    pub(super) aggregate: A,
    /// Sequence of the last event folded into it, 0 for none.
    pub(super) sequence: u64,
    /// That event's id.
    pub(super) last_event: Option<Uuid>,
    /// Whether that event is durable.
    pub(super) basis: Basis,
    /// How many failures its slot had seen when it was loaded.
    pub(super) failures: u64,
}

impl<A> Held<A> {
    /// Notes that the aggregate has come up to an event of the log.
    pub(super) fn follow(&mut self, event: &RecordedEvent) {
        self.sequence = event.sequence;
        self.last_event = Some(event.event_id);
        self.basis = Basis::Durable(event.position);
    }
}

/// The place of one aggregate. Empty when it was never loaded, or must be loaded anew.
#[derive(Debug)]
pub(super) struct Slot<A> {
    held: Arc<Lock<Option<Held<A>>>>,
    /// Counts failures of appends. What was held before the last of them was folded from events that never came to be.
    failures: AtomicU64,
    weight: AtomicU64,
}

impl<A> Slot<A> {
    fn new() -> Self {
        Self { held: Arc::new(Lock::new(None)), failures: AtomicU64::new(0), weight: AtomicU64::new(1) }
    }

    /// Waits for the aggregate's lock and takes out what is held, unless an append that it rests on has failed.
    pub(super) async fn take(&self) -> (OwnedMutexGuard<Option<Held<A>>>, Option<Held<A>>) {
        let mut guard = Arc::clone(&self.held).lock_owned().await;
        let held = guard.take().filter(|held| held.failures == self.failures());
        (guard, held.and_then(Held::settled))
    }

    /// Failures so far.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Acquire)
    }

    /// An append of an aggregate that was loaded after `seen` failures has failed. All that follow it fail as well, and count as one.
    pub(super) fn failed(&self, seen: u64) {
        self.failures.fetch_max(seen + 1, Ordering::AcqRel);
    }

    /// The aggregate has grown to this many events.
    pub(super) fn weigh(&self, events: u64) {
        self.weight.store(events.clamp(1, HEAVIEST), Ordering::Relaxed);
    }
}

impl<A> Held<A> {
    /// Looks whether the append it rests on has been answered meanwhile, by a caller that may have gone: `None` if it failed.
    fn settled(mut self) -> Option<Self> {
        if let Basis::Enqueued(enqueued) = &self.basis
            && let Some(answer) = enqueued.clone().now_or_never()
        {
            self.basis = Basis::Durable(answer.ok()?.position);
        }
        Some(self)
    }
}

/// The slots of one aggregate type, the least recently used of them forgotten first.
///
/// A slot that is forgotten while somebody holds it does no harm: two holders of one aggregate are two writers, and the expected
/// event decides between them.
#[derive(Debug)]
pub(super) struct Slots<A>(Mutex<Kept<A>>);

#[derive(Debug)]
struct Kept<A> {
    slots: LruCache<String, Weighed<A>>,
    weight: u64,
}

#[derive(Debug)]
struct Weighed<A> {
    slot: Arc<Slot<A>>,
    /// Its share of the whole weight, as of when it was last asked for.
    weight: u64,
}

impl<A> Slots<A> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Kept { slots: LruCache::unbounded(), weight: 0 }))
    }

    pub(super) fn get(&self, aggregate_id: &str) -> Arc<Slot<A>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { slots, weight } = &mut *kept;
        if let Some(weighed) = slots.get_mut(aggregate_id) {
            let now = weighed.slot.weight.load(Ordering::Relaxed);
            *weight = *weight + now - std::mem::replace(&mut weighed.weight, now);
            return Arc::clone(&weighed.slot);
        }
        while slots.len() >= KEPT || *weight > KEPT_WEIGHT {
            let Some((_, forgotten)) = slots.pop_lru() else { break };
            *weight -= forgotten.weight;
        }
        let slot = Arc::new(Slot::new());
        slots.put(aggregate_id.to_owned(), Weighed { slot: Arc::clone(&slot), weight: 1 });
        *weight += 1;
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavy_aggregates_drive_out_the_ones_used_longest_ago() {
        let slots = Slots::<()>::new();
        for number in 0..20 {
            slots.get(&number.to_string()).weigh(1_000_000);
            // Asked for again, as the next command would: now it counts.
            slots.get(&number.to_string());
        }
        let kept = slots.0.lock().unwrap();
        assert!(kept.weight <= KEPT_WEIGHT + HEAVIEST, "{}", kept.weight);
        assert_eq!(kept.weight, kept.slots.iter().map(|(_, weighed)| weighed.weight).sum::<u64>());
        assert!(kept.slots.contains("19") && !kept.slots.contains("0"));
    }

    #[test]
    fn no_more_than_a_number_of_aggregates_is_kept() {
        let slots = Slots::<()>::new();
        for number in 0..2 * KEPT {
            slots.get(&number.to_string());
        }
        assert_eq!(slots.0.lock().unwrap().slots.len(), KEPT);
    }
}
