//! `/v2/<name>/blobs/<digest>`

mod delete;
mod get;

use ambar_domain::blob::{BlobCommand, BlobError};
use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::blobs;
use ambar_storage::aggregate_store::CommandError;

pub(crate) use delete::delete;
pub(crate) use get::get;

use super::respond::unknown;
use crate::call::Call;
use crate::error::ApiError;
use crate::operations::OperationError;

/// The size of a blob that the repository may serve.
async fn find_size(call: &Call, repository: &RepositoryName, digest: &Digest) -> Result<u64, ApiError> {
    match call.state().views.find(|reader| blobs::find_link(reader, repository, digest)).await? {
        Some(size) => Ok(size),
        None => Err(unknown(call, repository, ApiError::BlobUnknown { digest: digest.clone() })?),
    }
}

/// Keeps a blob that is about to be swept, before somebody is told that it is there. `false` if it is gone.
pub(super) async fn spare(call: &Call, digest: &Digest) -> Result<bool, ApiError> {
    let found = blobs::find_blob(&call.state().views.reader()?, digest)?;
    if !found.is_some_and(|blob| blob.condemned) {
        return Ok(true);
    }
    match call.state().aggregates.blobs.execute(digest.as_str(), BlobCommand::Spare, &call.context()).await {
        Ok(()) => Ok(true),
        Err(CommandError::Refused(BlobError::NotStored)) => Ok(false),
        Err(error) => Err(OperationError::from(error).into()),
    }
}
