//! A stretch of the event log as JSON objects, for `ambar events tail`.

use std::time::Duration;

use ambar_storage::event_log::{Position, RecordedEvent};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Reply;
use crate::server::Node;

/// Most events one answer holds.
const MAX_LIMIT: usize = 1000;
/// Longest wait for a first event.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Asks for events.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EventsPage {
    /// Text form of the position to begin behind.
    pub(crate) after: String,
    /// At most this many.
    pub(crate) limit: usize,
    /// How long to wait for a first one.
    pub(crate) wait_seconds: u64,
}

impl EventsPage {
    pub(super) async fn execute(self, node: &Node) -> Result<Reply> {
        let after: Position = self.after.parse()?;
        let wait = Duration::from_secs(self.wait_seconds).min(MAX_WAIT);
        let mut wakeups = node.log().wakeups();
        let mut page = node.log().read_all(after, self.limit.min(MAX_LIMIT)).await?;
        if page.events.is_empty() && !wait.is_zero() {
            // Nothing for that long is an answer too; so is a log that is closing.
            let _ = tokio::time::timeout(wait, wakeups.changed()).await;
            page = node.log().read_all(after, self.limit.min(MAX_LIMIT)).await?;
        }
        let next = page.next.to_string();
        let events = page.events.into_iter().map(to_json).collect::<Result<_>>()?;
        Ok(Reply::Events { events, next })
    }
}

fn to_json(event: RecordedEvent) -> Result<Value> {
    Ok(json!({
        "position": event.position.to_string(),
        "aggregate_type": event.stream.aggregate_type,
        "aggregate_id": event.stream.aggregate_id,
        "sequence": event.sequence,
        "event_id": event.event_id,
        "command_id": event.command_id,
        "event_type": event.event_type,
        "event_version": event.event_version,
        "recorded_at": event.recorded_at,
        "payload": serde_json::from_str::<Value>(&event.payload)?,
        "metadata": serde_json::from_str::<Value>(&event.metadata)?,
    }))
}
