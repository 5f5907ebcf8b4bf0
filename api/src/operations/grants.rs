//! Grants: levels of users on organizations and repositories (requirement G2).

use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Level;
use ambar_domain::organization::{OrganizationCommand, OrganizationError};
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::policy::access::AccessFacts;
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::access;
use ambar_storage::aggregate_store::CommandContext;

use super::users::account_of;
use super::{OperationError, require, step};
use crate::state::AppState;

/// Gives a user a level on every image of an organization, present and future; `None` takes it away.
///
/// # Errors
/// [`OperationError::ForeignUser`] if the user is of another account; [`OperationError::Denied`].
pub async fn set_organization_grant(
    state: &AppState,
    context: &CommandContext,
    organization: &OrganizationName,
    user: &UserId,
    level: Option<Level>,
) -> Result<(), OperationError> {
    let facts = access::organization_facts(&state.views.reader()?, context.actor.user(), organization)?;
    let owner = owner(state, context, &facts)?.ok_or(OperationError::Organization(OrganizationError::NotFound))?;
    let command = match level {
        Some(level) => {
            require_same_account(state, user, &owner)?;
            OrganizationCommand::GrantAccess { user: user.clone(), level }
        }
        None => OrganizationCommand::RevokeAccess { user: user.clone() },
    };
    Ok(state.aggregates.organizations.execute(organization.as_str(), command, &step(state, context)).await?)
}

/// Gives a user a level on one image; `None` takes it away.
///
/// # Errors
/// [`OperationError::ForeignUser`] if the user is of another account; [`OperationError::Denied`].
pub async fn set_repository_grant(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    user: &UserId,
    level: Option<Level>,
) -> Result<(), OperationError> {
    let facts = access::access_facts(&state.views.reader()?, context.actor.user(), repository)?;
    let owner = owner(state, context, &facts)?.ok_or(OperationError::Repository(RepositoryError::NotFound))?;
    let command = match level {
        Some(level) => {
            require_same_account(state, user, &owner)?;
            RepositoryCommand::GrantAccess { user: user.clone(), level }
        }
        None => RepositoryCommand::RevokeAccess { user: user.clone() },
    };
    Ok(state.aggregates.repositories.execute(repository.as_str(), command, &step(state, context)).await?)
}

/// The owning account, once the actor has proved to hold manage.
fn owner(state: &AppState, context: &CommandContext, facts: &AccessFacts) -> Result<Option<AccountId>, OperationError> {
    require(state, context, facts, Level::Manage)?;
    Ok(facts.owner.clone())
}

fn require_same_account(state: &AppState, user: &UserId, owner: &AccountId) -> Result<(), OperationError> {
    if account_of(state, user)? == *owner { Ok(()) } else { Err(OperationError::ForeignUser) }
}
