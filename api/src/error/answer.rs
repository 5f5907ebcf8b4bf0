//! From an error to its answer. The one place where codes, statuses and texts are chosen.

use std::time::Duration;

use ambar_domain::repository_name::InvalidRepositoryName;
use ambar_schemas::oci::error::{ErrorBody, ErrorCode, ErrorEntry};
use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::{ApiError, BLOCKED};

/// Asks for a login with the request itself. Every 401 carries a challenge (RFC 9110, 11.6.1), also where no address for tokens is known.
const BASIC: HeaderValue = HeaderValue::from_static("Basic realm=\"ambar\"");

/// What an answer needs to know of the request.
pub(crate) struct Challenge<'a> {
    /// The address of this registry as the client knows it, if it is known: tokens come from there.
    pub(crate) base_url: Option<&'a str>,
    /// Finds the request in the log.
    pub(crate) request_id: &'a str,
}

/// Of many things that are missing, the answer names so many.
const MAX_ENTRIES: usize = 100;

impl ApiError {
    /// The answer that the client gets.
    pub(crate) fn into_response(self, challenge: &Challenge<'_>) -> Response {
        self.log(challenge.request_id);
        let body = self.body();
        let mut response = Response::new(Body::from(body.to_json()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.add_headers(headers, challenge);
        response
    }

    /// Failures of ours are logged here, once, with the whole chain; refusals are not failures.
    fn log(&self, request_id: &str) {
        if let Self::Unavailable(source) | Self::Internal(source) = self {
            tracing::error!(request_id, error = %self, cause = %chain(source.as_ref()), "a request failed");
        }
    }

    fn body(&self) -> ErrorBody {
        if let Self::ManifestBlobsUnknown { digests } = self {
            let code = ErrorCode::ManifestBlobUnknown;
            let entry = |digest| ErrorEntry {
                code: code.as_str().to_owned(),
                message: code.message().to_owned(),
                detail: json!({ "digest": digest }),
            };
            return ErrorBody { errors: digests.iter().take(MAX_ENTRIES).map(entry).collect() };
        }
        ErrorBody::new(self.code(), self.message(), self.detail())
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Unauthenticated { .. } | Self::LoginRefused => ErrorCode::Unauthorized,
            Self::Denied | Self::Blocked => ErrorCode::Denied,
            Self::NameInvalid(_) => ErrorCode::NameInvalid,
            Self::NameUnknown { .. } => ErrorCode::NameUnknown,
            Self::ManifestUnknown { .. } | Self::OnlySchema1Accepted => ErrorCode::ManifestUnknown,
            Self::ManifestInvalid(_) | Self::ManifestTooLarge { .. } | Self::ManifestBlobSize { .. } => ErrorCode::ManifestInvalid,
            Self::ManifestBlobsUnknown { .. } => ErrorCode::ManifestBlobUnknown,
            Self::TagInvalid(_) | Self::TooManyTags { .. } => ErrorCode::TagInvalid,
            Self::DigestInvalid(_) | Self::DigestMissing | Self::DigestMismatch { .. } => ErrorCode::DigestInvalid,
            Self::BlobUnknown { .. } => ErrorCode::BlobUnknown,
            Self::UploadUnknown => ErrorCode::BlobUploadUnknown,
            Self::UploadInvalid { .. } | Self::UploadOutOfOrder { .. } | Self::UploadBusy => ErrorCode::BlobUploadInvalid,
            Self::BlobTooLarge { .. } | Self::SizeInvalid | Self::BodyBrokenOff => ErrorCode::SizeInvalid,
            Self::RangeUnsatisfiable { .. } => ErrorCode::RangeInvalid,
            Self::PaginationInvalid => ErrorCode::PaginationNumberInvalid,
            Self::BlobInUse { .. } | Self::MethodNotAllowed { .. } | Self::CatalogUnsupported => ErrorCode::Unsupported,
            Self::TokenRequestInvalid { .. } | Self::SeveralHosts => ErrorCode::Unsupported,
            Self::NothingHere => ErrorCode::NotFound,
            Self::Busy | Self::TooManyFailedLogins { .. } | Self::TooManyUploads(_) => ErrorCode::TooManyRequests,
            Self::StorageFull | Self::Unavailable(_) => ErrorCode::Unavailable,
            Self::Internal(_) => ErrorCode::Unknown,
        }
    }

    /// Its code's, but for the few that say more exactly what is wrong.
    fn status(&self) -> StatusCode {
        match self {
            Self::ManifestTooLarge { .. } | Self::BlobTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooManyTags { .. } => StatusCode::URI_TOO_LONG,
            Self::UploadOutOfOrder { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::UploadBusy => StatusCode::CONFLICT,
            Self::TokenRequestInvalid { .. } | Self::SeveralHosts => StatusCode::BAD_REQUEST,
            Self::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
            // What Docker takes for a reason to try again by itself (requirement P7).
            Self::TooManyUploads(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// Its code's, unless it is known to give nothing away.
    fn message(&self) -> String {
        let message = match self {
            Self::NameInvalid(InvalidRepositoryName::Organization) => "'namespace' is invalid",
            Self::NameInvalid(InvalidRepositoryName::Path) => "'repository' is invalid",
            Self::OnlySchema1Accepted => "schema 1 manifests are not supported; use Docker 1.10 or newer",
            Self::BlobInUse { .. } => "the blob is part of a manifest of this repository; delete the manifest first",
            Self::UploadInvalid { reason } | Self::TokenRequestInvalid { reason } => reason,
            Self::StorageFull => "the registry has no space left",
            Self::Blocked => BLOCKED,
            Self::ManifestInvalid(_)
            | Self::TooManyFailedLogins { .. }
            | Self::TooManyUploads(_)
            | Self::ManifestTooLarge { .. }
            | Self::ManifestBlobSize { .. }
            | Self::TagInvalid(_)
            | Self::TooManyTags { .. }
            | Self::DigestInvalid(_)
            | Self::DigestMissing
            | Self::UploadOutOfOrder { .. }
            | Self::UploadBusy
            | Self::BlobTooLarge { .. }
            | Self::BodyBrokenOff
            | Self::RangeUnsatisfiable { .. }
            | Self::CatalogUnsupported
            | Self::SeveralHosts => return self.to_string(),
            _ => self.code().message(),
        };
        message.to_owned()
    }

    fn detail(&self) -> Value {
        match self {
            Self::NameUnknown { repository } => json!({ "name": repository }),
            Self::ManifestUnknown { reference } => json!({ "reference": reference }),
            Self::DigestMismatch { actual } => json!({ "actual": actual }),
            Self::BlobUnknown { digest } | Self::BlobInUse { digest } => json!({ "digest": digest }),
            _ => Value::Null,
        }
    }

    fn add_headers(self, headers: &mut HeaderMap, challenge: &Challenge<'_>) {
        match self {
            Self::Unauthenticated { scope, insufficient_scope } => {
                headers.insert(WWW_AUTHENTICATE, bearer(challenge, scope.as_deref(), insufficient_scope).unwrap_or(BASIC));
            }
            Self::LoginRefused => {
                headers.insert(WWW_AUTHENTICATE, BASIC);
            }
            Self::UploadOutOfOrder { location, size_bytes } => {
                headers.insert(RANGE, received(size_bytes));
                if let Some(location) = location {
                    headers.insert(LOCATION, location);
                }
            }
            Self::RangeUnsatisfiable { size_bytes } => {
                if let Ok(value) = HeaderValue::try_from(format!("bytes */{size_bytes}")) {
                    headers.insert(CONTENT_RANGE, value);
                }
            }
            Self::MethodNotAllowed { allow } => {
                headers.insert(ALLOW, HeaderValue::from_static(allow));
            }
            Self::BlobInUse { .. } | Self::CatalogUnsupported => {
                headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            }
            Self::TooManyFailedLogins { wait } => {
                headers.insert(RETRY_AFTER, retry_after(wait));
            }
            Self::TooManyUploads(too_many) => {
                headers.insert(RETRY_AFTER, retry_after(too_many.wait()));
            }
            Self::UploadBusy | Self::Busy | Self::Unavailable(_) => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
    }
}

/// In whole seconds, and one at least: to come again at once is no help.
pub(crate) fn retry_after(wait: Duration) -> HeaderValue {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    HeaderValue::from(seconds.max(1))
}

/// An error with everything that caused it, for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut chain = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        next = cause.source();
    }
    chain
}

/// The `Range` header of an upload with that many bytes: the first and the last byte received.
///
/// An empty upload says `0-0`, as registries always have: the form has no way to say that nothing is there.
pub(crate) fn received(size_bytes: u64) -> HeaderValue {
    match size_bytes {
        0 => HeaderValue::from_static("0-0"),
        size => HeaderValue::try_from(format!("0-{}", size - 1)).unwrap_or_else(|_| HeaderValue::from_static("0-0")),
    }
}

fn bearer(challenge: &Challenge<'_>, scope: Option<&str>, insufficient_scope: bool) -> Option<HeaderValue> {
    let base_url = challenge.base_url?;
    let mut value = format!("Bearer realm=\"{base_url}/token\",service=\"{}\"", crate::token::SERVICE);
    if let Some(scope) = scope {
        value.push_str(",scope=\"");
        value.push_str(scope);
        value.push('"');
    }
    if insufficient_scope {
        value.push_str(",error=\"insufficient_scope\"");
    }
    HeaderValue::try_from(value).ok()
}
