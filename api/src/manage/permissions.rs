//! Permissions on organizations and images: who holds which, and changes for several users at once.

use ambar_domain::grants::Granting;
use ambar_domain::ids::UserId;
use ambar_domain::level::Level;
use ambar_projections::access::{Grant, list_grants_on_organization, list_grants_on_repository};
use ambar_projections::cards::find_card;
use ambar_projections::{Reader, identity};
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::permission::{Access, UserAuth, WantedPermission, auth_of, level_of};
use axum::response::Response;
use http::StatusCode;

use super::authority::{OnOrganization, OnRepository};
use super::body::read;
use super::error::ManageError;
use super::organizations;
use super::respond::{empty, json};
use crate::auth::Member;
use crate::call::Call;
use crate::operations;

pub(super) fn show_on_organization(call: &Call, holder: &OnOrganization) -> Result<Response, ManageError> {
    let reader = call.state().views.reader()?;
    let organization = organizations::find(&reader, holder)?.organization;
    let access = Access {
        id: organization.id,
        name: organization.name.to_string(),
        creator_name: Some(organization.creator_name.map(|name| name.to_string()).unwrap_or_default()),
        self_auth: own(&reader, &holder.member, holder.level)?,
        others_auths: others(holder.level, list_grants_on_organization(&reader, &holder.name)?),
    };
    Ok(json(StatusCode::OK, &access))
}

pub(super) async fn grant_on_organization(
    call: &Call,
    holder: &OnOrganization,
    body: &[u8],
    granting: Granting,
) -> Result<Response, ManageError> {
    let grants = wanted(body)?;
    operations::grant_on_organization(call.state(), &call.context(), &holder.name, grants, granting).await?;
    Ok(empty(if granting == Granting::New { StatusCode::OK } else { StatusCode::CREATED }))
}

pub(super) async fn revoke_on_organization(call: &Call, holder: &OnOrganization, body: &[u8]) -> Result<Response, ManageError> {
    let users = named_users(body, SwrCode::OrganizationPermissionNotFound)?;
    operations::revoke_on_organization(call.state(), &call.context(), &holder.name, users).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) fn show_on_repository(call: &Call, holder: &OnRepository) -> Result<Response, ManageError> {
    let reader = call.state().views.reader()?;
    let card = find_card(&reader, &holder.name)?.ok_or(SwrCode::RepositoryNotFound)?;
    // Who is of another account sees the image through a share, and not who works on it.
    let seen = if holder.member.account == holder.owner { holder.level } else { Level::Read };
    let access = Access {
        id: card.id,
        name: holder.name.path().to_owned(),
        creator_name: None,
        self_auth: own(&reader, &holder.member, holder.level)?,
        others_auths: others(seen, list_grants_on_repository(&reader, &holder.name)?),
    };
    Ok(json(StatusCode::OK, &access))
}

pub(super) async fn grant_on_repository(
    call: &Call,
    holder: &OnRepository,
    body: &[u8],
    granting: Granting,
) -> Result<Response, ManageError> {
    let grants = wanted(body)?;
    operations::grant_on_repository(call.state(), &call.context(), &holder.name, grants, granting).await?;
    Ok(empty(StatusCode::CREATED))
}

pub(super) async fn revoke_on_repository(call: &Call, holder: &OnRepository, body: &[u8]) -> Result<Response, ManageError> {
    let users = named_users(body, SwrCode::PermissionNotFound)?;
    operations::revoke_on_repository(call.state(), &call.context(), &holder.name, users).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// What the caller holds, by whatever it holds it.
fn own(reader: &Reader, member: &Member, level: Level) -> Result<UserAuth, ManageError> {
    Ok(UserAuth { user_id: member.user.to_string(), user_name: user_name(reader, &member.user)?, auth: auth_of(level) })
}

/// Empty for a user who is gone.
pub(super) fn user_name(reader: &Reader, user: &UserId) -> Result<String, ManageError> {
    Ok(identity::find_user_by_id(reader, user)?.map(|user| user.name.to_string()).unwrap_or_default())
}

/// What users hold, the caller among them, is for those who manage it.
fn others(level: Level, grants: Vec<Grant>) -> Vec<UserAuth> {
    if level < Level::Manage {
        return Vec::new();
    }
    let auth =
        |grant: Grant| UserAuth { user_id: grant.user.to_string(), user_name: grant.user_name.to_string(), auth: auth_of(grant.level) };
    grants.into_iter().map(auth).collect()
}

/// At least one.
fn wanted(body: &[u8]) -> Result<Vec<(UserId, Level)>, ManageError> {
    let wanted: Vec<WantedPermission> = read(body)?;
    if wanted.is_empty() {
        return Err(SwrCode::ParameterMissing.into());
    }
    let grant = |wanted: WantedPermission| {
        let user = wanted.user_id.parse().map_err(|_| ManageError::from(SwrCode::UserInvalid))?;
        Ok((user, level_of(wanted.auth).ok_or(SwrCode::AuthInvalid)?))
    };
    wanted.into_iter().map(grant).collect()
}

/// At least one. What is no user's id holds nothing.
fn named_users(body: &[u8], not_found: SwrCode) -> Result<Vec<UserId>, ManageError> {
    let users: Vec<String> = read(body)?;
    if users.is_empty() {
        return Err(SwrCode::ParameterMissing.into());
    }
    users.into_iter().map(|user| user.parse().map_err(|_| not_found.into())).collect()
}
