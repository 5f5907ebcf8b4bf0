//! With whom an image was shared, when, until when, and who changed or ended that (requirement S4).

use ambar_domain::ids::UserId;
use ambar_projections::shares::{Ending, ShareRecord, list_share_history};
use axum::response::Response;
use serde_json::{Value, json};

use super::authority::OnRepository;
use super::error::V1Error;
use super::parameters::{cursor, cut, limit};
use super::respond::{page, time};
use crate::call::Call;

/// The newest first.
pub(super) fn list_history(call: &Call, holder: &OnRepository) -> Result<Response, V1Error> {
    let (before, limit) = (cursor(call)?, limit(call)?);
    let listed = list_share_history(&call.state().views.reader()?, &holder.name, before, limit + 1)?;
    let (listed, more) = cut(listed, limit);
    let next = listed.last().filter(|_| more).map(|record| record.position.to_string());
    Ok(page(listed.iter().map(item).collect(), next))
}

fn item(record: &ShareRecord) -> Value {
    let ending = record.ending.as_ref();
    json!({
        "account_id": record.share.account.as_str(),
        "account_name": record.share.account_name.as_str(),
        "until": record.share.until.map(time),
        "description": record.share.description.as_str(),
        "creator": record.share.creator.as_ref().map(UserId::as_str),
        "created_at": time(record.share.created_at),
        "from": time(record.share.updated_at),
        "written_by": record.written_by.as_ref().map(UserId::as_str),
        "ended_at": ending.map(|(_, at, _)| time(*at)),
        "ended_by": ending.and_then(|(_, _, by)| by.as_ref()).map(UserId::as_str),
        "ending": ending.map(|(ending, _, _)| match ending {
            Ending::Changed => "changed",
            Ending::Ended => "ended",
            Ending::Expired => "expired",
            Ending::RepositoryDeleted => "repository_deleted",
        }),
    })
}
