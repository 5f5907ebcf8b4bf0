//! An event log that refuses one append when it is told to.

use std::sync::atomic::{AtomicU64, Ordering};

use ambar_storage::event_log::sqlite::SqliteEventLog;
use ambar_storage::event_log::{Append, AppendError, Appended, EventLog, LogError, Page, Position, StreamId, StreamPage};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::watch;

pub(super) struct FaultyLog {
    log: SqliteEventLog,
    /// How many appends there are up to the one that is refused; 0 refuses none.
    appends_left: AtomicU64,
}

impl FaultyLog {
    pub(super) fn new(log: SqliteEventLog) -> Self {
        Self { log, appends_left: AtomicU64::new(0) }
    }

    /// Refuses one append, counted from 1.
    pub(super) fn refuse(&self, append: u64) {
        self.appends_left.store(append, Ordering::Relaxed);
    }
}

impl EventLog for FaultyLog {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        let left = self.appends_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(1)));
        match left {
            Ok(1) => async { Err(AppendError::Unavailable("told to refuse".into())) }.boxed(),
            Ok(_) | Err(_) => self.log.append(append),
        }
    }

    fn load<'a>(&'a self, stream: &'a StreamId, after: u64) -> BoxFuture<'a, Result<StreamPage, LogError>> {
        self.log.load(stream, after)
    }

    fn read_all(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Page, LogError>> {
        self.log.read_all(after, limit)
    }

    fn head(&self) -> BoxFuture<'_, Result<Position, LogError>> {
        self.log.head()
    }

    fn wakeups(&self) -> watch::Receiver<Position> {
        self.log.wakeups()
    }
}
