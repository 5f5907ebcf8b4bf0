//! Events as an account's administrators see them: read from the log by their places, and without what secrets are checked with.

use ambar_projections::events::EventPlace;
use ambar_schemas::v1::event::Event;
use ambar_storage::event_log::{EventLog, LogError, PAGE_BYTES, RecordedEvent};
use serde::de::DeserializeOwned;
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
///
/// # Errors
/// What stands in the log is not what is recorded there.
pub fn render(event: &RecordedEvent) -> Result<Event, LogError> {
    let metadata: Map<String, Value> = parse(&event.metadata, "parsing an event's metadata")?;
    let said = |name: &str| metadata.get(name).cloned().unwrap_or(Value::Null);
    let mut payload: Value = parse(&event.payload, "parsing an event's payload")?;
    hide(&mut payload);
    Ok(Event {
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
    })
}

fn parse<T: DeserializeOwned>(json: &str, doing: &'static str) -> Result<T, LogError> {
    serde_json::from_str(json).map_err(|error| LogError { doing, source: error.into() })
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

#[cfg(test)]
mod tests {
    use ambar_storage::event_log::{Position, StreamId};
    use chrono::DateTime;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn event(payload: &str, metadata: &str) -> RecordedEvent {
        RecordedEvent {
            position: Position(0, 1),
            event_id: Uuid::nil(),
            stream: StreamId::new("user", "1"),
            sequence: 1,
            event_type: "user.created".into(),
            event_version: 1,
            payload: payload.to_owned(),
            metadata: metadata.to_owned(),
            command_id: Uuid::nil(),
            recorded_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_the_log_does_not_say_is_null_and_what_is_secret_is_left_out() {
        let shown = render(&event(r#"{"name": "ann", "keys": [{"sealed_secret": "x", "id": 1}]}"#, r#"{"actor": "1"}"#)).unwrap();
        assert_eq!((shown.actor, shown.request_id), (json!("1"), Value::Null));
        assert_eq!(shown.payload, json!({ "name": "ann", "keys": [{ "id": 1 }] }));
    }

    #[test]
    fn an_event_that_cannot_be_read_is_an_error_and_not_an_empty_one() {
        for (payload, metadata) in [("{", "{}"), ("", "{}"), ("{}", "{"), ("{}", "[]")] {
            assert!(render(&event(payload, metadata)).is_err(), "{payload} {metadata}");
        }
    }
}
