//! The versions of the API.

use schemars::JsonSchema;
use serde::Serialize;

/// Every version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Versions {
    /// Each.
    pub versions: Vec<VersionDetail>,
}

/// One version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Version {
    /// It.
    pub version: VersionDetail,
}

/// A version of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VersionDetail {
    /// Its name, such as `v2`.
    pub id: &'static str,
    /// Where it is.
    pub links: Link,
    /// Always empty.
    pub version: &'static str,
    /// Always empty.
    pub min_version: &'static str,
    /// `CURRENT` or `SUPPORTED`.
    pub status: &'static str,
    /// When it was changed last.
    pub updated: &'static str,
}

/// Where a version is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Link {
    /// The address.
    pub href: String,
    /// Always `self`.
    pub rel: &'static str,
}
