//! The users of the account that are blocked, and letting them in again (requirement P8).

use ambar_domain::ids::UserId;
use ambar_projections::blocks::{BlockedUser, list_blocked_users};
use ambar_projections::identity::find_user_by_id;
use axum::response::Response;
use serde_json::{Value, json};

use super::authority::Auditor;
use super::error::V1Error;
use super::parameters::{cursor, cut, limit, parsed};
use super::respond::{empty, page, time};
use crate::call::Call;
use crate::operations::unblock_user;

/// By their ids.
pub(super) fn list(call: &Call, auditor: &Auditor) -> Result<Response, V1Error> {
    let (after, limit): (Option<UserId>, _) = (cursor(call)?, limit(call)?);
    let (reader, now) = (call.state().views.reader()?, call.state().clock.now());
    let listed = list_blocked_users(&reader, &auditor.account, now, after.as_ref(), limit + 1)?;
    let (listed, more) = cut(listed, limit);
    let next = listed.last().filter(|_| more).map(|blocked| blocked.user.to_string());
    Ok(page(listed.iter().map(item).collect(), next))
}

fn item(blocked: &BlockedUser) -> Value {
    json!({
        "user_id": blocked.user.as_str(),
        "user_name": blocked.name.as_str(),
        "cause": blocked.cause.as_str(),
        "blocked_at": time(blocked.blocked_at),
        "until": time(blocked.until),
    })
}

/// Lets the user in again before the block ends. The parameter `reason` goes into the event.
pub(super) async fn lift(call: &Call, auditor: &Auditor, user: &str) -> Result<Response, V1Error> {
    let reason = parsed(call, "reason", "a text of at most 255 characters")?.unwrap_or_default();
    let user: UserId = user.parse().map_err(|_| V1Error::BlockNotFound)?;
    let found = find_user_by_id(&call.state().views.reader()?, &user)?;
    // Users of other accounts are not there for anybody.
    found.filter(|found| found.account == auditor.account).ok_or(V1Error::BlockNotFound)?;
    unblock_user(call.state(), &call.context(), &user, reason).await?;
    Ok(empty())
}
