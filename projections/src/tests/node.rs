//! What views are tested over: a real log, and a clock and ids that repeat themselves exactly.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use ambar_domain::clock::{Clock, Timestamp};
use ambar_domain::ids::IdSource;
use ambar_storage::aggregate_store::{Actor, Aggregates, CommandContext};
use ambar_storage::event_log::sqlite::SqliteEventLog;
use ambar_storage::event_log::{Append, AppendError, Appended, EventLog, LogError, NewEvent, Page, Position, StreamId, StreamPage};
use futures::future::BoxFuture;
use tokio::sync::watch;
use uuid::Uuid;

use super::history::user;
use crate::Views;

struct Ids(AtomicU64);

impl IdSource for Ids {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

/// A clock on which no two looks are alike, so that no time can be mistaken for another.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_timestamp_micros(self.0.fetch_add(1_000_003, Ordering::Relaxed)).unwrap()
    }
}

/// A log that gives no more than so many events at a time: whoever folds it needs many batches for a short history.
struct InPages(Arc<dyn EventLog>, usize);

impl EventLog for InPages {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        self.0.append(append)
    }

    fn load<'a>(&'a self, stream: &'a StreamId, after: u64) -> BoxFuture<'a, Result<StreamPage, LogError>> {
        self.0.load(stream, after)
    }

    fn read_all(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Page, LogError>> {
        self.0.read_all(after, limit.min(self.1))
    }

    fn head(&self) -> BoxFuture<'_, Result<Position, LogError>> {
        self.0.head()
    }

    fn wakeups(&self) -> watch::Receiver<Position> {
        self.0.wakeups()
    }
}

/// A log, and a folder for views over it.
pub(super) struct Node {
    pub(super) directory: tempfile::TempDir,
    pub(super) log: Arc<dyn EventLog>,
    ids: Arc<Ids>,
    clock: Arc<Ticking>,
}

impl Node {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = Arc::new(SqliteEventLog::open(&directory.path().join("events.db")).unwrap());
        Self { directory, log, ids: Arc::new(Ids(0.into())), clock: Arc::new(Ticking(0.into())) }
    }

    pub(super) fn views(&self, name: &str) -> Views {
        Views::open(&self.directory.path().join(name), self.log.clone()).unwrap()
    }

    /// Views that are folded in batches of at most `events`.
    pub(super) fn views_in_pages(&self, name: &str, events: usize) -> Views {
        Views::open(&self.directory.path().join(name), Arc::new(InPages(self.log.clone(), events))).unwrap()
    }

    pub(super) fn aggregates(&self, views: &Views) -> Aggregates {
        Aggregates::new(self.log.clone(), None, self.clock.clone(), self.ids.clone(), Arc::new(views.clone()))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn let_days_pass(&self, days: i64) {
        self.clock.0.fetch_add(days * 86_400_000_000, Ordering::Relaxed);
    }

    pub(super) fn context(&self) -> CommandContext {
        CommandContext::new(self.ids.uuid(), Actor::User(user(1)), "r1", "192.0.2.1")
    }

    /// Appends an event of the organization `org0`, recorded at a time of the test's choice.
    pub(super) async fn append(&self, event_type: &'static str, fields: &str, after: u64, at: Timestamp) {
        let payload = format!(r#"{{"type":"{event_type}",{fields}}}"#);
        let event = NewEvent { event_id: self.ids.uuid(), event_type: event_type.into(), event_version: 1, payload };
        let append = Append {
            stream: StreamId::new("organization", "org0"),
            expected_sequence: after,
            expected_event: None,
            events: vec![event],
            command_id: self.ids.uuid(),
            metadata: "{}".to_owned(),
            recorded_at: at,
        };
        self.log.append(append).await.unwrap();
    }

    pub(super) async fn append_unknown_event(&self) -> Uuid {
        let event_id = self.ids.uuid();
        let event = NewEvent { event_id, event_type: "blob.eaten".into(), event_version: 1, payload: "{}".to_owned() };
        let append = Append {
            stream: StreamId::new("blob", format!("sha256:{:064x}", 9)),
            expected_sequence: 0,
            expected_event: None,
            events: vec![event],
            command_id: self.ids.uuid(),
            metadata: "{}".to_owned(),
            recorded_at: Timestamp::UNIX_EPOCH,
        };
        self.log.append(append).await.unwrap();
        event_id
    }
}

/// Every row of every table, in one order.
pub(super) fn dump(views: &Views) -> Vec<String> {
    let reader = views.reader().unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let tables: Vec<String> =
        reader.connection().prepare(tables).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut rows = Vec::new();
    for table in tables {
        let mut statement = reader.connection().prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let read = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|column| row.get::<_, rusqlite::types::Value>(column)).collect::<Result<Vec<_>, _>>()
        };
        let found = statement.query_map([], read).unwrap();
        rows.extend(found.map(|row| format!("{table} {:?}", row.unwrap())));
    }
    rows.sort();
    rows
}
