//! What can happen to a blob.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::event_names;

/// A fact about the one stored copy of a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum BlobEvent {
    /// Verified bytes are in the blob store.
    #[serde(rename = "blob.stored")]
    Stored {
        /// Size in bytes.
        size_bytes: u64,
        /// Counts how often the digest was stored anew after it had been swept, from 1.
        generation: u32,
    },
    /// Nothing live or restorable needs it; it will be swept unless somebody spares it.
    #[serde(rename = "blob.condemned")]
    Condemned {
        /// The generation that is condemned.
        generation: u32,
    },
    /// Somebody named it, so it stays.
    #[serde(rename = "blob.spared")]
    Spared {
        /// The generation that is spared.
        generation: u32,
    },
    /// It is gone; the bytes of this generation may be removed.
    #[serde(rename = "blob.swept")]
    Swept {
        /// The generation whose bytes may be removed.
        generation: u32,
    },
}

event_names!(BlobEvent {
    Stored => "blob.stored", 1;
    Condemned => "blob.condemned", 1;
    Spared => "blob.spared", 1;
    Swept => "blob.swept", 1;
});
