//! Who may do what now, for everybody who asks: what is known of it in memory, and when it changed.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::changes::{Changes, Stamp};
use super::index::{Index, Refreshed};

/// One thread notes what has changed, and everybody looks.
#[derive(Debug)]
pub(crate) struct Present {
    index: RwLock<Index>,
    changes: Changes,
}

impl Present {
    pub(crate) fn new(index: Index) -> Self {
        Self { index: RwLock::new(index), changes: Changes::default() }
    }

    pub(crate) fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn generation(&self) -> u64 {
        self.changes.count()
    }

    pub(crate) fn is_current(&self, stamp: &Stamp) -> bool {
        self.changes.is_current(stamp)
    }

    /// To be called when the rows show it.
    pub(crate) fn note(&self, refreshed: &Refreshed) {
        if !refreshed.is_empty() {
            self.write().refresh(refreshed);
            self.changes.note(refreshed.topics());
        }
    }

    /// Another file is in use.
    pub(crate) fn replace(&self, index: Index) {
        let retired = std::mem::replace(&mut *self.write(), index);
        self.changes.note_everything();
        drop(retired);
    }

    fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}
