//! `GET /v1/events?format=…`: all of the account's events that are wanted, one a line (requirement E3).
//!
//! They are drawn page by page as the client takes them, so an export of whatever length needs no more memory than a page, and it counts as a
//! stream of events as long as it takes. It ends with the events that there were when it began. What keeps it from its end breaks the answer off, so that no client takes a part for the whole.

use std::io;
use std::str::FromStr;
use std::sync::atomic::Ordering;

use ambar_domain::ids::AccountId;
use ambar_projections::events::EventFilter;
use ambar_schemas::v1::cloud_event::CloudEvent;
use ambar_storage::event_log::{Position, RecordedEvent};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::authority::Auditor;
use super::error::V1Error;
use super::{event, events, parameters};
use crate::auth::authenticate_again;
use crate::call::Call;
use crate::error::chain;
use crate::limits::OpenStream;

/// Events drawn at a time.
const PAGE: usize = 500;

/// How each line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// As the list shows events (JSON Lines).
    JsonLines,
    /// CloudEvents 1.0.
    CloudEvents,
}

impl FromStr for Format {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "jsonl" => Ok(Self::JsonLines),
            "cloudevents" => Ok(Self::CloudEvents),
            _ => Err(()),
        }
    }
}

/// Begins behind the event that the client names, or with the first.
pub(super) async fn export(call: &Call, auditor: &Auditor, format: Format) -> Result<Response, V1Error> {
    let (filter, after) = (events::filter(call)?, parameters::cursor(call)?.unwrap_or(Position::START));
    let open = events::open(call, auditor)?;
    let views = &call.state().views;
    // What they do not show yet would be missing at the end, and nobody would see that.
    views.catch_up().await?;
    let exporter = Exporter {
        call: call.clone(),
        account: auditor.account.clone(),
        filter,
        format,
        after: Some(after),
        end: views.status().checkpoint,
        _open: open,
    };
    let pages = futures::stream::try_unfold(exporter, |mut exporter| async move {
        let page = exporter.next().await.inspect_err(|error| {
            tracing::warn!(request_id = exporter.call.request_id, %error, "an export of events breaks off");
        });
        Ok::<_, io::Error>(page?.map(|lines| (lines, exporter)))
    });
    let mut response = Response::new(Body::from_stream(pages));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

struct Exporter {
    call: Call,
    account: AccountId,
    filter: EventFilter,
    format: Format,
    /// `None` when all was looked through.
    after: Option<Position>,
    /// Where the views were when the export began.
    end: Position,
    /// Counts for the account as long as the export takes.
    _open: OpenStream,
}

impl Exporter {
    /// The lines of the next events; `None` at the end.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        while let Some(after) = self.after.filter(|after| *after < self.end) {
            self.require_right()?;
            let drawn = events::draw(&self.call, &self.account, &self.filter, after, PAGE).await;
            let (drawn, next) = drawn.map_err(|error| io::Error::other(chain(&error).to_string()))?;
            self.after = next;
            let mut lines = Vec::new();
            for event in drawn.iter().filter(|event| event.position <= self.end) {
                self.write(event, &mut lines)?;
            }
            if !lines.is_empty() {
                return Ok(Some(lines.into()));
            }
            // A long search must not keep others from the thread.
            tokio::task::yield_now().await;
        }
        Ok(None)
    }

    fn require_right(&self) -> io::Result<()> {
        let is_still_auditor = || authenticate_again(&self.call).is_ok_and(|identity| identity.is_administrator_of(&self.account));
        if self.call.state().stopping.load(Ordering::Relaxed) {
            Err(io::Error::other("the server stops"))
        } else if !is_still_auditor() {
            Err(io::Error::other("the caller may no longer"))
        } else {
            Ok(())
        }
    }

    /// As a line.
    fn write(&self, event: &RecordedEvent, lines: &mut Vec<u8>) -> io::Result<()> {
        let event = event::render(event).map_err(|error| io::Error::other(chain(&error).to_string()))?;
        match self.format {
            Format::JsonLines => serde_json::to_writer(&mut *lines, &event)?,
            Format::CloudEvents => serde_json::to_writer(&mut *lines, &CloudEvent::of(Some(&self.account), event))?,
        }
        lines.push(b'\n');
        Ok(())
    }
}
