//! What a tag pointed at before, and pointing it there again (requirement M8).

use ambar_domain::tag::{Reference, Tag};
use ambar_projections::repositories::{VersionRecord, list_version_history};
use ambar_projections::usage::count_pulls_of_manifests;
use ambar_schemas::v1::history::{Restored, TagRecord};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::authority::OnRepository;
use super::body::read;
use super::error::V1Error;
use super::parameters::{cursor, cut, limit};
use super::respond::{ok, page};
use crate::call::Call;
use crate::operations;

/// The newest first.
pub(super) fn list_history(call: &Call, holder: &OnRepository, tag: &str) -> Result<Response, V1Error> {
    let tag: Tag = tag.parse().map_err(|_| V1Error::TagNotFound)?;
    let (before, limit) = (cursor(call)?, limit(call)?);
    let reader = call.state().views.reader()?;
    let listed = list_version_history(&reader, &holder.name, &tag, before, limit + 1)?;
    if listed.is_empty() && before.is_none() {
        return Err(V1Error::TagNotFound);
    }
    let (listed, more) = cut(listed, limit);
    let next = listed.last().filter(|_| more).map(|record| record.position.to_string());
    let pulls = count_pulls_of_manifests(&reader, &holder.name, listed.iter().map(|record| &record.digest))?;
    let items = listed.into_iter().map(|record| item(pulls.get(&record.digest).copied().unwrap_or(0), record));
    Ok(page(items.collect(), next))
}

fn item(pull_count: u64, record: VersionRecord) -> TagRecord {
    TagRecord {
        pull_count,
        digest: record.digest,
        held: record.held,
        from: record.from,
        pushed_by: record.pushed_by,
        until: record.until,
        ended_by: record.ended_by,
    }
}

/// Which manifest a tag is to point at again.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Restore {
    digest: ambar_domain::digest::Digest,
}

/// Points the tag at a manifest that the repository still holds.
pub(super) async fn restore(call: &Call, holder: &OnRepository, tag: &str, body: &[u8]) -> Result<Response, V1Error> {
    let tag: Tag = tag.parse().map_err(|_| V1Error::TagNotFound)?;
    let Restore { digest } = read(body)?;
    let target = Reference::Digest(digest.clone());
    operations::point_version(call.state(), &call.context(), &holder.name, tag.clone(), target, true).await?;
    Ok(ok(&Restored { tag, digest }))
}
