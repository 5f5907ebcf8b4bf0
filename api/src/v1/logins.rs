//! A user's temporary logins that work, and stopping them (requirement L4). Administrators look at those of others as well.

use ambar_domain::ids::UserId;
use ambar_domain::login::LoginRepository;
use ambar_projections::identity::{TemporaryLogin, find_user_by_id, list_logins};
use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::error::V1Error;
use super::parameters::text;
use super::respond::{page, time};
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
    Ok(page(listed.iter().map(item).collect(), None))
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
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

fn item(login: &TemporaryLogin) -> Value {
    let limit = |limit: &LoginRepository| json!({ "repository": limit.repository, "right": limit.right });
    let repositories = login.scope.repositories().map(|limits| limits.iter().map(limit).collect::<Vec<_>>());
    json!({
        "login": login.login.as_str(),
        "name": login.name.as_str(),
        "access_key": login.access_key,
        "issued_at": time(login.issued_at),
        "until": time(login.until),
        "repositories": repositories,
    })
}
