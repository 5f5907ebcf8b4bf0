//! Answers of the own API: JSON that no cache keeps, times in microseconds, lists page by page.

use ambar_domain::clock::Timestamp;
use axum::body::Body;
use axum::response::Response;
use chrono::SecondsFormat;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

pub(super) fn respond(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(super) fn ok(body: &Value) -> Response {
    respond(StatusCode::OK, body)
}

/// Nothing to say but that it is done.
pub(super) fn empty() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// A page of a list; the cursor asks for the next, and without one there is none.
pub(super) fn page(items: Vec<Value>, next_cursor: Option<String>) -> Response {
    ok(&json!({ "items": items, "next_cursor": next_cursor }))
}

pub(super) fn time(time: Timestamp) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}
