//! The account as a whole: quotas, what the registry can do, figures (reference, section 7.9).

use ambar_projections::cards::account_overview;
use ambar_projections::{identity, organizations, usage};
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::quota::{Agency, FeatureGates, Overview, Quota, Quotas, ReportDay};
use axum::response::Response;
use http::StatusCode;

use super::error::ManageError;
use super::respond::json;
use crate::auth::Member;
use crate::call::Call;

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

/// No account has let a service act for it yet.
pub(super) fn agency(member: &Member) -> Response {
    json(StatusCode::OK, &Agency { domain_id: member.account.to_string(), is_agency: false })
}
