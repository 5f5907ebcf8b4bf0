//! Sharing of private images with other accounts (reference, section 7.5).

use ambar_domain::names::AccountName;
use ambar_projections::cards::{self, CardQuery, RepositoryCard, SharedCardQuery};
use ambar_projections::{Reader, identity, shares};
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::filter::Parameters;
use ambar_schemas::swr::share::{MaybeShare, READ, Share, WantedShare, deadline_text, parse_deadline};
use axum::response::Response;
use http::StatusCode;

use super::authority::OnRepository;
use super::body::read;
use super::error::ManageError;
use super::permissions::user_name;
use super::repositories;
use super::respond::{empty, json, page};
use crate::auth::Member;
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

/// Images that others share with the caller's account, or that it shares itself.
pub(super) fn list_repositories(call: &Call, member: &Member, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let wanted = parameters.page()?;
    let (order, descending) = repositories::order(parameters)?;
    let (offset, limit) = (repositories::number(wanted.offset), repositories::number(wanted.limit));
    let reader = call.state().views.reader()?;
    let snapshot = reader.snapshot()?;
    let (listed, total) = match parameters.get("center") {
        Some("self") => cards::list_cards(&snapshot, &shared_by_self(call, member, parameters)?, order, descending, offset, limit)?,
        // What others share with an account is not for it to pass on.
        Some("thirdparty") if member.entrusted().is_some() => (Vec::new(), 0),
        Some("thirdparty") => {
            let query = shared_by_others(call, member, parameters)?;
            let (listed, total) = cards::list_shared_cards(&snapshot, &query, order, descending, offset, limit)?;
            (listed.into_iter().map(|shared| shared.card).collect(), total)
        }
        _ => return Err(ManageError::told(SwrCode::ParameterInvalid, "center is 'self' or 'thirdparty'")),
    };
    let items = repositories::within_bounds(listed)
        .into_iter()
        .map(|card| repositories::item(call, &snapshot, card, true, total))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(page(&items, wanted.offset, total, wanted.counted))
}

/// The same by markers.
pub(super) fn list_repositories_v3(call: &Call, member: &Member, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let (after, limit) = repositories::marker(parameters)?;
    let reader = call.state().views.reader()?;
    let listed: Vec<RepositoryCard> = match parameters.get("shared_by") {
        Some("self") => cards::list_cards_after(&reader, &shared_by_self(call, member, parameters)?, after, limit + 1)?,
        Some("thirdparty") if member.entrusted().is_some() => Vec::new(),
        Some("thirdparty") => {
            let query = shared_by_others(call, member, parameters)?;
            cards::list_shared_cards_after(&reader, &query, after, limit + 1)?.into_iter().map(|shared| shared.card).collect()
        }
        _ => return Err(ManageError::told(SwrCode::ParameterInvalid, "shared_by is 'self' or 'thirdparty'")),
    };
    Ok(json(StatusCode::OK, &repositories::page_v3(repositories::within_bounds(listed).into_iter().map(|card| (card, true)), limit)))
}

fn shared_by_self(call: &Call, member: &Member, parameters: &Parameters<'_>) -> Result<CardQuery, ManageError> {
    let shared_at = Some(call.state().clock.now());
    Ok(CardQuery { shared_at, ..repositories::query(member, parameters)? })
}

fn shared_by_others(call: &Call, member: &Member, parameters: &Parameters<'_>) -> Result<SharedCardQuery, ManageError> {
    Ok(SharedCardQuery {
        receiver: member.account.clone(),
        now: call.state().clock.now(),
        organization: parameters.get("namespace").map(str::parse).transpose()?,
        name_contains: parameters.get("name").map(str::to_owned),
        category: repositories::category(parameters.get("category"))?,
        account_name: parameters.get("domain_name").map(str::to_owned),
    })
}
