//! From a record of the event log to a typed event.
//!
//! - The newest version of a type is read straight from its text, on the path of every command and every view.
//! - An older version is first lifted, one version at a time, by the upcasters of `upcast.rs`: old versions are read for ever (requirement E4).
//! - A type or version that this program does not know is an error, never skipped: a newer program has written it.

pub mod canonical;
pub mod compatibility;
pub mod publish;
pub mod schema;
mod upcast;

use std::collections::HashMap;
use std::sync::LazyLock;

use ambar_domain::event::Event;
use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use upcast::{UPCASTERS, Upcasters};

/// Why a record is no event that this program knows.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// No aggregate has this type.
    #[error("there is no aggregate type '{aggregate_type}'")]
    UnknownAggregate {
        /// What the record says.
        aggregate_type: String,
    },
    /// No event has this type.
    #[error("there is no event type '{event_type}'")]
    UnknownType {
        /// What the record says.
        event_type: String,
    },
    /// The type is known, in versions up to `newest` only.
    #[error("event type '{event_type}' has no version {version}; the newest known is {newest}")]
    UnknownVersion {
        /// What the record says.
        event_type: String,
        /// What the record says.
        version: u32,
        /// The newest version this program knows.
        newest: u32,
    },
    /// Nothing lifts this version to the next.
    #[error("version {version} of event type '{event_type}' cannot be lifted to the next")]
    NotLifted {
        /// What the record says.
        event_type: String,
        /// The version that has no upcaster.
        version: u32,
    },
    /// The payload is not what the type and version say.
    #[error("the payload is no '{event_type}' of version {version}")]
    Malformed {
        /// What the record says.
        event_type: String,
        /// What the record says.
        version: u32,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The payload is an event of another type than the record says.
    #[error("the record says '{event_type}', its payload '{found}'")]
    Mislabelled {
        /// What the record says.
        event_type: String,
        /// What the payload says.
        found: &'static str,
    },
}

/// Reads an event of any aggregate.
///
/// # Errors
/// Says why the record is no event that this program knows.
pub fn decode(aggregate_type: &str, event_type: &str, event_version: u32, payload: &str) -> Result<Event, DecodeError> {
    let malformed = |source| DecodeError::Malformed { event_type: event_type.to_owned(), version: event_version, source };
    let decoded = match lift(&UPCASTERS, newest(event_type)?, event_type, event_version, payload)? {
        Some(lifted) => Event::deserialize_payload(aggregate_type, lifted),
        None => {
            let mut text = serde_json::Deserializer::from_str(payload);
            let event = Event::deserialize_payload(aggregate_type, &mut text);
            event.map(|event| event.and_then(|event| text.end().map(|()| event)))
        }
    };
    let Some(event) = decoded else { return Err(DecodeError::UnknownAggregate { aggregate_type: aggregate_type.to_owned() }) };
    let event = event.map_err(malformed)?;
    if event.event_type() == event_type {
        Ok(event)
    } else {
        Err(DecodeError::Mislabelled { event_type: event_type.to_owned(), found: event.event_type() })
    }
}

/// Reads an event of one aggregate, whose event enum is `E`.
///
/// # Errors
/// Says why the record is no event that this program knows.
pub fn decode_for<E: DeserializeOwned>(event_type: &str, event_version: u32, payload: &str) -> Result<E, DecodeError> {
    decode_with(&UPCASTERS, newest(event_type)?, event_type, event_version, payload)
}

/// [`decode_for`] with any upcasters and any newest version, so that the mechanism can be tested before a type has a second version.
fn decode_with<E: DeserializeOwned>(
    upcasters: &Upcasters,
    newest: u32,
    event_type: &str,
    version: u32,
    payload: &str,
) -> Result<E, DecodeError> {
    let decoded = match lift(upcasters, newest, event_type, version, payload)? {
        Some(lifted) => serde_json::from_value(lifted),
        None => serde_json::from_str(payload),
    };
    decoded.map_err(|source| DecodeError::Malformed { event_type: event_type.to_owned(), version, source })
}

/// The payload in the newest version's shape; `None` if it has that already.
fn lift(upcasters: &Upcasters, newest: u32, event_type: &str, version: u32, payload: &str) -> Result<Option<Value>, DecodeError> {
    if version == newest {
        return Ok(None);
    }
    if version == 0 || version > newest {
        return Err(DecodeError::UnknownVersion { event_type: event_type.to_owned(), version, newest });
    }
    let mut value =
        serde_json::from_str(payload).map_err(|source| DecodeError::Malformed { event_type: event_type.to_owned(), version, source })?;
    for from in version..newest {
        let upcast = upcasters.find(event_type, from);
        let upcast = upcast.ok_or_else(|| DecodeError::NotLifted { event_type: event_type.to_owned(), version: from })?;
        value = upcast(value);
    }
    Ok(Some(value))
}

/// The newest version of an event type.
fn newest(event_type: &str) -> Result<u32, DecodeError> {
    static NEWEST: LazyLock<HashMap<&'static str, u32>> =
        LazyLock::new(|| Event::types().map(|(_, event_type, version)| (event_type, version)).collect());
    NEWEST.get(event_type).copied().ok_or_else(|| DecodeError::UnknownType { event_type: event_type.to_owned() })
}

#[cfg(test)]
mod tests;
