//! Every refusal and failure of the surfaces, and the answer each gives: code, status, a text that gives nothing away.

mod answer;
mod from;

use std::time::Duration;

use ambar_domain::digest::{Digest, InvalidDigest};
use ambar_domain::repository_name::{InvalidRepositoryName, RepositoryName};
use ambar_domain::tag::InvalidTag;
use ambar_schemas::oci::manifest::ManifestError;
use http::HeaderValue;
use thiserror::Error;

use crate::limits::TooManyUploads;

pub(crate) use answer::{Challenge, chain, received, retry_after};

/// What everybody hears who is blocked (requirement P8).
pub(crate) const BLOCKED: &str = "Not allow to login, upload or download image";

/// Why a request was not fulfilled.
#[derive(Debug, Error)]
pub(crate) enum ApiError {
    #[error("authentication required")]
    Unauthenticated { scope: Option<String>, insufficient_scope: bool },
    #[error("the credentials of a token request were refused")]
    LoginRefused,
    #[error("you do not have the permission")]
    Denied,
    /// The user, or everybody at the address (requirements L4, P8).
    #[error("{BLOCKED}")]
    Blocked,
    #[error("too many failed logins from this address; try again later")]
    TooManyFailedLogins { wait: Duration },
    #[error("too many layer uploads {}; try again later", if let TooManyUploads::AtOnce = .0 { "at once" } else { "in a second" })]
    TooManyUploads(TooManyUploads),
    #[error(transparent)]
    NameInvalid(#[from] InvalidRepositoryName),
    #[error("the repository is unknown")]
    NameUnknown { repository: RepositoryName },
    #[error("the manifest is unknown")]
    ManifestUnknown { reference: String },
    #[error("the client takes schema 1 manifests only")]
    OnlySchema1Accepted,
    #[error(transparent)]
    ManifestInvalid(#[from] ManifestError),
    #[error("the manifest has more than {limit_bytes} bytes")]
    ManifestTooLarge { limit_bytes: usize },
    #[error("the manifest names blobs that are not there")]
    ManifestBlobsUnknown { digests: Vec<Digest> },
    #[error("the manifest states a size of {stated} bytes for {digest}, which has {actual}")]
    ManifestBlobSize { digest: Digest, stated: u64, actual: u64 },
    #[error(transparent)]
    TagInvalid(#[from] InvalidTag),
    #[error("more than {limit} tags at once")]
    TooManyTags { limit: usize },
    #[error(transparent)]
    DigestInvalid(#[from] InvalidDigest),
    #[error("the digest parameter is missing")]
    DigestMissing,
    #[error("the content's digest is {actual}")]
    DigestMismatch { actual: Digest },
    #[error("the blob is unknown")]
    BlobUnknown { digest: Digest },
    #[error("a manifest of the repository names the blob")]
    BlobInUse { digest: Digest },
    #[error("the upload is unknown")]
    UploadUnknown,
    #[error("the upload is invalid: {reason}")]
    UploadInvalid { reason: &'static str },
    #[error("the upload has {size_bytes} bytes, and the next must follow on them")]
    UploadOutOfOrder { location: Option<HeaderValue>, size_bytes: u64 },
    #[error("another request is writing to the upload")]
    UploadBusy,
    #[error("the blob has more than {limit_bytes} bytes")]
    BlobTooLarge { limit_bytes: u64 },
    #[error("the length is not what was announced")]
    SizeInvalid,
    #[error("the body broke off")]
    BodyBrokenOff,
    #[error("the range cannot be satisfied")]
    RangeUnsatisfiable { size_bytes: u64 },
    #[error("the number of results is no number")]
    PaginationInvalid,
    #[error("the method is not allowed")]
    MethodNotAllowed { allow: &'static str },
    #[error("listing all repositories is not supported")]
    CatalogUnsupported,
    #[error("the token request is malformed: {reason}")]
    TokenRequestInvalid { reason: &'static str },
    #[error("the request has several Host headers")]
    SeveralHosts,
    #[error("there is nothing at this address")]
    NothingHere,
    #[error("too many changes at once")]
    Busy,
    #[error("there is no space left")]
    StorageFull,
    #[error("the registry is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the registry failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}
