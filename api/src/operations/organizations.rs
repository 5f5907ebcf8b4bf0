//! Organizations: a slot of the account's quota and a name that is unique in the region (requirements O1, O3).

use ambar_domain::account::{AccountCommand, AccountError};
use ambar_domain::ids::AccountId;
use ambar_domain::organization::{OrganizationCommand, OrganizationError};
use ambar_domain::organization_name::OrganizationName;
use ambar_projections::organizations;
use ambar_storage::aggregate_store::{CommandContext, CommandError};

use super::users::require_manager;
use super::{OperationError, step};
use crate::limits::{Limit, count_refusal};
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
    require_manager(state, context, account)?;
    let quota = state.settings.organization_quota;
    let claim = AccountCommand::ClaimOrganizationSlot { organization: name.clone(), quota };
    let claimed = state.aggregates.accounts.execute(account.as_str(), claim, &step(state, context)).await;
    if let Err(CommandError::Refused(AccountError::QuotaExceeded { .. })) = claimed {
        count_refusal(Limit::Organizations);
    }
    claimed?;
    let create = OrganizationCommand::Create { account: account.clone() };
    match state.aggregates.organizations.execute(name.as_str(), create, &step(state, context)).await {
        Ok(()) => Ok(()),
        Err(CommandError::Refused(OrganizationError::AlreadyExists)) => {
            // The slot is kept when the account itself is the one that has the name: then it was taken before, for that.
            if !is_owner(state, account, name).await? {
                release_slot(state, context, account, name).await?;
            }
            Err(OperationError::Organization(OrganizationError::AlreadyExists))
        }
        Err(error) => Err(error.into()),
    }
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
    require_manager(state, context, &account)?;
    let deleted = state.aggregates.organizations.execute(name.as_str(), OrganizationCommand::Delete, &step(state, context)).await;
    match deleted {
        Ok(()) | Err(CommandError::Refused(OrganizationError::NotFound)) => {}
        Err(error) => return Err(error.into()),
    }
    release_slot(state, context, &account, name).await?;
    Ok(deleted?)
}

/// Gives the slot back that a deleted organization had; one that the account has created under the name meanwhile keeps it.
async fn release_slot(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    name: &OrganizationName,
) -> Result<(), OperationError> {
    loop {
        let release = AccountCommand::ReleaseOrganizationSlot { organization: name.clone() };
        state.aggregates.accounts.execute(account.as_str(), release, &step(state, context)).await?;
        if !is_owner(state, account, name).await? {
            return Ok(());
        }
        // It was admitted under the quota with the slot that has just been given back.
        let claim = AccountCommand::ClaimOrganizationSlot { organization: name.clone(), quota: u32::MAX };
        state.aggregates.accounts.execute(account.as_str(), claim, &step(state, context)).await?;
        if is_owner(state, account, name).await? {
            return Ok(());
        }
    }
}

/// Looks behind everything that is in the log.
async fn is_owner(state: &AppState, account: &AccountId, name: &OrganizationName) -> Result<bool, OperationError> {
    state.views.catch_up().await?;
    let owner = organizations::find_organization(&state.views.reader()?, name)?.map(|organization| organization.account);
    Ok(owner.as_ref() == Some(account))
}
