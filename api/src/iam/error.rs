//! Why a request to the identity service was not fulfilled, and the answer: code, title and text in Keystone's shape. Who has not proved who
//! it is hears it from the gateway, which in the real service stands before this one as well.

use ambar_projections::ViewsError;
use axum::response::Response;
use http::header::{ALLOW, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::json;
use thiserror::Error;

use super::respond::respond;
use crate::auth::ApiAuthError;
use crate::error::chain;
use crate::passwords::PasswordsError;

/// Why a request was not fulfilled. Its text is what the client is told.
#[derive(Debug, Error)]
pub(super) enum IamError {
    #[error(transparent)]
    Unidentified(#[from] ApiAuthError),
    #[error("the user name or the password is wrong, or the user is locked after too many wrong passwords")]
    SignInRefused,
    #[error("the user has no such project or domain")]
    ScopeRefused,
    #[error("you do not have the permission")]
    Denied,
    #[error("the request is malformed: {reason}")]
    Malformed { reason: &'static str },
    #[error("the {what} does not exist")]
    NotFound { what: &'static str },
    #[error("too many logins at once; try again later")]
    Busy,
    #[error("there is nothing at this address")]
    NothingHere,
    #[error("the method is not allowed")]
    MethodNotAllowed { allow: &'static str },
    #[error("the body is too large")]
    BodyTooLarge,
    #[error("the body broke off")]
    BodyBrokenOff,
    #[error("the service is not available; try again later")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<ViewsError> for IamError {
    fn from(error: ViewsError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<PasswordsError> for IamError {
    fn from(error: PasswordsError) -> Self {
        match error {
            PasswordsError::Busy => Self::Busy,
            PasswordsError::Hash(_) | PasswordsError::Interrupted(_) | PasswordsError::Closed(_) => Self::Unavailable(Box::new(error)),
        }
    }
}

impl IamError {
    pub(super) fn into_response(self, request_id: &str) -> Response {
        if let Self::Unidentified(error) = self {
            return error.into_gateway_response(request_id);
        }
        if let Self::Unavailable(source) = &self {
            tracing::error!(request_id, error = %self, cause = %chain(source.as_ref()), "a request failed");
        }
        let (status, title) = self.status();
        let error = json!({ "code": status.as_u16(), "message": self.to_string(), "title": title });
        let mut response = respond(status, &json!({ "error": error }));
        match self {
            Self::MethodNotAllowed { allow } => response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow)),
            Self::Unavailable(_) | Self::Busy => response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1")),
            Self::Unidentified(_)
            | Self::SignInRefused
            | Self::ScopeRefused
            | Self::Denied
            | Self::Malformed { .. }
            | Self::NotFound { .. }
            | Self::NothingHere
            | Self::BodyTooLarge
            | Self::BodyBrokenOff => None,
        };
        response
    }

    fn status(&self) -> (StatusCode, &'static str) {
        let status = match self {
            Self::Unidentified(error) => error.status(),
            Self::SignInRefused | Self::ScopeRefused => StatusCode::UNAUTHORIZED,
            Self::Denied => StatusCode::FORBIDDEN,
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::NothingHere | Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyBrokenOff | Self::Malformed { .. } => StatusCode::BAD_REQUEST,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, status.canonical_reason().unwrap_or_default())
    }
}
