//! What the writer does inside one transaction: compares each append with its stream, and inserts its events or nothing of it.

use std::borrow::Cow;
use std::num::NonZeroUsize;

use lru::LruCache;
use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, params};
use uuid::Uuid;

use crate::event_log::port::{Append, Appended};
use crate::event_log::record::{Position, StreamId};

/// How many streams' heads are remembered: one that is not costs an index look-up. About 1 MiB.
const REMEMBERED_STREAMS: NonZeroUsize = NonZeroUsize::new(8192).expect("not zero");

/// A clock that goes back by no more than this, one minute, stands still in the log.
const SMOOTHED_MICROS: u64 = 60_000_000;

const INSERT: &str = "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, \
                      event_id, command_id, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const HEAD: &str = "SELECT sequence, event_id FROM events WHERE aggregate_type = ?1 AND aggregate_id = ?2 ORDER BY sequence DESC LIMIT 1";

/// What becomes of an append if the transaction commits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inserted {
    pub(super) appended: Appended,
    /// The time of its events, in microseconds.
    pub(super) at: i64,
}

/// Recorded if the transaction commits, or the sequence that the stream is at instead.
pub(super) type Outcome = Result<Inserted, u64>;

/// The last event of a stream; sequence 0 and no id if it has none.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    sequence: u64,
    event_id: Option<Uuid>,
}

impl Head {
    fn is_expected_by(self, append: &Append) -> bool {
        self.sequence == append.expected_sequence && (append.expected_event.is_none() || self.event_id == append.expected_event)
    }
}

/// The heads of the streams that were written last.
#[derive(Debug)]
pub(super) struct Heads(LruCache<StreamId, Head>);

impl Default for Heads {
    fn default() -> Self {
        Self(LruCache::new(REMEMBERED_STREAMS))
    }
}

impl Heads {
    /// Forgets all, after a transaction that did not commit.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn get(&mut self, connection: &Connection, stream: &StreamId) -> rusqlite::Result<Head> {
        match self.0.get(stream) {
            Some(head) => Ok(*head),
            None => read_head(connection, stream),
        }
    }

    fn set(&mut self, stream: &StreamId, head: Head) {
        match self.0.get_mut(stream) {
            Some(known) => *known = head,
            None => drop(self.0.put(stream.clone(), head)),
        }
    }
}

/// Begins a transaction and works off all appends in it, in order. On an error the transaction is to be rolled back.
pub(super) fn insert_all<'a>(
    connection: &Connection,
    heads: &mut Heads,
    appends: impl ExactSizeIterator<Item = &'a Append>,
    last_recorded_at: &mut i64,
) -> rusqlite::Result<Vec<Outcome>> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let mut insert = connection.prepare_cached(INSERT)?;
    let mut outcomes = Vec::with_capacity(appends.len());
    for append in appends {
        let mut head = heads.get(connection, &append.stream)?;
        let outcome = if head.is_expected_by(append) {
            *last_recorded_at = recorded_at(append.recorded_at.timestamp_micros(), *last_recorded_at);
            insert_events(connection, &mut insert, append, *last_recorded_at)?
        } else {
            Err(head.sequence)
        };
        match outcome {
            Ok(Inserted { appended, .. }) => {
                head = Head { sequence: appended.last_sequence, event_id: append.events.last().map(|event| event.event_id) };
            }
            Err(actual_sequence) if actual_sequence != head.sequence => head = read_head(connection, &append.stream)?,
            Err(_) => {}
        }
        heads.set(&append.stream, head);
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The time of the next event. Clocks are set right by small steps, which must not turn the order of events round; a clock that goes far
/// back was far ahead before, and what it said then must not be said of everything that follows.
fn recorded_at(now: i64, last: i64) -> i64 {
    if now >= last {
        return now;
    }
    let back = last.abs_diff(now);
    if back <= SMOOTHED_MICROS {
        return last;
    }
    tracing::warn!(seconds = back / 1_000_000, "the clock has gone back: times in the event log do too");
    now
}

/// Inserts the events of one append. If another process has taken a sequence in the file, nothing of it stays.
fn insert_events(connection: &Connection, insert: &mut CachedStatement<'_>, append: &Append, at: i64) -> rusqlite::Result<Outcome> {
    let several = append.events.len() > 1;
    if several {
        connection.prepare_cached("SAVEPOINT one_append")?.execute([])?;
    }
    let mut sequence = append.expected_sequence;
    for event in &append.events {
        sequence += 1;
        let inserted = insert.execute(params![
            append.stream.aggregate_type,
            append.stream.aggregate_id,
            sequence.cast_signed(),
            event.event_type,
            version_text(event.event_version),
            event.payload,
            append.metadata,
            event.event_id.as_bytes(),
            append.command_id.as_bytes(),
            at,
        ]);
        match inserted {
            Ok(_) => {}
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                if several {
                    connection.execute_batch("ROLLBACK TO one_append; RELEASE one_append")?;
                }
                return Ok(Err(read_head(connection, &append.stream)?.sequence));
            }
            Err(error) => return Err(error),
        }
    }
    if several {
        connection.prepare_cached("RELEASE one_append")?.execute([])?;
    }
    let appended = Appended { last_sequence: sequence, position: Position(connection.last_insert_rowid().cast_unsigned(), 0) };
    Ok(Ok(Inserted { appended, at }))
}

/// Almost every event has version 1, which needs no formatting.
fn version_text(version: u32) -> Cow<'static, str> {
    if version == 1 { Cow::Borrowed("1") } else { Cow::Owned(version.to_string()) }
}

fn read_head(connection: &Connection, stream: &StreamId) -> rusqlite::Result<Head> {
    let mut statement = connection.prepare_cached(HEAD)?;
    let head = statement.query_row(params![stream.aggregate_type, stream.aggregate_id], |row| {
        let event_id = Uuid::from_slice(row.get_ref(1)?.as_blob()?).ok();
        Ok(Head { sequence: row.get::<_, i64>(0)?.cast_unsigned(), event_id })
    });
    Ok(head.optional()?.unwrap_or_default())
}
