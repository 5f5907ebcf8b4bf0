//! `DELETE` of a blob (distribution-spec, "Deleting Blobs"): the repository stops serving it.
//!
//! A blob that a manifest of the repository names stays: deleting it would break an image without a trace.

use ambar_domain::blob_link::{self, BlobLinkCommand, BlobLinkError};
use ambar_domain::digest::Digest;
use ambar_projections::repositories;
use ambar_storage::aggregate_store::CommandError;
use axum::response::Response;
use http::StatusCode;

use super::super::respond::empty;
use super::find_size;
use crate::auth::Deleter;
use crate::call::Call;
use crate::error::ApiError;
use crate::operations::{OperationError, link_blob};

/// Takes a blob out of the repository.
pub(crate) async fn delete(call: &Call, deleter: &Deleter, digest: &str) -> Result<Response, ApiError> {
    let digest: Digest = digest.parse()?;
    let repository = deleter.repository();
    let size_bytes = find_size(call, repository, &digest).await?;
    call.state().views.catch_up().await?;
    if is_referenced(call, deleter, &digest)? {
        return Err(ApiError::BlobInUse { digest });
    }
    let link = blob_link::stream_id(repository, &digest);
    match call.state().aggregates.blob_links.execute(&link, BlobLinkCommand::Release, &call.context()).await {
        Ok(()) => {}
        Err(CommandError::Refused(BlobLinkError::NotLinked)) => return Err(ApiError::BlobUnknown { digest }),
        Err(error) => return Err(OperationError::from(error).into()),
    }
    // A manifest that names it may have come in between. It wins, on whichever side this is seen first.
    call.state().views.catch_up().await?;
    if is_referenced(call, deleter, &digest)? {
        link_blob(call.state(), &call.context(), repository, &digest, BlobLinkCommand::Upload { size_bytes }).await?;
        return Err(ApiError::BlobInUse { digest });
    }
    Ok(empty(StatusCode::ACCEPTED))
}

fn is_referenced(call: &Call, deleter: &Deleter, digest: &Digest) -> Result<bool, ApiError> {
    Ok(repositories::is_blob_referenced(&call.state().views.reader()?, deleter.repository(), digest)?)
}
