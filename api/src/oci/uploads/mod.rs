//! `/v2/<name>/blobs/uploads/…`: blobs on their way in (distribution-spec, "Pushing blobs").

mod append;
mod cancel;
mod counting;
mod finish;
mod mount;
mod start;
mod status;

use ambar_domain::repository_name::RepositoryName;
use ambar_storage::blobs::UploadId;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, LOCATION, RANGE};
use http::{HeaderName, HeaderValue, StatusCode};

pub(crate) use append::append;
pub(crate) use cancel::cancel;
pub(crate) use finish::finish;
pub(crate) use start::start;
pub(crate) use status::status;

use super::respond::{empty, text};
use crate::error::received;

const DOCKER_UPLOAD_UUID: HeaderName = HeaderName::from_static("docker-upload-uuid");

fn location(repository: &RepositoryName, session: &str) -> HeaderValue {
    text(&format!("/v2/{repository}/blobs/uploads/{session}"))
}

/// Where an upload session stands.
fn standing(status: StatusCode, location: HeaderValue, upload: UploadId, size_bytes: u64) -> Response {
    let mut response = empty(status);
    let headers = response.headers_mut();
    headers.insert(LOCATION, location);
    headers.insert(RANGE, received(size_bytes));
    headers.insert(DOCKER_UPLOAD_UUID, text(&upload.to_string()));
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    response
}
