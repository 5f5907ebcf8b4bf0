//! The ports every blob store implements.

use std::ops::Range;
use std::pin::Pin;

use ambar_domain::clock::Timestamp;
use ambar_domain::digest::{Algorithm, Digest};
use bytes::Bytes;
use futures::Stream;
use futures::future::BoxFuture;
use thiserror::Error;
use uuid::Uuid;

/// Bytes that arrive or leave piece by piece. An error ends them.
pub type ByteStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

/// Why a blob could not be served or kept.
#[derive(Debug, Error)]
pub enum BlobError {
    /// No bytes are stored under the digest.
    #[error("the blob {digest} is not stored")]
    NotFound {
        /// Which.
        digest: Digest,
    },
    /// There is no space left; nothing was changed.
    #[error("the blob store is full while {doing}")]
    Full {
        /// What was being done.
        doing: &'static str,
    },
    /// The store failed.
    #[error("the blob store failed while {doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Bytes of a blob on their way out.
pub struct BlobReader {
    /// How many bytes [`BlobReader::bytes`] yields.
    pub len: u64,
    /// The bytes. Large blobs come in pieces of some hundred KiB from a few reused buffers; small ones in one piece.
    pub bytes: ByteStream,
}

impl std::fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobReader").field("len", &self.len).finish_non_exhaustive()
    }
}

/// Whole blobs by digest.
pub trait BlobStore: Send + Sync + 'static {
    /// The size of a blob in bytes; `None` if it is not stored.
    fn stat<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Option<u64>, BlobError>>;

    /// The bytes in `range` of a blob; the range must lie inside the blob. `size` is the blob's size as the caller knows it.
    fn open<'a>(&'a self, digest: &'a Digest, range: Range<u64>) -> BoxFuture<'a, Result<BlobReader, BlobError>>;

    /// All bytes of a small blob (a manifest, a config) at once; the caller knows that it is small.
    fn read<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<Bytes, BlobError>>;

    /// Keeps bytes whose digest the caller has verified; durable when it answers. Storing what is stored changes nothing.
    fn put<'a>(&'a self, digest: &'a Digest, bytes: Bytes) -> BoxFuture<'a, Result<(), BlobError>>;

    /// Removes a blob's bytes; `false` if there were none.
    fn delete<'a>(&'a self, digest: &'a Digest) -> BoxFuture<'a, Result<bool, BlobError>>;
}

/// Names an upload session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UploadId(pub Uuid);

impl std::fmt::Display for UploadId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.as_simple())
    }
}

/// Why an upload did not go on.
#[derive(Debug, Error)]
pub enum UploadError {
    /// There is no such session: it was never begun, or is finished, cancelled or expired.
    #[error("the upload {id} is unknown")]
    NotFound {
        /// Which.
        id: UploadId,
    },
    /// The bytes do not follow on what is there.
    #[error("the upload has {size_bytes} bytes, and the next must follow on them")]
    OutOfOrder {
        /// How many bytes the session has.
        size_bytes: u64,
    },
    /// Another request is sending bytes to the session.
    #[error("the upload is being written by another request")]
    Busy,
    /// The bytes are not what the digest says. The session is gone.
    #[error("the upload's digest is {actual}")]
    DigestMismatch {
        /// What the bytes are.
        actual: Digest,
    },
    /// The sender broke off. What had arrived is kept, and the session can go on.
    #[error("the sender broke off after {size_bytes} bytes")]
    BrokenOff {
        /// How many bytes the session has.
        size_bytes: u64,
        /// What the sender's side said.
        #[source]
        source: std::io::Error,
    },
    /// More bytes came than the caller allows. The session is gone.
    #[error("the upload exceeds {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// There is no space left. What earlier requests brought is kept; what came with this one is not, so that others have the room.
    #[error("the blob store is full")]
    Full,
    /// The store failed.
    #[error("the blob store failed while {doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A finished upload: its bytes are durable under their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The digest, verified.
    pub digest: Digest,
    /// Size of the blob in bytes.
    pub size_bytes: u64,
}

/// Uploads in progress. A session and the bytes it has acknowledged survive a restart of the process; a crash may forget those that had only a few.
pub trait UploadStore: Send + Sync + 'static {
    /// Opens a session under an id of the caller's choice; `algorithm` is the one its bytes will be named with, as far as known.
    fn begin(&self, id: UploadId, algorithm: Algorithm) -> BoxFuture<'_, Result<(), UploadError>>;

    /// How many bytes the session has.
    fn size(&self, id: UploadId) -> BoxFuture<'_, Result<u64, UploadError>>;

    /// Adds bytes behind the `offset` that the session must be at (`None`: wherever it is); answers how many it has then.
    ///
    /// Bytes are hashed on the way. A session never holds more than `limit_bytes`.
    fn append(&self, id: UploadId, offset: Option<u64>, bytes: ByteStream, limit_bytes: u64) -> BoxFuture<'_, Result<u64, UploadError>>;

    /// Verifies the bytes against `digest`, makes them durable and gives them their name. Ends the session.
    ///
    /// Two sessions that finish with the same digest at once both succeed; the bytes are stored once.
    fn finish<'a>(&'a self, id: UploadId, digest: &'a Digest) -> BoxFuture<'a, Result<Finished, UploadError>>;

    /// Ends the session and drops its bytes.
    fn cancel(&self, id: UploadId) -> BoxFuture<'_, Result<(), UploadError>>;

    /// Ends every session that has had no bytes since `before`; answers how many.
    fn expire(&self, before: Timestamp) -> BoxFuture<'_, Result<u64, UploadError>>;
}
