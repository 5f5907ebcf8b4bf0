//! Sharing of private images with other accounts (reference, section 7.5).

use ambar_domain::names::AccountName;
use ambar_projections::{Reader, identity, shares};
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::share::{MaybeShare, READ, Share, WantedShare, deadline_text, parse_deadline};
use axum::response::Response;
use http::StatusCode;

use super::authority::OnRepository;
use super::body::read;
use super::error::ManageError;
use super::permissions::user_name;
use super::respond::{empty, json};
use crate::call::Call;
use crate::operations;

/// As many as an image can have.
pub(super) fn list(call: &Call, holder: &OnRepository) -> Result<Response, ManageError> {
    let reader = call.state().views.reader()?;
    let listed = shares::list_shares(&reader, &holder.name, call.state().clock.now(), 0, ambar_domain::repository::MAX_SHARES)?;
    let shares: Vec<Share> = listed.into_iter().map(|share| render(&reader, holder, share)).collect::<Result<_, _>>()?;
    Ok(json(StatusCode::OK, &shares))
}

pub(super) async fn create(call: &Call, holder: &OnRepository, body: &[u8]) -> Result<Response, ManageError> {
    let wanted: WantedShare = read(body)?;
    require_read(&wanted)?;
    let with = account_name(wanted.access_domain.as_deref().ok_or(SwrCode::ParameterMissing)?)?;
    let until = parse_deadline(wanted.deadline.as_deref().ok_or(SwrCode::ParameterMissing)?);
    let until = until.map_err(|error| ManageError::told(SwrCode::ParameterInvalid, error))?;
    let description = wanted.description.unwrap_or_default().parse().map_err(too_long)?;
    operations::share_repository(call.state(), &call.context(), &holder.name, &with, until, description).await?;
    Ok(empty(StatusCode::CREATED))
}

/// Says so plainly when the image is not shared with the account.
pub(super) fn show(call: &Call, holder: &OnRepository, domain: &str) -> Result<Response, ManageError> {
    let reader = call.state().views.reader()?;
    let account = identity::find_account_by_name(&reader, &account_name(domain)?)?;
    let found = match account {
        Some(account) => shares::find_share(&reader, &holder.name, &account.account, call.state().clock.now())?,
        None => None,
    };
    let share = found.map(|share| render(&reader, holder, share)).transpose()?;
    Ok(json(StatusCode::OK, &MaybeShare { exist: share.is_some(), share }))
}

pub(super) async fn update(call: &Call, holder: &OnRepository, domain: &str, body: &[u8]) -> Result<Response, ManageError> {
    let wanted: WantedShare = read(body)?;
    require_read(&wanted)?;
    let until = parse_deadline(wanted.deadline.as_deref().ok_or(SwrCode::ParameterMissing)?);
    let until = until.map_err(|error| ManageError::told(SwrCode::ParameterInvalid, error))?;
    let description = wanted.description.map(|text| text.parse().map_err(too_long)).transpose()?;
    operations::change_share(call.state(), &call.context(), &holder.name, &account_name(domain)?, until, description).await?;
    Ok(empty(StatusCode::CREATED))
}

pub(super) async fn delete(call: &Call, holder: &OnRepository, domain: &str) -> Result<Response, ManageError> {
    operations::end_share(call.state(), &call.context(), &holder.name, &account_name(domain)?).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

fn require_read(wanted: &WantedShare) -> Result<(), ManageError> {
    match wanted.permit.as_deref() {
        Some(READ) => Ok(()),
        Some(_) => Err(ManageError::told(SwrCode::ParameterInvalid, "permit must be 'read'")),
        None => Err(SwrCode::ParameterMissing.into()),
    }
}

fn account_name(text: &str) -> Result<AccountName, ManageError> {
    text.parse().map_err(|_| SwrCode::DomainInvalid.into())
}

pub(super) fn too_long(error: ambar_domain::description::DescriptionTooLong) -> ManageError {
    ManageError::told(SwrCode::DescriptionTooLong, error)
}

fn render(reader: &Reader, holder: &OnRepository, share: shares::Share) -> Result<Share, ManageError> {
    let creator_name = share.creator.as_ref().map_or(Ok(String::new()), |creator| user_name(reader, creator))?;
    Ok(Share {
        namespace: holder.name.organization_str().to_owned(),
        repository: holder.name.path().to_owned(),
        access_domain: share.account_name.to_string(),
        permit: READ,
        deadline: deadline_text(share.until),
        description: share.description.to_string(),
        creator_id: share.creator.map(|creator| creator.to_string()).unwrap_or_default(),
        creator_name,
        created: share.created_at,
        updated: share.updated_at,
        status: true,
    })
}
