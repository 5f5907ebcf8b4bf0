//! Reads of streams and pages.

use std::path::{Path, PathBuf};

use chrono::DateTime;
use rusqlite::types::Type;
use rusqlite::{Connection, OpenFlags, Row, Rows, params};
use uuid::Uuid;

use crate::event_log::port::{PAGE_BYTES, Page, StreamPage};
use crate::event_log::record::{Position, RecordedEvent, StreamId};
use crate::sqlite::Connections;

const LOAD: &str = "SELECT position, sequence, event_id, command_id, event_type, event_version, payload, metadata, recorded_at \
                    FROM events WHERE aggregate_type = ?1 AND aggregate_id = ?2 AND sequence > ?3 ORDER BY sequence";
const READ_ALL: &str = "SELECT position, sequence, event_id, command_id, event_type, event_version, payload, metadata, recorded_at, \
                        aggregate_type, aggregate_id FROM events WHERE position > ?1 ORDER BY position";

/// The read-only connections to one file.
#[derive(Debug)]
pub(super) struct Readers(Connections);

impl Readers {
    /// Opens nothing yet.
    pub(super) fn new(path: PathBuf) -> Self {
        Self(Connections::new(move || open(&path)))
    }

    /// Closes the idle connections, so that the writer's is the last one and folds the write-ahead log into the file.
    pub(super) fn close(&self) {
        self.0.close();
    }

    /// A page of the events of one stream behind `after`.
    pub(super) fn load(&self, stream: &StreamId, after: u64) -> rusqlite::Result<StreamPage> {
        self.0.with(|connection| {
            let mut statement = connection.prepare_cached(LOAD)?;
            let rows = statement.query(params![stream.aggregate_type, stream.aggregate_id, clamp(after)])?;
            let (events, at_end) = page(rows, usize::MAX, |row| recorded_event(row, stream.clone()))?;
            Ok(StreamPage { events, at_end })
        })
    }

    /// Up to `limit` events behind `after`.
    pub(super) fn read_all(&self, after: Position, limit: usize) -> rusqlite::Result<Page> {
        self.0.with(|connection| {
            let mut statement = connection.prepare_cached(READ_ALL)?;
            let rows = statement.query(params![clamp(after.0)])?;
            let (events, at_head) = page(rows, limit, |row| {
                let stream = StreamId { aggregate_type: row.get::<_, String>(9)?.into(), aggregate_id: row.get(10)? };
                recorded_event(row, stream)
            })?;
            Ok(Page { next: events.last().map_or(after, |event| event.position), events, at_head })
        })
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Plans stay as they are, whatever values are bound: otherwise SQLite prepares a statement anew for many of them.
    connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Reads events until there are `limit` of them or enough bytes; whether none is left.
fn page(
    mut rows: Rows<'_>,
    limit: usize,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<RecordedEvent>,
) -> rusqlite::Result<(Vec<RecordedEvent>, bool)> {
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        if events.len() == limit || bytes >= PAGE_BYTES {
            return Ok((events, false));
        }
        let event = read(row)?;
        bytes += event.payload.len() + event.metadata.len();
        events.push(event);
    }
    Ok((events, true))
}

/// No stream and no log is as long as what SQLite cannot count.
fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn recorded_event(row: &Row<'_>, stream: StreamId) -> rusqlite::Result<RecordedEvent> {
    let recorded_at = DateTime::from_timestamp_micros(row.get(8)?);
    let event_version = row.get_ref(5)?.as_str()?.parse();
    Ok(RecordedEvent {
        position: Position(row.get::<_, i64>(0)?.cast_unsigned(), 0),
        stream,
        sequence: row.get::<_, i64>(1)?.cast_unsigned(),
        event_id: uuid(row, 2)?,
        command_id: uuid(row, 3)?,
        event_type: row.get(4)?,
        event_version: event_version.map_err(|error| rusqlite::Error::FromSqlConversionFailure(5, Type::Text, Box::new(error)))?,
        payload: row.get(6)?,
        metadata: row.get(7)?,
        recorded_at: recorded_at.ok_or(rusqlite::Error::IntegralValueOutOfRange(8, row.get(8)?))?,
    })
}

fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    let bytes = row.get_ref(column)?.as_blob()?;
    Uuid::from_slice(bytes).map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, Box::new(error)))
}
