//! What became of an append: one whose answer was lost, and one that a decision without events of its own rests on.

use std::cell::RefCell;

use uuid::Uuid;

use super::slots::Basis;
use crate::event_log::{AppendError, Appended, EventLog, LogError, Position, StreamId, load_all};

tokio::task_local! {
    /// What the answer to the command that is being carried out rests on: its own events, or those that were there before.
    ///
    /// The framework hands nothing of it back; this does.
    static BASIS: RefCell<Option<Basis>>;
}

/// Runs one attempt at a command, and says what its answer rests on; `None` if it did not come so far.
pub(super) async fn with_basis<T>(attempt: impl Future<Output = T>) -> (T, Option<Basis>) {
    BASIS.scope(RefCell::new(None), async { (attempt.await, BASIS.with(RefCell::take)) }).await
}

/// Notes what the command rests on from now on.
pub(super) fn rests_on(basis: Option<Basis>) {
    // Without a scope nobody asks.
    let _ = BASIS.try_with(|noted| noted.replace(basis));
}

/// Waits until what a decision rests on is durable, and says where it ends. `None`: it never came to be, and the decision is void.
///
/// A command that changes nothing must not say "it is so" before it is, and one that is refused not "it is taken".
pub(super) async fn settle(basis: Option<Basis>) -> Option<Position> {
    match basis {
        None => Some(Position::START),
        Some(Basis::Durable(position)) => Some(position),
        Some(Basis::Enqueued(enqueued)) => enqueued.await.ok().map(|appended| appended.position),
    }
}

/// Looks for the events of a command behind `after` in its stream.
pub(super) async fn find(log: &dyn EventLog, stream: &StreamId, after: u64, command_id: Uuid) -> Result<Option<Appended>, LogError> {
    let events = load_all(log, stream, after).await?;
    let last = events.iter().rfind(|event| event.command_id == command_id);
    Ok(last.map(|event| Appended { last_sequence: event.sequence, position: event.position }))
}

/// Why an append, or the search for what became of it, gave no success.
pub(super) enum NotAppended {
    Conflict,
    /// Nothing was recorded.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
    Unknown(Box<dyn std::error::Error + Send + Sync>),
}

/// Turns an unknown outcome into a known one where the log can be read.
pub(super) async fn resolve(
    log: &dyn EventLog,
    stream: &StreamId,
    after: u64,
    command_id: Uuid,
    error: std::sync::Arc<AppendError>,
) -> Result<Appended, NotAppended> {
    match *error {
        AppendError::Conflict { .. } => Err(NotAppended::Conflict),
        AppendError::Unavailable(_) => Err(NotAppended::Unavailable(Box::new(error))),
        AppendError::OutcomeUnknown(_) => match find(log, stream, after, command_id).await {
            Ok(Some(appended)) => Ok(appended),
            Ok(None) => Err(NotAppended::Unavailable(Box::new(error))),
            Err(unreadable) => Err(NotAppended::Unknown(Box::new(unreadable))),
        },
    }
}
