//! Why a request to the identity service was not fulfilled, and the answer: code, title and text in Keystone's shape. Who has not proved who
//! it is hears it from the gateway, which in the real service stands before this one as well.

use std::time::Duration;

use ambar_domain::description::DescriptionTooLong;
use ambar_domain::names::InvalidName;
use ambar_projections::ViewsError;
use ambar_schemas::iam::error::{ErrorBody, ErrorText};
use axum::response::Response;
use http::header::{ALLOW, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use thiserror::Error;

use super::respond::respond;
use super::status::status_of;
use crate::auth::ApiAuthError;
use crate::error::{BLOCKED, chain, retry_after};
use crate::extract::NoRoute;
use crate::operations::OperationError;
use crate::passwords::PasswordsError;

/// Why a request was not fulfilled. Its text is what the client is told.
#[derive(Debug, Error)]
pub(super) enum IamError {
    #[error(transparent)]
    Unidentified(#[from] ApiAuthError),
    #[error("the user name or the password is wrong, or the user is locked after too many wrong passwords")]
    SignInRefused,
    /// The user, or everybody at the address (requirement P8).
    #[error("{BLOCKED}")]
    Blocked,
    #[error("too many failed logins from this address; try again later")]
    TooManyFailedLogins { wait: Duration },
    #[error("the user has taken too many tokens; try again later")]
    TooManyTokens { wait: Duration },
    #[error("the user has no such project or domain")]
    ScopeRefused,
    #[error("you do not have the permission")]
    Denied,
    #[error("the request is malformed: {reason}")]
    Malformed { reason: &'static str },
    #[error(transparent)]
    Name(InvalidName),
    #[error(transparent)]
    Description(DescriptionTooLong),
    #[error(transparent)]
    Operation(#[from] OperationError),
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

impl From<NoRoute> for IamError {
    fn from(error: NoRoute) -> Self {
        match error {
            NoRoute::Nothing => Self::NothingHere,
            NoRoute::OtherMethods(allow) => Self::MethodNotAllowed { allow },
        }
    }
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
        match self {
            Self::Unidentified(ApiAuthError::NotEntrusted) => Self::NotFound { what: "domain" }.into_response(request_id),
            Self::Unidentified(error) => error.into_gateway_response(request_id),
            error => error.into_own_response(request_id),
        }
    }

    fn into_own_response(self, request_id: &str) -> Response {
        let (status, title) = self.status();
        if status.is_server_error() {
            tracing::error!(request_id, error = %chain(&self), "a request failed");
        }
        let error = ErrorText { code: status.as_u16(), message: self.to_string(), title };
        let mut response = respond(status, &ErrorBody { error });
        if let Self::TooManyFailedLogins { wait } | Self::TooManyTokens { wait } = self {
            response.headers_mut().insert(RETRY_AFTER, retry_after(wait));
        } else if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if let Self::MethodNotAllowed { allow } = self {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        }
        response
    }

    fn status(&self) -> (StatusCode, &'static str) {
        let status = match self {
            Self::Unidentified(error) => error.status(),
            Self::SignInRefused | Self::ScopeRefused => StatusCode::UNAUTHORIZED,
            Self::Denied | Self::Blocked => StatusCode::FORBIDDEN,
            Self::Busy | Self::TooManyFailedLogins { .. } | Self::TooManyTokens { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NothingHere | Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyBrokenOff | Self::Malformed { .. } | Self::Name(_) | Self::Description(_) => StatusCode::BAD_REQUEST,
            Self::Operation(error) => status_of(error),
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, status.canonical_reason().unwrap_or_default())
    }
}
