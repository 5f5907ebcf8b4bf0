//! Repositories as a whole: who may pull without a grant, and their end.

use ambar_domain::ids::AccountId;
use ambar_domain::level::{Level, Visibility};
use ambar_domain::repository::{RepositoryCommand, RepositoryError};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::{access, repositories};
use ambar_storage::aggregate_store::{CommandContext, CommandError};

use super::admission::{begin_release, release, stay_admitted};
use super::{OperationError, require, step};
use crate::state::AppState;

/// Lets everybody pull, or nobody without a grant.
///
/// # Errors
/// [`OperationError::Repository`] if there is no such repository; [`OperationError::Denied`].
pub async fn change_visibility(
    state: &AppState,
    context: &CommandContext,
    repository: &RepositoryName,
    visibility: Visibility,
) -> Result<(), OperationError> {
    require_manage(state, context, repository)?;
    let now = state.clock.now();
    let command = RepositoryCommand::ChangeProperties { visibility: Some(visibility), category: None, description: None, now };
    Ok(state.aggregates.repositories.execute(repository.as_str(), command, &step(state, context)).await?)
}

/// Deletes a repository with its versions, manifests, grants and blob links.
///
/// Its end ends everything of it for readers at once. A crash behind it leaves a name that the organization still counts, and deleting it
/// again goes on. The links' own streams stay as they are, and the next upload sets them right (see [`super::link_blob`]).
///
/// # Errors
/// [`OperationError::Repository`] if there is no such repository; [`OperationError::Denied`].
pub async fn delete_repository(state: &AppState, context: &CommandContext, repository: &RepositoryName) -> Result<(), OperationError> {
    let owner = require_manage(state, context, repository)?;
    let mut deleted = Err(RepositoryError::NotFound);
    loop {
        begin_release(state, context, repository).await?;
        // The operator also clears away what an account left under a name that another has taken over.
        let delete = RepositoryCommand::Delete { account: owner.clone().filter(|_| context.actor.user().is_some()) };
        match state.aggregates.repositories.execute(repository.as_str(), delete, &step(state, context)).await {
            Ok(()) => deleted = Ok(()),
            Err(CommandError::Refused(RepositoryError::NotFound)) => {}
            Err(error) => return Err(error.into()),
        }
        let released = release(state, context, repository).await?;
        state.views.catch_up().await?;
        match (repositories::find_account(&state.views.reader()?, repository)?, released) {
            // Another deletion has ended in between what a push brought.
            (None, false) => continue,
            // A push has brought it back.
            (None, true) | (Some(_), false) => {}
            // And yet it was let go of: another deletion had begun behind the push.
            (Some(account), true) => match stay_admitted(state, context, &account, repository).await {
                Ok(()) | Err(OperationError::Denied) => {}
                Err(error) => return Err(error),
            },
        }
        return deleted.map_err(OperationError::Repository);
    }
}

/// The account that owns the organization, unless there is none and the operator asks.
fn require_manage(state: &AppState, context: &CommandContext, repository: &RepositoryName) -> Result<Option<AccountId>, OperationError> {
    let facts = access::access_facts(&state.views.reader()?, context.actor.user(), repository)?;
    require(state, context, &facts, Level::Manage)?;
    Ok(facts.owner)
}
