//! Opening accounts.

use ambar_domain::account::{AccountCommand, AccountError};
use ambar_domain::ids::{AccountId, ProjectId};
use ambar_domain::name_claim::{NameClaimCommand, NameClaimError, NameKey};
use ambar_domain::names::{AccountName, ProjectName};
use ambar_storage::aggregate_store::{Actor, CommandContext, CommandError};

use super::{OperationError, step};
use crate::state::AppState;

/// Opens an account with its project in the region; only the operator does that.
///
/// # Errors
/// [`OperationError::NameTaken`] if another account has the name.
pub async fn create_account(
    state: &AppState,
    context: &CommandContext,
    name: &AccountName,
    project_name: &ProjectName,
) -> Result<AccountId, OperationError> {
    let Actor::Operator { .. } = context.actor else { return Err(OperationError::Denied) };
    let key = NameKey::Account(name.clone());
    let taken = || OperationError::NameTaken { name: name.to_string() };
    // Once for a claim that a closed account left behind.
    for _ in 0..2 {
        let holder = claim(state, context, &key, AccountId::from(state.ids.uuid()).as_str()).await?;
        let account: AccountId = holder.parse().map_err(|_| taken())?;
        let project_id = ProjectId::from(state.ids.uuid());
        let open = AccountCommand::Open { name: name.clone(), project_name: project_name.clone(), project_id };
        match state.aggregates.accounts.execute(account.as_str(), open, &step(state, context)).await {
            Ok(()) => return Ok(account),
            Err(CommandError::Refused(AccountError::Closed)) => release(state, context, &key, account.as_str()).await?,
            Err(CommandError::Refused(AccountError::AlreadyOpen)) => return Err(taken()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(taken())
}

/// Claims a name for `holder`; answers who holds it now. That may be another one, whose creation a crash may have stopped.
pub(super) async fn claim(state: &AppState, context: &CommandContext, key: &NameKey, holder: &str) -> Result<String, OperationError> {
    let command = NameClaimCommand::Claim { holder: holder.to_owned() };
    match state.aggregates.names.execute(&key.to_string(), command, &step(state, context)).await {
        Ok(()) => Ok(holder.to_owned()),
        Err(CommandError::Refused(NameClaimError::Taken { holder })) => Ok(holder),
        Err(error) => Err(error.into()),
    }
}

/// Frees a name that `holder` held.
pub(super) async fn release(state: &AppState, context: &CommandContext, key: &NameKey, holder: &str) -> Result<(), OperationError> {
    let command = NameClaimCommand::Release { holder: holder.to_owned() };
    Ok(state.aggregates.names.execute(&key.to_string(), command, &step(state, context)).await?)
}
