//! A stretch of the event log as JSON objects, for `ambar events tail`.

use std::collections::VecDeque;
use std::time::Duration;

use ambar_storage::event_log::{Position, RecordedEvent};
use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Reply;
use crate::server::Node;

/// Most events one answer holds.
const MAX_LIMIT: usize = 1000;
/// How many events from the head backwards can be looked for: their positions are held while they are counted.
const MAX_NEWEST: usize = 10_000;
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
        let (next, at_head) = (page.next.to_string(), page.at_head);
        let events = page.events.into_iter().map(to_json).collect::<Result<_>>()?;
        Ok(Reply::Events { events, next, at_head })
    }
}

/// Answers with no events but where to begin so that `count` follow.
pub(super) async fn newest(node: &Node, count: usize) -> Result<Reply> {
    if count > MAX_NEWEST {
        bail!("at most the {MAX_NEWEST} newest events can be asked for; --all prints every event, --after goes on behind a position");
    }
    let head = node.log().head().await?;
    let mut reach = u64::try_from(count)?.saturating_add(1);
    let start = loop {
        // A guess, right at once where positions count events. The events themselves decide; what is too near is doubled.
        let from = Position(head.0.saturating_sub(reach), 0);
        let positions = last_positions(node, from, head, count.saturating_add(1)).await?;
        match positions.front() {
            Some(first) if positions.len() > count => break *first,
            _ if from == Position::START => break from,
            _ => reach = reach.saturating_mul(2),
        }
    };
    Ok(Reply::Events { events: Vec::new(), next: start.to_string(), at_head: start == head })
}

/// The positions of the last events behind `from` and up to `to`, at most `count`.
async fn last_positions(node: &Node, from: Position, to: Position, count: usize) -> Result<VecDeque<Position>> {
    let (mut positions, mut after) = (VecDeque::new(), from);
    while after < to {
        let page = node.log().read_all(after, MAX_LIMIT).await?;
        for event in page.events.iter().filter(|event| event.position <= to) {
            positions.push_back(event.position);
            if positions.len() > count {
                positions.pop_front();
            }
        }
        if page.at_head {
            break;
        }
        after = page.next;
    }
    Ok(positions)
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
