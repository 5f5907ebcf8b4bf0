//! What an account entrusts to others (requirement I5). Only its own administrators do: what was entrusted is not passed on.

use ambar_domain::account::{AccountCommand, DelegationChange, NewDelegation};
use ambar_domain::clock::Timestamp;
use ambar_domain::delegation::{DelegationDescription, Trustee};
use ambar_domain::ids::{AccountId, DelegationId};
use ambar_domain::level::Level;
use ambar_domain::names::DelegationName;
use ambar_projections::identity;
use ambar_storage::aggregate_store::CommandContext;

use super::users::require_administrator;
use super::{OperationError, step};
use crate::state::AppState;

/// A delegation as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegationOrder {
    /// Unique in the account.
    pub name: DelegationName,
    /// To whom.
    pub trustee: Trustee,
    /// What the trustee may do; `None` is nothing yet.
    pub level: Option<Level>,
    /// When it ends; `None` is when it is revoked.
    pub until: Option<Timestamp>,
    /// What it is for.
    pub description: DelegationDescription,
}

/// Entrusts an account's registry to another account or to a service.
///
/// # Errors
/// [`OperationError::AccountNotFound`] if the trustee is no account that is open; [`OperationError::Account`] if it is the account itself or
/// has a delegation, if the name is taken, if the end is in the past or if there are as many as may be; [`OperationError::Denied`].
pub async fn grant_delegation(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    order: DelegationOrder,
) -> Result<DelegationId, OperationError> {
    require_administrator(state, context, account)?;
    if let Trustee::Account(trustee) = &order.trustee {
        identity::find_account(&state.views.reader()?, trustee)?.ok_or(OperationError::AccountNotFound)?;
    }
    let DelegationOrder { name, trustee, level, until, description } = order;
    let delegation = DelegationId::from(state.ids.uuid());
    let new = NewDelegation { account: account.clone(), delegation: delegation.clone(), name, trustee, level, until, description };
    execute(state, context, account, AccountCommand::Delegate { new, now: state.clock.now() }).await?;
    Ok(delegation)
}

/// Changes what is given, from the next request of the trustee on.
///
/// # Errors
/// [`OperationError::Account`] if there is no such delegation or the end is in the past; [`OperationError::Denied`].
pub async fn change_delegation(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    delegation: &DelegationId,
    change: DelegationChange,
) -> Result<(), OperationError> {
    require_administrator(state, context, account)?;
    let command = AccountCommand::ChangeDelegation { delegation: delegation.clone(), change, now: state.clock.now() };
    execute(state, context, account, command).await
}

/// Ends a delegation: the next request of the trustee is refused.
///
/// # Errors
/// [`OperationError::Account`] if there is no such delegation; [`OperationError::Denied`].
pub async fn revoke_delegation(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    delegation: &DelegationId,
) -> Result<(), OperationError> {
    require_administrator(state, context, account)?;
    let command = AccountCommand::RevokeDelegation { delegation: delegation.clone(), now: state.clock.now() };
    execute(state, context, account, command).await
}

async fn execute(state: &AppState, context: &CommandContext, account: &AccountId, command: AccountCommand) -> Result<(), OperationError> {
    Ok(state.aggregates.accounts.execute(account.as_str(), command, &step(state, context)).await?)
}
