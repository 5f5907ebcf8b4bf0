//! Uploads of a few bytes, in memory until they are finished or grow: most blobs of an image are configs and manifests, and a file for each
//! on its way would cost more than the bytes.
//!
//! An orderly end of the process writes them down like all others. A crash forgets them, and their senders begin again with at most
//! [`MAX_BYTES`].

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::{Algorithm, Digest};
use bytes::Bytes;

use super::hash::Running;
use super::small::MAX_BYTES;

/// How many are held at once, of [`MAX_BYTES`] at most; others begin with a file.
pub(super) const MAX_HELD: usize = 256;

/// An upload without a file.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) bytes: Bytes,
    /// The one its bytes will be named with, as far as known.
    pub(super) algorithm: Algorithm,
    /// When bytes came last.
    pub(super) changed_at: Timestamp,
}

impl Held {
    pub(super) fn new(algorithm: Algorithm, now: Timestamp) -> Self {
        Self { bytes: Bytes::new(), algorithm, changed_at: now }
    }

    /// Adds what has arrived, unless that is too much to be held; whether it was added.
    pub(super) fn add(&mut self, piece: &[Bytes], now: Timestamp) -> bool {
        let size = self.bytes.len() + piece.iter().map(Bytes::len).sum::<usize>();
        if size > MAX_BYTES {
            return false;
        }
        // A copy of just these bytes: what arrives is a part of larger buffers, which would stay with it.
        let mut bytes = Vec::with_capacity(size);
        bytes.extend_from_slice(&self.bytes);
        for chunk in piece {
            bytes.extend_from_slice(chunk);
        }
        self.bytes = bytes.into();
        self.changed_at = now;
        true
    }

    pub(super) fn digest(&self, algorithm: Algorithm) -> Digest {
        let mut hash = Running::new(algorithm);
        hash.update(&self.bytes);
        hash.digest()
    }
}
