//! `GET /v2/<name>/referrers/<digest>` (distribution-spec, "Listing Referrers").

use ambar_domain::digest::Digest;
use ambar_projections::repositories::{self, Referrer};
use ambar_schemas::oci::manifest::annotations;
use ambar_schemas::oci::media_type;
use ambar_schemas::oci::referrers::{self, ReferrersIndex};
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, LINK};
use http::{HeaderName, HeaderValue};

use super::respond::text;
use crate::auth::Puller;
use crate::call::Call;
use crate::error::ApiError;

const OCI_FILTERS_APPLIED: HeaderName = HeaderName::from_static("oci-filters-applied");

/// The most referrers in one answer.
const MAX_REFERRERS: usize = 500;
/// When an answer has grown to this, the rest goes to the next page: clients read no more than 4 MiB.
const MAX_ANNOTATION_BYTES: usize = 2 << 20;

/// Lists the manifests that refer to a subject, which need not exist: no referrers are an empty list.
pub(crate) async fn list(call: &Call, puller: &Puller, subject: &str) -> Result<Response, ApiError> {
    let subject: Digest = subject.parse()?;
    let query = call.query();
    let kind = query.first("artifactType").filter(|kind| !kind.is_empty());
    let last: Option<Digest> = query.first("last").map(|last| last.parse()).transpose()?;

    let mut found = repositories::list_referrers(&call.state().views.reader()?, puller.repository(), &subject)?;
    if found.is_empty() {
        call.state().views.catch_up().await?;
        found = repositories::list_referrers(&call.state().views.reader()?, puller.repository(), &subject)?;
    }
    found.retain(|referrer| kind.is_none() || referrer.artifact_type.as_deref() == kind.as_deref());
    let rest = match &last {
        Some(last) => found.iter().position(|referrer| referrer.digest == *last).map_or(0, |at| at + 1),
        None => 0,
    };
    let (page, has_more) = describe(call, found.split_off(rest)).await?;
    let next = page.last().filter(|_| has_more).map(|last| next_page(call, puller, &subject, last));

    let json = serde_json::to_vec(&ReferrersIndex::new(page)).map_err(|error| ApiError::Internal(Box::new(error)))?;
    let mut response = Response::new(Body::from(json));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type::OCI_INDEX));
    if kind.is_some() {
        headers.insert(OCI_FILTERS_APPLIED, HeaderValue::from_static("artifactType"));
    }
    if let Some(next) = next {
        headers.insert(LINK, text(&next));
    }
    Ok(response)
}

/// Adds to each referrer the annotations from its bytes, until the answer is full; says whether some are left.
async fn describe(call: &Call, found: Vec<Referrer>) -> Result<(Vec<referrers::Referrer>, bool), ApiError> {
    let mut page = Vec::new();
    let mut annotation_bytes = 0;
    for referrer in found {
        if page.len() == MAX_REFERRERS || annotation_bytes > MAX_ANNOTATION_BYTES {
            return Ok((page, true));
        }
        let bytes = call.registry.content.read(&*call.state().blobs, &referrer.digest, referrer.size_bytes).await?;
        let annotations = annotations(&bytes);
        annotation_bytes += annotations.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        page.push(referrers::Referrer {
            media_type: referrer.media_type,
            digest: referrer.digest,
            size: referrer.size_bytes,
            artifact_type: referrer.artifact_type,
            annotations,
        });
    }
    Ok((page, false))
}

fn next_page(call: &Call, puller: &Puller, subject: &Digest, last: &referrers::Referrer) -> String {
    // The filter goes along as the client wrote it: it is part of a URL already.
    let filter = call.parts.uri.query().into_iter().flat_map(|query| query.split('&')).find(|pair| pair.starts_with("artifactType="));
    let filter = filter.map(|filter| format!("&{filter}")).unwrap_or_default();
    format!("</v2/{}/referrers/{subject}?last={}{filter}>; rel=\"next\"", puller.repository(), last.digest)
}
