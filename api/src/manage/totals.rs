//! The account as a whole: quotas, what the registry can do, figures (reference, section 7.9).

use ambar_domain::delegation::{DelegationDescription, Trustee};
use ambar_domain::level::Level;
use ambar_projections::cards::account_overview;
use ambar_projections::{delegations, identity, organizations, usage};
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::quota::{Agency, FeatureGates, Overview, Quota, Quotas, ReportDay};
use axum::response::Response;
use http::StatusCode;

use super::error::ManageError;
use super::respond::{empty, json};
use crate::auth::Member;
use crate::call::Call;
use crate::operations::{self, DelegationOrder};

pub(super) fn quotas(call: &Call, member: &Member) -> Result<Response, ManageError> {
    let used = organizations::list_organizations(&call.state().views.reader()?, &member.account)?.len();
    let organizations =
        Quota { quota_key: "namespace", quota_limit: call.state().settings.organization_quota.into(), used: used as u64, unit: "" };
    Ok(json(StatusCode::OK, &Quotas { quotas: vec![organizations] }))
}

/// What is on here is there; everything else is not, or comes later.
pub(super) fn feature_gates() -> Response {
    let gates = FeatureGates {
        enable_list_v3: true,
        enable_authorization_token: true,
        enable_customize_validity_period: true,
        ..FeatureGates::default()
    };
    json(StatusCode::OK, &gates)
}

pub(super) fn overview(call: &Call, member: &Member) -> Result<Response, ManageError> {
    let reader = call.state().views.reader()?;
    let account = identity::find_account(&reader, &member.account)?.ok_or(SwrCode::Unauthenticated)?;
    let totals = account_overview(&reader, &member.account)?;
    #[expect(clippy::cast_precision_loss, reason = "the API writes bytes as a floating-point number, exact up to 8 PiB")]
    let overview = Overview {
        domain_id: account.account.to_string(),
        domain_name: account.name.to_string(),
        namspace_num: totals.organizations,
        repo_num: totals.repositories,
        image_num: totals.tags,
        store_space: totals.size_bytes as f64,
        downflow_size: usage::count_downloaded_bytes(&reader, &member.account)? as f64,
    };
    Ok(json(StatusCode::OK, &overview))
}

/// How many days a report has, today included.
const REPORT_DAYS: u32 = 30;

/// What the account stored or downloaded from day to day, in bytes.
pub(super) fn report(call: &Call, member: &Member, resource: &str, frequency: &str) -> Result<Response, ManageError> {
    let (reader, now) = (call.state().views.reader()?, call.state().clock.now());
    let days = match (resource, frequency) {
        ("downflow", "daily") => usage::list_downloaded_bytes(&reader, &member.account, now, REPORT_DAYS)?,
        ("store", "daily") => usage::list_stored_bytes(&reader, &member.account, now, REPORT_DAYS)?,
        _ => return Err(ManageError::told(SwrCode::ParameterInvalid, "a report is of downflow or store, and daily")),
    };
    let days: Vec<_> = days.into_iter().map(|day| ReportDay { date: day.date.to_string(), value: day.bytes }).collect();
    Ok(json(StatusCode::OK, &days))
}

/// The service that an account entrusts its registry to by [`create_agency`], and the name under which it does: those of the product.
const SERVICE: &str = "op_svc_swr";
const AGENCY: &str = "swr_admin_trust";

/// Whether the account has entrusted its registry to the registry's own service.
pub(super) fn agency(call: &Call, member: &Member) -> Result<Response, ManageError> {
    let listed = delegations::list_delegations(&call.state().views.reader()?, &member.account, call.state().clock.now())?;
    let is_agency = listed.iter().any(|found| found.trustee.service().is_some_and(|service| service.as_str() == SERVICE));
    Ok(json(StatusCode::OK, &Agency { domain_id: member.account.to_string(), is_agency }))
}

/// Entrusts it, for ever and with manage.
pub(super) async fn create_agency(call: &Call, member: &Member) -> Result<Response, ManageError> {
    let internal = |error| ManageError::Internal(SwrCode::Failed, Box::new(error));
    let order = DelegationOrder {
        name: AGENCY.parse().map_err(internal)?,
        trustee: Trustee::Service(SERVICE.parse().map_err(internal)?),
        level: Some(Level::Manage),
        until: None,
        description: DelegationDescription::default(),
    };
    operations::grant_delegation(call.state(), &call.context(), &member.account, order).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
