//! Access keys: made, stopped and removed (requirement I3).

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::description::AccessKeyDescription;
use ambar_domain::ids::UserId;
use ambar_domain::user::UserCommand;
use ambar_projections::identity::{self, SigningKey};
use ambar_storage::aggregate_store::CommandContext;

use super::last_administrator::Loss;
use super::users::{give_back_way_in, keep_a_way_in, require_self_or_administrator, tell_user};
use super::{OperationError, step};
use crate::keys;
use crate::state::AppState;

/// A new access key with everything its owner needs. Nothing of it but the id is shown ever again.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAccessKey {
    /// The public id (AK).
    pub access_key: AccessKeyId,
    /// The secret (SK).
    pub secret_key: String,
    /// User name of a registry login, `<project>@<AK>`.
    pub login_user: String,
    /// Password of a registry login.
    pub login_key: String,
}

impl std::fmt::Debug for NewAccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccessKey").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

/// Makes an access key for a user.
///
/// # Errors
/// [`OperationError::User`] if the user has two already.
pub async fn create_access_key(
    state: &AppState,
    context: &CommandContext,
    user: &UserId,
    description: AccessKeyDescription,
) -> Result<NewAccessKey, OperationError> {
    let reader = state.views.reader()?;
    let owner = identity::find_user_by_id(&reader, user)?.ok_or(OperationError::UserNotFound)?;
    let account = identity::find_account(&reader, &owner.account)?.ok_or(OperationError::UserNotFound)?;
    drop(reader);
    require_self_or_administrator(state, context, user)?;
    let access_key = keys::new_access_key_id(&*state.ids);
    let secret_key = keys::new_secret_key(&*state.ids);
    let login_key = keys::login_key(&access_key, &secret_key);
    let command = UserCommand::CreateAccessKey {
        access_key: access_key.clone(),
        login_key_hash: keys::login_key_hash(&login_key),
        sealed_secret: state.keys.seal(&*state.ids, &access_key, &secret_key),
        description,
    };
    state.aggregates.users.execute(user.as_str(), command, &step(state, context)).await?;
    let login_user = format!("{}@{access_key}", account.project_name);
    Ok(NewAccessKey { access_key, secret_key, login_user, login_key })
}

/// Stops an access key: every login made from it stops at once.
///
/// # Errors
/// [`OperationError::LastAdministrator`] if no administrator of the account could get in any more; [`OperationError::AccessKeyNotFound`],
/// [`OperationError::Denied`].
pub async fn disable_access_key(state: &AppState, context: &CommandContext, access_key: &AccessKeyId) -> Result<(), OperationError> {
    let key = find(state, context, access_key)?;
    disable(state, context, access_key, &key).await
}

async fn disable(state: &AppState, context: &CommandContext, access_key: &AccessKeyId, key: &SigningKey) -> Result<(), OperationError> {
    let command = UserCommand::DisableAccessKey { access_key: access_key.clone() };
    // A key that was stopped before stays so.
    let undo = key.login.enabled.then(|| UserCommand::EnableAccessKey { access_key: access_key.clone() });
    keep_a_way_in(state, context, &Loss::AccessKey(access_key), &key.login.user, command, undo).await
}

/// Lets an access key work again.
///
/// # Errors
/// [`OperationError::AccessKeyNotFound`], [`OperationError::Denied`].
pub async fn enable_access_key(state: &AppState, context: &CommandContext, access_key: &AccessKeyId) -> Result<(), OperationError> {
    let key = find(state, context, access_key)?;
    tell_user(state, context, &key.login.user, UserCommand::EnableAccessKey { access_key: access_key.clone() }).await
}

/// Removes an access key for ever.
///
/// # Errors
/// As [`disable_access_key`].
pub async fn delete_access_key(state: &AppState, context: &CommandContext, access_key: &AccessKeyId) -> Result<(), OperationError> {
    let key = find(state, context, access_key)?;
    // A deleted key cannot come back, so one that may be the last way in is stopped first: that can be undone.
    let stopped_first = key.login.administrator && key.login.enabled && context.actor.user().is_some();
    if stopped_first {
        disable(state, context, access_key, &key).await?;
    }
    let user = &key.login.user;
    let deleted = tell_user(state, context, user, UserCommand::DeleteAccessKey { access_key: access_key.clone() }).await;
    if deleted.is_err() && stopped_first {
        give_back_way_in(state, context, user, UserCommand::EnableAccessKey { access_key: access_key.clone() }).await;
    }
    deleted
}

/// The key, which the actor must look after.
fn find(state: &AppState, context: &CommandContext, access_key: &AccessKeyId) -> Result<SigningKey, OperationError> {
    let key = identity::find_signing_key(&state.views.reader()?, access_key)?.ok_or(OperationError::AccessKeyNotFound)?;
    require_self_or_administrator(state, context, &key.login.user)?;
    Ok(key)
}
