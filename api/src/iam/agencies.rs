//! `/v3.0/OS-AGENCY`: delegations (requirement I5) as the service knows them, where they are agencies. For administrators of the account.
//!
//! An agency is made without a level there, and given one by a role: it says nothing until then.

use ambar_domain::account::DelegationChange;
use ambar_domain::clock::Timestamp;
use ambar_domain::delegation::{DelegationDescription, Trustee};
use ambar_domain::ids::AccountId;
use ambar_domain::level::Level;
use ambar_projections::delegations::{Delegation, find_delegation, list_delegations};
use ambar_projections::identity;
use axum::response::Response;
use chrono::{Duration, SecondsFormat};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::Caller;
use super::error::IamError;
use super::projects;
use super::request::read;
use super::respond::{empty, respond};
use super::roles;
use crate::operations::{self, DelegationOrder};

/// What the names of the region's services begin with.
const SERVICE: &str = "op_svc_";

pub(super) async fn serve(caller: &Caller<'_>, path: &[&str], body: &[u8]) -> Result<Response, IamError> {
    caller.require_administrator()?;
    match (&caller.call.parts.method, path) {
        (&Method::GET, ["agencies"]) => list(caller),
        (&Method::POST, ["agencies"]) => create(caller, body).await,
        (&Method::GET, ["agencies", id]) => shown(caller, StatusCode::OK, id),
        (&Method::PUT, ["agencies", id]) => change(caller, id, body).await,
        (&Method::DELETE, ["agencies", id]) => {
            let found = find(caller, id)?;
            operations::revoke_delegation(caller.call.state(), &caller.call.context(), &caller.account, &found.delegation).await?;
            Ok(empty())
        }
        (_, ["domains", domain, "agencies", id, "roles", rest @ ..]) => {
            caller.require_own_domain(Some(domain))?;
            serve_roles(caller, id, rest).await
        }
        (_, ["projects", project, "agencies", id, "roles", rest @ ..]) => {
            projects::require_own(caller, project)?;
            serve_roles(caller, id, rest).await
        }
        _ => Err(IamError::NothingHere),
    }
}

#[derive(Deserialize)]
struct NewBody {
    agency: New,
}

#[derive(Deserialize)]
struct New {
    name: String,
    #[serde(default)]
    domain_id: Option<String>,
    #[serde(default)]
    trust_domain_id: Option<String>,
    #[serde(default)]
    trust_domain_name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    duration: Option<Value>,
}

#[derive(Deserialize)]
struct ChangeBody {
    agency: Change,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    trust_domain_id: Option<String>,
    #[serde(default)]
    trust_domain_name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    duration: Option<Value>,
}

async fn create(caller: &Caller<'_>, body: &[u8]) -> Result<Response, IamError> {
    let NewBody { agency } = read(body)?;
    caller.require_own_domain(agency.domain_id.as_deref())?;
    let order = DelegationOrder {
        name: agency.name.parse().map_err(IamError::Name)?,
        trustee: trustee(caller, agency.trust_domain_id.as_deref(), agency.trust_domain_name.as_deref())?,
        level: None,
        until: agency.duration.map(|duration| end(&duration, caller.call.state().clock.now())).transpose()?.flatten(),
        description: agency.description.unwrap_or_default().parse().map_err(IamError::Description)?,
    };
    let id = operations::grant_delegation(caller.call.state(), &caller.call.context(), &caller.account, order).await?;
    shown(caller, StatusCode::CREATED, id.as_str())
}

/// The trustee stays who it is: whoever is to get what another has gets an agency of its own.
async fn change(caller: &Caller<'_>, id: &str, body: &[u8]) -> Result<Response, IamError> {
    let (ChangeBody { agency }, found) = (read(body)?, find(caller, id)?);
    if agency.trust_domain_id.is_some() || agency.trust_domain_name.is_some() {
        let named = trustee(caller, agency.trust_domain_id.as_deref(), agency.trust_domain_name.as_deref())?;
        if named != found.trustee {
            return Err(IamError::Malformed { reason: "the account that an agency is for cannot be changed" });
        }
    }
    let description = agency.description.map(|text| text.parse::<DelegationDescription>().map_err(IamError::Description)).transpose()?;
    let until = agency.duration.map(|duration| end(&duration, caller.call.state().clock.now())).transpose()?;
    let change = DelegationChange { level: None, until, description };
    operations::change_delegation(caller.call.state(), &caller.call.context(), &caller.account, &found.delegation, change).await?;
    shown(caller, StatusCode::OK, id)
}

/// The name counts where both are given.
fn trustee(caller: &Caller<'_>, id: Option<&str>, name: Option<&str>) -> Result<Trustee, IamError> {
    let missing = || IamError::NotFound { what: "trusted domain" };
    let found = match (name, id) {
        (Some(name), _) if name.starts_with(SERVICE) => return Ok(Trustee::Service(name.parse().map_err(IamError::Name)?)),
        (Some(name), _) => identity::find_account_by_name(&caller.reader()?, &name.parse().map_err(|_| missing())?)?,
        (None, Some(id)) => identity::find_account(&caller.reader()?, &id.parse().map_err(|_| missing())?)?,
        (None, None) => return Err(IamError::Malformed { reason: "trust_domain_id or trust_domain_name is missing" }),
    };
    Ok(Trustee::Account(found.ok_or_else(missing)?.account))
}

/// `FOREVER`, `ONEDAY`, or days, as a number or a text.
fn end(duration: &Value, now: Timestamp) -> Result<Option<Timestamp>, IamError> {
    let days = match duration {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() || text == "FOREVER" => return Ok(None),
        Value::String(text) if text == "ONEDAY" => Some(1),
        Value::String(text) => text.parse().ok(),
        duration => duration.as_u64().and_then(|days| u16::try_from(days).ok()),
    };
    let days: u16 =
        days.filter(|days| *days > 0).ok_or(IamError::Malformed { reason: "duration is FOREVER, ONEDAY or a number of days" })?;
    Ok(Some(now + Duration::days(days.into())))
}

/// There are so few that a page is cut out of them.
fn list(caller: &Caller<'_>) -> Result<Response, IamError> {
    caller.require_own_domain(caller.call.query().first("domain_id").as_deref())?;
    let listed = list_delegations(&caller.reader()?, &caller.account, caller.call.state().clock.now())?;
    let number = |parameter, usual: usize| match caller.call.query().first(parameter) {
        None => Ok(usual),
        Some(text) => text.parse().ok().filter(|number| *number > 0).ok_or(IamError::Malformed { reason: "page and per_page are numbers" }),
    };
    let (page, per_page) = (number("page", 1)?, number("per_page", usize::MAX)?);
    let wanted = |found: &&Delegation| {
        let trusted = found.trustee.account().map(AccountId::as_str).unwrap_or_default();
        caller.wants("name", found.name.as_str()) && caller.wants("trust_domain_id", trusted)
    };
    let agencies: Vec<_> = listed.iter().filter(wanted).skip((page - 1).saturating_mul(per_page)).take(per_page).map(describe).collect();
    Ok(respond(StatusCode::OK, &json!({ "agencies": agencies })))
}

fn shown(caller: &Caller<'_>, status: StatusCode, id: &str) -> Result<Response, IamError> {
    Ok(respond(status, &json!({ "agency": describe(&find(caller, id)?) })))
}

fn find(caller: &Caller<'_>, id: &str) -> Result<Delegation, IamError> {
    let missing = || IamError::NotFound { what: "agency" };
    let id = id.parse().map_err(|_| missing())?;
    let found = find_delegation(&caller.reader()?, &caller.account, &id, caller.call.state().clock.now())?;
    found.ok_or_else(missing)
}

fn describe(agency: &Delegation) -> Value {
    let trusted = agency.trustee_name.as_ref().map(ToString::to_string).or_else(|| agency.trustee.service().map(ToString::to_string));
    json!({
        "id": agency.delegation,
        "name": agency.name,
        "domain_id": agency.account,
        "trust_domain_id": agency.trustee.account().map(AccountId::as_str).unwrap_or_default(),
        "trust_domain_name": trusted.unwrap_or_default(),
        "description": agency.description,
        "duration": agency.until.map_or("FOREVER".to_owned(), |until| hours(until - agency.updated_at)),
        "create_time": written(agency.granted_at),
        "expire_time": agency.until.map(written).unwrap_or_default(),
    })
}

/// Whole hours, the nearest: an agency is recorded a moment after its end was reckoned.
fn hours(duration: Duration) -> String {
    ((duration + Duration::minutes(30)).num_minutes() / 60).to_string()
}

fn written(time: Timestamp) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// An agency has one role or none: that of its level. Another one takes its place.
async fn serve_roles(caller: &Caller<'_>, id: &str, path: &[&str]) -> Result<Response, IamError> {
    let found = find(caller, id)?;
    match (&caller.call.parts.method, path) {
        (&Method::GET, []) => Ok(roles::respond_levels(caller, found.level)),
        (&Method::HEAD, [role]) if found.level == Some(roles::level(role)?) => Ok(empty()),
        (&Method::PUT, [role]) => set_level(caller, &found, Some(roles::level(role)?)).await,
        (&Method::DELETE, [role]) if found.level == Some(roles::level(role)?) => set_level(caller, &found, None).await,
        (&Method::HEAD | &Method::DELETE, [_]) => Err(IamError::NotFound { what: "role" }),
        _ => Err(IamError::NothingHere),
    }
}

async fn set_level(caller: &Caller<'_>, agency: &Delegation, level: Option<Level>) -> Result<Response, IamError> {
    let change = DelegationChange { level: Some(level), ..DelegationChange::default() };
    operations::change_delegation(caller.call.state(), &caller.call.context(), &caller.account, &agency.delegation, change).await?;
    Ok(empty())
}
