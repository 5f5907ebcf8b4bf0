//! Opening and closing accounts.

use ambar_domain::account::{AccountCommand, AccountError};
use ambar_domain::ids::{AccountId, ProjectId};
use ambar_domain::name_claim::NameKey;
use ambar_domain::names::{AccountName, ProjectName};
use ambar_projections::{identity, organizations};
use ambar_storage::aggregate_store::{Actor, CommandContext, CommandError};

use super::names::{Refusals, create_holder, release};
use super::organizations::release_vacant_slots;
use super::users::require_administrator;
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

/// Closes an account for ever; its name is free again (requirement O4).
///
/// Its users, keys and logins work no more from the next request on, and what it has entrusted to others ends. What others have shared with
/// it or entrusted to it counts no more either; that it has ended is recorded by a background job. The same job deletes an organization that
/// was being created at that moment, with what was pushed into it.
///
/// A crash in between leaves the name claimed by an account that is gone: whoever opens one of that name frees it, and so does closing it
/// again.
///
/// # Errors
/// [`OperationError::Account`] if it has organizations; [`OperationError::AccountNotFound`] if no account of that name is open;
/// [`OperationError::Denied`] to everybody but its own administrators and the operator.
pub async fn close_account(state: &AppState, context: &CommandContext, name: &AccountName) -> Result<(), OperationError> {
    let key = NameKey::Account(name.clone());
    if let Some(found) = identity::find_account_by_name(&state.views.reader()?, name)? {
        require_administrator(state, context, &found.account)?;
        close(state, context, &found.account).await?;
        return release(state, context, &key, found.account.as_str()).await;
    }
    let Actor::Operator { .. } = context.actor else { return Err(OperationError::AccountNotFound) };
    if let Some(closed) = identity::find_closed_account(&state.views.reader()?, name)? {
        release(state, context, &key, closed.as_str()).await?;
    }
    Err(OperationError::AccountNotFound)
}

/// A slot that a crash has left taken for an organization that is not there keeps no account open. An organization does, with a slot or without:
/// what a closed account owns is deleted.
async fn close(state: &AppState, context: &CommandContext, account: &AccountId) -> Result<(), OperationError> {
    state.views.catch_up().await?;
    let owned = organizations::list_organizations(&state.views.reader()?, account)?;
    if !owned.is_empty() {
        let organizations = owned.into_iter().map(|organization| organization.name).collect();
        return Err(OperationError::Account(AccountError::HasOrganizations { organizations }));
    }
    loop {
        match state.aggregates.accounts.execute(account.as_str(), AccountCommand::Close, &step(state, context)).await {
            Err(CommandError::Refused(AccountError::HasOrganizations { organizations })) => {
                release_vacant_slots(state, context, account, organizations).await?;
            }
            Err(CommandError::Refused(AccountError::NotFound)) => return Err(OperationError::AccountNotFound),
            closed => return Ok(closed?),
        }
    }
}
