//! Headers that several answers share.

use ambar_domain::digest::Digest;
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::repositories;
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, ETAG, IF_NONE_MATCH, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::call::Call;
use crate::error::ApiError;
use crate::extract::none_match;

pub(super) const DOCKER_CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// 201 with the place of what was made.
pub(super) fn created(location: &str, digest: &Digest) -> Response {
    let mut response = empty(StatusCode::CREATED);
    response.headers_mut().insert(LOCATION, text(location));
    response.headers_mut().insert(DOCKER_CONTENT_DIGEST, text(digest.as_str()));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    response
}

/// A header value from a text that holds no control characters.
pub(super) fn text(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Names content by its digest: what the client may check it against, and remember it by.
pub(super) fn name_content(headers: &mut HeaderMap, digest: &Digest) {
    headers.insert(ETAG, text(&etag(digest)));
    headers.insert(DOCKER_CONTENT_DIGEST, text(digest.as_str()));
}

pub(super) fn etag(digest: &Digest) -> String {
    format!("\"{digest}\"")
}

/// Whether the client has the content already; then the answer is 304.
pub(super) fn not_modified(call: &Call, digest: &Digest) -> Option<Response> {
    let header = call.header(IF_NONE_MATCH)?;
    none_match(header, &etag(digest)).then(|| {
        let mut response = empty(StatusCode::NOT_MODIFIED);
        name_content(response.headers_mut(), digest);
        response
    })
}

/// Why something is not found: the repository does not exist, or holds no such thing. An answer to `HEAD` has no body that would say it.
pub(super) fn unknown(call: &Call, repository: &RepositoryName, otherwise: ApiError) -> Result<ApiError, ApiError> {
    if call.parts.method == Method::HEAD {
        return Ok(otherwise);
    }
    let exists = repositories::repository_exists(&call.state().views.reader()?, repository)?;
    Ok(if exists { otherwise } else { ApiError::NameUnknown { repository: repository.clone() } })
}
