//! The versions of an image, with what is known of each, and the end of several at once (requirements M2, M6 and M7).

use ambar_domain::digest::Digest;
use ambar_domain::tag::Tag;
use ambar_projections::repositories::{self as views, PageOrder, VersionPlace, find_version, list_versions_behind};
use ambar_schemas::v1::version::Version;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;

use super::authority::OnRepository;
use super::body;
use super::error::V1Error;
use super::parameters::{cursor, cut, limit, text};
use super::pull;
use super::respond::{empty, ok, page};
use crate::auth::Member;
use crate::call::Call;
use crate::operations;

/// How many tags one call names at most.
const MOST_TAGS: usize = 1_000;

/// By tag or the newest first, page by page.
pub(super) fn list(call: &Call, member: &Member, holder: &OnRepository) -> Result<Response, V1Error> {
    let order = match text(call, "order").as_deref() {
        None | Some("tag") => PageOrder::Tag,
        Some("newest") => PageOrder::Newest,
        Some(_) => return Err(V1Error::Parameter { name: "order", expected: "'tag' or 'newest'" }),
    };
    let (contains, behind, limit) = (text(call, "tag"), cursor::<VersionPlace>(call)?, limit(call)?);
    let reader = call.state().views.reader()?;
    let listed = list_versions_behind(&reader, &holder.name, contains.as_deref(), order, behind.as_ref(), limit + 1)?;
    let (listed, more) = cut(listed, limit);
    let place = |last: &views::Version| VersionPlace { updated_at: last.updated_at, tag: last.tag.clone() }.to_string();
    let next = listed.last().filter(|_| more).map(place);
    Ok(page(listed.into_iter().map(|version| item(call, member, holder, version)).collect(), next))
}

pub(super) async fn show(call: &Call, member: &Member, holder: &OnRepository, tag: &str) -> Result<Response, V1Error> {
    let tag: Tag = tag.parse().map_err(|_| V1Error::TagNotFound)?;
    let found = call.state().views.find(|reader| find_version(reader, &holder.name, &tag)).await?;
    Ok(ok(&item(call, member, holder, found.ok_or(V1Error::TagNotFound)?)))
}

fn item(call: &Call, member: &Member, holder: &OnRepository, version: views::Version) -> Version {
    let (docker_pull, containerd_pull) = pull::commands(call, &holder.name, &version.tag);
    let (docker_pull_by_digest, containerd_pull_by_digest) = pull::commands_by_digest(call, &holder.name, &version.digest);
    let at_home = member.account == holder.owner;
    Version {
        tag: version.tag,
        digest: version.digest,
        media_type: version.media_type,
        size_bytes: version.size_bytes,
        platforms: version.platforms,
        pushed_at: version.updated_at,
        pushed_by: version.pushed_by.filter(|_| at_home),
        pushed_by_name: version.pushed_by_name.filter(|_| at_home),
        pull_count: version.pull_count,
        last_pulled_at: version.last_pulled_at,
        docker_pull,
        containerd_pull,
        docker_pull_by_digest,
        containerd_pull_by_digest,
    }
}

/// What is to be deleted: one of the two.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename = "DeleteVersions", rename_all = "snake_case")]
pub(super) enum Delete {
    /// These tags; the manifests stay.
    Tags(#[schemars(length(min = 1, max = 1000))] Vec<Tag>),
    /// This manifest, with every tag on it.
    Digest(Digest),
}

/// Deletes all of it, or nothing.
pub(super) async fn delete(call: &Call, holder: &OnRepository, bytes: &[u8]) -> Result<Response, V1Error> {
    match body::read(bytes)? {
        Delete::Tags(tags) if tags.is_empty() || tags.len() > MOST_TAGS => return Err(V1Error::TagsOutOfBounds { most: MOST_TAGS }),
        Delete::Tags(tags) => operations::delete_versions(call.state(), &call.context(), &holder.name, tags).await?,
        Delete::Digest(digest) => operations::delete_manifest(call.state(), &call.context(), &holder.name, digest).await?,
    }
    Ok(empty())
}
