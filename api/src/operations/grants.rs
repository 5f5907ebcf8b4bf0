//! Grants: levels of users on organizations and repositories (requirement G2).

use ambar_domain::grants::Granting;
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

/// Gives users levels on every image of an organization, present and future: all of them or none.
///
/// # Errors
/// [`OperationError::ForeignUser`] if one is of another account; [`OperationError::OwnGrant`] if one is who asks;
/// [`OperationError::Organization`] if one holds something or nothing against what `granting` says; [`OperationError::Denied`].
pub async fn grant_on_organization(
    state: &AppState,
    context: &CommandContext,
    organization: &OrganizationName,
    grants: Vec<(UserId, Level)>,
    granting: Granting,
) -> Result<(), OperationError> {
    let owner = require_on_organization(state, context, organization, grants.iter().map(|(user, _)| user))?;
    require_users(state, &owner, &grants)?;
    let command = OrganizationCommand::GrantAccess { grants, granting }.of(owner);
    Ok(state.aggregates.organizations.execute(organization.as_str(), command, &step(state, context)).await?)
}

/// Takes away what users hold on an organization: all of it or nothing.
///
/// # Errors
/// [`OperationError::Organization`] if one holds nothing; [`OperationError::OwnGrant`] if one is who asks; [`OperationError::Denied`].
pub async fn revoke_on_organization(
    state: &AppState,
    context: &CommandContext,
    organization: &OrganizationName,
    users: Vec<UserId>,
) -> Result<(), OperationError> {
    let owner = require_on_organization(state, context, organization, users.iter())?;
    let command = OrganizationCommand::RevokeAccess { users }.of(owner);
    Ok(state.aggregates.organizations.execute(organization.as_str(), command, &step(state, context)).await?)
}

/// Gives users levels on one image: all of them or none.
///
/// # Errors
/// [`OperationError::ForeignUser`] if one is of another account; [`OperationError::OwnGrant`] if one is who asks;
/// [`OperationError::Repository`] if one holds something or nothing against what `granting` says; [`OperationError::Denied`].
pub async fn grant_on_repository(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    grants: Vec<(UserId, Level)>,
    granting: Granting,
) -> Result<(), OperationError> {
    let owner = require_on_repository(state, context, repository, grants.iter().map(|(user, _)| user))?;
    require_users(state, &owner, &grants)?;
    let command = RepositoryCommand::GrantAccess { grants, granting }.of(owner);
    Ok(state.aggregates.repositories.execute(repository.as_str(), command, &step(state, context)).await?)
}

/// Takes away what users hold on one image: all of it or nothing.
///
/// # Errors
/// [`OperationError::Repository`] if one holds nothing; [`OperationError::OwnGrant`] if one is who asks; [`OperationError::Denied`].
pub async fn revoke_on_repository(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    users: Vec<UserId>,
) -> Result<(), OperationError> {
    let owner = require_on_repository(state, context, repository, users.iter())?;
    let command = RepositoryCommand::RevokeAccess { users }.of(owner);
    Ok(state.aggregates.repositories.execute(repository.as_str(), command, &step(state, context)).await?)
}

fn require_on_organization<'a>(
    state: &AppState,
    context: &CommandContext,
    organization: &OrganizationName,
    users: impl Iterator<Item = &'a UserId>,
) -> Result<AccountId, OperationError> {
    let facts = access::organization_facts(&state.views.reader()?, context.actor.user(), organization)?;
    require_manage(state, context, facts, users)?.ok_or(OperationError::Organization(OrganizationError::NotFound))
}

fn require_on_repository<'a>(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    users: impl Iterator<Item = &'a UserId>,
) -> Result<AccountId, OperationError> {
    let facts = access::access_facts(&state.views.reader()?, context.actor.user(), repository)?;
    require_manage(state, context, facts, users)?.ok_or(OperationError::Repository(RepositoryError::NotFound))
}

/// The owning account, once the actor has proved to hold manage and changes nothing of its own.
fn require_manage<'a>(
    state: &AppState,
    context: &CommandContext,
    facts: AccessFacts,
    mut users: impl Iterator<Item = &'a UserId>,
) -> Result<Option<AccountId>, OperationError> {
    require(state, context, &facts, Level::Manage)?;
    let actor = context.actor.user();
    if actor.is_some_and(|actor| users.any(|user| user == actor)) {
        return Err(OperationError::OwnGrant);
    }
    Ok(facts.owner)
}

fn require_users(state: &AppState, owner: &AccountId, grants: &[(UserId, Level)]) -> Result<(), OperationError> {
    for (user, _) in grants {
        if account_of(state, user)? != *owner {
            return Err(OperationError::ForeignUser);
        }
    }
    Ok(())
}
