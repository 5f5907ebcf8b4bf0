//! `PUT`: the last bytes of a blob, if any are left, and the digest that all of them must have.

use ambar_domain::blob::BlobCommand;
use ambar_domain::blob_link::BlobLinkCommand;
use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use ambar_storage::aggregate_store::CommandContext;
use ambar_storage::blobs::{Finished, UploadId};
use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_RANGE;
use http_body::Body as _;

use super::super::respond::created;
use super::append::take;
use super::counting;
use crate::auth::Uploader;
use crate::call::Call;
use crate::error::ApiError;
use crate::operations::{OperationError, link_blob};
use crate::state::AppState;
use crate::to_the_end::to_the_end;

/// Ends an upload: verifies the bytes, and lets the repository serve them.
pub(crate) async fn finish(call: &Call, uploader: &Uploader, session: &str, body: Body) -> Result<Response, ApiError> {
    let digest: Digest = call.query().first("digest").ok_or(ApiError::DigestMissing)?.parse()?;
    if !body.is_end_stream() || call.headers().contains_key(CONTENT_RANGE) {
        take(call, uploader, session, body).await?;
        uploader.still(call).await?;
    }
    let created = complete(call, uploader.repository(), uploader.upload(), &digest).await?;
    counting::end(call, uploader.account(), uploader.upload());
    Ok(created)
}

/// Verifies the session's bytes, records them and links them.
pub(super) async fn complete(call: &Call, repository: &RepositoryName, upload: UploadId, digest: &Digest) -> Result<Response, ApiError> {
    let work = record(call.state().clone(), call.context(), repository.clone(), upload, digest.clone());
    to_the_end(work).await?;
    Ok(created(&format!("/v2/{repository}/blobs/{digest}"), digest))
}

async fn record(
    state: AppState,
    context: CommandContext,
    repository: RepositoryName,
    upload: UploadId,
    digest: Digest,
) -> Result<(), ApiError> {
    let Finished { size_bytes, .. } = state.uploads.finish(upload, &digest).await?;
    // One task, polled in this order: both appends go into the same commit, the blob's first.
    let (stored, linked) = tokio::join!(
        state.aggregates.blobs.execute(digest.as_str(), BlobCommand::Store { size_bytes }, &context),
        link_blob(&state, &context, &repository, &digest, BlobLinkCommand::Upload { size_bytes }),
    );
    stored.map_err(OperationError::from)?;
    Ok(linked?)
}
