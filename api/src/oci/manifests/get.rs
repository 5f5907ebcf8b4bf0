//! `GET` and `HEAD` of a manifest (distribution-spec, "Pulling manifests").
//!
//! The answer is always the stored bytes under the type they were pushed with: a manifest that was converted would have another digest.

use ambar_domain::tag::Reference;
use ambar_projections::repositories::{self, ManifestRow};
use ambar_schemas::oci::media_type;
use axum::body::Body;
use axum::response::Response;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method};

use super::super::respond::{name_content, not_modified, text, unknown};
use crate::auth::Puller;
use crate::call::Call;
use crate::error::ApiError;

/// Serves a manifest.
pub(crate) async fn get(call: &Call, puller: &Puller, reference: &str) -> Result<Response, ApiError> {
    let reference: Reference = reference.parse()?;
    let accept = call.headers().get_all(ACCEPT).iter().filter_map(|header| header.to_str().ok());
    if media_type::accepts_only_schema1(accept) {
        return Err(ApiError::OnlySchema1Accepted);
    }
    let row = find(call, puller, &reference).await?;
    if let Some(response) = not_modified(call, &row.digest) {
        return Ok(response);
    }
    let body = match call.parts.method {
        Method::HEAD => Body::empty(),
        _ => {
            let bytes = call.registry.content.read(&*call.state().blobs, &row.digest, row.size_bytes).await?;
            call.state().usage.pulled(puller.repository(), &reference, &row.digest, call.state().clock.now());
            Body::from(bytes)
        }
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type(&row.media_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(row.size_bytes));
    name_content(headers, &row.digest);
    Ok(response)
}

async fn find(call: &Call, puller: &Puller, reference: &Reference) -> Result<ManifestRow, ApiError> {
    let repository = puller.repository();
    let found = match reference {
        Reference::Tag(tag) => call.state().views.find(|reader| repositories::find_tag(reader, repository, tag)).await?,
        Reference::Digest(digest) => call.state().views.find(|reader| repositories::find_manifest(reader, repository, digest)).await?,
    };
    match (found, reference) {
        (Some(row), _) => Ok(row),
        (None, Reference::Tag(tag)) => Err(unknown(call, repository, ApiError::ManifestUnknown { reference: tag.to_string() })?),
        (None, Reference::Digest(digest)) => Err(unknown(call, repository, ApiError::ManifestUnknown { reference: digest.to_string() })?),
    }
}

fn content_type(stored: &str) -> HeaderValue {
    let known = [media_type::OCI_MANIFEST, media_type::OCI_INDEX, media_type::DOCKER_MANIFEST, media_type::DOCKER_MANIFEST_LIST];
    known.into_iter().find(|known| *known == stored).map_or_else(|| text(stored), HeaderValue::from_static)
}
