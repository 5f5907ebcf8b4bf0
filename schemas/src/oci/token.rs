//! The answer of the token endpoint (Docker Registry v2 authentication specification).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A bearer token, under both names that clients look for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenResponse {
    /// The token, for Docker.
    pub token: String,
    /// The same token, for OAuth 2.
    pub access_token: String,
    /// How many seconds it works.
    pub expires_in: u64,
    /// When it was made, RFC 3339.
    pub issued_at: String,
}
