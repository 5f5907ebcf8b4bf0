//! Uploads of a few bytes, which have no file.

use ambar_domain::clock::ManualClock;
use ambar_domain::digest::Algorithm;
use chrono::Duration;
use futures::{StreamExt, stream};
use tempfile::TempDir;

use super::super::DiskBlobs;
use super::super::held::MAX_HELD;
use super::super::small::MAX_BYTES;
use super::{Arc, blob_files, files, id, opened, start, upload};
use crate::blobs::contract::{body, content, sha256, sha512};
use crate::blobs::{BlobStore, UploadError, UploadStore};

const NO_LIMIT: u64 = u64::MAX;

#[tokio::test]
async fn a_small_blob_leaves_no_file_of_its_own_on_its_way_or_behind() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(MAX_BYTES, 1);
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    for part in [bytes.slice(..1000), bytes.slice(1000..)] {
        store.append(id(1), None, body(&part, 500), NO_LIMIT).await.expect("append");
        assert_eq!(files(folder.path().join("uploads")), []);
    }
    store.finish(id(1), &sha256(&bytes)).await.expect("finish");
    assert_eq!(blob_files(folder.path()), []);
    drop(store);
    assert_eq!(opened(folder.path()).read(&sha256(&bytes)).await.expect("read"), bytes);
}

#[tokio::test]
async fn an_upload_that_grows_gets_a_file() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(MAX_BYTES + 1, 2);
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    store.append(id(1), None, body(&bytes.slice(..MAX_BYTES), 5000), NO_LIMIT).await.expect("append");
    store.append(id(1), None, body(&bytes.slice(MAX_BYTES..), 5000), NO_LIMIT).await.expect("append");
    assert_eq!(files(folder.path().join("uploads")), [(upload(folder.path(), 1), MAX_BYTES as u64 + 1)]);
    store.finish(id(1), &sha256(&bytes)).await.expect("finish");
    assert_eq!(blob_files(folder.path()).len(), 1);
    assert_eq!(store.read(&sha256(&bytes)).await.expect("read"), bytes);
}

#[tokio::test]
async fn only_so_many_are_without_a_file_whether_they_are_worked_on_or_not() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let begin = |number: usize| store.begin(id(number as u128), Algorithm::Sha256);
    for number in 0..MAX_HELD {
        begin(number).await.expect("begin");
    }
    let mut working = store.append(id(0), None, stream::pending().boxed(), NO_LIMIT);
    assert!(futures::poll!(&mut working).is_pending());
    begin(MAX_HELD).await.expect("begin");
    begin(MAX_HELD + 1).await.expect("begin");
    assert_eq!(files(folder.path().join("uploads")).len(), 2);
    store.cancel(id(1)).await.expect("cancel");
    begin(MAX_HELD + 2).await.expect("begin");
    assert_eq!(files(folder.path().join("uploads")).len(), 2, "one has made room");
    drop(working);
    drop(store);
    assert_eq!(files(folder.path().join("uploads")).len(), MAX_HELD + 2, "the others are written down at the end");
}

#[tokio::test]
async fn an_upload_that_finds_neither_a_place_nor_a_file_is_not_begun() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    std::fs::remove_dir(folder.path().join("uploads")).expect("remove");
    for number in 0..MAX_HELD {
        store.begin(id(number as u128), Algorithm::Sha256).await.expect("begin");
    }
    let refused = store.begin(id(MAX_HELD as u128), Algorithm::Sha256).await;
    assert!(matches!(refused, Err(UploadError::Io { .. })), "{refused:?}");
    assert!(matches!(store.size(id(MAX_HELD as u128)).await, Err(UploadError::NotFound { .. })));
}

#[tokio::test]
async fn a_small_upload_that_has_a_file_becomes_a_small_blob_all_the_same() {
    let folder = TempDir::new().expect("a folder");
    let bytes = content(1000, 4);
    for (number, digest) in [(1, sha256(&bytes)), (2, sha512(&bytes))] {
        let store = opened(folder.path());
        store.begin(id(number), Algorithm::Sha256).await.expect("begin");
        store.append(id(number), None, body(&bytes, 500), NO_LIMIT).await.expect("append");
        drop(store);
        let store = opened(folder.path());
        assert!(upload(folder.path(), number).exists());
        store.finish(id(number), &digest).await.expect("finish");
        assert_eq!(store.read(&digest).await.expect("read"), bytes);
        assert_eq!((blob_files(folder.path()), files(folder.path().join("uploads"))), (vec![], vec![]));
    }
}

#[tokio::test]
async fn a_crash_forgets_an_upload_of_a_few_bytes_and_keeps_one_of_many() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(2 * MAX_BYTES, 3);
    for (number, size) in [(1, 10), (2, 2 * MAX_BYTES)] {
        store.begin(id(number), Algorithm::Sha256).await.expect("begin");
        store.append(id(number), None, body(&bytes.slice(..size), 5000), NO_LIMIT).await.expect("append");
    }
    // Nothing is written down at its end.
    std::mem::forget(store);
    let store = opened(folder.path());
    assert!(matches!(store.size(id(1)).await, Err(UploadError::NotFound { .. })));
    assert_eq!(store.size(id(2)).await.expect("size"), 2 * MAX_BYTES as u64);
}

#[tokio::test]
async fn an_upload_that_was_written_down_expires_by_when_its_bytes_came() {
    let folder = TempDir::new().expect("a folder");
    let clock = Arc::new(ManualClock::new(start()));
    let store = DiskBlobs::open(folder.path(), clock.clone()).expect("open");
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    clock.advance(Duration::hours(5));
    drop(store);
    let store = opened(folder.path());
    assert_eq!(store.expire(start()).await.expect("expire"), 0);
    assert_eq!(store.expire(start() + Duration::seconds(1)).await.expect("expire"), 1);
}
