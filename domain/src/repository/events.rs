//! What can happen to a repository.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::event_names;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::ids::{AccountId, UserId};
use crate::level::{Level, Visibility};
use crate::manifest::ManifestFacts;
use crate::tag::Tag;

use super::downloads::ManifestPulls;
use super::properties::{Category, Description, ShareDescription};

/// A fact about a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum RepositoryEvent {
    /// The repository began to exist.
    #[serde(rename = "repository.created")]
    Created {
        /// The account that owns the organization.
        account: AccountId,
        /// Who may pull without a grant.
        visibility: Visibility,
    },
    /// Who may pull without a grant was changed.
    #[serde(rename = "repository.visibility_changed")]
    VisibilityChanged {
        /// From now on.
        visibility: Visibility,
    },
    /// What kind of software it holds was changed. One that was never changed holds `other`.
    #[serde(rename = "repository.category_changed")]
    CategoryChanged {
        /// From now on.
        category: Category,
    },
    /// What it is for was said anew. One of which nothing was ever said has no description.
    #[serde(rename = "repository.description_changed")]
    DescriptionChanged {
        /// From now on, in Markdown.
        description: Description,
    },
    /// A manifest was stored that the repository did not hold.
    #[serde(rename = "repository.manifest_pushed")]
    ManifestPushed {
        /// The manifest.
        digest: Digest,
        /// What it is made of.
        manifest: ManifestFacts,
    },
    /// A version (tag) points at a manifest from now on.
    #[serde(rename = "repository.version_pushed")]
    VersionPushed {
        /// The version.
        tag: Tag,
        /// What it points at.
        digest: Digest,
        /// What it pointed at until now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous_digest: Option<Digest>,
    },
    /// A version (tag) was removed; its manifest stays.
    #[serde(rename = "repository.version_deleted")]
    VersionDeleted {
        /// The version.
        tag: Tag,
        /// What it pointed at.
        digest: Digest,
    },
    /// A manifest was removed. Its versions were removed by events of their own before this one.
    #[serde(rename = "repository.manifest_deleted")]
    ManifestDeleted {
        /// The manifest.
        digest: Digest,
    },
    /// A user holds this level on the repository.
    #[serde(rename = "repository.access_granted")]
    AccessGranted {
        /// Who.
        user: UserId,
        /// The level held from now on.
        level: Level,
        /// The level held until now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous_level: Option<Level>,
    },
    /// A user holds no level on the repository any more.
    #[serde(rename = "repository.access_revoked")]
    AccessRevoked {
        /// Who.
        user: UserId,
        /// The level held until now.
        previous_level: Level,
    },
    /// The users of another account may pull from now on.
    #[serde(rename = "repository.share_created")]
    ShareCreated {
        /// The other account.
        account: AccountId,
        /// When that ends; without it, when it is ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Why.
        description: ShareDescription,
    },
    /// A share has another end or another description.
    #[serde(rename = "repository.share_changed")]
    ShareChanged {
        /// The other account.
        account: AccountId,
        /// When it ends from now on; without it, when it is ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Why, from now on.
        description: ShareDescription,
    },
    /// A share was ended before its time.
    #[serde(rename = "repository.share_ended")]
    ShareEnded {
        /// The other account.
        account: AccountId,
    },
    /// A share has ended by itself. It has counted no more since its end, which is before this was recorded.
    #[serde(rename = "repository.share_expired")]
    ShareExpired {
        /// The other account.
        account: AccountId,
        /// When it ended.
        until: Timestamp,
    },
    /// Manifests were pulled and blobs downloaded since that was last recorded.
    #[serde(rename = "repository.downloads_counted")]
    DownloadsCounted {
        /// The manifests that were pulled.
        pulls: Vec<ManifestPulls>,
        /// How many bytes of blobs were sent.
        downloaded_bytes: u64,
    },
    /// The repository is gone, with its versions, manifests, grants and shares.
    #[serde(rename = "repository.deleted")]
    Deleted {},
}

event_names!(RepositoryEvent {
    Created => "repository.created", 1;
    VisibilityChanged => "repository.visibility_changed", 1;
    CategoryChanged => "repository.category_changed", 1;
    DescriptionChanged => "repository.description_changed", 1;
    ManifestPushed => "repository.manifest_pushed", 1;
    VersionPushed => "repository.version_pushed", 1;
    VersionDeleted => "repository.version_deleted", 1;
    ManifestDeleted => "repository.manifest_deleted", 1;
    AccessGranted => "repository.access_granted", 1;
    AccessRevoked => "repository.access_revoked", 1;
    ShareCreated => "repository.share_created", 1;
    ShareChanged => "repository.share_changed", 1;
    ShareEnded => "repository.share_ended", 1;
    ShareExpired => "repository.share_expired", 1;
    DownloadsCounted => "repository.downloads_counted", 1;
    Deleted => "repository.deleted", 1;
});
