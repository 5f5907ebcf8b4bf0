//! Versions of an image (reference, section 7.4).

use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::{Reference, Tag as TagName};
use ambar_projections::repositories::{self as views, Version, VersionFilter, VersionOrder};
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::filter::{DEFAULT_LIMIT, MAX_LIMIT, Parameters};
use ambar_schemas::swr::tag::{CreateTag, Tag, TagFacts, TagItem, TagsV3};
use axum::response::Response;
use http::StatusCode;

use super::authority::OnRepository;
use super::body::read;
use super::error::ManageError;
use super::repositories::{number, pull_path};
use super::respond::{empty, json, page};
use crate::call::Call;
use crate::operations;

/// How many bytes of manifests an answer has at most; one alone has no more.
const MANIFEST_BYTES: u64 = 8 << 20;

pub(super) async fn list(call: &Call, holder: &OnRepository, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let wanted = parameters.page()?;
    let (order, descending) = order(parameters)?;
    let (listed, total) = {
        let reader = call.state().views.reader()?;
        let snapshot = reader.snapshot()?;
        let (offset, limit) = (number(wanted.offset), number(wanted.limit));
        views::list_versions(&snapshot, &holder.name, filter(parameters), order, descending, offset, limit)?
    };
    let (mut items, mut room) = (Vec::with_capacity(listed.len()), MANIFEST_BYTES);
    for version in listed {
        let (tag, facts) = facts(call, holder, version, &mut room).await?;
        items.push(TagItem { tag, facts, deleted: None, scanned: false });
    }
    Ok(page(&items, wanted.offset, total, wanted.counted))
}

pub(super) async fn list_v3(call: &Call, holder: &OnRepository, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let (order, descending) = order(parameters)?;
    let (offset, limit) = marker(parameters)?;
    let mut room = if parameters.get("with_manifest") == Some("true") { MANIFEST_BYTES } else { 0 };
    let (listed, total) = {
        let reader = call.state().views.reader()?;
        let snapshot = reader.snapshot()?;
        views::list_versions(&snapshot, &holder.name, filter(parameters), order, descending, offset, limit)?
    };
    let next = offset + listed.len();
    let has_more = (next as u64) < total;
    let mut tags = Vec::with_capacity(listed.len());
    for version in listed {
        let (tag, facts) = facts(call, holder, version, &mut room).await?;
        tags.push(Tag { tag, facts });
    }
    Ok(json(StatusCode::OK, &TagsV3 { tags, next_marker: has_more.then(|| next.to_string()), has_more }))
}

pub(super) async fn show(call: &Call, holder: &OnRepository, tag: &str) -> Result<Response, ManageError> {
    let tag: TagName = tag.parse()?;
    let found = call.state().views.find(|reader| views::find_version(reader, &holder.name, &tag)).await?;
    let (tag, facts) = facts(call, holder, found.ok_or(SwrCode::TagNotFound)?, &mut { MANIFEST_BYTES }).await?;
    Ok(json(StatusCode::OK, &Tag { tag, facts }))
}

/// Copies a tag on the server.
pub(super) async fn create(call: &Call, holder: &OnRepository, body: &[u8]) -> Result<Response, ManageError> {
    let wanted: CreateTag = read(body)?;
    let source = wanted.source_tag.ok_or(SwrCode::ParameterMissing)?.parse()?;
    let destination = wanted.destination_tag.ok_or(SwrCode::ParameterMissing)?.parse()?;
    let (source, replaces) = (Reference::Tag(source), wanted.replaces.unwrap_or(false));
    operations::point_version(call.state(), &call.context(), &holder.name, destination, source, replaces).await?;
    Ok(empty(StatusCode::CREATED))
}

pub(super) async fn delete(call: &Call, holder: &OnRepository, tag: &str) -> Result<Response, ManageError> {
    operations::delete_versions(call.state(), &call.context(), &holder.name, vec![tag.parse()?]).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// The newest first if nothing is said.
fn order(parameters: &Parameters<'_>) -> Result<(VersionOrder, bool), ManageError> {
    let descending = parameters.descending()?;
    match parameters.get("order_column") {
        None => Ok((VersionOrder::UpdatedAt, descending.unwrap_or(true))),
        Some("updated_at") => Ok((VersionOrder::UpdatedAt, descending.unwrap_or(false))),
        Some("tag") => Ok((VersionOrder::Tag, descending.unwrap_or(false))),
        Some(_) => Err(SwrCode::OrderInvalid.into()),
    }
}

fn filter<'a>(parameters: &'a Parameters<'_>) -> VersionFilter<'a> {
    parameters.get("tag").map_or(VersionFilter::All, VersionFilter::Contains)
}

/// A marker of this list says how many come before it.
fn marker(parameters: &Parameters<'_>) -> Result<(usize, usize), ManageError> {
    let invalid = || ManageError::told(SwrCode::ParameterInvalid, "limit is a number from 1 to 1000, and marker what the last page gave");
    let read = |name: &str, otherwise: u64| parameters.get(name).map_or(Ok(otherwise), |text| text.parse().map_err(|_| invalid()));
    let (offset, limit): (u64, u64) = (read("marker", 0)?, read("limit", DEFAULT_LIMIT)?);
    let sane = (1..=MAX_LIMIT).contains(&limit) && offset <= u64::from(u32::MAX);
    if sane { Ok((number(offset), number(limit))) } else { Err(invalid()) }
}

/// With its manifest, as long as there is room for that: a page of large ones leaves out those behind the first, and each alone is shown.
async fn facts(call: &Call, holder: &OnRepository, version: Version, room: &mut u64) -> Result<(String, TagFacts), ManageError> {
    let manifest = match room.checked_sub(version.manifest_bytes) {
        Some(left) => {
            *room = left;
            let content = &call.registry.content;
            let bytes = content.read(&*call.state().blobs, &version.digest, version.manifest_bytes).await?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
        None => String::new(),
    };
    let path = tag_path(call, &holder.name, &version.tag);
    let facts = TagFacts {
        id: version.id,
        repo_id: version.repository_id,
        image_id: version.config.map(|config| config.hex().to_owned()).unwrap_or_default(),
        manifest,
        digest: version.digest.to_string(),
        schema: 2,
        internal_path: path.clone(),
        path,
        size: version.size_bytes,
        is_trusted: false,
        created: version.created_at,
        updated: version.updated_at,
        domain_id: holder.owner.to_string(),
        tag_type: i32::from(version.is_index),
    };
    Ok((version.tag.to_string(), facts))
}

fn tag_path(call: &Call, name: &RepositoryName, tag: &TagName) -> String {
    format!("{}:{tag}", pull_path(call, name))
}
