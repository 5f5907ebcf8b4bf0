//! `DELETE`: gives an upload up.

use axum::response::Response;
use http::StatusCode;

use super::super::respond::empty;
use super::counting;
use crate::auth::Uploader;
use crate::call::Call;
use crate::error::ApiError;

/// Drops an upload and its bytes.
pub(crate) async fn cancel(call: &Call, uploader: &Uploader) -> Result<Response, ApiError> {
    call.state().uploads.cancel(uploader.upload()).await?;
    counting::end(call, uploader.account(), uploader.upload());
    Ok(empty(StatusCode::NO_CONTENT))
}
