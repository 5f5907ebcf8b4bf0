//! Which blobs are stored, and which repository may serve which.
//!
//! A blob may be linked in a repository before that exists: an image's first push uploads its layers first. The links of a repository
//! end with it, whether or not their own streams say so: a repository of the same name that comes later serves nothing of the old one.

mod apply;
mod queries;

pub(crate) use apply::{apply_blob, apply_link, apply_repository};
pub use queries::{Blob, find_blob, find_link, repositories_linking};
