//! Blob link: that a repository may serve a blob. Stream id: `org/repo@digest`, so that parallel uploads never conflict.
//!
//! - Knowing a digest gives no access: only a link does.
//! - A link that is there stays as it is, however often it is asked for; after its release it may come again.

mod events;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::aggregate::{aggregate, unless};
use crate::digest::Digest;
use crate::repository_name::RepositoryName;

pub use events::BlobLinkEvent;

/// What a blob link can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobLinkCommand {
    /// Link the blob, whose verified bytes are in the blob store. A link already there changes nothing.
    Upload {
        /// Size of the blob in bytes.
        size_bytes: u64,
    },
    /// Link the blob as `from` does. A link already there changes nothing.
    Mount {
        /// Size of the blob in bytes.
        size_bytes: u64,
        /// The repository that serves it; the caller has seen that it does, and may read it.
        from: RepositoryName,
    },
    /// Serve the blob no more.
    Release,
}

/// Why a blob link refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BlobLinkError {
    /// There is no link to release.
    #[error("the repository does not hold the blob")]
    NotLinked,
}

/// Whether the link is there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BlobLink {
    linked: bool,
}

impl BlobLink {
    /// Decides what happens. Reads `self`, changes nothing.
    ///
    /// # Errors
    /// Says why the command is refused.
    pub fn decide(&self, command: BlobLinkCommand) -> Result<Vec<BlobLinkEvent>, BlobLinkError> {
        match command {
            BlobLinkCommand::Upload { size_bytes } => Ok(unless(self.linked, BlobLinkEvent::Uploaded { size_bytes })),
            BlobLinkCommand::Mount { size_bytes, from } => Ok(unless(self.linked, BlobLinkEvent::Mounted { size_bytes, from })),
            BlobLinkCommand::Release if self.linked => Ok(vec![BlobLinkEvent::Released {}]),
            BlobLinkCommand::Release => Err(BlobLinkError::NotLinked),
        }
    }

    /// Folds one event into the state. Never fails and never decides.
    pub fn evolve(&mut self, event: BlobLinkEvent) {
        self.linked = match event {
            BlobLinkEvent::Uploaded { .. } | BlobLinkEvent::Mounted { .. } => true,
            BlobLinkEvent::Released {} => false,
        };
    }
}

aggregate!(BlobLink, "blob_link", BlobLinkCommand, BlobLinkEvent, BlobLinkError);

/// The stream id of the link between a repository and a blob.
#[must_use]
pub fn stream_id(repository: &RepositoryName, digest: &Digest) -> String {
    format!("{repository}@{digest}")
}

/// The repository and the blob that a stream id names; the inverse of [`stream_id`].
#[must_use]
pub fn parse_stream_id(stream_id: &str) -> Option<(RepositoryName, Digest)> {
    let (repository, digest) = stream_id.split_once('@')?;
    Some((repository.parse().ok()?, digest.parse().ok()?))
}

#[cfg(test)]
mod tests;
