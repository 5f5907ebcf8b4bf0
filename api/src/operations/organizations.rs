//! Organizations: a slot of the account's quota and a name that is unique in the region (requirements O1, O3).

use ambar_domain::account::AccountCommand;
use ambar_domain::ids::AccountId;
use ambar_domain::organization::{OrganizationCommand, OrganizationError};
use ambar_domain::organization_name::OrganizationName;
use ambar_projections::organizations;
use ambar_storage::aggregate_store::{CommandContext, CommandError};

use super::users::require_administrator;
use super::{OperationError, step};
use crate::state::AppState;

/// Creates an organization for an account: takes a slot, then the name, and gives the slot back when the name is taken.
///
/// A crash in between leaves a slot that is taken for the name; creating the name again uses it.
///
/// # Errors
/// [`OperationError::Account`] if the quota is used up; [`OperationError::Organization`] if the name is taken, whoever has it.
pub async fn create_organization(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    name: &OrganizationName,
) -> Result<(), OperationError> {
    require_administrator(state, context, account)?;
    let quota = state.settings.organization_quota;
    let claim = AccountCommand::ClaimOrganizationSlot { organization: name.clone(), quota };
    state.aggregates.accounts.execute(account.as_str(), claim, &step(state, context)).await?;
    let create = OrganizationCommand::Create { account: account.clone() };
    match state.aggregates.organizations.execute(name.as_str(), create, &step(state, context)).await {
        Ok(()) => Ok(()),
        Err(CommandError::Refused(OrganizationError::AlreadyExists)) => {
            release_slot_of_others_name(state, context, account, name).await?;
            Err(OperationError::Organization(OrganizationError::AlreadyExists))
        }
        Err(error) => Err(error.into()),
    }
}

/// The slot is kept when the account itself is the one that has the name: then it was taken before, for that.
async fn release_slot_of_others_name(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    name: &OrganizationName,
) -> Result<(), OperationError> {
    state.views.catch_up().await?;
    let owner = organizations::find_organization(&state.views.reader()?, name)?.map(|organization| organization.account);
    if owner.as_ref() == Some(account) {
        return Ok(());
    }
    let release = AccountCommand::ReleaseOrganizationSlot { organization: name.clone() };
    Ok(state.aggregates.accounts.execute(account.as_str(), release, &step(state, context)).await?)
}

/// Deletes an organization that has no images; its name is free for anyone.
///
/// A crash in between leaves a slot that is taken for a name that is free; deleting it again gives the slot back.
///
/// # Errors
/// [`OperationError::Organization`] if it does not exist or has images.
pub async fn delete_organization(state: &AppState, context: &CommandContext, name: &OrganizationName) -> Result<(), OperationError> {
    let not_found = OperationError::Organization(OrganizationError::NotFound);
    let Some(account) = organizations::find_last_owner(&state.views.reader()?, name)? else { return Err(not_found) };
    require_administrator(state, context, &account)?;
    let deleted = state.aggregates.organizations.execute(name.as_str(), OrganizationCommand::Delete, &step(state, context)).await;
    match deleted {
        Ok(()) | Err(CommandError::Refused(OrganizationError::NotFound)) => {}
        Err(error) => return Err(error.into()),
    }
    let release = AccountCommand::ReleaseOrganizationSlot { organization: name.clone() };
    state.aggregates.accounts.execute(account.as_str(), release, &step(state, context)).await?;
    Ok(deleted?)
}
