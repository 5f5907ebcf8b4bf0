//! Why a call of the own API did not succeed, and the answer it gives: a code, a message and the request's id (requirement B3).

use ambar_domain::account::AccountError;
use ambar_domain::repository::RepositoryError;
use ambar_domain::tag::Tag;
use ambar_domain::user::UserError;
use ambar_projections::ViewsError;
use ambar_schemas::v1::error::{ErrorBody, ErrorText};
use ambar_storage::event_log::LogError;
use axum::response::Response;
use http::header::{ALLOW, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use thiserror::Error;

use super::respond::respond;
use crate::auth::ApiAuthError;
use crate::error::chain;
use crate::extract::NoRoute;
use crate::operations::OperationError;

/// Why a call did not succeed. Its text is what the client is told.
#[derive(Debug, Error)]
pub(super) enum V1Error {
    #[error(transparent)]
    Unidentified(#[from] ApiAuthError),
    #[error("you do not have the permission")]
    Denied,
    #[error("the parameter '{name}' is invalid: it must be {expected}")]
    Parameter { name: &'static str, expected: &'static str },
    #[error("the parameter '{name}' is invalid: it must be one of {}", words.join(", "))]
    Word { name: &'static str, words: Vec<&'static str> },
    #[error("the body is malformed: {0}")]
    Body(serde_json::Error),
    #[error("the body names {most} tags at most, and one at least")]
    TagsOutOfBounds { most: usize },
    #[error("the body broke off")]
    BodyBrokenOff,
    #[error("the body is too large")]
    BodyTooLarge,
    #[error("the repository does not exist")]
    RepositoryNotFound,
    #[error("the account has no such user, or it is not blocked")]
    BlockNotFound,
    #[error("the tag does not exist")]
    TagNotFound,
    #[error("the tag '{tag}' does not exist; nothing is deleted")]
    NoSuchTag { tag: Tag },
    #[error("the repository does not hold the manifest")]
    ManifestNotFound,
    #[error("the login does not exist, or works no longer")]
    LoginNotFound,
    #[error("the user does not exist")]
    UserNotFound,
    #[error("the account does not exist")]
    AccountNotFound,
    #[error("the delegation does not exist")]
    DelegationNotFound,
    #[error("the account still has organizations")]
    AccountHasOrganizations,
    #[error("the trustee is one of account_id, account_name and service")]
    TrusteeAmbiguous,
    #[error(transparent)]
    DelegationRefused(AccountError),
    #[error(transparent)]
    LoginRefused(UserError),
    #[error("there is nothing at this address")]
    NothingHere,
    #[error("the method is not allowed")]
    MethodNotAllowed { allow: &'static str },
    #[error("too many changes at once; try again")]
    Busy,
    #[error("the account has as many streams and exports of events open as it may; close one")]
    TooManyStreams,
    #[error("the registry is not available now; try again later")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the registry failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl V1Error {
    pub(super) fn into_response(self, request_id: &str) -> Response {
        let (status, code) = self.status();
        if status.is_server_error() {
            tracing::error!(request_id, error = %chain(&self), "a call of the own API failed");
        }
        let error = ErrorText { code, message: self.to_string(), request_id };
        let mut response = respond(status, &ErrorBody { error });
        let retry_after = if let Self::Unidentified(error) = &self { error.retry_after() } else { None };
        if let Some(value) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, value);
        } else if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        } else if status == StatusCode::TOO_MANY_REQUESTS {
            // Streams stay open for long, and exports of much too.
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("30"));
        }
        if let Self::MethodNotAllowed { allow } = self {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        }
        response
    }

    fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unidentified(ApiAuthError::Unavailable(_)) | Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Unidentified(ApiAuthError::NotEntrusted) | Self::AccountNotFound => (StatusCode::NOT_FOUND, "account_not_found"),
            Self::Unidentified(ApiAuthError::Blocked) => (StatusCode::FORBIDDEN, "blocked"),
            Self::Unidentified(ApiAuthError::TooManyFailedLogins { .. }) => (StatusCode::TOO_MANY_REQUESTS, "too_many_failed_logins"),
            Self::Unidentified(_) => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::Denied => (StatusCode::FORBIDDEN, "denied"),
            Self::Parameter { .. } | Self::Word { .. } => (StatusCode::BAD_REQUEST, "parameter_invalid"),
            Self::Body(_) | Self::TagsOutOfBounds { .. } | Self::BodyBrokenOff => (StatusCode::BAD_REQUEST, "body_invalid"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::RepositoryNotFound => (StatusCode::NOT_FOUND, "repository_not_found"),
            Self::BlockNotFound => (StatusCode::NOT_FOUND, "block_not_found"),
            Self::TagNotFound | Self::NoSuchTag { .. } => (StatusCode::NOT_FOUND, "tag_not_found"),
            Self::ManifestNotFound => (StatusCode::NOT_FOUND, "manifest_not_found"),
            Self::LoginNotFound => (StatusCode::NOT_FOUND, "login_not_found"),
            Self::UserNotFound => (StatusCode::NOT_FOUND, "user_not_found"),
            Self::DelegationNotFound => (StatusCode::NOT_FOUND, "delegation_not_found"),
            Self::AccountHasOrganizations => (StatusCode::CONFLICT, "account_has_organizations"),
            Self::TrusteeAmbiguous => (StatusCode::BAD_REQUEST, "body_invalid"),
            Self::DelegationRefused(AccountError::DelegationExists | AccountError::AlreadyEntrusted) => {
                (StatusCode::CONFLICT, "delegation_exists")
            }
            Self::DelegationRefused(_) => (StatusCode::BAD_REQUEST, "delegation_invalid"),
            Self::LoginRefused(UserError::TooManyLogins) => (StatusCode::CONFLICT, "too_many_logins"),
            Self::LoginRefused(_) => (StatusCode::BAD_REQUEST, "login_invalid"),
            Self::NothingHere => (StatusCode::NOT_FOUND, "nothing_here"),
            Self::MethodNotAllowed { .. } => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::TooManyStreams => (StatusCode::TOO_MANY_REQUESTS, "too_many_streams"),
            Self::Failed(_) => (StatusCode::INTERNAL_SERVER_ERROR, "failed"),
        }
    }
}

impl From<NoRoute> for V1Error {
    fn from(error: NoRoute) -> Self {
        match error {
            NoRoute::Nothing => Self::NothingHere,
            NoRoute::OtherMethods(allow) => Self::MethodNotAllowed { allow },
        }
    }
}

impl From<ViewsError> for V1Error {
    fn from(error: ViewsError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<LogError> for V1Error {
    fn from(error: LogError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<OperationError> for V1Error {
    fn from(error: OperationError) -> Self {
        match error {
            OperationError::Denied => Self::Denied,
            OperationError::Busy => Self::Busy,
            OperationError::LoginNotFound => Self::LoginNotFound,
            OperationError::AccountNotFound | OperationError::Account(AccountError::NotFound) => Self::AccountNotFound,
            OperationError::Account(AccountError::HasOrganizations { .. }) => Self::AccountHasOrganizations,
            OperationError::Account(AccountError::DelegationNotFound) => Self::DelegationNotFound,
            OperationError::Account(
                refusal @ (AccountError::DelegationExists
                | AccountError::AlreadyEntrusted
                | AccountError::OwnTrustee
                | AccountError::TooManyDelegations { .. }
                | AccountError::DelegationEndsInThePast),
            ) => Self::DelegationRefused(refusal),
            OperationError::UserNotFound | OperationError::User(UserError::NotFound | UserError::NotBlocked) => Self::BlockNotFound,
            OperationError::Repository(RepositoryError::ManifestNotFound { .. }) => Self::ManifestNotFound,
            OperationError::Repository(RepositoryError::VersionNotFound { tag }) => Self::NoSuchTag { tag },
            OperationError::Repository(RepositoryError::NotFound | RepositoryError::ForeignAccount) => Self::RepositoryNotFound,
            OperationError::Unavailable(_)
            | OperationError::NotInEffect(_)
            | OperationError::OutcomeUnknown(_)
            | OperationError::Views(_) => Self::Unavailable(Box::new(error)),
            error => Self::Failed(Box::new(error)),
        }
    }
}
