//! Temporary logins: issued and revoked (requirement L2).

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::ids::UserId;
use ambar_domain::login::{LoginScope, login_end};
use ambar_domain::names::{LoginName, ProjectName};
use ambar_domain::policy::access::Caller;
use ambar_domain::user::{NewLogin, UserCommand, UserError};
use ambar_projections::identity;
use ambar_storage::aggregate_store::CommandContext;
use chrono::Duration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::users::require_power_over;
use super::{OperationError, caller, step};
use crate::keys;
use crate::state::{AppState, Settings};

/// Which client a login is for: it works for every one, and only how long it works unless that is said depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoginClient {
    /// Docker.
    #[default]
    Docker,
    /// containerd.
    Containerd,
}

impl LoginClient {
    fn lifetime(self, settings: &Settings) -> Duration {
        match self {
            Self::Docker => settings.docker_login_lifetime,
            Self::Containerd => settings.containerd_login_lifetime,
        }
    }
}

/// A temporary login as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginOrder {
    /// What it is for.
    pub name: LoginName,
    /// Which client it is for.
    pub client: LoginClient,
    /// How long it works; `None` as long as is usual for the client.
    pub lifetime: Option<Duration>,
    /// What it is good for.
    pub scope: LoginScope,
}

/// A new temporary login. Its password is never shown again.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedLogin {
    /// The public id, which takes the place of an access key's in the user name.
    pub login: AccessKeyId,
    /// The project of its user's account: what stands before the `@` in the user name.
    pub project_name: ProjectName,
    /// The password.
    pub login_key: String,
    /// When it ends.
    pub until: Timestamp,
}

impl std::fmt::Debug for IssuedLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedLogin").field("login", &self.login).field("until", &self.until).finish_non_exhaustive()
    }
}

/// Issues a temporary login for a user. It works no longer than the access key or the password that it is asked for with.
///
/// Who acts for another account gets one for that, which works no longer than it may act for it.
///
/// # Errors
/// [`OperationError::User`] if the user may not use access keys, has too many logins, or asks for one that lasts too long;
/// [`OperationError::UserNotFound`], [`OperationError::Denied`].
pub async fn issue_login(
    state: &AppState,
    context: &CommandContext,
    user: &UserId,
    order: LoginOrder,
) -> Result<IssuedLogin, OperationError> {
    let reader = state.views.reader()?;
    let owner = identity::find_user_by_id(&reader, user)?.ok_or(OperationError::UserNotFound)?;
    let account = context.on_behalf_of.as_ref().unwrap_or(&owner.account);
    let account = identity::find_account(&reader, account)?.ok_or(OperationError::UserNotFound)?;
    drop(reader);
    let entrusted_until = require_issuer(state, context, user)?;
    let (now, lifetime) = (state.clock.now(), order.lifetime.unwrap_or_else(|| order.client.lifetime(&state.settings)));
    let lifetime = context.temporary_until.map_or(lifetime, |until| lifetime.min(until - now));
    let until = login_end(now, lifetime).ok_or(OperationError::User(UserError::LoginLifetime))?;
    let login = keys::new_access_key_id(&*state.ids);
    let login_key = keys::login_key(&login, &keys::new_secret_key(&*state.ids));
    let command = UserCommand::IssueLogin(NewLogin {
        login: login.clone(),
        name: order.name,
        login_key_hash: keys::login_key_hash(&login_key),
        lifetime,
        access_key: context.access_key.clone(),
        scope: order.scope,
        on_behalf_of: context.on_behalf_of.clone(),
        now,
    });
    state.aggregates.users.execute(user.as_str(), command, &step(state, context)).await?;
    let until = entrusted_until.map_or(until, |entrusted| entrusted.min(until));
    Ok(IssuedLogin { login, project_name: account.project_name, login_key, until })
}

/// Who acts for another account issues logins to itself alone; this is when what is entrusted to it ends, if it does.
fn require_issuer(state: &AppState, context: &CommandContext, user: &UserId) -> Result<Option<Timestamp>, OperationError> {
    match caller(state, context)? {
        Some(Caller::Delegate { user: actor, until, .. }) if actor == *user => Ok(until),
        _ => require_power_over(state, context, user).map(|()| None),
    }
}

/// Stops a temporary login, and every token made from it, at once.
///
/// # Errors
/// [`OperationError::LoginNotFound`] if there is none that works, [`OperationError::Denied`].
pub async fn revoke_login(state: &AppState, context: &CommandContext, login: &AccessKeyId) -> Result<(), OperationError> {
    let found = identity::find_login(&state.views.reader()?, login)?.filter(|login| login.until.is_some());
    let user = found.ok_or(OperationError::LoginNotFound)?.user;
    require_power_over(state, context, &user)?;
    let command = UserCommand::RevokeLogin { login: login.clone(), now: state.clock.now() };
    match state.aggregates.users.execute(user.as_str(), command, &step(state, context)).await.map_err(OperationError::from) {
        Err(OperationError::User(UserError::LoginNotFound)) => Err(OperationError::LoginNotFound),
        outcome => outcome,
    }
}
