//! Organizations, which the management API calls namespaces.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of a creation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CreateNamespace {
    /// The name.
    pub namespace: Option<String>,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Namespace {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The user who created it; empty if it was not a user.
    pub creator_name: String,
    /// The number of the caller's level; 0 where the caller has a permission on some repositories only.
    pub auth: i32,
    /// How many users hold a permission on it; in lists only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_user_count: Option<u64>,
    /// How many repositories it has; in lists only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repo_count: Option<u64>,
}

/// The list of organizations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Namespaces {
    /// By name.
    pub namespaces: Vec<Namespace>,
}
