//! `PATCH`: the next bytes of a blob, as a stream or as a chunk that says where it belongs.

use ambar_schemas::oci::range::parse_content_range;
use ambar_storage::blobs::UploadError;
use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE};

use super::{counting, location, standing};
use crate::auth::Uploader;
use crate::body::{incoming, no_more_than};
use crate::call::Call;
use crate::error::ApiError;

/// Adds bytes to an upload.
pub(crate) async fn append(call: &Call, uploader: &Uploader, session: &str, body: Body) -> Result<Response, ApiError> {
    let size_bytes = take(call, uploader, session, body).await?;
    Ok(standing(StatusCode::ACCEPTED, location(uploader.repository(), session), uploader.upload(), size_bytes))
}

/// Adds the body to the session; answers how many bytes it has then.
pub(super) async fn take(call: &Call, uploader: &Uploader, session: &str, body: Body) -> Result<u64, ApiError> {
    let chunk = match call.headers().get(CONTENT_RANGE) {
        Some(header) => {
            let chunk = header.to_str().ok().and_then(parse_content_range);
            Some(chunk.ok_or(ApiError::UploadInvalid { reason: "the content range is malformed" })?)
        }
        None => None,
    };
    let announced = call.header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if let (Some(chunk), Some(announced)) = (&chunk, announced)
        && chunk.end - chunk.start != announced
    {
        return Err(ApiError::SizeInvalid);
    }
    let _bringing = counting::bring(call, uploader.account(), uploader.upload())?;
    let settings = &call.state().settings;
    let mut bytes = incoming(body, settings.body_pause);
    if let Some(chunk) = &chunk {
        bytes = no_more_than(chunk.end - chunk.start, bytes);
    }
    let offset = chunk.as_ref().map(|chunk| chunk.start);
    let appended = call.state().uploads.append(uploader.upload(), offset, bytes, settings.max_blob_bytes).await;
    let size_bytes = appended.map_err(|error| match error {
        UploadError::OutOfOrder { size_bytes } => {
            ApiError::UploadOutOfOrder { location: Some(location(uploader.repository(), session)), size_bytes }
        }
        error => error.into(),
    })?;
    match chunk {
        Some(chunk) if chunk.end != size_bytes => Err(ApiError::SizeInvalid),
        Some(_) | None => Ok(size_bytes),
    }
}
