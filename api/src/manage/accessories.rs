//! What belongs to a version, and what lists it (reference, section 7.4).

use ambar_domain::tag::Tag;
use ambar_projections::repositories::{self as views, Version};
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::filter::Parameters;
use ambar_schemas::swr::tag::{Accessories, Accessory, References};
use axum::response::Response;
use http::StatusCode;

use super::authority::OnRepository;
use super::error::ManageError;
use super::respond::json;
use crate::call::Call;

/// The most that a page of these lists has, and what it has if nothing is said.
const MAX_LIMIT: usize = 100;
const DEFAULT_LIMIT: usize = 10;

pub(super) async fn list(call: &Call, holder: &OnRepository, tag: &str, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let version = find(call, holder, tag).await?;
    let (offset, limit) = (number(parameters, "offset", 0)?, limit(parameters)?);
    let reader = call.state().views.reader()?;
    let snapshot = reader.snapshot()?;
    let (listed, total) = views::list_accessories(&snapshot, &holder.name, &version.digest, offset, limit)?;
    let render = |accessory: views::Accessory| Accessory {
        id: accessory.id,
        domain_id: holder.owner.to_string(),
        namespace_name: holder.name.organization_str().to_owned(),
        repo_name: holder.name.path().to_owned(),
        sig_tag: "",
        sig_digest: accessory.digest.to_string(),
        target_digest: version.digest.to_string(),
        size: accessory.size_bytes,
        kind: accessory.artifact_type.unwrap_or_default(),
        created_at: accessory.pushed_at,
        updated_at: accessory.pushed_at,
    };
    let accessories: Vec<_> = listed.into_iter().map(render).collect();
    Ok(json(StatusCode::OK, &Accessories { total, accessories: Some(accessories).filter(|listed| !listed.is_empty()) }))
}

pub(super) async fn list_references(
    call: &Call,
    holder: &OnRepository,
    tag: &str,
    parameters: &Parameters<'_>,
) -> Result<Response, ManageError> {
    let version = find(call, holder, tag).await?;
    let limit = limit(parameters)?;
    let reader = call.state().views.reader()?;
    let listed = views::list_referencing_tags(&reader, &holder.name, &version.digest, parameters.get("marker"), limit + 1)?;
    let has_more = listed.len() > limit;
    let tags: Vec<_> = listed.iter().take(limit).map(ToString::to_string).collect();
    let next_marker = tags.last().cloned().filter(|_| has_more);
    Ok(json(StatusCode::OK, &References { tags, next_marker, has_more }))
}

async fn find(call: &Call, holder: &OnRepository, tag: &str) -> Result<Version, ManageError> {
    let tag: Tag = tag.parse()?;
    let found = call.state().views.find(|reader| views::find_version(reader, &holder.name, &tag)).await?;
    Ok(found.ok_or(SwrCode::TagNotFound)?)
}

fn limit(parameters: &Parameters<'_>) -> Result<usize, ManageError> {
    let limit = number(parameters, "limit", DEFAULT_LIMIT)?;
    let sane = (1..=MAX_LIMIT).contains(&limit);
    if sane { Ok(limit) } else { Err(ManageError::told(SwrCode::ParameterInvalid, "limit is a number from 1 to 100")) }
}

fn number(parameters: &Parameters<'_>, name: &str, otherwise: usize) -> Result<usize, ManageError> {
    let invalid = |_| ManageError::told(SwrCode::ParameterInvalid, format!("{name} is no number"));
    parameters.get(name).map_or(Ok(otherwise), |text| text.parse().map_err(invalid))
}
