//! The contract, and what only files can get wrong.

mod files;
mod full;
mod held;
mod restart;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ambar_domain::clock::ManualClock;
use tempfile::TempDir;
use uuid::Uuid;

use super::DiskBlobs;
use crate::blobs::UploadId;
use crate::blobs::contract::{Subject, contract_tests, start};

contract_tests!(subject);

fn subject() -> Subject {
    let folder = TempDir::new().expect("a folder");
    let clock = Arc::new(ManualClock::new(start()));
    let store = Arc::new(DiskBlobs::open(folder.path(), clock.clone()).expect("open"));
    Subject { store, clock, _keep: Box::new(folder) }
}

fn opened(root: &Path) -> DiskBlobs {
    DiskBlobs::open(root, Arc::new(ManualClock::new(start()))).expect("open")
}

fn id(number: u128) -> UploadId {
    UploadId(Uuid::from_u128(number))
}

fn upload(root: &Path, number: u128) -> PathBuf {
    root.join("uploads").join(id(number).to_string())
}

fn state(root: &Path, number: u128) -> PathBuf {
    root.join("uploads").join(format!("{}.state", id(number)))
}

/// The files of large blobs, with their sizes.
fn blob_files(root: &Path) -> Vec<(PathBuf, u64)> {
    ["sha256", "sha512"].into_iter().flat_map(|algorithm| files(root.join("blobs").join(algorithm))).collect()
}

/// Every file below a folder, with its size.
fn files(folder: PathBuf) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_type().expect("a type").is_dir() {
            found.extend(files(entry.path()));
        } else {
            found.push((entry.path(), entry.metadata().expect("metadata").len()));
        }
    }
    found
}
