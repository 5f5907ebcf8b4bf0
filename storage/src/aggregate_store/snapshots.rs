//! Snapshots: the state of an aggregate at a sequence, so that a long stream is not read from its beginning after a restart.
//!
//! They are a cache: the file may be deleted, and a snapshot of another version or one that cannot be read is as good as none.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::event_log::{LogError, StreamId};

/// Saved state of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last event folded into it.
    pub sequence: u64,
    /// That event's id.
    pub last_event: Uuid,
    /// The aggregate in JSON.
    pub state: Vec<u8>,
}

/// Keeps one snapshot a stream.
pub trait SnapshotStore: Send + Sync + 'static {
    /// The snapshot that was saved with this version of the state's shape.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn load(&self, stream: &StreamId, version: u32) -> Result<Option<Snapshot>, LogError>;

    /// Replaces the stream's snapshot.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn save(&self, stream: &StreamId, version: u32, snapshot: &Snapshot) -> Result<(), LogError>;
}

/// Snapshots in an SQLite file.
#[derive(Debug)]
pub struct SqliteSnapshots(Mutex<Open>);

#[derive(Debug)]
struct Open {
    connection: Connection,
    /// The streams that have one: few, as only long streams do, so that the many others cost no look into the file.
    streams: HashSet<StreamId>,
}

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS snapshots (
    aggregate_type TEXT NOT NULL,
    aggregate_id   TEXT NOT NULL,
    version        INTEGER NOT NULL,
    sequence       INTEGER NOT NULL,
    last_event     BLOB NOT NULL,
    state          BLOB NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id)
) STRICT, WITHOUT ROWID";

impl SqliteSnapshots {
    /// Opens the file, or makes it. One that is damaged is thrown away and made anew: nothing is in it that the log does not have.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let opened = match open(path) {
            Err(damaged) if matches!(damaged.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)) => {
                tracing::warn!(error = &damaged as &dyn std::error::Error, ?path, "the file of snapshots is damaged and made anew");
                remove(path).map_err(error("removing damaged snapshots"))?;
                open(path)
            }
            opened => opened,
        };
        Ok(Self(Mutex::new(opened.map_err(error("opening the snapshots"))?)))
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(path: &Path) -> rusqlite::Result<Open> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A snapshot lost at a power failure is made again.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.execute_batch(SCHEMA)?;
    let streams = find_streams(&connection)?;
    Ok(Open { connection, streams })
}

fn find_streams(connection: &Connection) -> rusqlite::Result<HashSet<StreamId>> {
    let mut statement = connection.prepare("SELECT aggregate_type, aggregate_id FROM snapshots")?;
    let stream = |row: &Row<'_>| Ok(StreamId { aggregate_type: row.get::<_, String>(0)?.into(), aggregate_id: row.get(1)? });
    statement.query_map([], stream)?.collect()
}

/// Removes the file and what SQLite has put beside it.
fn remove(path: &Path) -> std::io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

impl SnapshotStore for SqliteSnapshots {
    fn load(&self, stream: &StreamId, version: u32) -> Result<Option<Snapshot>, LogError> {
        let Open { connection, streams } = &*self.opened();
        if !streams.contains(stream) {
            return Ok(None);
        }
        let find = || {
            let sql = "SELECT sequence, last_event, state FROM snapshots WHERE aggregate_type = ?1 AND aggregate_id = ?2 AND version = ?3";
            let key = params![stream.aggregate_type, stream.aggregate_id, version];
            let mut statement = connection.prepare_cached(sql)?;
            let row = statement.query_row(key, |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 16]>(1)?, row.get(2)?)));
            row.optional()
        };
        let found = find().map_err(error("loading a snapshot"))?;
        let snapshot = |(sequence, last_event, state): (i64, _, _)| {
            Some(Snapshot { sequence: u64::try_from(sequence).ok()?, last_event: Uuid::from_bytes(last_event), state })
        };
        Ok(found.and_then(snapshot))
    }

    fn save(&self, stream: &StreamId, version: u32, snapshot: &Snapshot) -> Result<(), LogError> {
        let sequence = i64::try_from(snapshot.sequence).map_err(error("saving a snapshot"))?;
        let sql = "INSERT OR REPLACE INTO snapshots (aggregate_type, aggregate_id, version, sequence, last_event, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let row = params![stream.aggregate_type, stream.aggregate_id, version, sequence, snapshot.last_event.as_bytes(), snapshot.state];
        let Open { connection, streams } = &mut *self.opened();
        connection.execute(sql, row).map_err(error("saving a snapshot"))?;
        streams.insert(stream.clone());
        Ok(())
    }
}

fn error<E: std::error::Error + Send + Sync + 'static>(doing: &'static str) -> impl FnOnce(E) -> LogError {
    move |source| LogError { doing, source: Box::new(source) }
}
