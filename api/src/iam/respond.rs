//! Answers in JSON.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::call::Call;

/// An answer that no cache keeps: it is for whoever asked.
pub(super) fn respond(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Nothing to say but that it is so, or is done.
pub(super) fn empty() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// The address of something here, as clients know it.
pub(super) fn link(call: &Call, path: &str) -> Value {
    let base = call.base_url().unwrap_or_default();
    json!({ "self": format!("{base}{path}") })
}

/// The addresses of a list that is always whole.
pub(super) fn list_links(call: &Call, path: &str) -> Value {
    let base = call.base_url().unwrap_or_default();
    json!({ "self": format!("{base}{path}"), "previous": null, "next": null })
}
