//! Which uploads are being worked on, and how far the others are; the bytes of those without a file.
//!
//! One request at a time works on a session: it holds a [`Lease`], and a second is told that it is busy. A lease goes along into the
//! blocking work, so a request that is dropped in the middle frees the session only when the work that it started has ended.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ambar_domain::clock::Timestamp;
use lru::LruCache;

use super::held::{Held, Place, Places};
use super::progress::Progress;
use crate::blobs::UploadId;

/// How many idle sessions are kept at hand, of some 400 bytes each. Others are found again from their files.
const IDLE: NonZeroUsize = NonZeroUsize::new(1024).expect("is not zero");

/// How many of their files stay open, for the next request: few, because a process may not have many.
const OPEN: NonZeroUsize = NonZeroUsize::new(64).expect("is not zero");

pub(super) struct Sessions {
    table: Mutex<Table>,
    places: Places,
}

struct Table {
    /// With the size of what was held when the work began.
    busy: HashMap<UploadId, Option<u64>>,
    held: HashMap<UploadId, Held>,
    idle: LruCache<UploadId, Progress>,
    open: LruCache<UploadId, File>,
}

impl Sessions {
    pub(super) fn new() -> Self {
        let (idle, open) = (LruCache::new(IDLE), LruCache::new(OPEN));
        let table = Mutex::new(Table { busy: HashMap::new(), held: HashMap::new(), idle, open });
        Self { table, places: Places::default() }
    }

    /// `None` if another request has it.
    pub(super) fn lease(self: &Arc<Self>, id: UploadId) -> Option<Lease> {
        let mut table = self.table();
        if table.busy.contains_key(&id) {
            return None;
        }
        let held = table.held.remove(&id);
        table.busy.insert(id, held.as_ref().map(size_of));
        let (progress, file) = (table.idle.pop(&id), table.open.pop(&id));
        Some(Lease { sessions: Arc::clone(self), id, held, progress, file })
    }

    /// The size of a session that is at hand and idle, or that had no file when the request that is at work on it began.
    pub(super) fn size(&self, id: UploadId) -> Option<u64> {
        let table = self.table();
        let idle = || table.idle.peek(&id).map(|progress| progress.size_bytes);
        table.held.get(&id).map(size_of).or_else(idle).or_else(|| table.busy.get(&id).copied().flatten())
    }

    /// A place in memory for one more without a file, if there is one.
    pub(super) fn place(&self) -> Option<Place> {
        self.places.take()
    }

    /// Forgets those without a file that have had no bytes since `before`; answers how many.
    pub(super) fn expire_held(&self, before: Timestamp) -> u64 {
        let mut table = self.table();
        let held = table.held.len();
        table.held.retain(|_, held| held.changed_at >= before);
        (held - table.held.len()) as u64
    }

    /// Takes all those without a file.
    pub(super) fn take_held(&self) -> HashMap<UploadId, Held> {
        std::mem::take(&mut self.table().held)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size_of(held: &Held) -> u64 {
    held.bytes.len() as u64
}

/// The right to work on a session, until it is dropped.
pub(super) struct Lease {
    sessions: Arc<Sessions>,
    id: UploadId,
    /// Its bytes, if it has no file.
    pub(super) held: Option<Held>,
    /// `None` if it must be found out from the disk: not at hand, or no longer certain.
    pub(super) progress: Option<Progress>,
    /// `None` if it must be opened. Dropped with the session, or kept for the next request.
    pub(super) file: Option<File>,
}

impl Lease {
    pub(super) fn id(&self) -> UploadId {
        self.id
    }

    /// How many bytes it has, as far as that is at hand.
    pub(super) fn size_bytes(&self) -> Option<u64> {
        self.held.as_ref().map(size_of).or_else(|| self.progress.as_ref().map(|progress| progress.size_bytes))
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
        if let Some(held) = self.held.take() {
            table.held.insert(self.id, held);
            return;
        }
        let Some(progress) = self.progress.take() else { return };
        table.idle.put(self.id, progress);
        // Whichever is not kept is closed behind the lock.
        let closed = self.file.take().and_then(|file| table.open.push(self.id, file));
        drop(table);
        drop(closed);
    }
}
