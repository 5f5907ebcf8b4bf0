//! What the log holds: events as they were recorded, and where.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use ambar_domain::clock::Timestamp;
use thiserror::Error;
use uuid::Uuid;

/// A place in the global order. Opaque and ordered: compare it, store it, never compute with it.
///
/// SQL logs use `(n, 0)`; a log that orders by commit and prepare position uses both. The text form, for checkpoints, is `a:b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(pub u64, pub u64);

impl Position {
    /// Before the first event.
    pub const START: Self = Self(0, 0);
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0, self.1)
    }
}

/// The text is not `a:b` with two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a position is written as two numbers with a colon between them")]
pub struct InvalidPosition;

impl FromStr for Position {
    type Err = InvalidPosition;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (a, b) = text.split_once(':').ok_or(InvalidPosition)?;
        Ok(Self(a.parse().map_err(|_| InvalidPosition)?, b.parse().map_err(|_| InvalidPosition)?))
    }
}

/// Names the stream of one aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    /// The aggregate's type, such as `repository`.
    pub aggregate_type: Cow<'static, str>,
    /// The aggregate's id within its type, such as `team-a/web`.
    pub aggregate_id: String,
}

impl StreamId {
    /// The stream of the aggregate `aggregate_id` of a type known at compile time.
    pub fn new(aggregate_type: &'static str, aggregate_id: impl Into<String>) -> Self {
        Self { aggregate_type: Cow::Borrowed(aggregate_type), aggregate_id: aggregate_id.into() }
    }
}

/// An event as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Where it stands in the global order.
    pub position: Position,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Its number in the stream, from 1.
    pub sequence: u64,
    /// Unique (UUID version 7).
    pub event_id: Uuid,
    /// The command that caused it; all events of one append carry the same.
    pub command_id: Uuid,
    /// Its permanent type name, such as `repository.version_pushed`.
    pub event_type: String,
    /// The version of its payload's shape.
    pub event_version: u32,
    /// The payload, a JSON object.
    pub payload: String,
    /// Who, on whose behalf, from where, by which request: a JSON object of texts.
    pub metadata: String,
    /// When it was recorded; microseconds are kept.
    pub recorded_at: Timestamp,
}
