//! `DELETE` of a tag or a manifest (distribution-spec, "Deleting tags", "Deleting Manifests").

use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_domain::tag::Reference;
use ambar_storage::aggregate_store::CommandError;
use axum::response::Response;
use http::StatusCode;

use super::super::respond::empty;
use crate::auth::Deleter;
use crate::call::Call;
use crate::error::ApiError;
use crate::operations::OperationError;

/// Removes a tag, or a manifest with every tag on it.
pub(crate) async fn delete(call: &Call, deleter: &Deleter, reference: &str) -> Result<Response, ApiError> {
    let repository = deleter.repository();
    let command = match reference.parse()? {
        Reference::Tag(tag) => RepositoryCommand::DeleteVersions { tags: vec![tag] },
        Reference::Digest(digest) => RepositoryCommand::DeleteManifest { digest },
    };
    let command = command.of(deleter.owner().clone());
    match call.state().aggregates.repositories.execute(repository.as_str(), command, &call.context()).await {
        Ok(()) => Ok(empty(StatusCode::ACCEPTED)),
        Err(CommandError::Refused(RepositoryError::NotFound)) => Err(ApiError::NameUnknown { repository: repository.clone() }),
        Err(CommandError::Refused(RepositoryError::VersionNotFound { .. } | RepositoryError::ManifestNotFound { .. })) => {
            Err(ApiError::ManifestUnknown { reference: reference.to_owned() })
        }
        Err(error) => Err(OperationError::from(error).into()),
    }
}
