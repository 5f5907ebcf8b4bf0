//! What a repository can be asked to do.

use super::downloads::ManifestPulls;
use super::properties::{Category, Description, ShareDescription};
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::grants::Granting;
use crate::ids::{AccountId, UserId};
use crate::level::{Level, Visibility};
use crate::manifest::ManifestFacts;
use crate::tag::{Reference, Tag};

/// What a repository can be asked to do.
#[expect(clippy::large_enum_variant, reason = "a command lives for one call; a box would only add an allocation to every push")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RepositoryCommand {
    /// Begin to exist. Creating one that exists for the same account changes nothing.
    Create {
        /// The account that owns the organization.
        account: AccountId,
        /// Who may pull without a grant.
        visibility: Visibility,
    },
    /// Begin to exist with these properties; refused if it exists. Pushes use [`RepositoryCommand::Create`].
    CreateNew {
        /// The account that owns the organization.
        account: AccountId,
        /// Who may pull without a grant.
        visibility: Visibility,
        /// What kind of software it holds.
        category: Category,
        /// What it is for.
        description: Description,
    },
    /// Change what is given and keep the rest; the same value again changes nothing. What is shared does not become public.
    ChangeProperties {
        /// Who may pull without a grant.
        visibility: Option<Visibility>,
        /// What kind of software it holds.
        category: Option<Category>,
        /// What it is for.
        description: Option<Description>,
        /// The present moment, which tells the shares that last from those that have ended.
        now: Timestamp,
    },
    /// Hold a manifest and point every one of `tags` at it. The caller has verified digest, facts and blobs.
    PushManifest {
        /// The account that it is pushed for.
        account: AccountId,
        /// The manifest.
        digest: Digest,
        /// What it is made of.
        manifest: ManifestFacts,
        /// The versions that point at it from now on; none for a push by digest.
        tags: Vec<Tag>,
    },
    /// Point a version at a manifest that is held: the one of another version, or one by digest.
    PointVersion {
        /// The version.
        tag: Tag,
        /// What it points at from now on.
        target: Reference,
        /// It may point at something until now; otherwise that is refused.
        replaces: bool,
    },
    /// Remove versions, all of them or none; their manifests stay.
    DeleteVersions {
        /// The versions; one that is named twice is removed once.
        tags: Vec<Tag>,
    },
    /// Remove a manifest and every version on it.
    DeleteManifest {
        /// The manifest.
        digest: Digest,
    },
    /// Give users levels, all of them or none; one that is held already changes nothing.
    GrantAccess {
        /// Who, of the owning account, and the level held from now on.
        grants: Vec<(UserId, Level)>,
        /// What the grants take to be so.
        granting: Granting,
    },
    /// Take users' levels away, all of them or none.
    RevokeAccess {
        /// Who.
        users: Vec<UserId>,
    },
    /// Let the users of another account pull (requirement S1).
    ShareWith {
        /// The other account.
        account: AccountId,
        /// When that ends; without it, when it is ended.
        until: Option<Timestamp>,
        /// Why.
        description: ShareDescription,
        /// The present moment.
        now: Timestamp,
    },
    /// Give a share another end, and another description if there is one; the same ones again change nothing.
    ChangeShare {
        /// The other account.
        account: AccountId,
        /// When it ends; without it, when it is ended.
        until: Option<Timestamp>,
        /// Why, or as before.
        description: Option<ShareDescription>,
        /// The present moment.
        now: Timestamp,
    },
    /// End a share before its time.
    EndShare {
        /// The other account.
        account: AccountId,
        /// The present moment.
        now: Timestamp,
    },
    /// Record that a share has ended by itself. One that lasts is refused like one that there is not.
    ExpireShare {
        /// The other account.
        account: AccountId,
        /// The present moment.
        now: Timestamp,
    },
    /// Record how often manifests were pulled since that was last recorded (requirement M7). Those that are gone are left out.
    CountDownloads {
        /// The manifests that were.
        pulls: Vec<ManifestPulls>,
        /// How many bytes of blobs were sent.
        downloaded_bytes: u64,
    },
    /// What the command says, if the repository is of that account: its name and its organization's may have changed hands since it was decided who
    /// may.
    Of {
        /// The account that whoever asks proved a right in.
        account: AccountId,
        /// What is asked.
        command: Box<RepositoryCommand>,
    },
    /// Go.
    Delete {
        /// The account it is deleted for; without one it goes whoever's it is.
        account: Option<AccountId>,
    },
}

impl RepositoryCommand {
    /// The same, if the repository is of that account.
    #[must_use]
    pub fn of(self, account: AccountId) -> Self {
        Self::Of { account, command: Box::new(self) }
    }
}
