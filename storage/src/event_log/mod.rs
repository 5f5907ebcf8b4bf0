//! The event log: the only truth about who may do what and what was pushed.
//!
//! An append-only sequence of events in one global order. Each event belongs to a stream (one aggregate), where it has a sequence
//! number from 1. [`EventLog`] is the port; every implementation passes the suite in `contract`.

#[cfg(test)]
pub(crate) mod contract;
mod port;
mod record;
pub mod sqlite;

pub use port::{Append, AppendError, Appended, EventLog, LogError, NewEvent, PAGE_BYTES, Page, StreamPage, load_all};
pub use record::{Position, RecordedEvent, StreamId};
