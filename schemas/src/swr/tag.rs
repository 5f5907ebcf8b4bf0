//! Versions of a repository, which the management API calls tags.

use ambar_domain::clock::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::time;

/// The body of a server-side copy of a tag.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CreateTag {
    /// What is copied.
    pub source_tag: Option<String>,
    /// The new name.
    pub destination_tag: Option<String>,
    /// Whether a tag of that name may be moved.
    #[serde(rename = "override")]
    pub replaces: Option<bool>,
}

/// What every shape of a tag has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TagFacts {
    /// Its number.
    pub id: i64,
    /// Its repository's number.
    pub repo_id: i64,
    /// Hex of the config's digest; empty for an index.
    pub image_id: String,
    /// The manifest, as JSON text.
    pub manifest: String,
    /// The manifest's digest.
    pub digest: String,
    /// The schema of the manifest: always 2.
    pub schema: i32,
    /// `registry/organization/name:tag`.
    pub path: String,
    /// The same.
    pub internal_path: String,
    /// Bytes of the image.
    pub size: u64,
    /// Always false.
    pub is_trusted: bool,
    /// When the tag appeared.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub created: Timestamp,
    /// When it was moved last.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub updated: Timestamp,
    /// The owning account.
    pub domain_id: String,
    /// 0 for an image, 1 for an index of several.
    #[schemars(range(min = 0, max = 1))]
    pub tag_type: i32,
}

/// A tag in a list of version 2, whose field is written with a capital.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TagItem {
    /// Its name.
    #[serde(rename = "Tag")]
    pub tag: String,
    /// The rest.
    #[serde(flatten)]
    pub facts: TagFacts,
    /// Always null.
    pub deleted: Option<()>,
    /// Always false.
    pub scanned: bool,
}

/// A tag alone, and in a list of version 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "SwrTag")]
pub struct Tag {
    /// Its name.
    pub tag: String,
    /// The rest.
    #[serde(flatten)]
    pub facts: TagFacts,
}

/// A page of a list of version 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TagsV3 {
    /// The page.
    pub tags: Vec<Tag>,
    /// Where the next page begins; absent at the end.
    #[serde(rename = "nextMarker", skip_serializing_if = "Option::is_none")]
    pub next_marker: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
}

/// What belongs to a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Accessories {
    /// How many there are in all.
    pub total: u64,
    /// The page; null when there is none.
    pub accessories: Option<Vec<Accessory>>,
}

/// A manifest that says that it belongs to the one that a tag points at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Accessory {
    /// Its number.
    pub id: i64,
    /// The owning account.
    pub domain_id: String,
    /// The organization.
    pub namespace_name: String,
    /// The name inside the organization.
    pub repo_name: String,
    /// Always empty: what belongs to a manifest by its subject needs no tag.
    pub sig_tag: &'static str,
    /// Its digest.
    pub sig_digest: String,
    /// What it belongs to.
    pub target_digest: String,
    /// Bytes of its content.
    pub size: u64,
    /// Its artifact type; empty if it says none.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was pushed.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub created_at: Timestamp,
    /// The same: it never changes.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub updated_at: Timestamp,
}

/// The tags of indexes that list the manifest that a tag points at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct References {
    /// The page.
    pub tags: Vec<String>,
    /// Where the next page begins; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_marker: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
}
