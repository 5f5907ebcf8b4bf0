//! From an error to its answer. The one place where codes, statuses and texts are chosen.

use ambar_domain::repository_name::InvalidRepositoryName;
use ambar_schemas::oci::error::{ErrorBody, ErrorCode, ErrorEntry};
use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::ApiError;

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

/// What an error says: its code, its status, a text and details.
struct Answer {
    code: ErrorCode,
    status: u16,
    message: String,
    detail: Value,
}

impl Answer {
    fn of(code: ErrorCode) -> Self {
        Self { code, status: code.status(), message: code.message().to_owned(), detail: Value::Null }
    }

    fn saying(self, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..self }
    }

    fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }

    fn status(self, status: StatusCode) -> Self {
        Self { status: status.as_u16(), ..self }
    }
}

impl ApiError {
    /// The answer that the client gets.
    pub(crate) fn into_response(self, challenge: &Challenge<'_>) -> Response {
        self.log(challenge.request_id);
        let body = self.body();
        let status = StatusCode::from_u16(self.answer().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::new(Body::from(body.to_json()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.add_headers(headers, challenge);
        response
    }

    /// Failures of ours are logged here, once, with the whole chain; refusals are not failures.
    fn log(&self, request_id: &str) {
        if let Self::Unavailable(source) | Self::Internal(source) = self {
            let mut chain = source.to_string();
            let mut next = source.source();
            while let Some(cause) = next {
                chain.push_str(": ");
                chain.push_str(&cause.to_string());
                next = cause.source();
            }
            tracing::error!(request_id, error = %self, cause = %chain, "a request failed");
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
        let Answer { code, message, detail, .. } = self.answer();
        ErrorBody::new(code, message, detail)
    }

    fn answer(&self) -> Answer {
        match self {
            Self::Unauthenticated { .. } | Self::LoginRefused => Answer::of(ErrorCode::Unauthorized),
            Self::Denied => Answer::of(ErrorCode::Denied),
            Self::NameInvalid(reason) => Answer::of(ErrorCode::NameInvalid).saying(match reason {
                InvalidRepositoryName::Organization => "'namespace' is invalid",
                InvalidRepositoryName::Path => "'repository' is invalid",
            }),
            Self::NameUnknown { repository } => Answer::of(ErrorCode::NameUnknown).with(json!({ "name": repository })),
            Self::ManifestUnknown { reference } => Answer::of(ErrorCode::ManifestUnknown).with(json!({ "reference": reference })),
            Self::OnlySchema1Accepted => {
                Answer::of(ErrorCode::ManifestUnknown).saying("schema 1 manifests are not supported; use Docker 1.10 or newer")
            }
            Self::ManifestInvalid(reason) => Answer::of(ErrorCode::ManifestInvalid).saying(reason.to_string()),
            Self::ManifestTooLarge { .. } => {
                Answer::of(ErrorCode::ManifestInvalid).status(StatusCode::PAYLOAD_TOO_LARGE).saying(self.to_string())
            }
            Self::ManifestBlobsUnknown { .. } => Answer::of(ErrorCode::ManifestBlobUnknown),
            Self::ManifestBlobSize { .. } => Answer::of(ErrorCode::ManifestInvalid).saying(self.to_string()),
            Self::TagInvalid(reason) => Answer::of(ErrorCode::TagInvalid).saying(reason.to_string()),
            Self::TooManyTags { .. } => Answer::of(ErrorCode::TagInvalid).status(StatusCode::URI_TOO_LONG).saying(self.to_string()),
            Self::DigestInvalid(reason) => Answer::of(ErrorCode::DigestInvalid).saying(reason.to_string()),
            Self::DigestMissing => Answer::of(ErrorCode::DigestInvalid).saying(self.to_string()),
            Self::DigestMismatch { actual } => Answer::of(ErrorCode::DigestInvalid).with(json!({ "actual": actual })),
            Self::BlobUnknown { digest } => Answer::of(ErrorCode::BlobUnknown).with(json!({ "digest": digest })),
            Self::BlobInUse { digest } => Answer::of(ErrorCode::Unsupported)
                .saying("the blob is part of a manifest of this repository; delete the manifest first")
                .with(json!({ "digest": digest })),
            Self::UploadUnknown => Answer::of(ErrorCode::BlobUploadUnknown),
            Self::UploadInvalid { reason } => Answer::of(ErrorCode::BlobUploadInvalid).saying(*reason),
            Self::UploadOutOfOrder { .. } => {
                Answer::of(ErrorCode::BlobUploadInvalid).status(StatusCode::RANGE_NOT_SATISFIABLE).saying(self.to_string())
            }
            Self::UploadBusy => Answer::of(ErrorCode::BlobUploadInvalid).status(StatusCode::CONFLICT).saying(self.to_string()),
            Self::BlobTooLarge { .. } => Answer::of(ErrorCode::SizeInvalid).status(StatusCode::PAYLOAD_TOO_LARGE).saying(self.to_string()),
            Self::SizeInvalid => Answer::of(ErrorCode::SizeInvalid),
            Self::BodyBrokenOff => Answer::of(ErrorCode::SizeInvalid).saying(self.to_string()),
            Self::RangeUnsatisfiable { .. } => Answer::of(ErrorCode::RangeInvalid).saying(self.to_string()),
            Self::PaginationInvalid => Answer::of(ErrorCode::PaginationNumberInvalid),
            Self::MethodNotAllowed { .. } => Answer::of(ErrorCode::Unsupported),
            Self::CatalogUnsupported => Answer::of(ErrorCode::Unsupported).saying(self.to_string()),
            Self::TokenRequestInvalid { reason } => Answer::of(ErrorCode::Unsupported).status(StatusCode::BAD_REQUEST).saying(*reason),
            Self::SeveralHosts => Answer::of(ErrorCode::Unsupported).status(StatusCode::BAD_REQUEST).saying(self.to_string()),
            Self::NothingHere => Answer::of(ErrorCode::NotFound),
            Self::Busy => Answer::of(ErrorCode::TooManyRequests),
            Self::StorageFull => {
                Answer::of(ErrorCode::Unavailable).status(StatusCode::INSUFFICIENT_STORAGE).saying("the registry has no space left")
            }
            Self::Unavailable(_) => Answer::of(ErrorCode::Unavailable),
            Self::Internal(_) => Answer::of(ErrorCode::Unknown),
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
            Self::UploadBusy | Self::Busy | Self::Unavailable(_) => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Denied
            | Self::NameInvalid(_)
            | Self::NameUnknown { .. }
            | Self::ManifestUnknown { .. }
            | Self::OnlySchema1Accepted
            | Self::ManifestInvalid(_)
            | Self::ManifestTooLarge { .. }
            | Self::ManifestBlobsUnknown { .. }
            | Self::ManifestBlobSize { .. }
            | Self::TagInvalid(_)
            | Self::TooManyTags { .. }
            | Self::DigestInvalid(_)
            | Self::DigestMissing
            | Self::DigestMismatch { .. }
            | Self::BlobUnknown { .. }
            | Self::UploadUnknown
            | Self::UploadInvalid { .. }
            | Self::BlobTooLarge { .. }
            | Self::SizeInvalid
            | Self::BodyBrokenOff
            | Self::PaginationInvalid
            | Self::TokenRequestInvalid { .. }
            | Self::SeveralHosts
            | Self::NothingHere
            | Self::StorageFull
            | Self::Internal(_) => {}
        }
    }
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
