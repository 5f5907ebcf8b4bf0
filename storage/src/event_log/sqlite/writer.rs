//! The one thread that writes: takes every append that waits, records them in one transaction, flushes once, answers them all.
//!
//! - A conflict fails its own append only.
//! - When the transaction fails, every append in it fails and none is recorded; the thread goes on with the next ones.
//! - Only when the commit itself failed for another reason than a full disk is the outcome unknown.

use std::error::Error;
use std::sync::Arc;

use chrono::DateTime;
use rusqlite::{Connection, ErrorCode, OptionalExtension};
use tokio::sync::watch;

use super::insert::{self, Heads, Inserted, Outcome};
use super::newest::Newest;
use super::{Queue, Waiting};
use crate::event_log::port::{Append, AppendError, Appended};
use crate::event_log::record::{Position, RecordedEvent};
use crate::sqlite::AbandonAtEnd;

/// A batch buffer that has grown beyond this is given back.
const KEPT_CAPACITY: usize = 4096;

/// Why a whole batch failed; every append in it carries the same cause.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the transaction of the event log failed")]
struct BatchFailed(#[source] Arc<rusqlite::Error>);

/// How the transaction of a batch ended.
enum Ended {
    /// With one outcome for each append.
    Committed(Vec<Outcome>),
    RolledBack(BatchFailed),
    Unknown(BatchFailed),
}

/// Owns the write connection and what is known about the file's contents.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: Connection,
    queue: Arc<Queue>,
    head: watch::Sender<Position>,
    newest: Arc<Newest>,
    heads: Heads,
    last_recorded_at: i64,
}

impl Writer {
    /// A writer over a migrated file; `head` receives the position of the newest durable event, and `newest` the events themselves.
    pub(super) fn new(
        connection: Connection,
        queue: Arc<Queue>,
        head: watch::Sender<Position>,
        newest: Arc<Newest>,
    ) -> rusqlite::Result<Self> {
        let last = "SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1";
        let last = connection.query_row(last, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).optional()?;
        let (position, last_recorded_at) = last.unwrap_or((0, i64::MIN));
        let position = Position(position.cast_unsigned(), 0);
        newest.forget(position);
        head.send_replace(position);
        Ok(Self { connection, queue, head, newest, heads: Heads::default(), last_recorded_at })
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        let _abandon = AbandonAtEnd(Arc::clone(&self.queue));
        let mut batch = Vec::new();
        while self.queue.take_all(&mut batch) {
            self.record(&mut batch);
            if batch.capacity() > KEPT_CAPACITY {
                batch = Vec::new();
            }
        }
    }

    /// The head moves before anybody is answered: whoever has its answer finds its events when it reads.
    pub(super) fn record(&mut self, batch: &mut Vec<Waiting>) {
        match self.transact(batch) {
            Ended::Committed(outcomes) => self.announce(batch, outcomes),
            Ended::RolledBack(failed) => {
                self.roll_back();
                answer_all(batch, std::iter::repeat_with(|| Err(AppendError::Unavailable(Box::new(failed.clone())))));
            }
            Ended::Unknown(failed) => {
                self.roll_back();
                self.read_head();
                answer_all(batch, std::iter::repeat_with(|| Err(AppendError::OutcomeUnknown(Box::new(failed.clone())))));
            }
        }
    }

    fn announce(&self, batch: &mut Vec<Waiting>, outcomes: Vec<Outcome>) {
        let (mut events, mut answers) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        for (Waiting { request: append, answer }, outcome) in batch.drain(..).zip(outcomes) {
            let told = outcome.map(|inserted| inserted.appended).map_err(|actual_sequence| AppendError::Conflict { actual_sequence });
            if let Ok(inserted) = outcome {
                events.extend(recorded(append, inserted));
            }
            answers.push((answer, told));
        }
        if let Some(head) = events.last().map(|event| event.position) {
            self.newest.add(events);
            self.head.send_replace(head);
        }
        for (answer, told) in answers {
            // A caller that has gone away needs no answer.
            let _ = answer.send(told);
        }
    }

    /// Everything from BEGIN to COMMIT.
    fn transact(&mut self, batch: &[Waiting]) -> Ended {
        let mut last_recorded_at = self.last_recorded_at;
        let appends = batch.iter().map(|waiting| &waiting.request);
        let outcomes = match insert::insert_all(&self.connection, &mut self.heads, appends, &mut last_recorded_at) {
            Ok(outcomes) => outcomes,
            Err(error) => return Ended::RolledBack(BatchFailed(Arc::new(error))),
        };
        match self.connection.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([])) {
            Ok(_) => {
                self.last_recorded_at = last_recorded_at;
                Ended::Committed(outcomes)
            }
            // The last frame makes a transaction whole, and it was not written.
            Err(error) if matches!(error.sqlite_error_code(), Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy)) => {
                Ended::RolledBack(BatchFailed(Arc::new(error)))
            }
            // A flush that failed, say: the file may hold the whole transaction, and a restart after a crash would find it.
            Err(error) => Ended::Unknown(BatchFailed(Arc::new(error))),
        }
    }

    /// Undoes what an unfinished transaction left behind, in the file and here.
    fn roll_back(&mut self) {
        self.heads.clear();
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(error = &error as &dyn Error, "the event log cannot roll a transaction back");
        }
    }

    /// Finds out what a commit with unknown outcome has left. Until that is known, everything is read from the file.
    fn read_head(&self) {
        self.newest.forget(Position(u64::MAX, 0));
        match self.connection.query_row("SELECT max(position) FROM events", [], |row| row.get::<_, Option<i64>>(0)) {
            Ok(position) => {
                let head = Position(position.unwrap_or(0).cast_unsigned(), 0);
                self.newest.forget(head);
                self.head.send_replace(head);
            }
            Err(error) => tracing::error!(error = &error as &dyn Error, "the event log cannot read its head"),
        }
    }
}

/// The events of an append as the file holds them: one behind the other up to where the append ended.
fn recorded(append: Append, inserted: Inserted) -> impl Iterator<Item = RecordedEvent> {
    let Append { stream, command_id, metadata, events, .. } = append;
    let Inserted { appended: Appended { last_sequence, position }, at } = inserted;
    let (count, recorded_at) = (events.len() as u64, DateTime::from_timestamp_micros(at).unwrap_or_default());
    events.into_iter().zip((0..count).rev()).map(move |(event, behind)| RecordedEvent {
        position: Position(position.0 - behind, position.1),
        stream: stream.clone(),
        sequence: last_sequence - behind,
        event_id: event.event_id,
        command_id,
        event_type: event.event_type.into_owned(),
        event_version: event.event_version,
        payload: event.payload,
        metadata: metadata.clone(),
        recorded_at,
    })
}

/// A caller that has gone away needs no answer.
fn answer_all(batch: &mut Vec<Waiting>, answers: impl Iterator<Item = Result<Appended, AppendError>>) {
    for (waiting, answer) in batch.drain(..).zip(answers) {
        let _ = waiting.answer.send(answer);
    }
}
