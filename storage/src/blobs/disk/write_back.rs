//! Starts putting bytes on disk while more are arriving, so that little is left to wait for at the end.
//!
//! The kernel reports a failed write-back once per open file, so whoever flushes in the background keeps the news: after a failure
//! nothing can be said about which bytes reached the disk, and a second flush that succeeds proves nothing.

use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

/// The background flushes of one upload: at most one at a time.
#[derive(Clone, Default)]
pub(super) struct WriteBack(Arc<Mutex<Option<io::ErrorKind>>>);

impl WriteBack {
    /// Starts a flush, unless one is running; answers whether it did.
    pub(super) fn start(&self, file: &File) -> bool {
        if let Err(TryLockError::WouldBlock) = self.0.try_lock() {
            return false;
        }
        let Ok(file) = file.try_clone() else { return false };
        let failure = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = file.sync_data() {
                *failure = Some(error.kind());
            }
        });
        true
    }

    /// Waits for the flush that is running; an error if any has ever failed.
    pub(super) fn wait(&self) -> io::Result<()> {
        let failure = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failure.map_or(Ok(()), |kind| Err(kind.into()))
    }
}
