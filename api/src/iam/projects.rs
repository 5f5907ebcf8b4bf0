//! `GET /v3/projects`, `/v3/auth/projects` and `/v3/auth/domains`: an account has one project, and a user one account (requirement I4).

use ambar_projections::identity::{self, Account};
use ambar_schemas::iam::project as wire;
use axum::response::Response;
use http::StatusCode;

use super::caller::Caller;
use super::error::IamError;
use super::respond::{link, list_links, respond};
use crate::auth::Identity;
use crate::call::Call;

/// The projects of the caller's account that the query describes: clients look for the one that has the region's name.
pub(super) fn list(call: &Call, identity: &Identity) -> Result<Response, IamError> {
    let account = account_of(call, identity)?.filter(|account| is_meant(call, account));
    let projects = account.iter().map(|account| project(call, account)).collect();
    Ok(respond(StatusCode::OK, &wire::Projects { links: list_links(call, "/v3/projects"), projects }))
}

/// The projects that the caller may use.
pub(super) fn list_own(call: &Call, identity: &Identity) -> Result<Response, IamError> {
    let projects = account_of(call, identity)?.iter().map(|account| project(call, account)).collect();
    Ok(respond(StatusCode::OK, &wire::OwnProjects { links: link(call, "/v3/auth/projects"), projects }))
}

/// The accounts that the caller may use.
pub(super) fn list_own_domains(call: &Call, identity: &Identity) -> Result<Response, IamError> {
    let domain = |account: &Account| wire::Domain {
        id: account.account.clone(),
        name: account.name.clone(),
        enabled: true,
        description: "",
        links: link(call, &format!("/v3/domains/{}", account.account)),
    };
    let domains = account_of(call, identity)?.iter().map(domain).collect();
    Ok(respond(StatusCode::OK, &wire::Domains { links: link(call, "/v3/auth/domains"), domains }))
}

/// The one project that there is for the caller.
pub(super) fn show(caller: &Caller<'_>, id: &str) -> Result<Response, IamError> {
    let account = require_own(caller, id)?;
    Ok(respond(StatusCode::OK, &wire::OneProject { project: project(caller.call, &account) }))
}

/// Refuses a project that is not the caller's.
pub(super) fn require_own(caller: &Caller<'_>, id: &str) -> Result<Account, IamError> {
    let account = caller.account()?;
    if account.project_id.as_str() == id { Ok(account) } else { Err(IamError::NotFound { what: "project" }) }
}

fn account_of(call: &Call, identity: &Identity) -> Result<Option<Account>, IamError> {
    let Some(account) = identity.account() else { return Ok(None) };
    Ok(identity::find_account(&call.state().views.reader()?, account)?)
}

/// Whether every parameter that is given is true of the project.
fn is_meant(call: &Call, account: &Account) -> bool {
    let is = |parameter: &str, actual: &str| call.query().first(parameter).is_none_or(|wanted| wanted.is_empty() || wanted == actual);
    is("name", account.project_name.as_str())
        && is("domain_id", account.account.as_str())
        && is("parent_id", account.account.as_str())
        && is("enabled", "true")
        && is("is_domain", "false")
}

fn project(call: &Call, account: &Account) -> wire::Project {
    wire::Project {
        id: account.project_id.clone(),
        name: account.project_name.clone(),
        domain_id: account.account.clone(),
        parent_id: account.account.clone(),
        is_domain: false,
        enabled: true,
        description: "",
        links: link(call, &format!("/v3/projects/{}", account.project_id)),
    }
}
