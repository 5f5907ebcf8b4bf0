//! `/v1/delegations`: what the account entrusts to others, and what others have entrusted to it (requirement I5).

use ambar_domain::account::DelegationChange;
use ambar_domain::clock::Timestamp;
use ambar_domain::delegation::{DelegationDescription, Trustee};
use ambar_domain::ids::{AccountId, DelegationId};
use ambar_domain::level::Level;
use ambar_domain::names::{AccountName, DelegationName, ServiceName};
use ambar_projections::delegations::{Delegation, find_delegation, list_delegations, list_received_delegations};
use ambar_projections::identity::find_account_by_name;
use ambar_schemas::v1::delegation as wire;
use axum::response::Response;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::authority::Auditor;
use super::body::read;
use super::error::V1Error;
use super::parameters::{cut, limit, text};
use super::respond::{empty, ok, page, respond};
use crate::call::Call;
use crate::operations::{self, DelegationOrder};

/// What the account entrusts to others, by name: never more than one page.
pub(super) fn list(call: &Call, auditor: &Auditor) -> Result<Response, V1Error> {
    let listed = list_delegations(&call.state().views.reader()?, &auditor.account, call.state().clock.now())?;
    Ok(page(listed.into_iter().map(item).collect(), None))
}

/// What others have entrusted to the account, by the name of the account that entrusts.
pub(super) fn list_received(call: &Call, auditor: &Auditor) -> Result<Response, V1Error> {
    let (after, limit, now) = (text(call, "cursor"), limit(call)?, call.state().clock.now());
    let listed = list_received_delegations(&call.state().views.reader()?, &auditor.account, now, after.as_deref(), limit + 1)?;
    let (listed, more) = cut(listed, limit);
    let next = listed.last().filter(|_| more).map(|last| last.account_name.to_string());
    Ok(page(listed.into_iter().map(item).collect(), next))
}

/// A delegation as it is asked for; the trustee is one of the three.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewDelegation")]
pub(super) struct New {
    name: DelegationName,
    #[serde(default)]
    account_id: Option<AccountId>,
    #[serde(default)]
    account_name: Option<AccountName>,
    #[serde(default)]
    service: Option<ServiceName>,
    level: Level,
    #[serde(default)]
    until: Option<Timestamp>,
    #[serde(default)]
    description: DelegationDescription,
}

pub(super) async fn create(call: &Call, auditor: &Auditor, body: &[u8]) -> Result<Response, V1Error> {
    let New { name, account_id, account_name, service, level, until, description } = read(body)?;
    let trustee = match (account_id, account_name, service) {
        (Some(account), None, None) => Trustee::Account(account),
        (None, Some(name), None) => {
            let found = find_account_by_name(&call.state().views.reader()?, &name)?;
            Trustee::Account(found.ok_or(V1Error::AccountNotFound)?.account)
        }
        (None, None, Some(service)) => Trustee::Service(service),
        _ => return Err(V1Error::TrusteeAmbiguous),
    };
    let order = DelegationOrder { name, trustee, level: Some(level), until, description };
    let id = operations::grant_delegation(call.state(), &call.context(), &auditor.account, order).await?;
    Ok(respond(StatusCode::CREATED, &shown(call, auditor, &id)?))
}

/// What is to be otherwise. An end that is `null` is none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DelegationChange")]
pub(super) struct Change {
    #[serde(default)]
    level: Option<Level>,
    #[serde(default, deserialize_with = "given")]
    until: Option<Option<Timestamp>>,
    #[serde(default)]
    description: Option<DelegationDescription>,
}

/// Tells `null` from what is not there.
fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::deserialize(value).map(Some)
}

pub(super) async fn change(call: &Call, auditor: &Auditor, id: &str, body: &[u8]) -> Result<Response, V1Error> {
    let id = parse(id)?;
    let Change { level, until, description } = read(body)?;
    let change = DelegationChange { level: level.map(Some), until, description };
    operations::change_delegation(call.state(), &call.context(), &auditor.account, &id, change).await?;
    Ok(ok(&shown(call, auditor, &id)?))
}

pub(super) async fn revoke(call: &Call, auditor: &Auditor, id: &str) -> Result<Response, V1Error> {
    operations::revoke_delegation(call.state(), &call.context(), &auditor.account, &parse(id)?).await?;
    Ok(empty())
}

fn parse(id: &str) -> Result<DelegationId, V1Error> {
    id.parse().map_err(|_| V1Error::DelegationNotFound)
}

fn shown(call: &Call, auditor: &Auditor, id: &DelegationId) -> Result<wire::Delegation, V1Error> {
    let found = find_delegation(&call.state().views.reader()?, &auditor.account, id, call.state().clock.now())?;
    Ok(item(found.ok_or(V1Error::DelegationNotFound)?))
}

/// A delegation in lists and answers.
pub(super) fn item(delegation: Delegation) -> wire::Delegation {
    wire::Delegation {
        id: delegation.delegation,
        name: delegation.name,
        account_id: delegation.account,
        account_name: delegation.account_name,
        trustee_account_id: delegation.trustee.account().cloned(),
        trustee_account_name: delegation.trustee_name,
        trustee_service: delegation.trustee.service().cloned(),
        level: delegation.level,
        until: delegation.until,
        description: delegation.description,
        creator: delegation.creator,
        granted_at: delegation.granted_at,
        updated_at: delegation.updated_at,
    }
}
