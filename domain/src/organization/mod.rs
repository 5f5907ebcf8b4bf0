//! Organization: owns repositories for an account. Stream id: its name, which makes the name unique in the region.
//!
//! - One owner at a time; after deletion anyone may create the name again, and nothing of the old one remains.
//! - It is deleted only when it holds no repository: repositories are admitted here before they are created.
//! - One level per user.

mod events;

pub use events::OrganizationEvent;

/// What an organization can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrganizationCommand {
    /// Belong to an account. Refused when it exists, also to its owner.
    Create { account: AccountId },
    /// Give a user a level, or another one; the same one again changes nothing.
    GrantAccess { user: UserId, level: Level },
    /// Take a user's level away.
    RevokeAccess { user: UserId },
    /// Take in a repository; one already in changes nothing.
    AdmitRepository { repository: RepositoryName },
    /// Let a repository go; one that is not in changes nothing.
    ReleaseRepository { repository: RepositoryName },
    /// Go.
    Delete,
}

/// Why an organization refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrganizationError {
    #[error("the organization already exists")]
    AlreadyExists,
    #[error("the organization does not exist")]
    NotFound,
    #[error("the user has no permission on the organization")]
    GrantNotFound,
    #[error("the repository belongs to another organization")]
    ForeignRepository,
    #[error("the organization still has images")]
    NotEmpty,
}
