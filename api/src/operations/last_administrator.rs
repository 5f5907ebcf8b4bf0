//! An account keeps an administrator who can get in (requirement I1).
//!
//! Looked at before what would take the last one, so that nothing is recorded of a change that is refused; and once more behind it, so that two
//! administrators who remove each other at once cannot both succeed.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::ids::{AccountId, UserId};
use ambar_projections::identity::{self, User};
use ambar_projections::{Reader, ViewsError};
use ambar_storage::aggregate_store::{Actor, CommandContext};

use super::OperationError;
use super::power::Power;
use crate::state::AppState;

/// What is about to go.
pub(super) enum Loss<'a> {
    Powers(&'a [Power]),
    AccessKey(&'a AccessKeyId),
    /// All access methods of a user but these.
    MethodsBut {
        user: &'a UserId,
        console: bool,
        programmatic: bool,
    },
}

/// Refuses a loss that would leave the account without an administrator. One who cannot get in is of no use but to the operator, who can give
/// out a key.
pub(super) async fn require_another(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    loss: &Loss<'_>,
) -> Result<(), OperationError> {
    state.views.catch_up().await?;
    let reader = state.views.reader()?;
    let is_operator = matches!(context.actor, Actor::Operator { .. });
    for user in identity::list_administrators(&reader, account)? {
        if loss.leaves_power(&reader, &user)? && (is_operator || loss.leaves_way_in(&reader, &user)?) {
            return Ok(());
        }
    }
    Err(OperationError::LastAdministrator)
}

/// Whether the account has none, behind a change.
pub(super) async fn is_without_administrator(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
) -> Result<bool, OperationError> {
    state.views.catch_up().await?;
    let reader = state.views.reader()?;
    let left = match context.actor {
        Actor::Operator { .. } => identity::count_administrators(&reader, account)?,
        Actor::Anonymous | Actor::User(_) | Actor::Worker { .. } => identity::count_administrators_with_access(&reader, account)?,
    };
    Ok(left == 0)
}

impl Loss<'_> {
    fn leaves_power(&self, reader: &Reader, user: &User) -> Result<bool, ViewsError> {
        let Self::Powers(lost) = self else { return Ok(true) };
        let roles = identity::list_user_roles(reader, &user.user)?;
        if roles.into_iter().any(|role| !lost.contains(&Power::Role(user.user.clone(), role))) {
            return Ok(true);
        }
        for group in identity::list_administrator_groups(reader, &user.user)? {
            let is_member = !lost.contains(&Power::Membership(group.clone(), user.user.clone()));
            let roles = identity::list_group_roles(reader, &group)?;
            if is_member && roles.into_iter().any(|role| !lost.contains(&Power::GroupRole(group.clone(), role))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn leaves_way_in(&self, reader: &Reader, user: &User) -> Result<bool, ViewsError> {
        let (console, programmatic) = match self {
            Self::MethodsBut { user: of, console, programmatic } if **of == user.user => (*console, *programmatic),
            _ => (user.console_access, user.programmatic_access),
        };
        if console && identity::find_password(reader, &user.user)?.is_some() {
            return Ok(true);
        }
        let is_lost = |key: &AccessKeyId| matches!(self, Self::AccessKey(lost) if *lost == key);
        let keys = identity::list_access_keys(reader, &user.user)?;
        Ok(programmatic && keys.iter().any(|key| key.enabled && !is_lost(&key.access_key)))
    }
}
