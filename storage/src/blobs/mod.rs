//! The blob store: content by digest, stored once; who may read it is decided elsewhere (blob links).
//!
//! [`BlobStore`] serves whole blobs, [`UploadStore`] takes them in; every implementation passes the contract suite in `contract`.

#[cfg(test)]
pub(crate) mod contract;
pub mod disk;
mod port;

pub use port::{BlobError, BlobReader, BlobStore, ByteStream, Finished, UploadError, UploadId, UploadStore};
