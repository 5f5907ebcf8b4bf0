//! Why a call of the management API did not succeed, and the answer it gives.

use std::error::Error as StdError;

use ambar_domain::account::AccountError;
use ambar_domain::organization::OrganizationError;
use ambar_domain::organization_name::InvalidOrganizationName;
use ambar_domain::repository::RepositoryError;
use ambar_domain::repository_name::InvalidRepositoryName;
use ambar_domain::tag::InvalidTag;
use ambar_domain::user::UserError;
use ambar_projections::ViewsError;
use ambar_schemas::swr::error::{ErrorBody, SwrCode};
use ambar_schemas::swr::filter::InvalidParameters;
use ambar_storage::blobs::BlobError;
use axum::response::Response;
use http::StatusCode;
use http::header::{ALLOW, RETRY_AFTER};

use super::respond::json;
use crate::auth::ApiAuthError;
use crate::error::ApiError;
use crate::operations::OperationError;

/// Why a call did not succeed.
#[derive(Debug)]
pub(crate) enum ManageError {
    /// The usual text says it.
    Code(SwrCode),
    /// This text says it better, and gives nothing away.
    Told(SwrCode, String),
    /// The address has these methods, and no other.
    MethodNotAllowed { allow: String },
    /// Who is asking could not be found out.
    Gateway(ApiAuthError),
    /// Something below failed, which only the log tells.
    Internal(SwrCode, Box<dyn StdError + Send + Sync>),
}

impl ManageError {
    pub(crate) fn told(code: SwrCode, text: impl ToString) -> Self {
        Self::Told(code, text.to_string())
    }

    /// The answer; what went wrong inside goes into the log.
    pub(crate) fn into_response(self, request_id: &str) -> Response {
        match self {
            Self::Code(code) => respond(code, code.message(), request_id),
            Self::Told(code, text) => respond(code, &text, request_id),
            Self::MethodNotAllowed { allow } => {
                let code = SwrCode::MethodNotAllowed;
                let mut response = respond(code, code.message(), request_id);
                if let Ok(allow) = http::HeaderValue::try_from(allow) {
                    response.headers_mut().insert(ALLOW, allow);
                }
                response
            }
            Self::Gateway(error) => error.into_gateway_response(request_id),
            Self::Internal(code, source) => {
                tracing::error!(request_id, error = &*source as &dyn StdError, "a call of the management API failed");
                respond(code, code.message(), request_id)
            }
        }
    }
}

fn respond(code: SwrCode, message: &str, request_id: &str) -> Response {
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, &ErrorBody::new(code.as_str(), message, request_id));
    if matches!(code, SwrCode::Busy | SwrCode::Unavailable) {
        response.headers_mut().insert(RETRY_AFTER, http::HeaderValue::from_static("1"));
    }
    response
}

impl From<SwrCode> for ManageError {
    fn from(code: SwrCode) -> Self {
        Self::Code(code)
    }
}

impl From<ApiAuthError> for ManageError {
    fn from(error: ApiAuthError) -> Self {
        match error {
            ApiAuthError::NotEntrusted => SwrCode::DomainNotFound.into(),
            error => Self::Gateway(error),
        }
    }
}

impl From<ViewsError> for ManageError {
    fn from(error: ViewsError) -> Self {
        Self::Internal(SwrCode::Unavailable, Box::new(error))
    }
}

impl From<BlobError> for ManageError {
    fn from(error: BlobError) -> Self {
        Self::Internal(SwrCode::Failed, Box::new(error))
    }
}

impl From<InvalidOrganizationName> for ManageError {
    fn from(error: InvalidOrganizationName) -> Self {
        Self::told(SwrCode::OrganizationInvalid, error)
    }
}

impl From<InvalidRepositoryName> for ManageError {
    fn from(error: InvalidRepositoryName) -> Self {
        let code = match error {
            InvalidRepositoryName::Organization => SwrCode::OrganizationInvalid,
            InvalidRepositoryName::Path => SwrCode::RepositoryInvalid,
        };
        Self::told(code, error)
    }
}

impl From<InvalidTag> for ManageError {
    fn from(error: InvalidTag) -> Self {
        Self::told(SwrCode::TagInvalid, error)
    }
}

impl From<InvalidParameters> for ManageError {
    fn from(error: InvalidParameters) -> Self {
        let code = match error {
            InvalidParameters::Filter => SwrCode::FilterInvalid,
            InvalidParameters::Page => SwrCode::ParameterInvalid,
            InvalidParameters::Order => SwrCode::OrderInvalid,
        };
        Self::told(code, error)
    }
}

/// Reading a body can only break off or be refused for its size.
impl From<ApiError> for ManageError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::BodyBrokenOff => Self::told(SwrCode::BodyInvalid, error),
            error => Self::Internal(SwrCode::Failed, Box::new(error)),
        }
    }
}

impl From<OperationError> for ManageError {
    fn from(error: OperationError) -> Self {
        let code = match &error {
            OperationError::Denied => SwrCode::Denied,
            OperationError::Account(AccountError::QuotaExceeded { .. }) => SwrCode::OrganizationQuota,
            // Closed while the call was answered.
            OperationError::Account(AccountError::NotFound) => SwrCode::Unauthenticated,
            OperationError::Account(AccountError::DelegationExists | AccountError::AlreadyEntrusted) => SwrCode::AgencyExists,
            OperationError::Account(AccountError::TooManyDelegations { .. }) => SwrCode::ParameterInvalid,
            OperationError::Organization(refusal) => of_organization(refusal),
            OperationError::Repository(refusal) => of_repository(refusal),
            OperationError::AccountNotFound => SwrCode::DomainInvalid,
            OperationError::UserNotFound | OperationError::ForeignUser | OperationError::OwnGrant => SwrCode::UserInvalid,
            OperationError::User(UserError::NoProgrammaticAccess) => SwrCode::Denied,
            OperationError::User(UserError::TooManyLogins) => SwrCode::LoginQuota,
            OperationError::User(UserError::LoginLifetime) => SwrCode::ParameterInvalid,
            OperationError::Busy => SwrCode::Busy,
            OperationError::Unavailable(_)
            | OperationError::NotInEffect(_)
            | OperationError::OutcomeUnknown(_)
            | OperationError::Views(_) => {
                return Self::Internal(SwrCode::Unavailable, Box::new(error));
            }
            _ => return Self::Internal(SwrCode::Failed, Box::new(error)),
        };
        // Whose the name is, and that a user of another account is there at all, is nobody's business.
        if let OperationError::ForeignUser = error {
            return Self::told(code, OperationError::UserNotFound);
        }
        match code {
            SwrCode::Denied | SwrCode::OrganizationExists | SwrCode::OrganizationNotFound | SwrCode::RepositoryNotFound => Self::Code(code),
            code => Self::told(code, error),
        }
    }
}

fn of_organization(refusal: &OrganizationError) -> SwrCode {
    match refusal {
        OrganizationError::AlreadyExists => SwrCode::OrganizationExists,
        OrganizationError::NotEmpty { .. } => SwrCode::OrganizationNotEmpty,
        OrganizationError::GrantExists => SwrCode::OrganizationPermissionExists,
        OrganizationError::GrantNotFound => SwrCode::OrganizationPermissionNotFound,
        OrganizationError::NotFound | OrganizationError::ForeignAccount | OrganizationError::ForeignRepository => {
            SwrCode::OrganizationNotFound
        }
        OrganizationError::RepositoryReadmitted => SwrCode::Busy,
    }
}

fn of_repository(refusal: &RepositoryError) -> SwrCode {
    match refusal {
        RepositoryError::NotFound | RepositoryError::ForeignAccount => SwrCode::RepositoryNotFound,
        RepositoryError::VersionNotFound { .. } | RepositoryError::ManifestNotFound { .. } => SwrCode::TagNotFound,
        RepositoryError::AlreadyExists => SwrCode::RepositoryExists,
        RepositoryError::VersionExists { .. } => SwrCode::TagExists,
        RepositoryError::PublicRepository | RepositoryError::Shared | RepositoryError::ShareEndsInThePast => SwrCode::ParameterInvalid,
        RepositoryError::SharedWithOwner => SwrCode::DomainInvalid,
        RepositoryError::AlreadyShared => SwrCode::ShareExists,
        RepositoryError::TooManyShares { .. } => SwrCode::ShareQuota,
        RepositoryError::ShareNotFound => SwrCode::ShareNotFound,
        RepositoryError::GrantExists => SwrCode::PermissionExists,
        RepositoryError::GrantNotFound => SwrCode::PermissionNotFound,
    }
}
