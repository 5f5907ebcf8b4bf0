//! Shares of private images with other accounts (requirements S1 and S3).

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::AccountId;
use ambar_domain::level::Level;
use ambar_domain::names::AccountName;
use ambar_domain::repository::{RepositoryCommand, ShareDescription};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::identity;
use ambar_storage::aggregate_store::CommandContext;

use super::OperationError;
use super::repositories::{require_level, tell};
use crate::state::AppState;

/// Lets the users of another account pull an image until an end, or for ever.
///
/// # Errors
/// [`OperationError::AccountNotFound`]; [`OperationError::Repository`] if the image is public, shared with the account already or with as
/// many as may be, or if the end is in the past; [`OperationError::Denied`] without manage on the image.
pub async fn share_repository(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    with: &AccountName,
    until: Option<Timestamp>,
    description: ShareDescription,
) -> Result<(), OperationError> {
    let owner = require_level(state, context, repository, Level::Manage)?;
    let command = RepositoryCommand::ShareWith { account: find_account(state, with)?, until, description, now: state.clock.now() };
    tell(state, context, repository, owner, command).await
}

/// Changes the end of a share, and its description if one is given.
///
/// # Errors
/// [`OperationError::AccountNotFound`]; [`OperationError::Repository`] if there is no such share or the end is in the past;
/// [`OperationError::Denied`] without manage on the image.
pub async fn change_share(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    with: &AccountName,
    until: Option<Timestamp>,
    description: Option<ShareDescription>,
) -> Result<(), OperationError> {
    let owner = require_level(state, context, repository, Level::Manage)?;
    let command = RepositoryCommand::ChangeShare { account: find_account(state, with)?, until, description, now: state.clock.now() };
    tell(state, context, repository, owner, command).await
}

/// Ends a share: its receivers pull no more with the next request.
///
/// # Errors
/// [`OperationError::AccountNotFound`]; [`OperationError::Repository`] if there is no such share; [`OperationError::Denied`] without manage
/// on the image.
pub async fn end_share(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    with: &AccountName,
) -> Result<(), OperationError> {
    let owner = require_level(state, context, repository, Level::Manage)?;
    let command = RepositoryCommand::EndShare { account: find_account(state, with)?, now: state.clock.now() };
    tell(state, context, repository, owner, command).await
}

fn find_account(state: &AppState, name: &AccountName) -> Result<AccountId, OperationError> {
    let found = identity::find_account_by_name(&state.views.reader()?, name)?;
    Ok(found.ok_or(OperationError::AccountNotFound)?.account)
}
