//! A few connections that read, used in the caller's thread: a row is microseconds away.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

/// Connections kept open between reads; more are opened when more read at once.
const KEPT: usize = 4;

/// The reading connections to one file.
pub(crate) struct Connections {
    open: Box<dyn Fn() -> rusqlite::Result<Connection> + Send + Sync>,
    idle: Mutex<Vec<Connection>>,
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("idle", &self.idle).finish_non_exhaustive()
    }
}

impl Connections {
    /// Opens nothing yet.
    pub(crate) fn new(open: impl Fn() -> rusqlite::Result<Connection> + Send + Sync + 'static) -> Self {
        Self { open: Box::new(open), idle: Mutex::new(Vec::new()) }
    }

    /// Closes the idle connections, so that the writer's is the last one and folds the write-ahead log into the file.
    pub(crate) fn close(&self) {
        self.idle().clear();
    }

    /// Lends a connection; one on which something failed is not used again.
    pub(crate) fn with<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let idle = self.idle().pop();
        let connection = idle.map_or_else(|| (self.open)(), Ok)?;
        let result = read(&connection)?;
        let mut idle = self.idle();
        if idle.len() < KEPT {
            idle.push(connection);
        }
        Ok(result)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
