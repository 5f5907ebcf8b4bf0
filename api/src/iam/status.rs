//! The status that the identity service answers with when an operation refused or failed.

use ambar_domain::account::AccountError;
use ambar_domain::group::GroupError;
use ambar_domain::user::UserError;
use http::StatusCode;

use crate::operations::OperationError;
use crate::passwords::PasswordsError;

/// What an operation refused, and what failed.
pub(super) fn status_of(error: &OperationError) -> StatusCode {
    match error {
        OperationError::Account(error) => of_account(error),
        OperationError::User(error) => of_user(error),
        OperationError::Group(error) => of_group(error),
        OperationError::Denied | OperationError::LastAdministrator => StatusCode::FORBIDDEN,
        OperationError::NameTaken { .. } => StatusCode::CONFLICT,
        OperationError::UserNotFound
        | OperationError::AccessKeyNotFound
        | OperationError::ForeignUser
        | OperationError::AccountNotFound => StatusCode::NOT_FOUND,
        OperationError::WeakPassword(_) => StatusCode::BAD_REQUEST,
        OperationError::Busy | OperationError::Password(PasswordsError::Busy) => StatusCode::TOO_MANY_REQUESTS,
        OperationError::Unavailable(_)
        | OperationError::NotInEffect(_)
        | OperationError::OutcomeUnknown(_)
        | OperationError::Views(_)
        | OperationError::Password(_) => StatusCode::SERVICE_UNAVAILABLE,
        // None of the operations that are called from here ends so.
        OperationError::LoginNotFound
        | OperationError::OwnGrant
        | OperationError::BlobsUnknown { .. }
        | OperationError::BlobSize { .. }
        | OperationError::Name(_)
        | OperationError::Organization(_)
        | OperationError::Repository(_)
        | OperationError::BlobLink(_)
        | OperationError::Blob(_)
        | OperationError::Address(_)
        | OperationError::Content(_)
        | OperationError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn of_account(error: &AccountError) -> StatusCode {
    match error {
        AccountError::DelegationExists | AccountError::AlreadyEntrusted => StatusCode::CONFLICT,
        // The account was closed while the call was answered.
        AccountError::DelegationNotFound | AccountError::NotFound => StatusCode::NOT_FOUND,
        AccountError::OwnTrustee | AccountError::TooManyDelegations { .. } | AccountError::DelegationEndsInThePast => {
            StatusCode::BAD_REQUEST
        }
        // Accounts are not opened or closed from here, nor given organizations.
        AccountError::AlreadyOpen | AccountError::Closed | AccountError::QuotaExceeded { .. } | AccountError::HasOrganizations { .. } => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

fn of_user(error: &UserError) -> StatusCode {
    match error {
        UserError::NotFound | UserError::Deleted | UserError::AccessKeyNotFound => StatusCode::NOT_FOUND,
        UserError::TooManyAccessKeys => StatusCode::BAD_REQUEST,
        // None of the operations that are called from here ends so.
        UserError::AlreadyExists
        | UserError::AccessKeyExists
        | UserError::NoProgrammaticAccess
        | UserError::TooManyLogins
        | UserError::LoginExists
        | UserError::LoginNotFound
        | UserError::LoginLifetime
        | UserError::NotBlocked => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn of_group(error: &GroupError) -> StatusCode {
    match error {
        GroupError::NotFound => StatusCode::NOT_FOUND,
        // The name claim is asked before the group is; what comes of names in use is told of the name.
        GroupError::AlreadyExists | GroupError::Deleted | GroupError::NameInUse => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
