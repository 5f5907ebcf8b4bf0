//! `/v3/roles`, and who has which: the two roles that make a user an administrator, by the ids and names that clients know (requirement I1).
//!
//! A role is held in the whole account. A project is all of an account, so that a role in the one is the same as in the other.

use ambar_domain::level::Role;
use ambar_projections::identity;
use ambar_schemas::iam::role as wire;
use ambar_schemas::iam::token::TokenRole;
use axum::response::Response;
use http::{Method, StatusCode};

use super::caller::Caller;
use super::error::IamError;
use super::respond::{empty, link, list_links, respond};
use crate::operations;

const ALL: [Role; 2] = [Role::SwrAdministrator, Role::TenantAdministrator];

/// `/v3/roles`: anybody may know which there are.
pub(super) fn serve(caller: &Caller<'_>, path: &[&str]) -> Result<Response, IamError> {
    match path {
        [] => {
            let wanted = |role: &Role| caller.wants("name", name(*role)) && caller.wants("display_name", display_name(*role));
            Ok(respond_list(caller, "/v3/roles", ALL.into_iter().filter(wanted)))
        }
        [role] => Ok(respond(StatusCode::OK, &wire::OneRole { role: describe(caller, find(role)?) })),
        _ => Err(IamError::NothingHere),
    }
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
        (&Method::GET, []) => Ok(respond_list(caller, caller.call.parts.uri.path(), held.into_iter())),
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
    ALL.into_iter().find(|role| id(*role) == wanted).ok_or(IamError::NotFound { what: "role" })
}

fn respond_list(caller: &Caller<'_>, path: &str, roles: impl Iterator<Item = Role>) -> Response {
    let roles: Vec<_> = roles.map(|role| describe(caller, role)).collect();
    respond(StatusCode::OK, &wire::Roles { links: list_links(caller.call, path), total_number: roles.len(), roles })
}

/// A role in a token.
pub(super) fn brief(role: Role) -> TokenRole {
    TokenRole { id: id(role), name: name(role) }
}

fn describe(caller: &Caller<'_>, role: Role) -> wire::Role {
    wire::Role {
        id: id(role),
        name: name(role),
        display_name: display_name(role),
        description: "Manages every organization and repository of the account, its users and groups",
        catalog: "BASE",
        kind: "AA",
        domain_id: None,
        links: link(caller.call, &format!("/v3/roles/{}", id(role))),
    }
}

fn id(role: Role) -> &'static str {
    match role {
        Role::SwrAdministrator => "00000000000000000000000000000001",
        Role::TenantAdministrator => "00000000000000000000000000000002",
    }
}

fn name(role: Role) -> &'static str {
    match role {
        Role::SwrAdministrator => "swr_adm",
        Role::TenantAdministrator => "te_admin",
    }
}

fn display_name(role: Role) -> &'static str {
    match role {
        Role::SwrAdministrator => "SWR Administrator",
        Role::TenantAdministrator => "Tenant Administrator",
    }
}
