//! `GET /v1/events/stream`: the account's events as they are recorded, as server-sent events (requirement E3).
//!
//! Nothing is kept for a client: it draws a small page when it has taken the one before, and finds by its last position whatever came
//! meanwhile. The stream ends with the caller's right, its key or token, and with the server.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ambar_domain::ids::AccountId;
use ambar_projections::Status;
use ambar_projections::events::EventFilter;
use ambar_storage::event_log::{Position, RecordedEvent};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::authority::Auditor;
use super::error::V1Error;
use super::{event, events, parameters};
use crate::auth::authenticate_again;
use crate::call::Call;
use crate::limits::OpenStream;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Events drawn at a time.
const PAGE: usize = 100;
/// How often the stream looks whether it may go on, if nothing wakes it.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long it says nothing: less than what proxies take for a dead connection.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Begins behind the event that the client names, or with what comes next.
pub(super) fn stream(call: &Call, auditor: &Auditor) -> Result<Response, V1Error> {
    let filter = events::filter(call)?;
    let invalid = V1Error::Parameter { name: "Last-Event-ID", expected: "the id of an event of this stream" };
    let last: Option<Position> = match call.headers().get(LAST_EVENT_ID) {
        Some(id) => Some(id.to_str().ok().and_then(|id| id.parse().ok()).ok_or(invalid)?),
        None => parameters::cursor(call)?,
    };
    let open = events::open(call, auditor)?;
    let changes = call.state().views.changes();
    let after = last.unwrap_or_else(|| changes.borrow().checkpoint);
    let follower = Follower {
        call: call.clone(),
        account: auditor.account.clone(),
        filter,
        after,
        changes,
        ready: VecDeque::from([Bytes::from_static(b": following\n\n")]),
        said_at: Instant::now(),
        _open: open,
    };
    let frames = futures::stream::unfold(follower, |mut follower| async move {
        let frame = follower.next().await?;
        Some((Ok::<_, Infallible>(frame), follower))
    });
    let mut response = Response::new(Body::from_stream(frames));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers answers would hold events back.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

struct Follower {
    call: Call,
    account: AccountId,
    filter: EventFilter,
    after: Position,
    changes: watch::Receiver<Status>,
    /// At most a page.
    ready: VecDeque<Bytes>,
    said_at: Instant,
    /// Counts for the account as long as the stream is there.
    _open: OpenStream,
}

impl Follower {
    /// The next message or heartbeat; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if !self.may_go_on() {
                return None;
            }
            if let Some(frame) = self.ready.pop_front() {
                self.said_at = Instant::now();
                return Some(frame);
            }
            let drawn = self.draw().await;
            let request_id = &self.call.request_id;
            let goes_on = drawn.inspect_err(|error| tracing::error!(request_id, %error, "a stream of events breaks off")).ok()?;
            if goes_on && (!self.ready.is_empty() || self.said_at.elapsed() < HEARTBEAT) {
                // A long search must not keep others from the thread.
                tokio::task::yield_now().await;
                continue;
            }
            if self.said_at.elapsed() >= HEARTBEAT {
                self.ready.push_back(Bytes::from_static(b":\n\n"));
                continue;
            }
            // Whatever ends the wait, the next round looks.
            if let Ok(Err(_)) = timeout(LOOK_EVERY, self.changes.changed()).await {
                return None;
            }
        }
    }

    fn may_go_on(&self) -> bool {
        let state = self.call.state();
        let is_still_auditor = || authenticate_again(&self.call).is_ok_and(|identity| identity.is_administrator_of(&self.account));
        !state.stopping.load(Ordering::Relaxed) && is_still_auditor()
    }

    /// Draws what there is behind the last event; whether to go on without waiting.
    async fn draw(&mut self) -> Result<bool, V1Error> {
        // Before the look: all up to here will be in it, and what comes during it wakes at once.
        let seen = self.changes.borrow_and_update().checkpoint;
        let (events, next) = events::draw(&self.call, &self.account, &self.filter, self.after, PAGE).await?;
        for event in &events {
            self.ready.push_back(message(event)?);
        }
        let last = events.last().map_or(self.after, |event| event.position);
        self.after = next.unwrap_or_else(|| last.max(seen));
        Ok(!self.ready.is_empty() || next.is_some())
    }
}

fn message(event: &RecordedEvent) -> Result<Bytes, V1Error> {
    let data = serde_json::to_string(&event::render(event)?).map_err(|error| V1Error::Failed(error.into()))?;
    Ok(Bytes::from(format!("id: {}\ndata: {data}\n\n", event.position)))
}
