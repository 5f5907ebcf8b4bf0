//! `GET` and `HEAD` of a blob, whole or a part of it (distribution-spec, "Pulling blobs").

use std::ops::Range;

use ambar_domain::digest::Digest;
use ambar_schemas::oci::range::{Requested, parse_range};
use axum::body::Body;
use axum::response::Response;
use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, IF_RANGE, RANGE};
use http::{HeaderValue, Method, StatusCode};

use super::super::respond::{etag, name_content, not_modified, text};
use super::{find_size, spare};
use crate::auth::Puller;
use crate::body::Outgoing;
use crate::call::Call;
use crate::content::MAX_ENTRY_BYTES;
use crate::error::ApiError;

/// Serves a blob.
pub(crate) async fn get(call: &Call, puller: &Puller, digest: &str) -> Result<Response, ApiError> {
    let digest: Digest = digest.parse()?;
    let size = find_size(call, puller.repository(), &digest).await?;
    let is_head = call.parts.method == Method::HEAD;
    // Whoever is told that a blob is there may rely on it for a push.
    if is_head && !spare(call, &digest).await? {
        return Err(ApiError::BlobUnknown { digest });
    }
    if let Some(response) = not_modified(call, &digest) {
        return Ok(response);
    }
    let part = if is_head { None } else { requested_part(call, &digest, size)? };
    let range = part.clone().unwrap_or(0..size);
    let length = range.end - range.start;
    let body = if is_head { Body::empty() } else { content(call, &digest, size, range.clone()).await? };
    if !is_head {
        call.state().usage.downloaded(puller.repository(), length);
    }

    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    name_content(headers, &digest);
    if part.is_some() {
        headers.insert(CONTENT_RANGE, text(&format!("bytes {}-{}/{size}", range.start, range.end - 1)));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// The part that the client asked for; `None` for all of it.
fn requested_part(call: &Call, digest: &Digest, size: u64) -> Result<Option<Range<u64>>, ApiError> {
    let Some(header) = call.headers().get(RANGE) else { return Ok(None) };
    if call.header(IF_RANGE).is_some_and(|condition| condition != etag(digest)) {
        return Ok(None);
    }
    match parse_range(header.to_str().unwrap_or_default(), size) {
        Requested::Whole => Ok(None),
        Requested::Part(range) => Ok(Some(range)),
        Requested::Unsatisfiable => Err(ApiError::RangeUnsatisfiable { size_bytes: size }),
    }
}

/// Small blobs come from memory in one piece, larger ones piece by piece.
async fn content(call: &Call, digest: &Digest, size: u64, range: Range<u64>) -> Result<Body, ApiError> {
    let blobs = &*call.state().blobs;
    if size > MAX_ENTRY_BYTES {
        return Ok(Outgoing::body(blobs.open(digest, range).await?));
    }
    let bytes = call.registry.content.read(blobs, digest, size).await?;
    let within = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok()).filter(|(_, end)| *end <= bytes.len());
    let (start, end) = within.ok_or_else(|| ApiError::Internal("a stored blob is shorter than its link says".into()))?;
    Ok(Body::from(bytes.slice(start..end)))
}
