//! Repositories: what clients send, and the three shapes in which they come back.

use ambar_domain::clock::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::time;

/// The body of a creation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CreateRepository {
    /// The name inside the organization; `$` stands for `/` as well.
    pub repository: Option<String>,
    /// Whether everybody may pull.
    pub is_public: Option<bool>,
    /// The category's word.
    pub category: Option<String>,
    /// Free text.
    pub description: Option<String>,
}

/// The body of a change. What is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct UpdateRepository {
    /// Whether everybody may pull.
    pub is_public: Option<bool>,
    /// The category's word.
    pub category: Option<String>,
    /// Free text.
    pub description: Option<String>,
}

/// One repository alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Repository {
    /// Its number.
    pub id: i64,
    /// Its organization's number.
    pub ns_id: i64,
    /// Its name inside the organization.
    pub name: String,
    /// The category's word.
    pub category: &'static str,
    /// Free text.
    pub description: String,
    /// The id of the user who created it; empty if it was not a user.
    pub creator_id: String,
    /// The name of the user who created it.
    pub creator_name: String,
    /// Bytes of its images.
    pub size: u64,
    /// Whether everybody may pull.
    pub is_public: bool,
    /// How many tags it has.
    pub num_images: u64,
    /// How often it was pulled.
    pub num_download: u64,
    /// Always empty.
    pub url: &'static str,
    /// `registry/organization/name`.
    pub path: String,
    /// The same.
    pub internal_path: String,
    /// When it was created.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub created: Timestamp,
    /// When it was changed or pushed to last.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub updated: Timestamp,
    /// The owning account.
    pub domain_id: String,
    /// Always 0.
    pub priority: i32,
}

/// A repository in a list of version 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RepositoryItem {
    /// Its name inside the organization.
    pub name: String,
    /// The category's word.
    pub category: &'static str,
    /// Free text.
    pub description: String,
    /// Bytes of its images.
    pub size: u64,
    /// Whether everybody may pull.
    pub is_public: bool,
    /// How many tags it has.
    pub num_images: u64,
    /// How often it was pulled.
    pub num_download: u64,
    /// When it was created.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub created_at: Timestamp,
    /// When it was changed or pushed to last.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub updated_at: Timestamp,
    /// Always empty.
    pub logo: &'static str,
    /// Always empty.
    pub url: &'static str,
    /// `registry/organization/name`.
    pub path: String,
    /// The same.
    pub internal_path: String,
    /// The owning account's name.
    pub domain_name: String,
    /// Its organization.
    pub namespace: String,
    /// Its first tags by name.
    pub tags: Vec<String>,
    /// Whether the share still holds; false in lists of one's own.
    pub status: bool,
    /// How many there are in all.
    pub total_range: u64,
}

/// A repository in a list of version 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RepositoryItemV3 {
    /// Its number.
    pub id: i64,
    /// Its name inside the organization.
    pub name: String,
    /// The category's word.
    pub category: &'static str,
    /// Free text.
    pub description: String,
    /// Bytes of its images.
    pub size: u64,
    /// Whether everybody may pull.
    pub is_public: bool,
    /// How many tags it has.
    pub num_images: u64,
    /// How often it was pulled.
    pub num_download: u64,
    /// When it was created.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub created_at: Timestamp,
    /// When it was changed or pushed to last.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub updated_at: Timestamp,
    /// The owning account's name.
    pub domain_name: String,
    /// Its organization.
    pub namespace_name: String,
    /// Whether the share still holds; false in lists of one's own.
    pub status: bool,
}

/// A page of a list of version 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RepositoriesV3 {
    /// The page.
    pub repos: Vec<RepositoryItemV3>,
    /// Where the next page begins; absent at the end.
    #[serde(rename = "nextMarker", skip_serializing_if = "Option::is_none")]
    pub next_marker: Option<i64>,
}
