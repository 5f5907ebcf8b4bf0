//! Times as the management API writes them: UTC, RFC 3339 with a fraction, `2026-04-28T09:18:19.830309Z`.

use ambar_domain::clock::Timestamp;
use chrono::SecondsFormat;
use serde::Serializer;

/// Writes a time with its microseconds.
///
/// # Errors
/// The serializer's own.
pub fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*time))
}

/// Writes a time with its microseconds, or null.
///
/// # Errors
/// The serializer's own.
pub fn serialize_option<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serialize(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// The text of a time.
#[must_use]
pub fn text(time: Timestamp) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}
