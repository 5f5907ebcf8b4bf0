//! What is used: how often images are pulled, what accounts store and download from day to day, when access keys were used last
//! (requirements M7 and I3).

mod apply;
mod queries;

pub(crate) use apply::{apply_repository, apply_user, begin_day};
pub use queries::{Day, count_downloaded_bytes, count_pulls, count_pulls_of_manifests, list_downloaded_bytes, list_stored_bytes};
