//! Tokens of the identity service and temporary access keys: kept nowhere, but that they were issued is on record (requirement E1).

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::user::UserCommand;
use ambar_storage::aggregate_store::{Actor, CommandContext};

use super::{OperationError, step};
use crate::state::AppState;

/// What is issued to a user.
#[derive(Debug)]
pub(crate) struct Issued {
    /// To whom.
    pub(crate) user: UserId,
    /// The account that it is for, where that is another one than the user's.
    pub(crate) on_behalf_of: Option<AccountId>,
    /// When it ends.
    pub(crate) until: Timestamp,
}

/// Records that a token was issued. Who signs in with a password is nobody before that, and acts as the user that it proved to be.
///
/// # Errors
/// [`OperationError::User`] if the user is gone.
pub(crate) async fn note_token(state: &AppState, context: &CommandContext, issued: Issued) -> Result<(), OperationError> {
    let Issued { user, on_behalf_of, until } = issued;
    note(state, context, user, UserCommand::NoteToken { until, on_behalf_of }).await
}

/// Records that a temporary access key was issued.
///
/// # Errors
/// [`OperationError::User`] if the user is gone.
pub(crate) async fn note_temporary_key(
    state: &AppState,
    context: &CommandContext,
    access_key: AccessKeyId,
    issued: Issued,
) -> Result<(), OperationError> {
    let Issued { user, on_behalf_of, until } = issued;
    note(state, context, user, UserCommand::NoteTemporaryKey { access_key, until, on_behalf_of }).await
}

async fn note(state: &AppState, context: &CommandContext, user: UserId, command: UserCommand) -> Result<(), OperationError> {
    let context = CommandContext { actor: Actor::User(user.clone()), ..step(state, context) };
    state.aggregates.users.execute(user.as_str(), command, &context).await?;
    Ok(())
}
