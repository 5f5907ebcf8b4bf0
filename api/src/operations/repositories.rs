//! Repositories as a whole: who may pull without a grant, and their end.

use ambar_domain::level::{Level, Visibility};
use ambar_domain::organization::{OrganizationCommand, OrganizationError};
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::{access, blobs};
use ambar_storage::aggregate_store::{CommandContext, CommandError};

use super::links::release_link;
use super::{OperationError, require, step};
use crate::state::AppState;

/// Lets everybody pull, or nobody without a grant.
///
/// # Errors
/// [`OperationError::Repository`] if there is no such repository; [`OperationError::Denied`].
pub async fn change_visibility(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    visibility: Visibility,
) -> Result<(), OperationError> {
    require_manage(state, context, repository)?;
    let command = RepositoryCommand::ChangeVisibility { visibility };
    Ok(state.aggregates.repositories.execute(repository.as_str(), command, &step(state, context)).await?)
}

/// Deletes a repository with its versions, manifests, grants and blob links.
///
/// Its end ends everything of it for readers at once. A crash behind it leaves a name that the organization still counts, and deleting it
/// again goes on; and link streams that say more than is so, which the next upload sets right (see [`super::link_blob`]).
///
/// # Errors
/// [`OperationError::Repository`] if there is no such repository; [`OperationError::Denied`].
pub async fn delete_repository(state: &AppState, context: &CommandContext, repository: &RepositoryName) -> Result<(), OperationError> {
    require_manage(state, context, repository)?;
    state.views.catch_up().await?;
    let links = blobs::list_links(&state.views.reader()?, repository)?;
    let deleted = state.aggregates.repositories.execute(repository.as_str(), RepositoryCommand::Delete, &step(state, context)).await;
    let deleted = match deleted {
        Ok(()) => Ok(()),
        Err(CommandError::Refused(RepositoryError::NotFound)) => Err(RepositoryError::NotFound),
        Err(error) => return Err(error.into()),
    };
    for digest in links {
        release_link(state, context, repository, &digest).await?;
    }
    let release = OrganizationCommand::ReleaseRepository { repository: repository.clone() };
    match state.aggregates.organizations.execute(repository.organization_str(), release, &step(state, context)).await {
        Ok(()) | Err(CommandError::Refused(OrganizationError::NotFound)) => deleted.map_err(OperationError::Repository),
        Err(error) => Err(error.into()),
    }
}

fn require_manage(state: &AppState, context: &CommandContext, repository: &RepositoryName) -> Result<(), OperationError> {
    let facts = access::access_facts(&state.views.reader()?, context.actor.user(), repository)?;
    require(state, context, &facts, Level::Manage)
}
