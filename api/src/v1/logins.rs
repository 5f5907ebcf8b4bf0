//! A user's temporary logins that work, and stopping them (requirement L4). Administrators look at those of others as well.

use ambar_domain::ids::UserId;
use ambar_projections::identity::{TemporaryLogin, find_user_by_id, list_logins};
use ambar_schemas::v1::login as wire;
use axum::response::Response;

use super::error::V1Error;
use super::parameters::text;
use super::respond::{empty, page};
use crate::auth::Member;
use crate::call::Call;
use crate::operations::{self, OperationError};

/// The oldest first, in one page: a user has a hundred at most.
pub(super) fn list(call: &Call, member: &Member) -> Result<Response, V1Error> {
    let user = match text(call, "user_id") {
        Some(id) if id != member.user.as_str() => of_the_account(call, member, &id)?,
        Some(_) | None => member.user.clone(),
    };
    let listed = list_logins(&call.state().views.reader()?, &user, call.state().clock.now())?;
    Ok(page(listed.into_iter().map(item).collect(), None))
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

fn item(login: TemporaryLogin) -> wire::TemporaryLogin {
    wire::TemporaryLogin {
        login: login.login,
        name: login.name,
        access_key: login.access_key,
        issued_at: login.issued_at,
        until: login.until,
        repositories: login.scope.repositories().map(<[_]>::to_vec),
    }
}
