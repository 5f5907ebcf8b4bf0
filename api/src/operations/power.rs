//! What makes users administrators, and goes before who has it goes: only that can be given back (requirement I1).

use ambar_domain::ids::{AccountId, GroupId, UserId};
use ambar_domain::level::Role;
use ambar_projections::identity;
use ambar_storage::aggregate_store::CommandContext;

use super::OperationError;
use super::groups::{set_group_role, set_member};
use super::last_administrator::{Loss, is_without_administrator, require_another};
use super::users::set_role;
use crate::state::AppState;

/// One thing that makes users administrators.
#[derive(PartialEq, Eq)]
pub(super) enum Power {
    /// A user's role.
    Role(UserId, Role),
    /// A user's place in a group that has a role.
    Membership(GroupId, UserId),
    /// A group's role.
    GroupRole(GroupId, Role),
}

impl Power {
    /// All that makes the user an administrator.
    pub(super) fn of_user(state: &AppState, user: &UserId) -> Result<Vec<Self>, OperationError> {
        let reader = state.views.reader()?;
        let roles = identity::list_user_roles(&reader, user)?.into_iter().map(|role| Self::Role(user.clone(), role));
        let groups = identity::list_administrator_groups(&reader, user)?.into_iter();
        Ok(roles.chain(groups.map(|group| Self::Membership(group, user.clone()))).collect())
    }

    /// All that makes the group's members administrators.
    pub(super) fn of_group(state: &AppState, group: &GroupId) -> Result<Vec<Self>, OperationError> {
        let roles = identity::list_group_roles(&state.views.reader()?, group)?;
        Ok(roles.into_iter().map(|role| Self::GroupRole(group.clone(), role)).collect())
    }

    fn is_held(&self, state: &AppState) -> Result<bool, OperationError> {
        let reader = state.views.reader()?;
        Ok(match self {
            Self::Role(user, role) => identity::list_user_roles(&reader, user)?.contains(role),
            Self::Membership(group, user) => identity::list_groups_of_user(&reader, user)?.iter().any(|found| found.group == *group),
            Self::GroupRole(group, role) => identity::list_group_roles(&reader, group)?.contains(role),
        })
    }

    async fn set(&self, state: &AppState, context: &CommandContext, held: bool) -> Result<(), OperationError> {
        match self {
            Self::Role(user, role) => set_role(state, context, user, *role, held).await,
            Self::Membership(group, user) => set_member(state, context, group, user, held).await,
            Self::GroupRole(group, role) => set_group_role(state, context, group, *role, held).await,
        }
    }
}

/// Gives a power, or takes it away.
///
/// # Errors
/// [`OperationError::LastAdministrator`] if the account would be left without one.
pub(super) async fn set_power(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    power: Power,
    held: bool,
) -> Result<(), OperationError> {
    // One that is not there is not taken, so there is nothing to give back: that would be given for the first time.
    if held || !power.is_held(state)? { power.set(state, context, held).await } else { take_away(state, context, account, &[power]).await }
}

/// Takes all of the powers away; whatever goes wrong, those that were taken are given back.
///
/// # Errors
/// [`OperationError::LastAdministrator`] if the account would be left without one.
pub(super) async fn take_away(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    powers: &[Power],
) -> Result<(), OperationError> {
    if powers.is_empty() {
        return Ok(());
    }
    require_another(state, context, account, &Loss::Powers(powers)).await?;
    for (index, power) in powers.iter().enumerate() {
        if let Err(error) = power.set(state, context, false).await {
            // That it failed need not mean that it was not recorded.
            give_back(state, context, &powers[..=index]).await;
            return Err(error);
        }
    }
    let refusal = match is_without_administrator(state, context, account).await {
        Ok(false) => return Ok(()),
        Ok(true) => OperationError::LastAdministrator,
        Err(error) => error,
    };
    give_back(state, context, powers).await;
    Err(refusal)
}

/// Goes on with the others when one cannot be given back: what the caller is told is why the operation failed.
pub(super) async fn give_back(state: &AppState, context: &CommandContext, powers: &[Power]) {
    for power in powers {
        if let Err(error) = power.set(state, context, true).await {
            tracing::error!(%error, "a power that was taken from an administrator could not be given back");
        }
    }
}
