//! Uploads of a few bytes, in memory until they are finished or grow: most blobs of an image are configs and manifests, and a file for each
//! on its way would cost more than the bytes.
//!
//! An orderly end of the process writes them down like all others. A crash forgets them, and their senders begin again with at most
//! [`MAX_BYTES`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::Algorithm;
use bytes::Bytes;

use super::small::MAX_BYTES;

/// How many are held at once, idle and worked on, of [`MAX_BYTES`] at most; others begin with a file.
pub(super) const MAX_HELD: usize = 256;

/// The places there are in memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(Arc<AtomicUsize>);

/// One of them, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<AtomicUsize>);

impl Places {
    pub(super) fn take(&self) -> Option<Place> {
        let taken = self.0.fetch_add(1, Ordering::Relaxed);
        let place = Place(Arc::clone(&self.0));
        (taken < MAX_HELD).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An upload without a file.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) bytes: Bytes,
    /// The one its bytes will be named with, as far as known.
    pub(super) algorithm: Algorithm,
    /// When bytes came last.
    pub(super) changed_at: Timestamp,
    /// `None` if it is about to get a file.
    _place: Option<Place>,
}

impl Held {
    pub(super) fn new(algorithm: Algorithm, now: Timestamp, place: Option<Place>) -> Self {
        Self { bytes: Bytes::new(), algorithm, changed_at: now, _place: place }
    }

    /// Adds what has arrived, unless that is too much to be held; whether it was added.
    pub(super) fn add(&mut self, piece: &[Bytes], now: Timestamp) -> bool {
        let size = self.bytes.len() + piece.iter().map(Bytes::len).sum::<usize>();
        if size > MAX_BYTES || size == self.bytes.len() {
            return size <= MAX_BYTES;
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
}
