//! What was before: what a tag pointed at, and with whom an image was shared.

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::Digest;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::names::AccountName;
use ambar_domain::repository::ShareDescription;
use ambar_domain::repository_name::RepositoryName;
use ambar_domain::tag::Tag;
use schemars::JsonSchema;
use serde::Serialize;

use crate::swr::time;

/// What a tag pointed at for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TagRecord {
    /// How often the manifest was pulled, by whatever tag, as far as that is recorded.
    pub pull_count: u64,
    /// The manifest.
    pub digest: Digest,
    /// Whether the repository still holds it, so that it can be restored.
    pub held: bool,
    /// Since when.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub from: Timestamp,
    /// Who pointed it there; null if it was no user.
    pub pushed_by: Option<UserId>,
    /// Until when; null if it still does.
    #[serde(serialize_with = "time::serialize_option")]
    pub until: Option<Timestamp>,
    /// Who ended that; null if it was no user, or has not ended.
    pub ended_by: Option<UserId>,
}

/// A tag that points at a manifest again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Restored {
    /// The tag.
    pub tag: Tag,
    /// The manifest.
    pub digest: Digest,
}

/// A share as it was for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShareRecord {
    /// The image.
    pub repository: RepositoryName,
    /// The other account.
    pub account_id: AccountId,
    /// Its name.
    pub account_name: AccountName,
    /// Its end; null is for ever.
    #[serde(serialize_with = "time::serialize_option")]
    pub until: Option<Timestamp>,
    /// What it is for.
    pub description: ShareDescription,
    /// Who shared; null if it was no user.
    pub creator: Option<UserId>,
    /// When the image was shared.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub created_at: Timestamp,
    /// Since when the share was as this record says.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub from: Timestamp,
    /// Who made it so; null if it was no user.
    pub written_by: Option<UserId>,
    /// When that ended; null if it has not.
    #[serde(serialize_with = "time::serialize_option")]
    pub ended_at: Option<Timestamp>,
    /// Who ended it; null if it was no user, or has not ended.
    pub ended_by: Option<UserId>,
    /// How it ended; null if it has not.
    pub ending: Option<ShareEnding>,
}

/// How a share ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShareEnding {
    /// It was given another end or description.
    Changed,
    /// Somebody ended it.
    Ended,
    /// Its end came.
    Expired,
    /// The image was deleted.
    RepositoryDeleted,
}
