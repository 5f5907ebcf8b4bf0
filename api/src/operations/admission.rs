//! What an organization counts: it admits a repository before there is one, and lets it go behind its end.
//!
//! Pushes and deletions of one repository at once take its admission and each other's back; whoever changes it looks behind the change, so
//! that in the end the organization counts what there is.

use ambar_domain::ids::AccountId;
use ambar_domain::organization::{OrganizationCommand, OrganizationError};
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::repositories;
use ambar_storage::aggregate_store::{CommandContext, CommandError};

use super::{OperationError, step};
use crate::state::AppState;

/// Has the organization count a repository that is yet to be, or that is there.
///
/// # Errors
/// [`OperationError::Denied`] if the organization is gone or another account's.
pub(super) async fn admit(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    repository: &RepositoryName,
) -> Result<(), OperationError> {
    let command = OrganizationCommand::AdmitRepository { account: account.clone(), repository: repository.clone() };
    match state.aggregates.organizations.execute(repository.organization_str(), command, &step(state, context)).await {
        // It has gone, or changed hands, since the caller was found to have a right on it.
        Err(CommandError::Refused(OrganizationError::NotFound | OrganizationError::ForeignAccount)) => Err(OperationError::Denied),
        admitted => Ok(admitted?),
    }
}

/// The same for a repository that was created: its end may have been under way between its admission and its creation, or be over by now.
pub(super) async fn stay_admitted(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    repository: &RepositoryName,
) -> Result<(), OperationError> {
    loop {
        let admitted = admit(state, context, account, repository).await;
        if let Err(OperationError::Denied) = admitted {
            delete_left_behind(state, context, account, repository).await?;
        }
        admitted?;
        if exists(state, repository).await? {
            return Ok(());
        }
        begin_release(state, context, repository).await?;
        // Where it is refused somebody else has admitted it, and looks behind that.
        if !release(state, context, repository).await? || !exists(state, repository).await? {
            return Ok(());
        }
    }
}

/// The organization went meanwhile, and what was created in it goes as well; but nothing of whoever has the name now.
async fn delete_left_behind(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    repository: &RepositoryName,
) -> Result<(), OperationError> {
    let delete = RepositoryCommand::Delete { account: Some(account.clone()) };
    match state.aggregates.repositories.execute(repository.as_str(), delete, &step(state, context)).await {
        Ok(()) | Err(CommandError::Refused(RepositoryError::NotFound | RepositoryError::ForeignAccount)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Behind everything that is in the log.
async fn exists(state: &AppState, repository: &RepositoryName) -> Result<bool, OperationError> {
    state.views.catch_up().await?;
    Ok(repositories::repository_exists(&state.views.reader()?, repository)?)
}

/// Says that the repository is about to go.
pub(super) async fn begin_release(state: &AppState, context: &CommandContext, repository: &RepositoryName) -> Result<(), OperationError> {
    tell_organization(state, context, repository, OrganizationCommand::BeginReleaseOfRepository { repository: repository.clone() }).await
}

/// Has the organization count it no more; `false` if it was admitted again since that began.
pub(super) async fn release(state: &AppState, context: &CommandContext, repository: &RepositoryName) -> Result<bool, OperationError> {
    let release = OrganizationCommand::ReleaseRepository { repository: repository.clone() };
    match tell_organization(state, context, repository, release).await {
        Ok(()) => Ok(true),
        Err(OperationError::Organization(OrganizationError::RepositoryReadmitted)) => Ok(false),
        Err(error) => Err(error),
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
