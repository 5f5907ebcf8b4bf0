//! What can happen to a blob link.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::event_names;
use crate::repository_name::RepositoryName;

/// A fact about whether a repository may serve a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum BlobLinkEvent {
    /// The blob's bytes came in through this repository.
    #[serde(rename = "blob_link.uploaded")]
    Uploaded {
        /// Size of the blob in bytes.
        size_bytes: u64,
    },
    /// The blob was taken over from another repository.
    #[serde(rename = "blob_link.mounted")]
    Mounted {
        /// Size of the blob in bytes.
        size_bytes: u64,
        /// The repository that was serving it.
        from: RepositoryName,
    },
    /// The repository serves the blob no more.
    #[serde(rename = "blob_link.released")]
    Released {},
}

event_names!(BlobLinkEvent {
    Uploaded => "blob_link.uploaded", 1;
    Mounted => "blob_link.mounted", 1;
    Released => "blob_link.released", 1;
});
