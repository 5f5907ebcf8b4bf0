//! What was shared with whom, when, until when, and who changed or ended that: of an image, and of the whole account (requirement S4).

use ambar_domain::clock::Timestamp;
use ambar_projections::shares::{self as views, Ending, ShareHistoryQuery, ShareState, list_share_history, list_shares_given};
use ambar_schemas::v1::history::{ShareEnding, ShareRecord};
use axum::response::Response;

use super::authority::{Auditor, OnRepository};
use super::error::V1Error;
use super::parameters::{cursor, cut, limit, parsed, text};
use super::respond::page;
use crate::call::Call;

/// The newest first.
pub(super) fn list_history(call: &Call, holder: &OnRepository) -> Result<Response, V1Error> {
    let (before, limit) = (cursor(call)?, limit(call)?);
    let listed = list_share_history(&call.state().views.reader()?, &holder.name, before, limit + 1)?;
    Ok(page_of(listed, limit, call.state().clock.now()))
}

/// All that the account ever shared, images that are gone among it, the newest first.
pub(super) fn list_given(call: &Call, auditor: &Auditor) -> Result<Response, V1Error> {
    let now = call.state().clock.now();
    let query = ShareHistoryQuery {
        owner: auditor.account.clone(),
        account_name: parsed(call, "account", "the name of an account")?,
        repository: parsed(call, "repository", "the whole name of an image")?,
        state: state(call)?,
        now,
    };
    let (before, limit) = (cursor(call)?, limit(call)?);
    let listed = list_shares_given(&call.state().views.reader()?, &query, before, limit + 1)?;
    Ok(page_of(listed, limit, now))
}

/// The states that can be asked for.
pub(super) const STATES: [(&str, ShareState); 5] = [
    ("valid", ShareState::Valid),
    ("changed", ShareState::Over(Ending::Changed)),
    ("ended", ShareState::Over(Ending::Ended)),
    ("expired", ShareState::Over(Ending::Expired)),
    ("repository_deleted", ShareState::Over(Ending::RepositoryDeleted)),
];

fn state(call: &Call) -> Result<Option<ShareState>, V1Error> {
    let Some(asked) = text(call, "state") else { return Ok(None) };
    let found = STATES.into_iter().find(|(word, _)| *word == asked);
    found.map(|(_, state)| Some(state)).ok_or_else(|| V1Error::Word { name: "state", words: STATES.map(|(word, _)| word).into() })
}

fn page_of(listed: Vec<views::ShareRecord>, limit: usize, now: Timestamp) -> Response {
    let (listed, more) = cut(listed, limit);
    let next = listed.last().filter(|_| more).map(|record| record.position.to_string());
    page(listed.into_iter().map(|record| item(record.at(now))).collect(), next)
}

fn item(record: views::ShareRecord) -> ShareRecord {
    let views::ShareRecord { repository, share, written_by, ending, .. } = record;
    let (ending, ended_at, ended_by) = match ending {
        Some((ending, at, by)) => (Some(ending_of(ending)), Some(at), by),
        None => (None, None, None),
    };
    ShareRecord {
        repository,
        account_id: share.account,
        account_name: share.account_name,
        until: share.until,
        description: share.description,
        creator: share.creator,
        created_at: share.created_at,
        from: share.updated_at,
        written_by,
        ended_at,
        ended_by,
        ending,
    }
}

fn ending_of(ending: Ending) -> ShareEnding {
    match ending {
        Ending::Changed => ShareEnding::Changed,
        Ending::Ended => ShareEnding::Ended,
        Ending::Expired => ShareEnding::Expired,
        Ending::RepositoryDeleted => ShareEnding::RepositoryDeleted,
    }
}
