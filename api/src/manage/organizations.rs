//! Organizations (reference, section 7.2).

use ambar_domain::organization_name::OrganizationName;
use ambar_projections::Reader;
use ambar_projections::organizations::{VisibleOrganization, list_visible_organizations};
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::filter::Parameters;
use ambar_schemas::swr::organization::{CreateNamespace, Namespace, Namespaces};
use ambar_schemas::swr::permission::auth_of;
use axum::response::Response;
use http::StatusCode;

use super::authority::OnOrganization;
use super::body::read;
use super::error::ManageError;
use super::respond::{empty, json};
use crate::auth::Member;
use crate::call::Call;
use crate::operations;

/// Without `mode=visible` only those on which the caller has a permission itself; with it also those of repositories.
pub(super) fn list(call: &Call, member: &Member, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let visible = parameters.get("mode") == Some("visible");
    let reader = call.state().views.reader()?;
    let listed =
        list_visible_organizations(&reader, &member.account, &member.user, member.sees_everything(), visible, parameters.get("namespace"))?;
    let namespaces = listed.into_iter().map(|seen| render(member, seen, true)).collect();
    Ok(json(StatusCode::OK, &Namespaces { namespaces }))
}

pub(super) async fn create(call: &Call, member: &Member, body: &[u8]) -> Result<Response, ManageError> {
    let wanted: CreateNamespace = read(body)?;
    let name: OrganizationName = wanted.namespace.ok_or(SwrCode::ParameterMissing)?.parse()?;
    operations::create_organization(call.state(), &call.context(), &member.account, &name).await?;
    Ok(empty(StatusCode::CREATED))
}

pub(super) fn show(call: &Call, holder: &OnOrganization) -> Result<Response, ManageError> {
    let seen = find(&call.state().views.reader()?, holder)?;
    Ok(json(StatusCode::OK, &render(&holder.member, seen, false)))
}

pub(super) async fn delete(call: &Call, holder: &OnOrganization) -> Result<Response, ManageError> {
    operations::delete_organization(call.state(), &call.context(), &holder.name).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// The organization as its holder sees it.
pub(super) fn find(reader: &Reader, holder: &OnOrganization) -> Result<VisibleOrganization, ManageError> {
    let member = &holder.member;
    let name = Some(holder.name.as_str());
    let mut listed = list_visible_organizations(reader, &member.account, &member.user, member.sees_everything(), false, name)?;
    Ok(listed.pop().ok_or(SwrCode::OrganizationNotFound)?)
}

fn render(member: &Member, seen: VisibleOrganization, in_list: bool) -> Namespace {
    let level = member.entrusted().or(seen.level);
    Namespace {
        id: seen.organization.id,
        name: seen.organization.name.to_string(),
        creator_name: seen.organization.creator_name.map(|name| name.to_string()).unwrap_or_default(),
        auth: level.map_or(0, auth_of),
        access_user_count: in_list.then_some(seen.user_count),
        repo_count: in_list.then_some(seen.repository_count),
    }
}
