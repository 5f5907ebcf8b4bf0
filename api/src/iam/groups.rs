//! `/v3/groups`: user groups and who is in them (requirement I1). For administrators, but that everybody may ask for its own groups.

use ambar_domain::description::GroupDescription;
use ambar_domain::names::GroupName;
use ambar_projections::identity::{self, Group};
use ambar_schemas::iam::group as wire;
use ambar_schemas::iam::user::Users;
use axum::response::Response;
use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;

use super::caller::Caller;
use super::error::IamError;
use super::request::read;
use super::respond::{empty, link, list_links, respond};
use super::users;
use crate::operations;

pub(super) async fn serve(caller: &Caller<'_>, path: &[&str], body: &[u8]) -> Result<Response, IamError> {
    match (&caller.call.parts.method, path) {
        (&Method::GET, []) => list(caller),
        (&Method::POST, []) => create(caller, body).await,
        (&Method::GET, [group]) => Ok(respond(StatusCode::OK, &wire::OneGroup { group: describe(caller, &caller.group(group)?) })),
        (&Method::PATCH, [group]) => change(caller, group, body).await,
        (&Method::DELETE, [group]) => {
            let group = caller.group(group)?;
            operations::delete_group(caller.call.state(), &caller.call.context(), &group.group).await?;
            Ok(empty())
        }
        (&Method::GET, [group, "users"]) => list_members(caller, group),
        (&Method::HEAD, [group, "users", user]) => check_member(caller, group, user),
        (&Method::PUT, [group, "users", user]) => {
            let (group, user) = (caller.group(group)?, caller.user(user)?);
            operations::add_member(caller.call.state(), &caller.call.context(), &group.group, &user.user).await?;
            Ok(empty())
        }
        (&Method::DELETE, [group, "users", user]) => {
            let (group, user) = (caller.group(group)?, caller.user(user)?);
            operations::remove_member(caller.call.state(), &caller.call.context(), &group.group, &user.user).await?;
            Ok(empty())
        }
        _ => Err(IamError::NothingHere),
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "IamGroupGiven")]
struct Given {
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    domain_id: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "IamGroupBody")]
pub(super) struct Body {
    group: Given,
}

/// What is to be otherwise about a group.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "IamGroupChange")]
struct Change {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    domain_id: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "IamGroupChangeBody")]
pub(super) struct ChangeBody {
    group: Change,
}

fn list(caller: &Caller<'_>) -> Result<Response, IamError> {
    caller.require_administrator()?;
    let groups = identity::list_groups(&caller.reader()?, &caller.account)?;
    let wanted = |group: &&Group| caller.wants("name", group.name.as_str()) && caller.wants("domain_id", group.account.as_str());
    Ok(respond_list(caller, "/v3/groups", groups.iter().filter(wanted)))
}

/// The groups that a user is in.
pub(super) fn list_of_user(caller: &Caller<'_>, user: &str) -> Result<Response, IamError> {
    let user = caller.user(user)?;
    let groups = identity::list_groups_of_user(&caller.reader()?, &user.user)?;
    Ok(respond_list(caller, &format!("/v3/users/{}/groups", user.user), groups.iter()))
}

fn respond_list<'a>(caller: &Caller<'_>, path: &str, groups: impl Iterator<Item = &'a Group>) -> Response {
    let groups = groups.map(|group| describe(caller, group)).collect();
    respond(StatusCode::OK, &wire::Groups { links: list_links(caller.call, path), groups })
}

async fn create(caller: &Caller<'_>, body: &[u8]) -> Result<Response, IamError> {
    let Body { group } = read(body)?;
    caller.require_own_domain(group.domain_id.as_deref())?;
    let name: GroupName = group.name.parse().map_err(IamError::Name)?;
    let description = group.description.unwrap_or_default().parse().map_err(IamError::Description)?;
    let id = operations::create_group(caller.call.state(), &caller.call.context(), &caller.account, &name, &description).await?;
    Ok(respond(StatusCode::CREATED, &wire::OneGroup { group: describe(caller, &caller.group(id.as_str())?) }))
}

/// What is not given stays as it is; nothing is changed where one of the two cannot be.
async fn change(caller: &Caller<'_>, group: &str, body: &[u8]) -> Result<Response, IamError> {
    let group = caller.group(group)?;
    let ChangeBody { group: given } = read(body)?;
    caller.require_own_domain(given.domain_id.as_deref())?;
    let name: Option<GroupName> = given.name.map(|name| name.parse()).transpose().map_err(IamError::Name)?;
    let description: Option<GroupDescription> = given.description.map(|text| text.parse()).transpose().map_err(IamError::Description)?;
    let (state, context) = (caller.call.state(), caller.call.context());
    if let Some(name) = name {
        operations::rename_group(state, &context, &group.group, &name).await?;
    }
    if let Some(description) = description {
        operations::describe_group(state, &context, &group.group, description).await?;
    }
    Ok(respond(StatusCode::OK, &wire::OneGroup { group: describe(caller, &caller.group(group.group.as_str())?) }))
}

fn list_members(caller: &Caller<'_>, group: &str) -> Result<Response, IamError> {
    let group = caller.group(group)?;
    let members = identity::list_group_members(&caller.reader()?, &group.group)?;
    let users = members.iter().map(|user| users::describe(caller, user)).collect();
    let links = list_links(caller.call, &format!("/v3/groups/{}/users", group.group));
    Ok(respond(StatusCode::OK, &Users { links, users }))
}

fn check_member(caller: &Caller<'_>, group: &str, user: &str) -> Result<Response, IamError> {
    let (group, user) = (caller.group(group)?, caller.user(user)?);
    let members = identity::list_group_members(&caller.reader()?, &group.group)?;
    if members.iter().any(|member| member.user == user.user) { Ok(empty()) } else { Err(IamError::NotFound { what: "membership" }) }
}

fn describe(caller: &Caller<'_>, group: &Group) -> wire::Group {
    wire::Group {
        id: group.group.clone(),
        name: group.name.clone(),
        domain_id: group.account.clone(),
        description: group.description.clone(),
        create_time: group.created_at.timestamp_millis(),
        links: link(caller.call, &format!("/v3/groups/{}", group.group)),
    }
}
