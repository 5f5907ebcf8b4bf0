//! `GET /v2/<name>/referrers/<digest>` (distribution-spec, "Listing Referrers").

use ambar_domain::digest::Digest;
use ambar_projections::repositories::{self, PushOrder, Referrer};
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
/// When so much has been read for an answer, the rest goes to the next page.
const MAX_READ_BYTES: u64 = 16 << 20;

/// Lists the manifests that refer to a subject, which need not exist: no referrers are an empty list.
pub(crate) async fn list(call: &Call, puller: &Puller, subject: &str) -> Result<Response, ApiError> {
    let subject: Digest = subject.parse()?;
    let query = call.query();
    let kind = query.first("artifactType").filter(|kind| !kind.is_empty());
    let after = match query.first("last") {
        Some(last) => find_place(call, puller, &last).await?,
        None => PushOrder::default(),
    };
    let find = || {
        let reader = call.state().views.reader()?;
        // One more than a page tells whether there is another.
        repositories::list_referrers(&reader, puller.repository(), &subject, kind.as_deref(), after, MAX_REFERRERS + 1)
    };
    let mut found = find()?;
    if found.is_empty() {
        call.state().views.catch_up().await?;
        found = find()?;
    }
    let (page, next) = describe(call, found).await?;
    let next = next.map(|last| next_page(call, puller, &subject, &last));

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

/// Where a page ended, by the digest of its last referrer: which may be gone by now, but was here.
async fn find_place(call: &Call, puller: &Puller, last: &str) -> Result<PushOrder, ApiError> {
    let last: Digest = last.parse().map_err(|_| ApiError::PaginationInvalid)?;
    let find = || repositories::find_push_order(&call.state().views.reader()?, puller.repository(), &last);
    if let Some(place) = find()? {
        return Ok(place);
    }
    call.state().views.catch_up().await?;
    find()?.ok_or(ApiError::PaginationInvalid)
}

/// Adds to each referrer the annotations from its bytes, until the answer is full; then says which was the last in it.
async fn describe(call: &Call, found: Vec<Referrer>) -> Result<(Vec<referrers::Referrer>, Option<Digest>), ApiError> {
    let mut page = Vec::new();
    let (mut annotation_bytes, mut read_bytes, mut last) = (0, 0, None);
    for referrer in found {
        if page.len() == MAX_REFERRERS || annotation_bytes > MAX_ANNOTATION_BYTES || read_bytes > MAX_READ_BYTES {
            return Ok((page, last));
        }
        let bytes = call.registry.content.read(&*call.state().blobs, &referrer.digest, referrer.size_bytes).await?;
        let annotations = annotations(&bytes);
        annotation_bytes += annotations.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        read_bytes += referrer.size_bytes;
        last = Some(referrer.digest.clone());
        page.push(referrers::Referrer {
            media_type: referrer.media_type,
            digest: referrer.digest,
            size: referrer.size_bytes,
            artifact_type: referrer.artifact_type,
            annotations,
        });
    }
    Ok((page, None))
}

fn next_page(call: &Call, puller: &Puller, subject: &Digest, last: &Digest) -> String {
    // The filter goes along as the client wrote it: it is part of a URL already.
    let filter = call.parts.uri.query().into_iter().flat_map(|query| query.split('&')).find(|pair| pair.starts_with("artifactType="));
    let filter = filter.map(|filter| format!("&{filter}")).unwrap_or_default();
    format!("</v2/{}/referrers/{subject}?last={last}{filter}>; rel=\"next\"", puller.repository())
}
