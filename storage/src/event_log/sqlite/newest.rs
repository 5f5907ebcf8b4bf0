//! The newest events in memory: whoever follows the log finds them without a look into the file.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::event_log::port::Page;
use crate::event_log::record::{Position, RecordedEvent};

/// How many are kept at most, and how many bytes of payloads and metadata; both far below what a page may have.
const MAX_EVENTS: usize = 1_000;
const MAX_BYTES: usize = 1 << 20;

/// The end of the log, from some position on.
#[derive(Debug)]
pub(super) struct Newest(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    /// Every event behind this position is in `events`.
    after: Position,
    events: VecDeque<RecordedEvent>,
    bytes: usize,
}

impl Newest {
    /// Nothing yet of a log that ends at `head`.
    pub(super) fn new(head: Position) -> Self {
        Self(Mutex::new(Kept { after: head, events: VecDeque::new(), bytes: 0 }))
    }

    /// Forgets everything: the log ends at `head`, and what is before it is not known here.
    pub(super) fn forget(&self, head: Position) {
        *self.kept() = Kept { after: head, events: VecDeque::new(), bytes: 0 };
    }

    /// Adds what was just recorded, in order.
    pub(super) fn add(&self, events: Vec<RecordedEvent>) {
        let mut kept = self.kept();
        kept.bytes += events.iter().map(size).sum::<usize>();
        kept.events.extend(events);
        while kept.events.len() > MAX_EVENTS || kept.bytes > MAX_BYTES {
            let Some(oldest) = kept.events.pop_front() else { break };
            kept.bytes -= size(&oldest);
            kept.after = oldest.position;
        }
    }

    /// Up to `limit` events behind `after`; `None` if not all of them are here.
    pub(super) fn read(&self, after: Position, limit: usize) -> Option<Page> {
        let kept = self.kept();
        if after < kept.after {
            return None;
        }
        let first = kept.events.partition_point(|event| event.position <= after);
        let events: Vec<_> = kept.events.range(first..).take(limit).cloned().collect();
        let at_head = first + events.len() == kept.events.len();
        Some(Page { next: events.last().map_or(after, |event| event.position), events, at_head })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(event: &RecordedEvent) -> usize {
    event.payload.len() + event.metadata.len()
}
