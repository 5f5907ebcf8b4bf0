//! `PUT` of a manifest (distribution-spec, "Pushing manifests").

use ambar_domain::digest::Algorithm;
use ambar_domain::manifest::ManifestFacts;
use ambar_domain::tag::{Reference, Tag};
use ambar_schemas::oci::{manifest, media_type};
use axum::body::Body;
use axum::response::Response;
use http::HeaderName;
use http::header::CONTENT_TYPE;

use super::super::respond::{created, text};
use crate::auth::Pusher;
use crate::body::read_within;
use crate::call::Call;
use crate::content::MAX_ENTRY_BYTES;
use crate::error::ApiError;
use crate::keys::digest_of;
use crate::operations::{self, Push};
use crate::to_the_end::to_the_end;

const OCI_SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
const OCI_TAG: HeaderName = HeaderName::from_static("oci-tag");

/// The largest manifest that is taken; the specification asks registries to take this much.
const MAX_MANIFEST_BYTES: usize = 4 << 20;
/// How many tags one request may set; the specification asks for ten.
const MAX_TAGS: usize = 100;

/// Takes a manifest in.
pub(crate) async fn put(call: &Call, pusher: &Pusher, reference: &str, body: Body) -> Result<Response, ApiError> {
    let reference: Reference = reference.parse()?;
    let named = named_tags(call)?;
    let bytes = read_within(body, MAX_MANIFEST_BYTES, call.state().settings.body_pause).await?;
    let bytes = bytes.ok_or(ApiError::ManifestTooLarge { limit_bytes: MAX_MANIFEST_BYTES })?;
    pusher.still(call).await?;
    let (digest, tags) = match reference {
        Reference::Tag(tag) => (digest_of(Algorithm::Sha256, &bytes), std::iter::once(tag).chain(named.iter().cloned()).collect()),
        Reference::Digest(stated) => {
            let actual = digest_of(stated.algorithm(), &bytes);
            if actual != stated {
                return Err(ApiError::DigestMismatch { actual });
            }
            (actual, named.clone())
        }
    };
    let mut facts = manifest::parse(call.header(CONTENT_TYPE), &bytes)?;
    learn_platform(call, pusher, &mut facts).await?;
    let subject = facts.subject.clone();
    let push = Push { repository: pusher.repository().clone(), account: pusher.owner().clone(), digest, bytes, facts, tags };
    let (state, context) = (call.state().clone(), call.context());
    let push = to_the_end(async move {
        operations::push_manifest(&state, &context, &push).await?;
        Ok(push)
    })
    .await?;
    call.registry.content.keep(&push.digest, &push.bytes);

    let mut response = created(&format!("/v2/{}/manifests/{}", push.repository, push.digest), &push.digest);
    if let Some(subject) = subject {
        response.headers_mut().insert(OCI_SUBJECT, text(subject.as_str()));
    }
    for tag in named {
        response.headers_mut().append(OCI_TAG, text(tag.as_str()));
    }
    Ok(response)
}

/// The tags in the query, each once.
fn named_tags(call: &Call) -> Result<Vec<Tag>, ApiError> {
    let mut tags: Vec<Tag> = Vec::new();
    for tag in call.query().all("tag") {
        let tag = tag.parse()?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
        if tags.len() > MAX_TAGS {
            return Err(ApiError::TooManyTags { limit: MAX_TAGS });
        }
    }
    Ok(tags)
}

/// An image says in its config what it runs on. Only a config that the repository holds is read, so that nothing of others' is learnt.
async fn learn_platform(call: &Call, pusher: &Pusher, facts: &mut ManifestFacts) -> Result<(), ApiError> {
    let Some(config) = facts.config.as_ref().filter(|config| is_image_config(&config.media_type)) else { return Ok(()) };
    let size = ambar_projections::blobs::find_link(&call.state().views.reader()?, pusher.repository(), &config.digest)?;
    let Some(size) = size.filter(|size| *size <= MAX_ENTRY_BYTES) else { return Ok(()) };
    let bytes = call.registry.content.read(&*call.state().blobs, &config.digest, size).await?;
    facts.platforms.extend(manifest::config_platform(&bytes));
    Ok(())
}

fn is_image_config(config: &str) -> bool {
    config == media_type::OCI_CONFIG || config == media_type::DOCKER_CONFIG
}
