//! `GET /v1/events`: what happened in the account, the newest last (requirement E3).

use ambar_projections::events::{EventFilter, list_account_events};
use ambar_storage::event_log::{Position, StreamId};
use axum::response::Response;

use super::authority::Auditor;
use super::error::V1Error;
use super::event;
use super::parameters::{cursor, limit, moment, parsed, text};
use super::respond::page;
use crate::call::Call;

pub(super) async fn list(call: &Call, auditor: &Auditor) -> Result<Response, V1Error> {
    let (filter, limit) = (filter(call)?, limit(call)?);
    let after = cursor(call)?.unwrap_or(Position::START);
    let found = {
        let reader = call.state().views.reader()?;
        let snapshot = reader.snapshot()?;
        list_account_events(&snapshot, &auditor.account, &filter, after, limit)?
    };
    let events = event::read(&*call.state().log, &found.places).await?;
    // What was too much for one answer comes with the next.
    let next = if events.len() < found.places.len() { events.last().map(|event| event.position) } else { found.next };
    Ok(page(events.iter().map(event::render).collect(), next.map(|next| next.to_string())))
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
        event_type: text(call, "type"),
        stream: stream.transpose()?,
        repository: parsed(call, "repository", "the whole name of a repository, such as team/web")?,
        organization: parsed(call, "organization", "the name of an organization")?,
        from: moment(call, "from")?,
        until: moment(call, "until")?,
    })
}
