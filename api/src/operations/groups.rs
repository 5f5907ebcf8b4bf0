//! User groups: users of one account that share roles (requirement I1).

use ambar_domain::description::GroupDescription;
use ambar_domain::group::{GroupCommand, GroupError};
use ambar_domain::ids::{GroupId, UserId};
use ambar_domain::level::Role;
use ambar_domain::name_claim::NameKey;
use ambar_projections::identity::{self, Group};
use ambar_storage::aggregate_store::CommandContext;

use super::names::release;
use super::power::{Power, give_back, set_power, take_away};
use super::users::{account_of, require_administrator};
use super::{OperationError, step};
use crate::state::AppState;

/// Takes a user of the same account into a group.
///
/// # Errors
/// [`OperationError::ForeignUser`] if the user belongs to another account.
pub async fn add_member(state: &AppState, context: &CommandContext, group: &GroupId, user: &UserId) -> Result<(), OperationError> {
    let found = find(state, group)?;
    require_administrator(state, context, &found.account)?;
    if account_of(state, user)? != found.account {
        return Err(OperationError::ForeignUser);
    }
    set_member(state, context, group, user, true).await
}

/// Lets a user leave a group.
///
/// # Errors
/// [`OperationError::LastAdministrator`] if the account would be left without one.
pub async fn remove_member(state: &AppState, context: &CommandContext, group: &GroupId, user: &UserId) -> Result<(), OperationError> {
    let found = find(state, group)?;
    require_administrator(state, context, &found.account)?;
    set_power(state, context, &found.account, Power::Membership(group.clone(), user.clone()), false).await
}

/// Makes every member of a group an administrator by a role, or takes the role away.
///
/// # Errors
/// [`OperationError::LastAdministrator`] if the account would be left without one.
pub async fn set_group_administrator(
    state: &AppState,
    context: &CommandContext,
    group: &GroupId,
    role: Role,
    granted: bool,
) -> Result<(), OperationError> {
    let found = find(state, group)?;
    require_administrator(state, context, &found.account)?;
    set_power(state, context, &found.account, Power::GroupRole(group.clone(), role), granted).await
}

/// Says anew what a group is for.
///
/// # Errors
/// [`OperationError::Group`] if there is no such group; [`OperationError::Denied`].
pub async fn describe_group(
    state: &AppState,
    context: &CommandContext,
    group: &GroupId,
    description: GroupDescription,
) -> Result<(), OperationError> {
    require_administrator(state, context, &find(state, group)?.account)?;
    tell_group(state, context, group, GroupCommand::ChangeDescription { description }).await
}

/// Deletes a group; the name is free again.
///
/// # Errors
/// [`OperationError::LastAdministrator`] if all administrators of the account are so by a role of this group.
pub async fn delete_group(state: &AppState, context: &CommandContext, group: &GroupId) -> Result<(), OperationError> {
    let found = find(state, group)?;
    require_administrator(state, context, &found.account)?;
    // A deleted group cannot come back, so its roles go first: that can be taken back.
    let powers = Power::of_group(state, group)?;
    take_away(state, context, &found.account, &powers).await?;
    if let Err(error) = tell_group(state, context, group, GroupCommand::Delete).await {
        give_back(state, context, &powers).await;
        return Err(error);
    }
    release(state, context, &NameKey::Group(found.account, found.name), group.as_str()).await
}

pub(super) async fn set_group_role(
    state: &AppState,
    context: &CommandContext,
    group: &GroupId,
    role: Role,
    carried: bool,
) -> Result<(), OperationError> {
    let command = if carried { GroupCommand::GrantRole { role } } else { GroupCommand::RevokeRole { role } };
    tell_group(state, context, group, command).await
}

/// Takes a user into a group or out of it; who may is asked before.
pub(super) async fn set_member(
    state: &AppState,
    context: &CommandContext,
    group: &GroupId,
    user: &UserId,
    member: bool,
) -> Result<(), OperationError> {
    let user = user.clone();
    tell_group(state, context, group, if member { GroupCommand::AddMember { user } } else { GroupCommand::RemoveMember { user } }).await
}

pub(super) fn find(state: &AppState, group: &GroupId) -> Result<Group, OperationError> {
    identity::find_group_by_id(&state.views.reader()?, group)?.ok_or(OperationError::Group(GroupError::NotFound))
}

pub(super) async fn tell_group(
    state: &AppState,
    context: &CommandContext,
    group: &GroupId,
    command: GroupCommand,
) -> Result<(), OperationError> {
    Ok(state.aggregates.groups.execute(group.as_str(), command, &step(state, context)).await?)
}
