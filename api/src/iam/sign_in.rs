//! Signing in with a name and a password (requirement I2).
//!
//! Whatever is wrong - the account, the user, the password, that it may not sign in, that it is locked - gets one answer after the same work, so
//! that nobody learns who there is. Too many wrong passwords in a row lock a user for a while, on this node and in memory.

use ambar_projections::ViewsError;
use ambar_projections::identity::{self, Account, Password, User};

use super::error::IamError;
use super::request::{Named, PasswordUser};
use crate::auth::{login_failed, may_log_in};
use crate::call::Call;
use crate::limits::{Limit, count_refusal};
use crate::state::AppState;

/// A user who has proved its password.
pub(super) struct SignedIn {
    pub(super) user: User,
    pub(super) account: Account,
    /// Which of the user's passwords it was.
    pub(super) password_version: String,
}

pub(super) async fn sign_in(call: &Call, claimed: &PasswordUser) -> Result<SignedIn, IamError> {
    admit(call)?;
    let found = find(call.state(), claimed)?;
    let password = found.as_ref().and_then(|(_, _, password)| password.as_ref());
    let hash = password.map(|password| &password.hash);
    let is_right = call.state().passwords.verify(call.client_address(), &claimed.password, hash).await?;
    let Some((user, account, password)) = found else {
        login_failed(call);
        return Err(IamError::SignInRefused);
    };
    count(call, &user, is_right)?;
    match password {
        Some(_) if user.console_access && is_blocked(call, &user) => Err(IamError::Blocked),
        Some(password) if user.console_access => Ok(SignedIn { user, account, password_version: password.version }),
        Some(_) | None => Err(IamError::SignInRefused),
    }
}

/// Asks a user who is known for the password once more.
pub(super) async fn prove_password(call: &Call, user: &User, password: &str) -> Result<(), IamError> {
    admit(call)?;
    let known = identity::find_password(&call.state().views.reader()?, &user.user)?;
    let hash = known.as_ref().map(|known| &known.hash);
    let is_right = call.state().passwords.verify(call.client_address(), password, hash).await?;
    count(call, user, is_right)
}

/// Refuses a wrong password, and a right one of a user who is locked.
///
/// Called behind the check, so that guesses at the same time count like guesses one after the other.
fn count(call: &Call, user: &User, is_right: bool) -> Result<(), IamError> {
    let (lockout, now) = (&call.registry.limits.wrong_passwords, call.state().clock.now());
    if !is_right {
        login_failed(call);
    }
    if lockout.is_locked(&user.user, now) {
        count_refusal(Limit::WrongPasswords);
        return Err(IamError::SignInRefused);
    }
    if is_right {
        lockout.succeeded(&user.user);
        return Ok(());
    }
    if lockout.failed(&user.user, now) {
        tracing::warn!(user = %user.user, request_id = call.request_id, "a user is locked: too many wrong passwords in a row");
    }
    Err(IamError::SignInRefused)
}

/// Refuses whom an address keeps from trying.
fn admit(call: &Call) -> Result<(), IamError> {
    if call.is_address_blocked() {
        return Err(IamError::Blocked);
    }
    may_log_in(call).map_err(|wait| IamError::TooManyFailedLogins { wait })
}

fn is_blocked(call: &Call, user: &User) -> bool {
    user.blocked_until.is_some_and(|until| call.state().clock.now() < until)
}

type Found = (User, Account, Option<Password>);

/// The user that is meant, by its id, or by its name and its account's.
fn find(state: &AppState, claimed: &PasswordUser) -> Result<Option<Found>, ViewsError> {
    let reader = state.views.reader()?;
    let reader = reader.snapshot()?;
    let user = if let Some(id) = &claimed.id {
        id.parse().ok().map(|id| identity::find_user_by_id(&reader, &id)).transpose()?.flatten()
    } else {
        let account = claimed.domain.as_ref().map(|domain| find_account(&reader, domain)).transpose()?.flatten();
        let name = claimed.name.as_ref().and_then(|name| name.parse().ok());
        account.zip(name).map(|(account, name)| identity::find_user(&reader, &account.account, &name)).transpose()?.flatten()
    };
    let Some(user) = user else { return Ok(None) };
    let Some(account) = identity::find_account(&reader, &user.account)? else { return Ok(None) };
    let password = identity::find_password(&reader, &user.user)?;
    Ok(Some((user, account, password)))
}

pub(super) fn find_account(reader: &ambar_projections::Reader, named: &Named) -> Result<Option<Account>, ViewsError> {
    if let Some(id) = &named.id {
        return id.parse().ok().map(|id| identity::find_account(reader, &id)).transpose().map(Option::flatten);
    }
    let name = named.name.as_ref().and_then(|name| name.parse().ok());
    name.map(|name| identity::find_account_by_name(reader, &name)).transpose().map(Option::flatten)
}
