//! The event log in one SQLite file: a writer thread with group commit, readers beside it.
//!
//! Writers are serial, so the order of positions is the order of commits; with a write-ahead log and `synchronous=FULL` a commit can
//! be seen only after it is on disk. An append is answered then. Only the writer's connection writes and checkpoints.
//!
//! One process at a time: whoever opens a file holds the data directory's lock, which is not this module's concern.

mod insert;
mod newest;
mod readers;
#[cfg(test)]
mod tests;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use rusqlite::Connection;
use thiserror::Error;
use tokio::sync::watch;

use self::newest::Newest;
use self::readers::Readers;
use self::writer::Writer;
use super::port::{Append, AppendError, Appended, EventLog, LogError, Page, StreamPage};
use super::record::{Position, StreamId};
use crate::sqlite;

/// `synchronous=FULL` flushes each commit. The log is folded into the file every 16 MiB: it then overwrites its own start, which
/// flushes faster than growing. 8 MiB of cache hold the part of the index that appends touch.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; \
                       PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 5000;";

/// Every step of the file's shape, in order.
const STEPS: &[&str] = &[include_str!("../../../../schemas/sql/event_log/0001_events.sql")];

type Queue = sqlite::Queue<Append, Result<Appended, AppendError>>;
type Waiting = sqlite::Waiting<Append, Result<Appended, AppendError>>;

/// An event log in one SQLite file.
///
/// Dropping it waits until every append that was taken is durable.
#[derive(Debug)]
pub struct SqliteEventLog {
    queue: Arc<Queue>,
    readers: Readers,
    newest: Arc<Newest>,
    head: watch::Receiver<Position>,
    thread: Option<JoinHandle<()>>,
}

/// The answer to an append was lost with the writer thread.
#[derive(Debug, Error)]
#[error("the writer of the event log ended before it answered")]
struct WriterEnded;

/// Every append says what happened.
#[derive(Debug, Error)]
#[error("an append without events records nothing")]
struct NothingToAppend;

impl SqliteEventLog {
    /// Opens or creates the log at `path`, with the folder it lies in, and starts the writer thread.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let opening = |source: Box<dyn std::error::Error + Send + Sync>| LogError { doing: "opening it", source };
        create_folder(path).map_err(|error| opening(error.into()))?;
        let mut connection = Connection::open(path).map_err(|error| opening(error.into()))?;
        connection.execute_batch(PRAGMAS).map_err(|error| opening(error.into()))?;
        // Plans stay as they are, whatever values are bound: otherwise SQLite prepares a statement anew for many of them.
        connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|error| opening(error.into()))?;
        sqlite::migrate(&mut connection, STEPS).map_err(|error| opening(error.into()))?;
        Self::start(connection, path).map_err(opening)
    }

    fn start(connection: Connection, path: &Path) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let queue = Arc::new(Queue::default());
        let (sender, head) = watch::channel(Position::START);
        let newest = Arc::new(Newest::new(Position::START));
        let writer = Writer::new(connection, Arc::clone(&queue), sender, Arc::clone(&newest))?;
        let thread = std::thread::Builder::new().name("event-log".to_owned()).spawn(move || writer.run())?;
        Ok(Self { queue, readers: Readers::new(path.to_owned()), newest, head, thread: Some(thread) })
    }
}

impl Drop for SqliteEventLog {
    fn drop(&mut self) {
        self.readers.close();
        self.queue.close();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer of the event log panicked");
        }
    }
}

impl EventLog for SqliteEventLog {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        if append.events.is_empty() {
            return ready(Err(AppendError::Unavailable(Box::new(NothingToAppend)))).boxed();
        }
        match self.queue.push(append) {
            Ok(answer) => answer.map(|answer| answer.unwrap_or_else(|_| Err(AppendError::OutcomeUnknown(Box::new(WriterEnded))))).boxed(),
            Err(closed) => ready(Err(AppendError::Unavailable(Box::new(closed)))).boxed(),
        }
    }

    fn load<'a>(&'a self, stream: &'a StreamId, after: u64) -> BoxFuture<'a, Result<StreamPage, LogError>> {
        let page = self.readers.load(stream, after).map_err(|error| LogError { doing: "loading a stream", source: error.into() });
        ready(page).boxed()
    }

    fn read_all(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Page, LogError>> {
        if let Some(page) = self.newest.read(after, limit) {
            return ready(Ok(page)).boxed();
        }
        let page = self.readers.read_all(after, limit).map_err(|error| LogError { doing: "reading a page", source: error.into() });
        ready(page).boxed()
    }

    fn head(&self) -> BoxFuture<'_, Result<Position, LogError>> {
        ready(Ok(*self.head.borrow())).boxed()
    }

    fn wakeups(&self) -> watch::Receiver<Position> {
        let mut wakeups = self.head.clone();
        wakeups.mark_unchanged();
        wakeups
    }
}

/// Creates the folder that the file lies in, and makes its name durable.
fn create_folder(path: &Path) -> std::io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) else { return Ok(()) };
    std::fs::create_dir_all(folder)?;
    match folder.parent().filter(|above| !above.as_os_str().is_empty()) {
        Some(above) => File::open(above)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}
