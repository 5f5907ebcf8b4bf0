//! `GET /v2/<name>/tags/list` (distribution-spec, "Listing Tags").

use ambar_projections::repositories;
use ambar_schemas::oci::tags::TagList;
use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CONTENT_TYPE, LINK};

use super::respond::text;
use crate::auth::Puller;
use crate::call::Call;
use crate::error::ApiError;

/// The most tags in one answer, and how many a client gets that asks for no number.
const MAX_TAGS: usize = 1000;

/// Lists tags in the order of their bytes, behind `last`, at most `n`.
pub(crate) async fn list(call: &Call, puller: &Puller) -> Result<Response, ApiError> {
    let query = call.query();
    let asked = query.first("n").map(|n| page_size(&n)).transpose()?;
    let limit = asked.unwrap_or(MAX_TAGS).min(MAX_TAGS);
    let last = query.first("last");
    let repository = puller.repository();

    // One more than asked for, to see whether there is a next page.
    let found = call.state().views.find(|reader| {
        let tags = repositories::list_tags(reader, repository, last.as_deref(), limit + 1)?;
        Ok((!tags.is_empty()).then_some(tags))
    });
    let mut tags = match found.await? {
        Some(tags) => tags,
        None if repositories::repository_exists(&call.state().views.reader()?, repository)? => vec![],
        None => return Err(ApiError::NameUnknown { repository: repository.clone() }),
    };
    let has_more = tags.len() > limit;
    tags.truncate(limit);
    let next = tags.last().filter(|_| has_more).map(|last| format!("</v2/{repository}/tags/list?last={last}&n={limit}>; rel=\"next\""));

    let list = TagList { name: repository.to_string(), tags };
    let json = serde_json::to_vec(&list).map_err(|error| ApiError::Internal(Box::new(error)))?;
    let mut response = Response::new(Body::from(json));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(next) = next {
        response.headers_mut().insert(LINK, text(&next));
    }
    Ok(response)
}

/// A number of any size; what is too large for the machine is large enough.
fn page_size(n: &str) -> Result<usize, ApiError> {
    let is_number = !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    if is_number { Ok(n.parse().unwrap_or(usize::MAX)) } else { Err(ApiError::PaginationInvalid) }
}
