//! The port every event log implements.

use std::borrow::Cow;

use ambar_domain::clock::Timestamp;
use futures::future::BoxFuture;
use thiserror::Error;
use tokio::sync::watch;
use uuid::Uuid;

use super::record::{Position, RecordedEvent, StreamId};

/// An event that wants to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Unique (UUID version 7), new for every attempt.
    pub event_id: Uuid,
    /// Its permanent type name.
    pub event_type: Cow<'static, str>,
    /// The version of its payload's shape.
    pub event_version: u32,
    /// The payload, a JSON object.
    pub payload: String,
}

/// Events of one command for one stream: all are recorded, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// The stream to append to.
    pub stream: StreamId,
    /// The last sequence the writer has seen; 0 expects a stream without events.
    pub expected_sequence: u64,
    /// The id of the event at that sequence, if the writer knows it; `None` has the sequence alone checked.
    ///
    /// Needed where a writer follows its own append while that one is still under way: should it fail, and another writer's
    /// events take its sequences, then the numbers would agree although this append was decided on events that never came to be.
    pub expected_event: Option<Uuid>,
    /// At least one.
    pub events: Vec<NewEvent>,
    /// Finds the outcome again when the answer was lost.
    pub command_id: Uuid,
    /// A JSON object of texts, recorded with every event.
    pub metadata: String,
    /// The time to record.
    pub recorded_at: Timestamp,
}

/// An append that is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Sequence of the last event.
    pub last_sequence: u64,
    /// Position of the last event.
    pub position: Position,
}

/// Why an append gave no success.
#[derive(Debug, Error)]
pub enum AppendError {
    /// The stream is not as the writer saw it: nothing was recorded.
    #[error("the stream is at sequence {actual_sequence} and not as the writer saw it")]
    Conflict {
        /// Where the stream is.
        actual_sequence: u64,
    },
    /// The log cannot take it (disk full, not reachable, no events to record): nothing was recorded.
    #[error("the event log is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer was lost: load the stream and look for the command id before deciding anything.
    #[error("the outcome of the append is unknown")]
    OutcomeUnknown(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The log could not be read.
#[derive(Debug, Error)]
#[error("the event log cannot be read while {doing}")]
pub struct LogError {
    /// What was being done.
    pub doing: &'static str,
    /// Why it failed.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Most bytes of payloads and metadata in a page before its last event: whatever a log holds, reading it takes bounded memory.
pub const PAGE_BYTES: usize = 4 << 20;

/// A stretch of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPage {
    /// In order.
    pub events: Vec<RecordedEvent>,
    /// The stream had no event behind these when the page was read.
    pub at_end: bool,
}

/// A stretch of the global order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In order.
    pub events: Vec<RecordedEvent>,
    /// Where to go on: the position of the last event, or where the reader was.
    pub next: Position,
    /// No event was behind `next` when the page was read.
    pub at_head: bool,
}

/// An append-only log of events with one global order and optimistic concurrency per stream.
///
/// Every log takes stream ids of up to 1 KiB and payloads of up to 4 MiB.
pub trait EventLog: Send + Sync + 'static {
    /// Takes its place in the order of appends before it returns; the future resolves when the events are durable.
    ///
    /// Two appends to one stream that are called one after the other are recorded in that order, so the second may expect
    /// the sequence that the first will reach without waiting for it. Dropping the future does not take the append back.
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>>;

    /// The events of a stream behind sequence `after`, up to [`PAGE_BYTES`] of them, in order; none if there is no such stream.
    fn load<'a>(&'a self, stream: &'a StreamId, after: u64) -> BoxFuture<'a, Result<StreamPage, LogError>>;

    /// Up to `limit` events, and up to [`PAGE_BYTES`] of them, behind `after` in the global order.
    ///
    /// What is read once is never preceded by anything later.
    fn read_all(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Page, LogError>>;

    /// The position of the newest durable event, [`Position::START`] in an empty log.
    fn head(&self) -> BoxFuture<'_, Result<Position, LogError>>;

    /// Changes whenever the head may have moved, from now on. A hint: a reader polls as well.
    fn wakeups(&self) -> watch::Receiver<Position>;
}

/// All events of a stream behind sequence `after`, for streams and stretches that are known to be short.
///
/// # Errors
/// The log could not be read.
pub async fn load_all(log: &dyn EventLog, stream: &StreamId, after: u64) -> Result<Vec<RecordedEvent>, LogError> {
    let mut events: Vec<RecordedEvent> = Vec::new();
    loop {
        let page = log.load(stream, events.last().map_or(after, |last| last.sequence)).await?;
        events.extend(page.events);
        if page.at_end {
            return Ok(events);
        }
    }
}
