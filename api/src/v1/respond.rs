//! Answers of the own API: JSON that no cache keeps, times in microseconds, lists page by page.

use ambar_schemas::v1::page::Page;
use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

pub(super) fn respond(status: StatusCode, body: &impl Serialize) -> Response {
    let (status, bytes) = match serde_json::to_vec(body) {
        Ok(bytes) => (status, bytes),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
    };
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(super) fn ok(body: &impl Serialize) -> Response {
    respond(StatusCode::OK, body)
}

/// Nothing to say but that it is done.
pub(super) fn empty() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// A page of a list; the cursor asks for the next, and without one there is none.
pub(super) fn page(items: Vec<impl Serialize>, next_cursor: Option<String>) -> Response {
    ok(&Page { items, next_cursor })
}
