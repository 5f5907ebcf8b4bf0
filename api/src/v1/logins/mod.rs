//! A user's temporary logins: new ones, those that work, and stopping them (requirements L2 and L4). Administrators look at and stop those of
//! others as well.

mod create;

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::UserId;
use ambar_domain::policy::access::Caller;
use ambar_projections::identity::{TemporaryLogin, find_account, find_user_by_id, list_logins};
use ambar_projections::{Reader, Views};
use ambar_schemas::v1::login as wire;
use axum::response::Response;

pub(super) use create::{New, create};

use super::error::V1Error;
use super::parameters::text;
use super::respond::{empty, page};
use crate::auth::{Member, delegate_since};
use crate::call::Call;
use crate::operations::{self, OperationError};

/// The oldest first, in one page: a user has a hundred at most.
pub(super) fn list(call: &Call, member: &Member) -> Result<Response, V1Error> {
    let user = match text(call, "user_id") {
        Some(id) if id != member.user.as_str() => of_the_account(call, member, &id)?,
        Some(_) | None => member.user.clone(),
    };
    let (reader, now) = (call.state().views.reader()?, call.state().clock.now());
    let owner = owner(&reader, &user)?;
    let mut items = Vec::new();
    for login in list_logins(&reader, &user, now)? {
        if let Some(until) = shown_end(&call.state().views, &owner, &login, now) {
            items.push(item(&reader, login, until)?);
        }
    }
    Ok(page(items, None))
}

/// Whose logins are looked at.
fn owner(reader: &Reader, user: &UserId) -> Result<Caller, V1Error> {
    let owner = find_user_by_id(reader, user)?.ok_or(V1Error::UserNotFound)?;
    Ok(Caller::User { user: owner.user, account: owner.account, administrator: owner.administrator })
}

/// When a login ends: with what the account that it acts for has entrusted, if that comes first. `None` if nothing is entrusted any more.
fn shown_end(views: &Views, owner: &Caller, login: &TemporaryLogin, now: Timestamp) -> Option<Timestamp> {
    let Some(account) = &login.on_behalf_of else { return Some(login.until) };
    match delegate_since(views, owner, account, login.issued_at, now) {
        Some(Caller::Delegate { until: entrusted, .. }) => entrusted.into_iter().chain([login.until]).min(),
        Some(Caller::Anonymous | Caller::User { .. }) | None => None,
    }
}

fn of_the_account(call: &Call, member: &Member, id: &str) -> Result<UserId, V1Error> {
    if !member.administrator {
        return Err(V1Error::Denied);
    }
    let id = id.parse().map_err(|_| V1Error::UserNotFound)?;
    let user = find_user_by_id(&call.state().views.reader()?, &id)?;
    user.filter(|user| user.account == member.account).map(|user| user.user).ok_or(V1Error::UserNotFound)
}

/// Stops one at once. That of somebody else is not there, but for an administrator.
pub(super) async fn revoke(call: &Call, login: &str) -> Result<Response, V1Error> {
    let login = login.parse().map_err(|_| V1Error::LoginNotFound)?;
    match operations::revoke_login(call.state(), &call.context(), &login).await {
        Err(OperationError::Denied) => return Err(V1Error::LoginNotFound),
        revoked => revoked?,
    }
    Ok(empty())
}

fn item(reader: &Reader, login: TemporaryLogin, until: Timestamp) -> Result<wire::TemporaryLogin, V1Error> {
    let acted_for = login.on_behalf_of.as_ref().map(|account| find_account(reader, account)).transpose()?.flatten();
    Ok(wire::TemporaryLogin {
        login: login.login,
        name: login.name,
        access_key: login.access_key,
        issued_at: login.issued_at,
        until,
        on_behalf_of: login.on_behalf_of,
        on_behalf_of_name: acted_for.map(|account| account.name),
        repositories: login.scope.repositories().map(<[_]>::to_vec),
    })
}
