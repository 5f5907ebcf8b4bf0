//! Addresses of things, as clients know them.

use schemars::JsonSchema;
use serde::Serialize;

/// The address of one thing, or of a list that is no page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamLink")]
pub struct Link {
    /// It.
    #[serde(rename = "self")]
    pub itself: String,
}

/// The addresses of a list that is always whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "IamListLinks")]
pub struct ListLinks {
    /// The list's own.
    #[serde(rename = "self")]
    pub itself: String,
    /// Always null.
    pub previous: Option<()>,
    /// Always null.
    pub next: Option<()>,
}
