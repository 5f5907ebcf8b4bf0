//! Ids and random bytes that repeat themselves from run to run.

use std::sync::atomic::{AtomicU64, Ordering};

use ambar_domain::ids::IdSource;
use uuid::{Builder, Uuid};

/// Counts.
pub(super) struct SeededIds(AtomicU64);

impl SeededIds {
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(1))
    }

    fn next(&self) -> u64 {
        // SplitMix64: spreads a count over all bits.
        let mut z = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl IdSource for SeededIds {
    fn uuid(&self) -> Uuid {
        let mut random = [0; 10];
        self.fill_random(&mut random);
        Builder::from_unix_timestamp_millis(1_800_000_000_000, &random).into_uuid()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.next().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}
