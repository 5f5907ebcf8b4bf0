//! The versions of the API, for whoever asks (reference, section 7.1).

use ambar_schemas::swr::version::{Link, Version, VersionDetail, Versions};
use axum::response::Response;
use http::StatusCode;

use super::respond::json;
use crate::call::Call;

/// `GET /`
pub(crate) fn list_versions(call: &Call) -> Response {
    json(StatusCode::OK, &Versions { versions: vec![detail(call, "v2"), detail(call, "v3")] })
}

/// `GET /v2` and `GET /v3`
pub(crate) fn show_version(call: &Call, id: &'static str) -> Response {
    json(StatusCode::OK, &Version { version: detail(call, id) })
}

fn detail(call: &Call, id: &'static str) -> VersionDetail {
    let href = format!("{}/{id}", call.base_url().unwrap_or_default());
    let status = if id == "v2" { "CURRENT" } else { "SUPPORTED" };
    VersionDetail { id, links: Link { href, rel: "self" }, version: "", min_version: "", status, updated: "2026-11-24T00:00:00Z" }
}
