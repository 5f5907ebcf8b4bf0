//! How often a repository's manifests are pulled (requirement M7). A pull is no event: pulls are counted, and the counts recorded now and then.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RepositoryEvent;
use super::versions::Versions;
use crate::clock::Timestamp;
use crate::digest::Digest;

/// How often a manifest was pulled since that was last recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ManifestPulls {
    /// The manifest.
    pub digest: Digest,
    /// How many times.
    pub count: u64,
    /// When that was the last time. Counts that were recorded before this was kept say nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
}

/// The counts that are worth recording: those of manifests that are still held.
pub(super) fn count(versions: &Versions, mut pulls: Vec<ManifestPulls>, downloaded_bytes: u64) -> Vec<RepositoryEvent> {
    pulls.retain(|pulled| pulled.count > 0 && versions.holds(&pulled.digest));
    if pulls.is_empty() && downloaded_bytes == 0 {
        return vec![];
    }
    vec![RepositoryEvent::DownloadsCounted { pulls, downloaded_bytes }]
}
