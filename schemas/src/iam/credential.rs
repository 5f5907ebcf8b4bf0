//! Permanent access keys.

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use ambar_domain::description::AccessKeyDescription;
use ambar_domain::ids::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::swr::time;

/// Whether a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyStatus {
    /// It does.
    Active,
    /// It is disabled.
    Inactive,
}

/// An access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Credential {
    /// Its id.
    pub access: AccessKeyId,
    /// The secret; in the answer to the creation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// When it was used last, as `2024-09-01 08:30:00` in UTC, empty for never; where one key is asked for only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_use_time: Option<String>,
    /// Whose it is.
    pub user_id: UserId,
    /// Whether it works.
    pub status: KeyStatus,
    /// When it was created.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub create_time: Timestamp,
    /// What it is for.
    pub description: AccessKeyDescription,
}

/// One access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OneCredential {
    /// It.
    pub credential: Credential,
}

/// The access keys of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Credentials {
    /// Each.
    pub credentials: Vec<Credential>,
}
