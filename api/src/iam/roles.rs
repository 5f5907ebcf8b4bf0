//! `/v3/roles`, and who has which: the two roles that make a user an administrator, by the ids and names that clients know (requirement I1),
//! and two that only agencies can have, for less (I5).
//!
//! A role is held in the whole account. A project is all of an account, so that a role in the one is the same as in the other.

use ambar_domain::level::{Level, Role};
use ambar_projections::identity;
use axum::response::Response;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::caller::Caller;
use super::error::IamError;
use super::respond::{empty, link, list_links, respond};
use crate::operations;

const ALL: [Role; 2] = [Role::SwrAdministrator, Role::TenantAdministrator];

/// A role as clients see it.
#[derive(Clone, Copy)]
struct Named {
    id: &'static str,
    name: &'static str,
    display_name: &'static str,
    description: &'static str,
}

/// What an agency can have instead of an administrator's role.
const READ: Named = Named {
    id: "00000000000000000000000000000003",
    name: "swr_readonly",
    display_name: "SWR ReadOnlyAccess",
    description: "Lets an agency see and pull what the account has",
};
const EDIT: Named = Named {
    id: "00000000000000000000000000000004",
    name: "swr_operate",
    display_name: "SWR OperateAccess",
    description: "Lets an agency see, pull and push what the account has, and change its properties",
};

/// `/v3/roles`: anybody may know which there are.
pub(super) fn serve(caller: &Caller<'_>, path: &[&str]) -> Result<Response, IamError> {
    match path {
        [] => {
            let wanted = |role: &Named| caller.wants("name", role.name) && caller.wants("display_name", role.display_name);
            Ok(respond_list(caller, "/v3/roles", every().filter(wanted)))
        }
        [id] => {
            let found = every().find(|role| role.id == *id).ok_or(IamError::NotFound { what: "role" })?;
            Ok(respond(StatusCode::OK, &json!({ "role": describe(caller, found) })))
        }
        _ => Err(IamError::NothingHere),
    }
}

fn every() -> impl Iterator<Item = Named> {
    ALL.into_iter().map(named).chain([READ, EDIT])
}

/// What an agency with this role may do.
pub(super) fn level(id: &str) -> Result<Level, IamError> {
    match id {
        _ if id == READ.id => Ok(Level::Read),
        _ if id == EDIT.id => Ok(Level::Edit),
        id => find(id).map(|_| Level::Manage),
    }
}

fn role_of(level: Level) -> Named {
    match level {
        Level::Read => READ,
        Level::Edit => EDIT,
        Level::Manage => named(Role::SwrAdministrator),
    }
}

/// The role of an agency.
pub(super) fn respond_levels(caller: &Caller<'_>, level: Option<Level>) -> Response {
    respond_list(caller, caller.call.parts.uri.path(), level.map(role_of).into_iter())
}

/// The role of an agency in a token.
pub(super) fn brief_level(level: Level) -> Value {
    brief_named(role_of(level))
}

/// Who holds roles.
enum Holder {
    Group(identity::Group),
    User(identity::User),
}

/// `/v3/domains/{}/groups/{}/roles` and its like, the first two segments cut off.
pub(super) async fn serve_assignments(caller: &Caller<'_>, path: &[&str]) -> Result<Response, IamError> {
    let (holder, rest) = match path {
        ["groups", group, "roles", rest @ ..] => (Holder::Group(caller.group(group)?), rest),
        ["users", user, "roles", rest @ ..] => (Holder::User(caller.user(user)?), rest),
        _ => return Err(IamError::NothingHere),
    };
    let held = held(caller, &holder)?;
    match (&caller.call.parts.method, rest) {
        (&Method::GET, []) => Ok(respond_list(caller, caller.call.parts.uri.path(), held.into_iter().map(named))),
        (&Method::HEAD, [role]) if held.contains(&find(role)?) => Ok(empty()),
        (&Method::HEAD, [_]) => Err(IamError::NotFound { what: "role" }),
        (&Method::PUT, [role]) => set(caller, &holder, find(role)?, true).await,
        (&Method::DELETE, [role]) if held.contains(&find(role)?) => set(caller, &holder, find(role)?, false).await,
        (&Method::DELETE, [_]) => Err(IamError::NotFound { what: "role" }),
        _ => Err(IamError::NothingHere),
    }
}

fn held(caller: &Caller<'_>, holder: &Holder) -> Result<Vec<Role>, IamError> {
    let reader = caller.reader()?;
    Ok(match holder {
        Holder::Group(group) => identity::list_group_roles(&reader, &group.group)?,
        Holder::User(user) => identity::list_user_roles(&reader, &user.user)?,
    })
}

async fn set(caller: &Caller<'_>, holder: &Holder, role: Role, granted: bool) -> Result<Response, IamError> {
    let (state, context) = (caller.call.state(), caller.call.context());
    match holder {
        Holder::Group(group) => operations::set_group_administrator(state, &context, &group.group, role, granted).await?,
        Holder::User(user) => operations::set_administrator(state, &context, &user.user, role, granted).await?,
    }
    Ok(empty())
}

fn find(wanted: &str) -> Result<Role, IamError> {
    ALL.into_iter().find(|role| named(*role).id == wanted).ok_or(IamError::NotFound { what: "role" })
}

fn respond_list(caller: &Caller<'_>, path: &str, roles: impl Iterator<Item = Named>) -> Response {
    let roles: Vec<_> = roles.map(|role| describe(caller, role)).collect();
    respond(StatusCode::OK, &json!({ "links": list_links(caller.call, path), "total_number": roles.len(), "roles": roles }))
}

/// A role in a token.
pub(super) fn brief(role: Role) -> Value {
    brief_named(named(role))
}

fn brief_named(role: Named) -> Value {
    json!({ "id": role.id, "name": role.name })
}

fn describe(caller: &Caller<'_>, role: Named) -> Value {
    json!({
        "id": role.id,
        "name": role.name,
        "display_name": role.display_name,
        "description": role.description,
        "catalog": "BASE",
        "type": "AA",
        "domain_id": null,
        "links": link(caller.call, &format!("/v3/roles/{}", role.id)),
    })
}

fn named(role: Role) -> Named {
    let (id, name, display_name) = match role {
        Role::SwrAdministrator => ("00000000000000000000000000000001", "swr_adm", "SWR Administrator"),
        Role::TenantAdministrator => ("00000000000000000000000000000002", "te_admin", "Tenant Administrator"),
    };
    Named { id, name, display_name, description: "Manages every organization and repository of the account, its users and groups" }
}
