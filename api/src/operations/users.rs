//! Users: made by an administrator, with roles and access methods (requirements I1, I2).

use ambar_domain::description::UserDescription;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::{Level, Role};
use ambar_domain::name_claim::NameKey;
use ambar_domain::names::UserName;
use ambar_domain::password::PasswordHash;
use ambar_domain::policy::access::Caller;
use ambar_domain::policy::password::check_password;
use ambar_domain::user::{UserCommand, UserError};
use ambar_projections::identity;
use ambar_storage::aggregate_store::CommandContext;

use super::last_administrator::{Loss, is_without_administrator, require_another};
use super::names::{Refusals, create_holder, release};
use super::power::{Power, give_back, set_power, take_away};
use super::{OperationError, caller, step};
use crate::state::AppState;

/// Creates a user in an account.
///
/// # Errors
/// [`OperationError::NameTaken`] if the account has a user of this name; [`OperationError::Denied`].
pub async fn create_user(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    name: &UserName,
    console_access: bool,
    programmatic_access: bool,
) -> Result<UserId, OperationError> {
    require_administrator(state, context, account)?;
    let create = |user: UserId| {
        let create = UserCommand::Create { account: account.clone(), name: name.clone(), console_access, programmatic_access };
        async move { state.aggregates.users.execute(user.as_str(), create, &step(state, context)).await }
    };
    let refusals = Refusals { exists: UserError::AlreadyExists, ended: UserError::Deleted };
    create_holder(state, context, &NameKey::User(account.clone(), name.clone()), refusals, create).await
}

/// Creates a user in an account who can sign in to the console at once.
///
/// # Errors
/// As [`create_user`], and [`OperationError::WeakPassword`]: then there is no user. One that a crash leaves without its password is given
/// it by [`set_password`].
pub async fn create_user_with_password(
    state: &AppState,
    context: &CommandContext,
    account: &AccountId,
    name: &UserName,
    programmatic_access: bool,
    password: &str,
) -> Result<UserId, OperationError> {
    require_administrator(state, context, account)?;
    let password_hash = hash_password(state, name, password).await?;
    let user = create_user(state, context, account, name, true, programmatic_access).await?;
    tell_user(state, context, &user, UserCommand::SetPassword { password_hash }).await?;
    Ok(user)
}

/// Makes a user an administrator by a role, or takes the role away.
///
/// # Errors
/// [`OperationError::LastAdministrator`] if the account would be left without one.
pub async fn set_administrator(
    state: &AppState,
    context: &CommandContext,
    user: &UserId,
    role: Role,
    granted: bool,
) -> Result<(), OperationError> {
    let account = account_of(state, user)?;
    require_administrator(state, context, &account)?;
    set_power(state, context, &account, Power::Role(user.clone(), role), granted).await
}

/// Says anew who a user is.
///
/// # Errors
/// [`OperationError::UserNotFound`], [`OperationError::Denied`].
pub async fn describe_user(
    state: &AppState,
    context: &CommandContext,
    user: &UserId,
    description: UserDescription,
) -> Result<(), OperationError> {
    require_administrator(state, context, &account_of(state, user)?)?;
    tell_user(state, context, user, UserCommand::ChangeDescription { description }).await
}

/// Switches a user's access methods.
///
/// # Errors
/// [`OperationError::LastAdministrator`] if no administrator of the account could get in any more; [`OperationError::UserNotFound`],
/// [`OperationError::Denied`].
pub async fn change_access_methods(
    state: &AppState,
    context: &CommandContext,
    user: &UserId,
    console_access: bool,
    programmatic_access: bool,
) -> Result<(), OperationError> {
    let found = identity::find_user_by_id(&state.views.reader()?, user)?.ok_or(OperationError::UserNotFound)?;
    require_administrator(state, context, &found.account)?;
    let command = UserCommand::ChangeAccessMethods { console_access: Some(console_access), programmatic_access: Some(programmatic_access) };
    let loss = Loss::MethodsBut { user, console: console_access, programmatic: programmatic_access };
    // What is as it was before is not this command's: it may be changed by another one before this is undone.
    let before = |was: bool, is: bool| (was != is).then_some(was);
    let console_access = before(found.console_access, console_access);
    let programmatic_access = before(found.programmatic_access, programmatic_access);
    let changed = console_access.is_some() || programmatic_access.is_some();
    let undo = changed.then_some(UserCommand::ChangeAccessMethods { console_access, programmatic_access });
    keep_a_way_in(state, context, &loss, user, command, undo).await
}

/// What is to be changed of a user; what is not named stays.
#[derive(Debug, Default)]
pub struct UserChanges {
    /// Console access and programmatic access.
    pub access_methods: Option<(bool, bool)>,
    /// Who it is.
    pub description: Option<UserDescription>,
    /// A password in place of the one before.
    pub password: Option<String>,
}

/// Changes all of it, or nothing of it if one cannot be: the password is hashed before, and since nobody can give the one before back, set at
/// the end. Only a log that fails halfway leaves a part.
///
/// # Errors
/// As [`change_access_methods`] and [`set_password`], and [`OperationError::Password`] when too many passwords are being hashed.
pub async fn change_user(state: &AppState, context: &CommandContext, user: &UserId, changes: UserChanges) -> Result<(), OperationError> {
    let found = identity::find_user_by_id(&state.views.reader()?, user)?.ok_or(OperationError::UserNotFound)?;
    require_administrator(state, context, &found.account)?;
    let password_hash = match &changes.password {
        Some(password) => Some(hash_password(state, &found.name, password).await?),
        None => None,
    };
    if let Some((console_access, programmatic_access)) = changes.access_methods {
        change_access_methods(state, context, user, console_access, programmatic_access).await?;
    }
    if let Some(description) = changes.description {
        tell_user(state, context, user, UserCommand::ChangeDescription { description }).await?;
    }
    if let Some(password_hash) = password_hash {
        tell_user(state, context, user, UserCommand::SetPassword { password_hash }).await?;
    }
    Ok(())
}

/// Gives a user a password in place of the one before. It is of use only while console access is on (requirement I2).
///
/// Tokens that were got with the one before are refused from now on.
///
/// # Errors
/// [`OperationError::WeakPassword`], [`OperationError::UserNotFound`], [`OperationError::Denied`].
pub async fn set_password(state: &AppState, context: &CommandContext, user: &UserId, password: &str) -> Result<(), OperationError> {
    let found = identity::find_user_by_id(&state.views.reader()?, user)?.ok_or(OperationError::UserNotFound)?;
    require_self_or_administrator(state, context, user)?;
    let password_hash = hash_password(state, &found.name, password).await?;
    tell_user(state, context, user, UserCommand::SetPassword { password_hash }).await
}

async fn hash_password(state: &AppState, name: &UserName, password: &str) -> Result<PasswordHash, OperationError> {
    check_password(password, name)?;
    Ok(state.passwords.hash(&*state.ids, password).await?)
}

/// Tells a user to lose a way in, unless no administrator of the account were left who could get in; and undoes it if that shows only behind it,
/// or nobody knows.
///
/// `undo` is no more than what `command` changes, and nothing if it changes nothing.
pub(super) async fn keep_a_way_in(
    state: &AppState,
    context: &CommandContext,
    loss: &Loss<'_>,
    user: &UserId,
    command: UserCommand,
    undo: Option<UserCommand>,
) -> Result<(), OperationError> {
    let found = identity::find_user_by_id(&state.views.reader()?, user)?.ok_or(OperationError::UserNotFound)?;
    let undo = undo.filter(|_| found.administrator);
    if undo.is_some() {
        require_another(state, context, &found.account, loss).await?;
    }
    tell_user(state, context, user, command).await?;
    let Some(undo) = undo else { return Ok(()) };
    let refusal = match is_without_administrator(state, context, &found.account).await {
        Ok(false) => return Ok(()),
        Ok(true) => OperationError::LastAdministrator,
        Err(error) => error,
    };
    give_back_way_in(state, context, user, undo).await;
    Err(refusal)
}

/// What the caller is told is why the operation failed, whether this succeeds or not.
pub(super) async fn give_back_way_in(state: &AppState, context: &CommandContext, user: &UserId, undo: UserCommand) {
    if let Err(error) = tell_user(state, context, user, undo).await {
        tracing::error!(%error, %user, "a way in that was taken from a user could not be given back");
    }
}

pub(super) async fn tell_user(
    state: &AppState,
    context: &CommandContext,
    user: &UserId,
    command: UserCommand,
) -> Result<(), OperationError> {
    Ok(state.aggregates.users.execute(user.as_str(), command, &step(state, context)).await?)
}

/// Deletes a user with its keys and roles; the name is free again.
///
/// # Errors
/// [`OperationError::LastAdministrator`] if the account would be left without one.
pub async fn delete_user(state: &AppState, context: &CommandContext, user: &UserId) -> Result<(), OperationError> {
    let found = identity::find_user_by_id(&state.views.reader()?, user)?.ok_or(OperationError::UserNotFound)?;
    require_administrator(state, context, &found.account)?;
    // A deleted user cannot come back, so what makes it an administrator goes first: that can be given back.
    let powers = if found.administrator { Power::of_user(state, user)? } else { Vec::new() };
    take_away(state, context, &found.account, &powers).await?;
    if let Err(error) = state.aggregates.users.execute(user.as_str(), UserCommand::Delete, &step(state, context)).await {
        give_back(state, context, &powers).await;
        return Err(error.into());
    }
    release(state, context, &NameKey::User(found.account, found.name), user.as_str()).await
}

pub(super) async fn set_role(
    state: &AppState,
    context: &CommandContext,
    user: &UserId,
    role: Role,
    held: bool,
) -> Result<(), OperationError> {
    tell_user(state, context, user, if held { UserCommand::GrantRole { role } } else { UserCommand::RevokeRole { role } }).await
}

/// The account a living user belongs to.
pub(super) fn account_of(state: &AppState, user: &UserId) -> Result<AccountId, OperationError> {
    Ok(identity::find_user_by_id(&state.views.reader()?, user)?.ok_or(OperationError::UserNotFound)?.account)
}

/// Refuses a user who is no administrator of the account, or proves it by a key that ends: users, groups, keys, roles and delegations last
/// longer than that. The operator passes.
pub(super) fn require_administrator(state: &AppState, context: &CommandContext, account: &AccountId) -> Result<(), OperationError> {
    require_lasting(context)?;
    require_power(state, context, account)
}

fn require_lasting(context: &CommandContext) -> Result<(), OperationError> {
    if context.temporary_until.is_some() { Err(OperationError::Denied) } else { Ok(()) }
}

/// Refuses a user who is no administrator of the account; the operator passes.
pub(super) fn require_power(state: &AppState, context: &CommandContext, account: &AccountId) -> Result<(), OperationError> {
    match caller(state, context)? {
        None => Ok(()),
        Some(Caller::User { account: own, administrator: true, .. }) if own == *account => Ok(()),
        Some(_) => Err(OperationError::Denied),
    }
}

/// Refuses a user that does not manage all of the account's registry: an administrator does, and who acts for the account with manage; the
/// operator passes.
pub(super) fn require_manager(state: &AppState, context: &CommandContext, account: &AccountId) -> Result<(), OperationError> {
    match caller(state, context)? {
        Some(Caller::Delegate { account: entrusted, level: Level::Manage, .. }) if entrusted == *account => Ok(()),
        _ => require_power(state, context, account),
    }
}

/// Users look after what is their own; administrators after everybody's in the account. Nobody does with a key that ends.
pub(super) fn require_self_or_administrator(state: &AppState, context: &CommandContext, user: &UserId) -> Result<(), OperationError> {
    require_lasting(context)?;
    require_power_over(state, context, user)
}

/// The same for what lasts no longer than the key. Who acts for an account looks after no users.
pub(super) fn require_power_over(state: &AppState, context: &CommandContext, user: &UserId) -> Result<(), OperationError> {
    if context.on_behalf_of.is_some() {
        return Err(OperationError::Denied);
    }
    if context.actor.user() == Some(user) {
        return Ok(());
    }
    require_power(state, context, &account_of(state, user)?)
}
