//! Blob link: that a repository may serve a blob. Stream id: `org/repo@digest`, so that parallel uploads never conflict.
//!
//! Knowing a digest gives no access: only a link does.

mod events;

pub use events::BlobLinkEvent;

/// What a blob link can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobLinkCommand {
    /// Link the blob, whose verified bytes are in the blob store. A link already there changes nothing.
    Upload { size_bytes: u64 },
    /// Link the blob as `from` does. A link already there changes nothing.
    Mount { size_bytes: u64, from: RepositoryName },
    /// Serve the blob no more.
    Release,
}

/// Why a blob link refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BlobLinkError {
    #[error("the repository does not hold the blob")]
    NotLinked,
}

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
