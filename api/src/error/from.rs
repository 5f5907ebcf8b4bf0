//! From the errors of the layers below to the surface's own.

use ambar_domain::organization::OrganizationError;
use ambar_domain::repository::RepositoryError;
use ambar_domain::tag::InvalidReference;
use ambar_projections::ViewsError;
use ambar_storage::blobs::{BlobError, UploadError};

use super::ApiError;
use crate::operations::OperationError;

impl From<ViewsError> for ApiError {
    fn from(error: ViewsError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<InvalidReference> for ApiError {
    fn from(error: InvalidReference) -> Self {
        match error {
            InvalidReference::Digest(reason) => Self::DigestInvalid(reason),
            InvalidReference::Tag(reason) => Self::TagInvalid(reason),
        }
    }
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Full { .. } => Self::StorageFull,
            BlobError::NotFound { .. } | BlobError::Io { .. } => Self::Internal(Box::new(error)),
        }
    }
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::NotFound { .. } => Self::UploadUnknown,
            UploadError::OutOfOrder { size_bytes } => Self::UploadOutOfOrder { location: None, size_bytes },
            UploadError::Busy => Self::UploadBusy,
            UploadError::DigestMismatch { actual } => Self::DigestMismatch { actual },
            UploadError::BrokenOff { .. } => Self::BodyBrokenOff,
            UploadError::TooLarge { limit_bytes } => Self::BlobTooLarge { limit_bytes },
            UploadError::Full => Self::StorageFull,
            UploadError::Io { .. } => Self::Internal(Box::new(error)),
        }
    }
}

impl From<OperationError> for ApiError {
    fn from(error: OperationError) -> Self {
        match error {
            // The organization went away, or changed hands, since the right was proved.
            OperationError::Denied
            | OperationError::Organization(OrganizationError::NotFound)
            | OperationError::Repository(RepositoryError::ForeignAccount) => Self::Denied,
            OperationError::BlobsUnknown { digests } => Self::ManifestBlobsUnknown { digests },
            OperationError::BlobSize { digest, stated, actual } => Self::ManifestBlobSize { digest, stated, actual },
            OperationError::Content(error) => error.into(),
            OperationError::Busy => Self::Busy,
            OperationError::Unavailable(_)
            | OperationError::NotInEffect(_)
            | OperationError::OutcomeUnknown(_)
            | OperationError::Views(_) => Self::Unavailable(Box::new(error)),
            OperationError::Failed(_)
            | OperationError::NameTaken { .. }
            | OperationError::AccountNotFound
            | OperationError::UserNotFound
            | OperationError::AccessKeyNotFound
            | OperationError::LoginNotFound
            | OperationError::ForeignUser
            | OperationError::OwnGrant
            | OperationError::WeakPassword(_)
            | OperationError::Password(_)
            | OperationError::LastAdministrator
            | OperationError::Account(_)
            | OperationError::User(_)
            | OperationError::Group(_)
            | OperationError::Name(_)
            | OperationError::Organization(_)
            | OperationError::Repository(_)
            | OperationError::BlobLink(_)
            | OperationError::Blob(_)
            | OperationError::Address(_) => Self::Internal(Box::new(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use http_body_util::BodyExt;

    use super::*;
    use crate::error::Challenge;

    async fn answer(error: ApiError) -> (StatusCode, String) {
        let response = error.into_response(&Challenge { base_url: None, request_id: "id" });
        let status = response.status();
        (status, String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_full_disk_is_said_plainly() {
        for error in [ApiError::from(UploadError::Full), ApiError::from(BlobError::Full { doing: "writing" })] {
            let (status, body) = answer(error).await;
            assert_eq!(status, StatusCode::INSUFFICIENT_STORAGE);
            assert_eq!(body, r#"{"errors":[{"code":"UNAVAILABLE","message":"the registry has no space left"}]}"#);
        }
        let full = OperationError::Unavailable("database or disk is full".into());
        let (status, body) = answer(full.into()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(!body.contains("disk"));
    }

    #[tokio::test]
    async fn failures_of_the_inside_are_not_told() {
        let io = || std::io::Error::other("/var/lib/secret/path");
        for error in [
            ApiError::from(UploadError::Io { doing: "renaming", source: io() }),
            ApiError::from(BlobError::Io { doing: "reading", source: io() }),
            ApiError::from(OperationError::Failed(Box::new(io()))),
        ] {
            let (status, body) = answer(error).await;
            assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
            assert!(body.contains("UNKNOWN") && !body.contains("secret"));
        }
    }
}
