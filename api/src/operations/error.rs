//! Why an operation did not succeed.

use std::error::Error as StdError;

use ambar_domain::account::AccountError;
use ambar_domain::address::AddressError;
use ambar_domain::blob::BlobError;
use ambar_domain::blob_link::BlobLinkError;
use ambar_domain::digest::Digest;
use ambar_domain::group::GroupError;
use ambar_domain::name_claim::NameClaimError;
use ambar_domain::organization::OrganizationError;
use ambar_domain::policy::password::WeakPassword;
use ambar_domain::repository::RepositoryError;
use ambar_domain::user::UserError;
use ambar_projections::ViewsError;
use ambar_storage::aggregate_store::CommandError;
use thiserror::Error;

use crate::passwords::PasswordsError;

/// Why an operation did not succeed. Its text is safe to show to whoever asked for the operation.
#[derive(Debug, Error)]
pub enum OperationError {
    /// Whoever asks may not.
    #[error("you do not have the permission")]
    Denied,
    /// Somebody else has the name.
    #[error("the name '{name}' is taken")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// There is no account of that name.
    #[error("the account does not exist")]
    AccountNotFound,
    /// There is no such user, or it is deleted.
    #[error("the user does not exist")]
    UserNotFound,
    /// There is no such access key.
    #[error("the access key does not exist")]
    AccessKeyNotFound,
    /// There is no such temporary login, or it has ended.
    #[error("the temporary login does not exist")]
    LoginNotFound,
    /// The user belongs to another account.
    #[error("the user belongs to another account")]
    ForeignUser,
    /// Nobody changes a permission of their own (`reference/swr-api.md`, section 9).
    #[error("nobody can change a permission of their own")]
    OwnGrant,
    /// The password is not good enough.
    #[error(transparent)]
    WeakPassword(#[from] WeakPassword),
    /// Passwords cannot be hashed now.
    #[error("the password cannot be taken now; try again later")]
    Password(#[from] PasswordsError),
    /// The account would be left without an administrator (requirement I1).
    #[error("the account needs at least one administrator")]
    LastAdministrator,
    /// The manifest names blobs that the repository does not hold.
    #[error("the manifest names blobs that the repository does not hold")]
    BlobsUnknown {
        /// Which.
        digests: Vec<Digest>,
    },
    /// The manifest states a size that the blob does not have.
    #[error("the blob {digest} has {actual} bytes, and the manifest says {stated}")]
    BlobSize {
        /// Which.
        digest: Digest,
        /// What the manifest says.
        stated: u64,
        /// What is stored.
        actual: u64,
    },
    /// An account refused.
    #[error(transparent)]
    Account(AccountError),
    /// A user refused.
    #[error(transparent)]
    User(UserError),
    /// A group refused.
    #[error(transparent)]
    Group(GroupError),
    /// A name refused.
    #[error(transparent)]
    Name(NameClaimError),
    /// An organization refused.
    #[error(transparent)]
    Organization(OrganizationError),
    /// A repository refused.
    #[error(transparent)]
    Repository(RepositoryError),
    /// A blob link refused.
    #[error(transparent)]
    BlobLink(BlobLinkError),
    /// A blob refused.
    #[error(transparent)]
    Blob(BlobError),
    /// An address refused.
    #[error(transparent)]
    Address(AddressError),
    /// The blob store failed.
    #[error("the blob store failed")]
    Content(#[from] ambar_storage::blobs::BlobError),
    /// The same thing is being changed by too many at once.
    #[error("too many changes at once; try again")]
    Busy,
    /// The stores cannot take it now; nothing was changed.
    #[error("the registry is not available now; try again later")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// The step that was done last is recorded, but it has not taken effect here: an access key that was disabled, say, still works.
    /// Steps that were to follow are not done.
    #[error("recorded, but not in effect yet: the views cannot follow the event log; do it again when they can")]
    NotInEffect(#[source] Box<dyn StdError + Send + Sync>),
    /// It may have been done or not.
    #[error("the outcome is unknown; look before you try again")]
    OutcomeUnknown(#[source] Box<dyn StdError + Send + Sync>),
    /// The stores failed.
    #[error("the registry failed")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
    /// The views failed.
    #[error("the views cannot be read")]
    Views(#[from] ViewsError),
}

impl OperationError {
    /// Whether what the operation was asked for does not exist.
    #[must_use]
    pub const fn is_not_found(&self) -> bool {
        matches!(
            self,
            Self::AccountNotFound
                | Self::UserNotFound
                | Self::AccessKeyNotFound
                | Self::LoginNotFound
                | Self::Account(AccountError::NotFound | AccountError::DelegationNotFound)
                | Self::User(UserError::NotFound | UserError::AccessKeyNotFound | UserError::LoginNotFound | UserError::NotBlocked)
                | Self::Group(GroupError::NotFound)
                | Self::Organization(OrganizationError::NotFound | OrganizationError::GrantNotFound)
                | Self::Repository(
                    RepositoryError::NotFound
                        | RepositoryError::VersionNotFound { .. }
                        | RepositoryError::ManifestNotFound { .. }
                        | RepositoryError::GrantNotFound
                )
                | Self::Address(AddressError::NotBlocked)
        )
    }
}

macro_rules! from_command_error {
    ($($error:ty => $variant:ident),+ $(,)?) => {
        $(impl From<CommandError<$error>> for OperationError {
            fn from(error: CommandError<$error>) -> Self {
                match error {
                    CommandError::Refused(refusal) => Self::$variant(refusal),
                    CommandError::Conflict => Self::Busy,
                    CommandError::Unavailable(source) => Self::Unavailable(source),
                    CommandError::OutcomeUnknown(source) => Self::OutcomeUnknown(source),
                    CommandError::NotVisible(source) => Self::NotInEffect(source),
                    CommandError::Failed(source) => Self::Failed(source),
                }
            }
        })+
    };
}

from_command_error! {
    AccountError => Account,
    UserError => User,
    GroupError => Group,
    NameClaimError => Name,
    OrganizationError => Organization,
    RepositoryError => Repository,
    BlobLinkError => BlobLink,
    BlobError => Blob,
    AddressError => Address,
}
