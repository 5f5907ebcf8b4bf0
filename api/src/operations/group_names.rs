//! The name of a group, which is its own in the account and can be changed (ADR 0003).
//!
//! A group that takes another name claims that first, and frees the one before it at the end. A crash in between leaves it with two claims:
//! whoever wants the name that it does not go by finds that out and frees it. So does whoever finds the claim of a group that is not created:
//! that then never is, so that it cannot come to a name which another has taken meanwhile. So a claim alone does not say that a name is
//! taken, nor that it is free: the groups that there are say so as well, and are asked once the claim is there.

use ambar_domain::description::GroupDescription;
use ambar_domain::group::{GroupCommand, GroupError};
use ambar_domain::ids::{AccountId, GroupId};
use ambar_domain::name_claim::NameKey;
use ambar_domain::names::GroupName;
use ambar_projections::identity;
use ambar_storage::aggregate_store::{CommandContext, CommandError};

use super::groups::{find, tell_group};
use super::names::{Refusals, claim, create_holder, release};
use super::users::require_administrator;
use super::{OperationError, step};
use crate::state::AppState;

/// Creates a group in an account.
///
/// # Errors
/// [`OperationError::NameTaken`] if the account has a group of this name; [`OperationError::Denied`].
pub async fn create_group(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    name: &GroupName,
    description: &GroupDescription,
) -> Result<GroupId, OperationError> {
    require_administrator(state, context, account)?;
    let key = NameKey::Group(account.clone(), name.clone());
    // A claim that is made by this is the one that the group is created with; where it is refused, it is released again.
    let claimant = state.ids.uuid().into();
    claim_or_free(state, context, account, name, &claimant).await?;
    if bearer(state, account, name).await?.is_some() {
        release(state, context, &key, claimant.as_str()).await?;
        return Err(taken(name));
    }
    let create = |group: GroupId| {
        let create = GroupCommand::Create { account: account.clone(), name: name.clone(), description: description.clone() };
        async move {
            // Another one may have taken the name while it was not claimed.
            match bearer(state, account, name).await {
                Ok(Some(other)) if other != group => Err(CommandError::Refused(GroupError::AlreadyExists)),
                Ok(_) => state.aggregates.groups.execute(group.as_str(), create, &step(state, context)).await,
                Err(error) => Err(CommandError::Failed(Box::new(error))),
            }
        }
    };
    let refusals = Refusals { exists: GroupError::AlreadyExists, ended: GroupError::Deleted };
    let created = create_holder(state, context, &key, refusals, create).await;
    if let Err(OperationError::NameTaken { .. }) = created {
        release(state, context, &key, claimant.as_str()).await?;
    }
    created
}

/// Gives a group another name; the one before is free again.
///
/// # Errors
/// [`OperationError::NameTaken`] if the account has a group of this name; [`OperationError::Denied`].
pub async fn rename_group(state: &AppState, context: &CommandContext, group: &GroupId, name: &GroupName) -> Result<(), OperationError> {
    let found = find(state, group)?;
    require_administrator(state, context, &found.account)?;
    if found.name == *name {
        return Ok(());
    }
    let key = |name: &GroupName| NameKey::Group(found.account.clone(), name.clone());
    let claimed = key(name);
    if claim_or_free(state, context, &found.account, name, group).await? != group.as_str() {
        return Err(taken(name));
    }
    if bearer(state, &found.account, name).await?.is_some_and(|other| other != *group) {
        release(state, context, &claimed, group.as_str()).await?;
        return Err(taken(name));
    }
    tell_group(state, context, group, GroupCommand::Rename { name: name.clone() }).await?;
    // Until the group was seen to go by it, somebody may have held its claim for one that was left behind.
    if claim(state, context, &claimed, group.to_string()).await? != group.as_str() {
        tell_group(state, context, group, GroupCommand::Rename { name: found.name.clone() }).await?;
        return Err(taken(name));
    }
    release(state, context, &key(&found.name), group.as_str()).await
}

/// Claims a name, once it is freed of a claim of a group that goes by another one, is deleted, or is not created; answers who holds it then.
async fn claim_or_free(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    name: &GroupName,
    claimant: &GroupId,
) -> Result<String, OperationError> {
    let key = &NameKey::Group(account.clone(), name.clone());
    let holder = claim(state, context, key, claimant.to_string()).await?;
    if holder == claimant.as_str() {
        return Ok(holder);
    }
    let yield_name = GroupCommand::YieldName { account: account.clone(), name: name.clone() };
    match state.aggregates.groups.execute(&holder, yield_name, &step(state, context)).await {
        Ok(()) => {
            release(state, context, key, &holder).await?;
            claim(state, context, key, claimant.to_string()).await
        }
        Err(CommandError::Refused(_)) => Ok(holder),
        Err(error) => Err(error.into()),
    }
}

/// The group that goes by this name.
async fn bearer(state: &AppState, account: &AccountId, name: &GroupName) -> Result<Option<GroupId>, OperationError> {
    state.views.catch_up().await?;
    Ok(identity::find_group(&state.views.reader()?, account, name)?.map(|group| group.group))
}

fn taken(name: &GroupName) -> OperationError {
    OperationError::NameTaken { name: name.to_string() }
}
