//! Answers of the management API.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_RANGE, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

/// An answer with a body in JSON.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let Ok(bytes) = serde_json::to_vec(body) else { return empty(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A page of a list, with the header that tells which: `<offset>-<how many>/<how many in all>`.
pub(super) fn page(items: &[impl Serialize], offset: u64, total: u64, counted: bool) -> Response {
    let mut response = json(StatusCode::OK, &items);
    if counted && let Ok(range) = HeaderValue::try_from(format!("{offset}-{}/{total}", items.len())) {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
    response
}
