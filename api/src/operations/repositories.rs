//! Repositories as a whole: who may pull without a grant, and their end.

use ambar_domain::ids::AccountId;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::organization::{OrganizationCommand, OrganizationError};
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::{access, repositories};
use ambar_storage::aggregate_store::{CommandContext, CommandError};

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
/// again goes on. The links' own streams stay as they are, and the next upload sets them right (see [`super::link_blob`]).
///
/// # Errors
/// [`OperationError::Repository`] if there is no such repository; [`OperationError::Denied`].
pub async fn delete_repository(state: &AppState, context: &CommandContext, repository: &RepositoryName) -> Result<(), OperationError> {
    let owner = require_manage(state, context, repository)?;
    let mut deleted = Err(RepositoryError::NotFound);
    loop {
        let begin = OrganizationCommand::BeginReleaseOfRepository { repository: repository.clone() };
        tell_organization(state, context, repository, begin).await?;
        // The operator also clears away what an account left under a name that another has taken over.
        let delete = RepositoryCommand::Delete { account: owner.clone().filter(|_| context.actor.user().is_some()) };
        match state.aggregates.repositories.execute(repository.as_str(), delete, &step(state, context)).await {
            Ok(()) => deleted = Ok(()),
            Err(CommandError::Refused(RepositoryError::NotFound)) => {}
            Err(error) => return Err(error.into()),
        }
        let release = OrganizationCommand::ReleaseRepository { repository: repository.clone() };
        match tell_organization(state, context, repository, release).await {
            Err(OperationError::Organization(OrganizationError::RepositoryReadmitted)) => {}
            released => return released.and(deleted.map_err(OperationError::Repository)),
        }
        // A push has brought it back; or another deletion has ended in between what it brought.
        state.views.catch_up().await?;
        if repositories::repository_exists(&state.views.reader()?, repository)? {
            return deleted.map_err(OperationError::Repository);
        }
    }
}

/// An organization that is gone counts nothing.
async fn tell_organization(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    command: OrganizationCommand,
) -> Result<(), OperationError> {
    match state.aggregates.organizations.execute(repository.organization_str(), command, &step(state, context)).await {
        Ok(()) | Err(CommandError::Refused(OrganizationError::NotFound)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The account that owns the organization, unless there is none and the operator asks.
fn require_manage(state: &AppState, context: &CommandContext, repository: &RepositoryName) -> Result<Option<AccountId>, OperationError> {
    let facts = access::access_facts(&state.views.reader()?, context.actor.user(), repository)?;
    require(state, context, &facts, Level::Manage)?;
    Ok(facts.owner)
}
