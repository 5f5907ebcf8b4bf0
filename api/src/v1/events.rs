//! `GET /v1/events`: what happened in the account, the newest last (requirement E3).

use ambar_domain::event::Event;
use ambar_domain::ids::AccountId;
use ambar_projections::events::{EventFilter, list_account_events};
use ambar_storage::event_log::{Position, RecordedEvent, StreamId};
use axum::response::Response;

use super::authority::Auditor;
use super::error::V1Error;
use super::event;
use super::export::export;
use super::parameters::{cursor, limit, moment, parsed, text};
use super::respond::page;
use crate::aside;
use crate::call::Call;
use crate::limits::{Limit, OpenStream, count_refusal};

pub(super) async fn list(call: &Call, auditor: &Auditor) -> Result<Response, V1Error> {
    let expected = "json, jsonl or cloudevents";
    match text(call, "format").as_deref() {
        None | Some("json") => {}
        Some(format) => {
            let format = format.parse().map_err(|()| V1Error::Parameter { name: "format", expected })?;
            return export(call, auditor, format).await;
        }
    }
    let (filter, limit) = (filter(call)?, limit(call)?);
    let after = cursor(call)?.unwrap_or(Position::START);
    // Who has just changed something finds it here, whichever node it was changed at.
    call.state().views.catch_up().await?;
    let (events, next) = draw(call, &auditor.account, &filter, after, limit).await?;
    let shown = events.iter().map(event::render).collect::<Result<_, _>>()?;
    Ok(page(shown, next.map(|next| next.to_string())))
}

/// Up to `limit` of the account's events behind `after` that are wanted, in bounded memory; and from where to look on, if there is more.
pub(super) async fn draw(
    call: &Call,
    account: &AccountId,
    filter: &EventFilter,
    after: Position,
    limit: usize,
) -> Result<(Vec<RecordedEvent>, Option<Position>), V1Error> {
    let (account, filter) = (account.clone(), filter.clone());
    let found = aside::make(call, move |call| {
        let reader = call.state().views.reader()?;
        let snapshot = reader.snapshot()?;
        list_account_events(&snapshot, &account, &filter, after, limit)
    });
    let found = found.await.map_err(V1Error::Failed)??;
    let events = event::read(&*call.state().log, &found.places).await?;
    // What was too much for one answer comes with the next.
    let next = if events.len() < found.places.len() { events.last().map(|event| event.position) } else { found.next };
    Ok((events, next))
}

/// A place among the streams and exports that the account may have open at once.
pub(super) fn open(call: &Call, auditor: &Auditor) -> Result<OpenStream, V1Error> {
    call.registry.limits.event_streams.open(&auditor.account).ok_or_else(|| {
        count_refusal(Limit::EventStreams);
        V1Error::TooManyStreams
    })
}

/// A type that no event has would find nothing for ever, and a follower would never learn why.
fn event_type(call: &Call) -> Result<Option<String>, V1Error> {
    let named = text(call, "type");
    let is_known = |name: &String| Event::types().any(|(_, known, _)| known == name);
    let expected = "a type that events have, such as repository.version_pushed; /openapi.json lists them all";
    if named.as_ref().is_none_or(is_known) { Ok(named) } else { Err(V1Error::Parameter { name: "type", expected }) }
}

/// Which events are wanted.
pub(super) fn filter(call: &Call) -> Result<EventFilter, V1Error> {
    let stream = text(call, "stream").map(|stream| {
        let (aggregate_type, aggregate_id) = stream
            .split_once('/')
            .ok_or(V1Error::Parameter { name: "stream", expected: "a type and an id, such as repository/team/web" })?;
        Ok::<_, V1Error>(StreamId { aggregate_type: aggregate_type.to_owned().into(), aggregate_id: aggregate_id.to_owned() })
    });
    Ok(EventFilter {
        actor: text(call, "actor"),
        event_type: event_type(call)?,
        stream: stream.transpose()?,
        repository: parsed(call, "repository", "the whole name of a repository, such as team/web")?,
        organization: parsed(call, "organization", "the name of an organization")?,
        from: moment(call, "from")?,
        until: moment(call, "until")?,
    })
}
