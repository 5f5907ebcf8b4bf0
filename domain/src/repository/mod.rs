//! Repository: the versions (tags) and manifests of one image, and who may use it. Stream id: `organization/path`.
//!
//! - A version always points at a manifest that the repository holds.
//! - Pushing what is already so changes nothing and is no event (requirement P5).
//! - Removing a manifest removes every version on it (requirement M6).
//! - After deletion the name may be created again; nothing of the old one remains.

mod events;

pub use events::RepositoryEvent;

/// What a repository can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RepositoryCommand {
    /// Begin to exist. Creating one that exists for the same account changes nothing.
    Create { account: AccountId, visibility: Visibility },
    /// Let everybody pull, or nobody without a grant.
    ChangeVisibility { visibility: Visibility },
    /// Hold a manifest and point every one of `tags` at it. The caller has verified digest, facts and blobs.
    PushManifest { digest: Digest, manifest: ManifestFacts, tags: Vec<Tag> },
    /// Remove a version.
    DeleteVersion { tag: Tag },
    /// Remove a manifest and every version on it.
    DeleteManifest { digest: Digest },
    /// Give a user a level, or another one; the same one again changes nothing.
    GrantAccess { user: UserId, level: Level },
    /// Take a user's level away.
    RevokeAccess { user: UserId },
    /// Go.
    Delete,
}

/// Why a repository refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RepositoryError {
    #[error("the repository belongs to another account")]
    ForeignAccount,
    #[error("the repository does not exist")]
    NotFound,
    #[error("the repository has no version '{tag}'")]
    VersionNotFound { tag: Tag },
    #[error("the repository has no manifest {digest}")]
    ManifestNotFound { digest: Digest },
    #[error("the user has no permission on the repository")]
    GrantNotFound,
}
