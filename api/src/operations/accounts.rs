//! Opening accounts.

use ambar_domain::account::{AccountCommand, AccountError};
use ambar_domain::ids::{AccountId, ProjectId};
use ambar_domain::name_claim::NameKey;
use ambar_domain::names::{AccountName, ProjectName};
use ambar_storage::aggregate_store::{Actor, CommandContext};

use super::names::{Refusals, create_holder};
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
    let create = |account: AccountId| {
        let project_id = ProjectId::from(state.ids.uuid());
        let open = AccountCommand::Open { name: name.clone(), project_name: project_name.clone(), project_id };
        async move { state.aggregates.accounts.execute(account.as_str(), open, &step(state, context)).await }
    };
    let refusals = Refusals { exists: AccountError::AlreadyOpen, ended: AccountError::Closed };
    create_holder(state, context, &NameKey::Account(name.clone()), refusals, create).await
}
