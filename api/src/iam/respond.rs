//! Answers in JSON.

use ambar_schemas::iam::link::{Link, ListLinks};
use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::call::Call;

/// An answer that no cache keeps: it is for whoever asked.
pub(super) fn respond(status: StatusCode, body: &impl Serialize) -> Response {
    let Ok(bytes) = serde_json::to_vec(body) else { return status_only(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Nothing to say but that it is so, or is done.
pub(super) fn empty() -> Response {
    status_only(StatusCode::NO_CONTENT)
}

fn status_only(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The address of something here, as clients know it.
pub(super) fn link(call: &Call, path: &str) -> Link {
    Link { itself: format!("{}{path}", call.base_url().unwrap_or_default()) }
}

/// The addresses of a list that is always whole.
pub(super) fn list_links(call: &Call, path: &str) -> ListLinks {
    ListLinks { itself: link(call, path).itself, previous: None, next: None }
}
