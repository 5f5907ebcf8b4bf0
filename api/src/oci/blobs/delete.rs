//! `DELETE` of a blob (distribution-spec, "Deleting Blobs"): the repository stops serving it.
//!
//! A blob that a manifest of the repository names stays: deleting it would break an image without a trace.

use ambar_domain::blob_link::BlobLinkCommand;
use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::repositories;
use ambar_storage::aggregate_store::CommandContext;
use axum::response::Response;
use http::StatusCode;

use super::super::respond::empty;
use super::find_size;
use crate::auth::Deleter;
use crate::call::Call;
use crate::error::ApiError;
use crate::operations::{link_blob, release_link};
use crate::state::AppState;
use crate::to_the_end::to_the_end;

/// Takes a blob out of the repository.
pub(crate) async fn delete(call: &Call, deleter: &Deleter, digest: &str) -> Result<Response, ApiError> {
    let digest: Digest = digest.parse()?;
    let repository = deleter.repository();
    let size_bytes = find_size(call, repository, &digest).await?;
    to_the_end(release(call.state().clone(), call.context(), repository.clone(), digest, size_bytes)).await?;
    Ok(empty(StatusCode::ACCEPTED))
}

async fn release(
    state: AppState,
    context: CommandContext,
    repository: RepositoryName,
    digest: Digest,
    size_bytes: u64,
) -> Result<(), ApiError> {
    if is_referenced(&state, &repository, &digest).await? {
        return Err(ApiError::BlobInUse { digest });
    }
    release_link(&state, &context, &repository, &digest).await?;
    // A manifest that names it may have come in between. It wins, on whichever side this is seen first.
    if is_referenced(&state, &repository, &digest).await? {
        link_blob(&state, &context, &repository, &digest, BlobLinkCommand::Upload { size_bytes }).await?;
        return Err(ApiError::BlobInUse { digest });
    }
    Ok(())
}

/// Looks behind the newest event.
async fn is_referenced(state: &AppState, repository: &RepositoryName, digest: &Digest) -> Result<bool, ApiError> {
    state.views.catch_up().await?;
    Ok(repositories::is_blob_referenced(&state.views.reader()?, repository, digest)?)
}
