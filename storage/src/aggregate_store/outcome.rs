//! What became of an append whose answer was lost, and whether an earlier append is durable yet.

use std::time::Duration;

use uuid::Uuid;

use crate::event_log::{AppendError, Appended, EventLog, LogError, StreamId};

/// How long to wait for an append that another command has enqueued.
const DURABLE_WITHIN: Duration = Duration::from_secs(10);

/// Looks for the events of a command behind `after` in its stream.
pub(super) async fn find(log: &dyn EventLog, stream: &StreamId, after: u64, command_id: Uuid) -> Result<Option<Appended>, LogError> {
    let events = log.load(stream, after).await?;
    let last = events.iter().rfind(|event| event.command_id == command_id);
    Ok(last.map(|event| Appended { last_sequence: event.sequence, position: event.position }))
}

/// Turns an unknown outcome into a known one where the log can be read.
pub(super) async fn resolve(
    log: &dyn EventLog,
    stream: &StreamId,
    after: u64,
    command_id: Uuid,
    appended: Result<Appended, AppendError>,
) -> Result<Appended, AppendError> {
    let Err(AppendError::OutcomeUnknown(source)) = appended else { return appended };
    match find(log, stream, after, command_id).await {
        Ok(Some(appended)) => Ok(appended),
        Ok(None) => Err(AppendError::Unavailable(source)),
        Err(error) => Err(AppendError::OutcomeUnknown(Box::new(error))),
    }
}

/// Waits until the stream has reached `sequence` on disk.
///
/// A command that changes nothing may have seen events that are still on their way; it must not say "it is so" before it is.
pub(super) async fn wait_until_durable(log: &dyn EventLog, stream: &StreamId, sequence: u64) -> Result<bool, LogError> {
    let mut wakeups = log.wakeups();
    let deadline = tokio::time::Instant::now() + DURABLE_WITHIN;
    loop {
        wakeups.borrow_and_update();
        if !log.load(stream, sequence - 1).await?.is_empty() {
            return Ok(true);
        }
        if tokio::time::timeout_at(deadline, wakeups.changed()).await.is_err() {
            return Ok(false);
        }
    }
}
