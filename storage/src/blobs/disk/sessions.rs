//! Which uploads are being worked on, and how far the others are.
//!
//! One request at a time works on a session: it holds a [`Lease`], and a second is told that it is busy. A lease goes along into the
//! blocking work, so a request that is dropped in the middle frees the session only when the work that it started has ended.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::progress::Progress;
use crate::blobs::UploadId;

/// How many idle sessions are kept at hand, of some 400 bytes each. Others are found again from their files.
const IDLE: NonZeroUsize = NonZeroUsize::new(1024).expect("is not zero");

/// How many of their files stay open, for the next request: few, because a process may not have many.
const OPEN: NonZeroUsize = NonZeroUsize::new(64).expect("is not zero");

pub(super) struct Sessions(Mutex<Table>);

struct Table {
    busy: HashSet<UploadId>,
    idle: LruCache<UploadId, Progress>,
    open: LruCache<UploadId, File>,
}

impl Sessions {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Table { busy: HashSet::new(), idle: LruCache::new(IDLE), open: LruCache::new(OPEN) }))
    }

    /// `None` if another request has it.
    pub(super) fn lease(self: &Arc<Self>, id: UploadId) -> Option<Lease> {
        let mut table = self.table();
        if !table.busy.insert(id) {
            return None;
        }
        let (progress, file) = (table.idle.pop(&id), table.open.pop(&id));
        Some(Lease { sessions: Arc::clone(self), id, progress, file })
    }

    /// The size of a session that is at hand and idle.
    pub(super) fn size(&self, id: UploadId) -> Option<u64> {
        self.table().idle.peek(&id).map(|progress| progress.size_bytes)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to work on a session, until it is dropped.
pub(super) struct Lease {
    sessions: Arc<Sessions>,
    id: UploadId,
    /// `None` if it must be found out from the disk: not at hand, or no longer certain.
    pub(super) progress: Option<Progress>,
    /// `None` if it must be opened. Dropped with the session, or kept for the next request.
    pub(super) file: Option<File>,
}

impl Lease {
    pub(super) fn id(&self) -> UploadId {
        self.id
    }

    /// The session's file, at `path`, for reading and writing.
    pub(super) fn open(&mut self, path: &Path) -> io::Result<File> {
        match self.file.take() {
            Some(file) => Ok(file),
            None => File::options().read(true).write(true).open(path),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut table = self.sessions.table();
        table.busy.remove(&self.id);
        let Some(progress) = self.progress.take() else { return };
        table.idle.put(self.id, progress);
        // Whichever is not kept is closed behind the lock.
        let closed = self.file.take().and_then(|file| table.open.push(self.id, file));
        drop(table);
        drop(closed);
    }
}
