//! Blocks: begun by the registry itself, lifted by an administrator, of addresses by the operator alone (requirement P8).

use ambar_domain::address::AddressCommand;
use ambar_domain::block::{BlockCause, UnblockReason};
use ambar_domain::client_address::ClientAddress;
use ambar_domain::ids::UserId;
use ambar_domain::user::UserCommand;
use ambar_storage::aggregate_store::{Actor, CommandContext};

use super::users::{account_of, require_power};
use super::{OperationError, step};
use crate::state::AppState;

/// Keeps a user out for as long as blocks last.
pub(crate) async fn block_user(state: &AppState, context: &CommandContext, user: &UserId, cause: BlockCause) -> Result<(), OperationError> {
    let now = state.clock.now();
    let command = UserCommand::Block { cause, until: now + state.settings.limits.block_lifetime, now };
    Ok(state.aggregates.users.execute(user.as_str(), command, context).await?)
}

/// Keeps everybody at an address out for as long as blocks last.
pub(crate) async fn block_address(
    state: &AppState,
    context: &CommandContext,
    address: ClientAddress,
    cause: BlockCause,
) -> Result<(), OperationError> {
    let now = state.clock.now();
    let command = AddressCommand::Block { cause, until: now + state.settings.limits.block_lifetime, now };
    Ok(state.aggregates.addresses.execute(&address.to_string(), command, context).await?)
}

/// Lets a user in again before the block ends.
///
/// # Errors
/// [`OperationError::User`] if the user is not blocked; [`OperationError::UserNotFound`], [`OperationError::Denied`].
pub async fn unblock_user(state: &AppState, context: &CommandContext, user: &UserId, reason: UnblockReason) -> Result<(), OperationError> {
    require_power(state, context, &account_of(state, user)?)?;
    let command = UserCommand::Unblock { reason, now: state.clock.now() };
    Ok(state.aggregates.users.execute(user.as_str(), command, &step(state, context)).await?)
}

/// Lets everybody at an address in again before the block ends.
///
/// # Errors
/// [`OperationError::Address`] if the address is not blocked; [`OperationError::Denied`] to everybody but the operator.
pub async fn unblock_address(
    state: &AppState,
    context: &CommandContext,
    address: ClientAddress,
    reason: UnblockReason,
) -> Result<(), OperationError> {
    if !matches!(context.actor, Actor::Operator { .. }) {
        return Err(OperationError::Denied);
    }
    let command = AddressCommand::Unblock { reason, now: state.clock.now() };
    Ok(state.aggregates.addresses.execute(&address.to_string(), command, &step(state, context)).await?)
}
