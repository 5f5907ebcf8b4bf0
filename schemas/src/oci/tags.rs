//! The tag list (distribution-spec, "Listing Tags").

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A page of the tags of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TagList {
    /// The repository's whole name.
    pub name: String,
    /// Its tags, in byte order.
    pub tags: Vec<String>,
}
