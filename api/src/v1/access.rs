//! Who can do what on an image, and why, now or at a past moment (requirement G4).

use ambar_domain::clock::Timestamp;
use ambar_domain::level::Level;
use ambar_domain::level::Visibility;
use ambar_domain::policy::access::{Access, AccessFacts, Because, Caller, access as effective};
use ambar_projections::access::{Held, Holder, find_state, list_holders};
use ambar_projections::delegations::{list_delegations, list_delegations_at};
use ambar_projections::shares::{Share, list_shares, list_shares_at};
use axum::response::Response;
use serde_json::{Value, json};

use super::authority::OnRepository;
use super::delegations;
use super::error::V1Error;
use super::parameters::{cut, limit, moment, text};
use super::respond::{ok, time};
use crate::call::Call;

/// More than an image can be shared with.
const ALL_SHARES: usize = 10_000;

/// Users by name, page by page, and on each page with which accounts it is shared, to whom the owner's registry is entrusted, and whether
/// everybody may pull it.
pub(super) fn list(call: &Call, holder: &OnRepository) -> Result<Response, V1Error> {
    let (now, asked, limit) = (call.state().clock.now(), moment(call, "at")?, limit(call)?);
    if asked.is_some_and(|at| at > now) {
        return Err(V1Error::Parameter { name: "at", expected: "a time that has passed" });
    }
    let cursor = text(call, "cursor");
    let after = cursor
        .as_deref()
        .map(|cursor| cursor.split_once('/').ok_or(V1Error::Parameter { name: "cursor", expected: "what the page before gave" }));
    let after = after.transpose()?.map(|(user, name)| (name, user));
    let reader = call.state().views.reader()?;
    let snapshot = reader.snapshot()?;
    // What another account did under the name before is none of this one's business.
    let state = find_state(&snapshot, &holder.name, asked)?.filter(|state| state.owner == holder.owner);
    let state = state.ok_or(V1Error::RepositoryNotFound)?;
    let holders = list_holders(&snapshot, &state.owner, &holder.name, asked, after, limit + 1)?;
    let shares = match asked {
        Some(at) => list_shares_at(&snapshot, &holder.name, at)?,
        None => list_shares(&snapshot, &holder.name, now, 0, ALL_SHARES)?,
    };
    let entrusted = match asked {
        Some(at) => list_delegations_at(&snapshot, &state.owner, at)?,
        None => list_delegations(&snapshot, &state.owner, now)?,
    };
    let at = asked.unwrap_or(now);
    let (holders, more) = cut(holders, limit);
    let next = holders.last().filter(|_| more).map(|last| format!("{}/{}", last.user, last.user_name));
    Ok(ok(&json!({
        "at": time(at),
        "public": state.visibility == Visibility::Public,
        "shares": shares.iter().map(share).collect::<Vec<_>>(),
        "delegations": entrusted.iter().filter(|found| found.level.is_some()).map(delegations::item).collect::<Vec<_>>(),
        "items": holders.into_iter().filter_map(|holder| item(&state, holder, at)).collect::<Vec<_>>(),
        "next_cursor": next,
    })))
}

fn item(state: &Held, holder: Holder, at: Timestamp) -> Option<Value> {
    let facts = AccessFacts {
        owner: Some(state.owner.clone()),
        visibility: Some(state.visibility),
        organization_grant: holder.organization_grant,
        repository_grant: holder.repository_grant,
        share: None,
    };
    let caller = Caller::User { user: holder.user.clone(), account: state.owner.clone(), administrator: holder.administrator };
    let Access { level, because, .. } = effective(&caller, &facts, false, at)?;
    Some(json!({
        "user_id": holder.user.as_str(),
        "user_name": holder.user_name.as_str(),
        "level": level_text(level),
        "because": because_text(because),
    }))
}

fn share(share: &Share) -> Value {
    json!({
        "account_id": share.account.as_str(),
        "account_name": share.account_name.as_str(),
        "until": share.until.map(time),
    })
}

pub(super) fn level_text(level: Level) -> &'static str {
    match level {
        Level::Read => "read",
        Level::Edit => "edit",
        Level::Manage => "manage",
    }
}

fn because_text(because: Because) -> &'static str {
    match because {
        Because::AccountAdministrator => "account_administrator",
        Because::OrganizationGrant => "organization_grant",
        Because::RepositoryGrant => "repository_grant",
        Because::Delegation => "delegation",
        Because::Share => "share",
        Because::Public => "public",
    }
}
