//! Blob links: which repository may serve which blob.

use ambar_domain::blob_link::{self, BlobLinkCommand, BlobLinkError};
use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::blobs;
use ambar_storage::aggregate_store::{CommandContext, CommandError};

use super::{OperationError, step};
use crate::state::AppState;

/// Lets a repository serve a blob whose verified bytes are stored; `link` uploads or mounts it.
///
/// The end of a repository ends its links for readers, but not the links' own streams. A stream that still says "linked" from before would
/// answer that nothing needs to be done; so what readers see is checked, and the stream set right.
///
/// # Errors
/// The stores failed.
pub async fn link_blob(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    digest: &Digest,
    link: BlobLinkCommand,
) -> Result<(), OperationError> {
    let id = blob_link::stream_id(repository, digest);
    state.aggregates.blob_links.execute(&id, link.clone(), &step(state, context)).await?;
    if state.views.find(|reader| blobs::find_link(reader, repository, digest)).await?.is_some() {
        return Ok(());
    }
    release_link(state, context, repository, digest).await?;
    Ok(state.aggregates.blob_links.execute(&id, link, &step(state, context)).await?)
}

/// Stops a repository from serving a blob; one that it does not serve stays so.
///
/// # Errors
/// The stores failed.
pub async fn release_link(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    digest: &Digest,
) -> Result<(), OperationError> {
    let id = blob_link::stream_id(repository, digest);
    match state.aggregates.blob_links.execute(&id, BlobLinkCommand::Release, &step(state, context)).await {
        Ok(()) | Err(CommandError::Refused(BlobLinkError::NotLinked)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
