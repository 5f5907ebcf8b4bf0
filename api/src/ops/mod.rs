//! What operators watch: is the process alive, can it serve, what does it measure.

use std::sync::atomic::Ordering;

use ambar_projections::State;
use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

use crate::call::Call;

/// `GET /healthz`: the process answers.
pub(crate) fn health() -> Response {
    plain(StatusCode::OK, "ok\n")
}

/// `GET /readyz`: the views have caught up with the log and follow it, and the server is not about to stop.
pub(crate) fn ready(call: &Call) -> Response {
    if call.state().stopping.load(Ordering::Relaxed) {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping\n");
    }
    match call.state().views.status().state {
        State::Live => plain(StatusCode::OK, "ready\n"),
        State::CatchingUp => plain(StatusCode::SERVICE_UNAVAILABLE, "the views are catching up with the event log\n"),
        State::Degraded { .. } => {
            plain(StatusCode::SERVICE_UNAVAILABLE, "the views have stopped at an event that cannot be applied; see the log\n")
        }
    }
}

/// `GET /metrics`, in Prometheus' text format.
pub(crate) fn metrics(call: &Call) -> Response {
    call.registry.limits.show(call.state());
    let mut response = plain(StatusCode::OK, (call.state().metrics)());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
    response
}

fn plain(status: StatusCode, text: impl Into<Body>) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
