//! Ids for tests: one after the other, and nothing random.

use std::sync::atomic::{AtomicU64, Ordering};

use ambar_domain::ids::IdSource;
use uuid::Uuid;

#[derive(Debug, Default)]
pub(crate) struct CountingIds(AtomicU64);

impl IdSource for CountingIds {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(self.0.fetch_add(1, Ordering::Relaxed).into())
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}
