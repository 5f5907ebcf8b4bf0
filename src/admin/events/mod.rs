//! A stretch of the event log as JSON objects, for `ambar events tail`.

mod wanted;

use std::collections::VecDeque;
use std::time::Duration;

use ambar_storage::event_log::Position;
use anyhow::Result;
use serde::{Deserialize, Serialize};

pub(crate) use self::wanted::Wanted;

use self::wanted::{Meant, Selection, list_subjects};
use super::Reply;
use crate::refusal::Misuse;
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
    /// Which of them.
    #[serde(default)]
    pub(crate) wanted: Wanted,
}

/// Asks where the newest events begin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NewestEvents {
    /// How many.
    pub(crate) count: usize,
    /// Of which.
    #[serde(default)]
    pub(crate) wanted: Wanted,
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
        let wanted = self.wanted.resolve(node)?;
        let events = wanted.of(node, after, page).await?;
        let events = events.iter().map(|(owner, event)| wanted.render(owner, event)).collect::<Result<_>>()?;
        Ok(Reply::Events { events, next, at_head })
    }
}

/// Answers with whom the names mean.
pub(super) fn look_up(node: &Node, wanted: &Wanted) -> Result<Reply> {
    let Meant { account, actor } = wanted.look_up(node)?;
    Ok(Reply::record([("account", account.map(|account| account.to_string())), ("actor", actor)]))
}

/// Answers with sentences of what was named that no event is of, whenever it was. All of it is looked for in one walk through the log, which
/// ends as soon as there is an event of each.
///
/// # Errors
/// [`NotThere`](crate::refusal::NotThere) if there is no event of the organization or the image.
pub(super) async fn find_never_recorded(node: &Node, wanted: &Wanted) -> Result<Reply> {
    let alone = wanted.each_alone().map(|(alone, nothing)| Ok((alone.resolve(node)?, nothing)));
    let (mut missing, mut after) = (alone.collect::<Result<Vec<_>>>()?, Position::START);
    while !missing.is_empty() {
        let page = node.log().read_all(after, MAX_LIMIT).await?;
        let need_subjects = missing.iter().any(|(selection, _)| selection.needs_subjects());
        let subjects = list_subjects(node, after, &page, need_subjects).await?.unwrap_or_default();
        missing.retain(|(selection, _)| !page.events.iter().any(|event| selection.wants(event, subjects.get(&event.position))));
        if page.at_head {
            break;
        }
        after = page.next;
    }
    let never = missing.into_iter().map(|(_, nothing)| nothing.note()).collect::<Result<Vec<_>, _>>()?;
    Ok(Reply::Said { text: never.join("\n"), value: never.into() })
}

impl NewestEvents {
    /// Answers with no events but where to begin so that `count` of the wanted ones follow.
    pub(super) async fn execute(self, node: &Node) -> Result<Reply> {
        let Self { count, wanted } = self;
        if count > MAX_NEWEST {
            let text = format!(
                "at most the {MAX_NEWEST} newest events can be asked for; --all prints every event, --after goes on behind a position"
            );
            return Err(Misuse(text.into()).into());
        }
        let (head, wanted) = (node.log().head().await?, wanted.resolve(node)?);
        let mut reach = u64::try_from(count)?.saturating_add(1);
        let start = loop {
            // A guess, right at once where positions count events. The events themselves decide; what is too near is doubled.
            let from = Position(head.0.saturating_sub(reach), 0);
            let positions = last_positions(node, &wanted, (from, head), count.saturating_add(1)).await?;
            match positions.front() {
                Some(first) if positions.len() > count => break *first,
                _ if from == Position::START => break from,
                _ => reach = reach.saturating_mul(2),
            }
        };
        Ok(Reply::Events { events: Vec::new(), next: start.to_string(), at_head: start == head })
    }
}

/// The positions of the last wanted events of a stretch, behind its first position and up to its second, at most `count`.
async fn last_positions(node: &Node, wanted: &Selection, (from, to): (Position, Position), count: usize) -> Result<VecDeque<Position>> {
    let (mut positions, mut after) = (VecDeque::new(), from);
    while after < to {
        let page = node.log().read_all(after, MAX_LIMIT).await?;
        let (next, at_head) = (page.next, page.at_head);
        for (_, event) in wanted.of(node, after, page).await?.iter().filter(|(_, event)| event.position <= to) {
            positions.push_back(event.position);
            if positions.len() > count {
                positions.pop_front();
            }
        }
        if at_head {
            break;
        }
        after = next;
    }
    Ok(positions)
}
