//! Organizations: a slot of the account's quota and a name that is unique in the region (requirements O1, O3).

use std::collections::BTreeSet;

use ambar_domain::account::{AccountCommand, AccountError};
use ambar_domain::ids::AccountId;
use ambar_domain::organization::{OrganizationCommand, OrganizationError};
use ambar_domain::organization_name::OrganizationName;
use ambar_projections::{identity, organizations};
use ambar_storage::aggregate_store::{CommandContext, CommandError};

use super::users::require_manager;
use super::{OperationError, step};
use crate::limits::{Limit, count_refusal};
use crate::state::AppState;

/// Creates an organization for an account: takes a slot, then the name, and gives the slot back when the name is taken.
///
/// A crash in between leaves a slot that is taken for the name; creating the name again uses it, and closing the account gives it back. If
/// the account is closed meanwhile, it has no organization in the end; one that a crash leaves to it gives its name to the next who wants it.
///
/// # Errors
/// [`OperationError::Account`] if the quota is used up, or the account is closed; [`OperationError::Organization`] if the name is taken,
/// whoever has it.
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
    // Once more for a name that a closed account has left behind.
    for _ in 0..2 {
        let create = OrganizationCommand::Create { account: account.clone() };
        match state.aggregates.organizations.execute(name.as_str(), create, &step(state, context)).await {
            Ok(()) => return keep_slot(state, context, account, name).await,
            Err(CommandError::Refused(OrganizationError::AlreadyExists)) => {}
            Err(error) => return Err(error.into()),
        }
        if !delete_left_behind(state, context, name).await? {
            break;
        }
    }
    // The slot is kept when the account itself is the one that has the name: then it was taken before, for that.
    if !is_owner(state, account, name).await? {
        release_slot(state, context, account, name).await?;
    }
    Err(OperationError::Organization(OrganizationError::AlreadyExists))
}

/// Looks behind the creation: the account may have been closed since the slot was taken, and has no organizations then; or the organization was
/// deleted again, and needs no slot. One whose slot was given back meanwhile, and that no other is free for, goes again, unless somebody has
/// pushed into it.
async fn keep_slot(state: &AppState, context: &CommandContext, account: &AccountId, name: &OrganizationName) -> Result<(), OperationError> {
    // A slot that is held still is not counted against the quota again.
    let quota = state.settings.organization_quota;
    let claim = AccountCommand::ClaimOrganizationSlot { organization: name.clone(), quota };
    let kept = state.aggregates.accounts.execute(account.as_str(), claim, &step(state, context)).await;
    match kept {
        Err(CommandError::Refused(refusal @ (AccountError::NotFound | AccountError::QuotaExceeded { .. }))) => {
            let is_in_use = match delete(state, context, account, name).await {
                Err(OperationError::Organization(OrganizationError::NotEmpty { .. })) => true,
                deleted => deleted.map(|()| false)?,
            };
            // What a closed account owns a job deletes.
            if !is_in_use || refusal == AccountError::NotFound {
                return Err(OperationError::Account(refusal));
            }
            reclaim_slot(state, context, account, name).await?;
        }
        kept => kept?,
    }
    if !is_owner(state, account, name).await? {
        release_slot(state, context, account, name).await?;
    }
    Ok(())
}

/// Takes a slot for an organization that is there, whatever the quota: it was admitted under it with a slot that was given back since.
async fn reclaim_slot(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    name: &OrganizationName,
) -> Result<(), OperationError> {
    let claim = AccountCommand::ClaimOrganizationSlot { organization: name.clone(), quota: u32::MAX };
    Ok(state.aggregates.accounts.execute(account.as_str(), claim, &step(state, context)).await?)
}

/// Deletes an organization of an account that is closed, which a crash has left; whether there was one.
async fn delete_left_behind(state: &AppState, context: &CommandContext, name: &OrganizationName) -> Result<bool, OperationError> {
    state.views.catch_up().await?;
    let owner = {
        let reader = state.views.reader()?;
        let owner = organizations::find_organization(&reader, name)?.map(|organization| organization.account);
        let is_open = owner.as_ref().map(|owner| identity::find_account(&reader, owner)).transpose()?.flatten().is_some();
        owner.filter(|_| !is_open)
    };
    let Some(owner) = owner else { return Ok(false) };
    match delete(state, context, &owner, name).await {
        // Somebody pushed into it before the account was closed: the name is taken until a job has deleted that.
        Err(OperationError::Organization(OrganizationError::NotEmpty { .. })) => Ok(false),
        deleted => deleted.map(|()| true),
    }
}

/// What is gone already, or another account's by now, is as good as deleted.
async fn delete(state: &AppState, context: &CommandContext, account: &AccountId, name: &OrganizationName) -> Result<(), OperationError> {
    let delete = OrganizationCommand::Delete { account: account.clone() };
    match state.aggregates.organizations.execute(name.as_str(), delete, &step(state, context)).await {
        Ok(()) | Err(CommandError::Refused(OrganizationError::NotFound | OrganizationError::ForeignAccount)) => Ok(()),
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
    let delete = OrganizationCommand::Delete { account: account.clone() };
    let deleted = match state.aggregates.organizations.execute(name.as_str(), delete, &step(state, context)).await {
        Ok(()) => Ok(()),
        Err(CommandError::Refused(OrganizationError::NotFound | OrganizationError::ForeignAccount)) => Err(not_found),
        Err(error) => return Err(error.into()),
    };
    release_slot(state, context, &account, name).await?;
    deleted
}

/// Gives back slots of which no organization comes: what a crash has left. Where one is about to be created, its creator sees to it.
///
/// # Errors
/// [`OperationError::Account`] if there is one of the organizations; then no slot is given back.
pub(super) async fn release_vacant_slots(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    organizations: BTreeSet<OrganizationName>,
) -> Result<(), OperationError> {
    for name in &organizations {
        if is_owner(state, account, name).await? {
            return Err(OperationError::Account(AccountError::HasOrganizations { organizations }));
        }
    }
    for name in &organizations {
        release_slot(state, context, account, name).await?;
    }
    Ok(())
}

/// Gives the slot back that a deleted organization had; one that the account has created under the name meanwhile keeps it. A closed account
/// has none.
async fn release_slot(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    name: &OrganizationName,
) -> Result<(), OperationError> {
    loop {
        let release = AccountCommand::ReleaseOrganizationSlot { organization: name.clone() };
        match state.aggregates.accounts.execute(account.as_str(), release, &step(state, context)).await {
            Err(CommandError::Refused(AccountError::NotFound)) => return Ok(()),
            released => released?,
        }
        if !is_owner(state, account, name).await? {
            return Ok(());
        }
        reclaim_slot(state, context, account, name).await?;
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
