//! Images that others share with the caller's account, or that it shares itself; with `status` false, those that it or they shared
//! (reference, sections 6 and 7.5).
//!
//! Whose share has ended is told what it had, and nothing of what the image has become since.

use ambar_domain::level::Visibility;
use ambar_projections::cards::{self, CardOrder, CardQuery, EndedPage, SharedCardQuery};
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::filter::Parameters;
use axum::response::Response;
use http::StatusCode;

use super::error::ManageError;
use super::repositories::{self, number};
use super::respond::{json, page};
use crate::auth::Member;
use crate::call::Call;

/// Whose shares are listed.
#[derive(Debug, Clone, Copy)]
enum By {
    Own,
    Others,
}

pub(super) fn list(call: &Call, member: &Member, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let wanted = parameters.page()?;
    let (order, descending) = order(parameters)?;
    let (offset, limit) = (number(wanted.offset), number(wanted.limit));
    let ended = EndedPage { order: Some(order), descending, after: None, offset, limit };
    let reader = call.state().views.reader()?;
    let snapshot = reader.snapshot()?;
    let lasts = lasts(parameters)?;
    let (cards, total) = match (by(parameters, "center")?, lasts) {
        (By::Own, true) => cards::list_cards(&snapshot, &shared_by_self(call, member, parameters)?, order, descending, offset, limit)?,
        (By::Own, false) => {
            let query = shared_by_self(call, member, parameters)?;
            (cards::list_ended_cards(&snapshot, &query, ended)?, cards::count_ended_cards(&snapshot, &query)?)
        }
        (By::Others, _) if is_empty_by_others(member, parameters)? => (Vec::new(), 0),
        (By::Others, true) => {
            let (listed, total) =
                cards::list_shared_cards(&snapshot, &shared_by_others(call, member, parameters)?, order, descending, offset, limit)?;
            (listed.into_iter().map(|shared| shared.card).collect(), total)
        }
        (By::Others, false) => {
            let query = shared_by_others(call, member, parameters)?;
            (cards::list_ended_shares(&snapshot, &query, ended)?, cards::count_ended_shares(&snapshot, &query)?)
        }
    };
    let cards = repositories::within_bounds(cards).into_iter();
    let items = cards.map(|card| repositories::item(call, &snapshot, card, lasts, total)).collect::<Result<Vec<_>, _>>()?;
    Ok(page(&items, wanted.offset, total, wanted.counted))
}

/// The same by markers.
pub(super) fn list_v3(call: &Call, member: &Member, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let (after, limit) = repositories::marker(parameters)?;
    let ended = EndedPage { order: None, descending: false, after, offset: 0, limit: limit + 1 };
    let reader = call.state().views.reader()?;
    let lasts = lasts(parameters)?;
    let cards = match (by(parameters, "shared_by")?, lasts) {
        (By::Own, true) => cards::list_cards_after(&reader, &shared_by_self(call, member, parameters)?, after, limit + 1)?,
        (By::Own, false) => cards::list_ended_cards(&reader, &shared_by_self(call, member, parameters)?, ended)?,
        (By::Others, _) if is_empty_by_others(member, parameters)? => Vec::new(),
        (By::Others, true) => {
            let listed = cards::list_shared_cards_after(&reader, &shared_by_others(call, member, parameters)?, after, limit + 1)?;
            listed.into_iter().map(|shared| shared.card).collect()
        }
        (By::Others, false) => cards::list_ended_shares(&reader, &shared_by_others(call, member, parameters)?, ended)?,
    };
    let items = repositories::within_bounds(cards).into_iter().map(|card| repositories::item_v3(card, lasts));
    Ok(json(StatusCode::OK, &repositories::page_v3(items, limit)))
}

fn by(parameters: &Parameters<'_>, name: &str) -> Result<By, ManageError> {
    match parameters.get(name) {
        Some("self") => Ok(By::Own),
        Some("thirdparty") => Ok(By::Others),
        _ => Err(ManageError::told(SwrCode::ParameterInvalid, format_args!("{name} is 'self' or 'thirdparty'"))),
    }
}

/// Whether shares are wanted that last, as if nothing is said, or those that have ended.
fn lasts(parameters: &Parameters<'_>) -> Result<bool, ManageError> {
    match parameters.get("status") {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(ManageError::told(SwrCode::ParameterInvalid, "status is 'true' or 'false'")),
    }
}

/// As lists of images, and by the name that some documents have for the last change.
fn order(parameters: &Parameters<'_>) -> Result<(CardOrder, bool), ManageError> {
    match parameters.get("order_column") {
        Some("updated_at") => Ok((CardOrder::UpdatedAt, parameters.descending()?.unwrap_or(false))),
        _ => repositories::order(parameters),
    }
}

/// What others share with an account is not for it to pass on, and what they share is private.
fn is_empty_by_others(member: &Member, parameters: &Parameters<'_>) -> Result<bool, ManageError> {
    Ok(member.entrusted().is_some() || repositories::visibility(parameters)? == Some(Visibility::Public))
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
