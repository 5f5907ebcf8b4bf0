//! With whom an image was shared, when, until when, and who changed or ended that (requirement S4).

use ambar_projections::shares::{self as views, Ending, list_share_history};
use ambar_schemas::v1::history::{ShareEnding, ShareRecord};
use axum::response::Response;

use super::authority::OnRepository;
use super::error::V1Error;
use super::parameters::{cursor, cut, limit};
use super::respond::page;
use crate::call::Call;

/// The newest first.
pub(super) fn list_history(call: &Call, holder: &OnRepository) -> Result<Response, V1Error> {
    let (before, limit) = (cursor(call)?, limit(call)?);
    let listed = list_share_history(&call.state().views.reader()?, &holder.name, before, limit + 1)?;
    let (listed, more) = cut(listed, limit);
    let next = listed.last().filter(|_| more).map(|record| record.position.to_string());
    Ok(page(listed.into_iter().map(item).collect(), next))
}

fn item(record: views::ShareRecord) -> ShareRecord {
    let views::ShareRecord { share, written_by, ending, .. } = record;
    let (ending, ended_at, ended_by) = match ending {
        Some((ending, at, by)) => (Some(ending_of(ending)), Some(at), by),
        None => (None, None, None),
    };
    ShareRecord {
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
