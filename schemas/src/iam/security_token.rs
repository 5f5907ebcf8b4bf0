//! Temporary access keys.

use std::fmt;

use ambar_domain::access_key::AccessKeyId;
use ambar_domain::clock::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::swr::time;

/// A temporary access key.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SecurityToken {
    /// Its id.
    pub access: AccessKeyId,
    /// The secret, which is told nowhere else.
    pub secret: String,
    /// What goes along with every call that the secret signs, in the header `X-Security-Token`.
    pub securitytoken: String,
    /// When it ends.
    #[serde(with = "time")]
    #[schemars(with = "Timestamp")]
    pub expires_at: Timestamp,
}

impl fmt::Debug for SecurityToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SecurityToken").field("access", &self.access).field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// One temporary access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OneSecurityToken {
    /// It.
    pub credential: SecurityToken,
}
