//! `GET`: how far an upload has come, for a client that goes on after a broken connection.

use axum::response::Response;
use http::StatusCode;

use super::{location, standing};
use crate::auth::Uploader;
use crate::call::Call;
use crate::error::ApiError;

/// Says how many bytes have arrived.
pub(crate) async fn status(call: &Call, uploader: &Uploader, session: &str) -> Result<Response, ApiError> {
    let size_bytes = call.state().uploads.size(uploader.upload()).await?;
    Ok(standing(StatusCode::NO_CONTENT, location(uploader.repository(), session), uploader.upload(), size_bytes))
}
