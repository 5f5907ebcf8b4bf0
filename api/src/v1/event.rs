//! Events as an account's administrators see them: read from the log by their places, and without what secrets are checked with.

use ambar_projections::events::EventPlace;
use ambar_schemas::v1::event::Event;
use ambar_storage::event_log::{EventLog, LogError, PAGE_BYTES, RecordedEvent};
use serde_json::{Map, Value};

/// Fields of payloads that nobody is shown: sealed secrets, and hashes that could be tried out.
const HIDDEN: [&str; 3] = ["sealed_secret", "login_key_hash", "password_hash"];

/// The events at these places: all of them, or so many that they take bounded memory, and at least one.
pub(super) async fn read(log: &dyn EventLog, places: &[EventPlace]) -> Result<Vec<RecordedEvent>, LogError> {
    let mut events: Vec<RecordedEvent> = Vec::with_capacity(places.len());
    let mut bytes = 0;
    while let Some(place) = places.get(events.len()) {
        if bytes >= PAGE_BYTES {
            break;
        }
        // Events that stand side by side in the log are read at once.
        let rest = &places[events.len()..];
        let run = 1 + rest.windows(2).take_while(|pair| pair[1].previous == pair[0].position).count();
        let page = log.read_all(place.previous, run).await?;
        let found = page.events.into_iter().zip(rest).take_while(|(event, place)| event.position == place.position);
        let before = events.len();
        events.extend(found.map(|(event, _)| event));
        if events.len() == before {
            return Err(LogError { doing: "looking for an event that the views know", source: "it is not at its place".into() });
        }
        bytes += events[before..].iter().map(|event| event.payload.len() + event.metadata.len()).sum::<usize>();
    }
    Ok(events)
}

/// An event as it is shown: without what secrets are checked with.
#[must_use]
pub fn render(event: &RecordedEvent) -> Event {
    let metadata: Map<String, Value> = serde_json::from_str(&event.metadata).unwrap_or_default();
    let said = |name: &str| metadata.get(name).cloned().unwrap_or(Value::Null);
    let mut payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    hide(&mut payload);
    Event {
        position: event.position.to_string(),
        event_id: event.event_id.to_string(),
        stream: format!("{}/{}", event.stream.aggregate_type, event.stream.aggregate_id),
        sequence: event.sequence,
        kind: event.event_type.clone(),
        version: event.event_version,
        time: event.recorded_at,
        actor: said("actor"),
        actor_account: said("actor_account"),
        on_behalf_of: said("on_behalf_of"),
        access_key: said("access_key"),
        request_id: said("request_id"),
        source_address: said("source_address"),
        payload,
    }
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !HIDDEN.contains(&name.as_str()));
            fields.values_mut().for_each(hide);
        }
        Value::Array(values) => values.iter_mut().for_each(hide),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
