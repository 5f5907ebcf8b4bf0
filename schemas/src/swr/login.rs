//! Login commands: the body that a container client's configuration takes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// Credentials by registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Auths {
    /// The registry's host and its credentials.
    pub auths: BTreeMap<String, Auth>,
}

/// Credentials for one registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Auth {
    /// Base64 of `user:password`.
    pub auth: String,
}
