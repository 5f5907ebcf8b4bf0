//! Small content in memory: manifests, configs and tiny layers are read again and again.
//!
//! Content never changes under its digest, so nothing here grows old. Whether somebody may have it is decided before, every time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ambar_domain::digest::Digest;
use ambar_storage::blobs::{BlobError, BlobStore};
use bytes::Bytes;
use lru::LruCache;

/// Larger content is not kept.
pub(crate) const MAX_ENTRY_BYTES: u64 = 64 << 10;
/// The most that is kept, entries and their digests together.
const MAX_TOTAL_BYTES: usize = 8 << 20;
/// What an entry takes besides its content: digest, list and table.
const ENTRY_OVERHEAD: usize = 320;

/// A bounded cache of content by digest.
pub(crate) struct SmallContent(Mutex<Kept>);

struct Kept {
    entries: LruCache<Digest, Bytes>,
    total_bytes: usize,
}

impl SmallContent {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Kept { entries: LruCache::unbounded(), total_bytes: 0 }))
    }

    /// All bytes of a blob of `size` bytes: from memory, or from the store.
    pub(crate) async fn read(&self, blobs: &dyn BlobStore, digest: &Digest, size: u64) -> Result<Bytes, BlobError> {
        if size > MAX_ENTRY_BYTES {
            return blobs.read(digest).await;
        }
        if let Some(bytes) = self.kept().entries.get(digest) {
            return Ok(bytes.clone());
        }
        let bytes = blobs.read(digest).await?;
        self.keep(digest, &bytes);
        Ok(bytes)
    }

    /// Keeps verified bytes.
    pub(crate) fn keep(&self, digest: &Digest, bytes: &Bytes) {
        if bytes.len() as u64 > MAX_ENTRY_BYTES {
            return;
        }
        let mut kept = self.kept();
        if kept.entries.put(digest.clone(), bytes.clone()).is_none() {
            kept.total_bytes += bytes.len() + ENTRY_OVERHEAD;
        }
        while kept.total_bytes > MAX_TOTAL_BYTES {
            let Some((_, oldest)) = kept.entries.pop_lru() else { break };
            kept.total_bytes -= oldest.len() + ENTRY_OVERHEAD;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use ambar_domain::digest::Algorithm;

    use super::*;
    use crate::keys::digest_of;

    #[test]
    fn what_is_kept_stays_below_the_bound() {
        let content = SmallContent::new();
        for number in 0..400_u32 {
            let bytes = Bytes::from([&number.to_be_bytes()[..], &[0; 60_000]].concat());
            content.keep(&digest_of(Algorithm::Sha256, &bytes), &bytes);
            content.keep(&digest_of(Algorithm::Sha256, &bytes), &bytes);
        }
        let kept = content.kept();
        let counted: usize = kept.entries.iter().map(|(_, bytes)| bytes.len() + ENTRY_OVERHEAD).sum();
        assert_eq!(counted, kept.total_bytes);
        assert!(kept.total_bytes <= MAX_TOTAL_BYTES && kept.entries.len() > 100);
    }
}
