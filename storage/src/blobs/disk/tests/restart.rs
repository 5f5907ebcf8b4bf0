//! What a process finds that another has left, in whatever state.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use ambar_domain::digest::Algorithm;
use tempfile::TempDir;

use super::{files, id, opened, state, upload};
use crate::blobs::contract::{body, broken_body, content, sha256, sha512};
use crate::blobs::{BlobStore, UploadError, UploadStore};

const NO_LIMIT: u64 = u64::MAX;
const MIB: usize = 1 << 20;

#[tokio::test]
async fn an_upload_goes_on_after_a_restart() {
    // Below and above the size from which the state is saved; in several appends, each by a process of its own.
    for (number, size) in [(1, 3000), (2, 5 * MIB), (3, 40 * MIB)] {
        let folder = TempDir::new().expect("a folder");
        let bytes = content(size, number);
        opened(folder.path()).begin(id(1), Algorithm::Sha256).await.expect("begin");
        let mut sent = 0;
        for end in [size / 3, size / 3 + 1, size / 2, size] {
            let store = opened(folder.path());
            assert_eq!(store.size(id(1)).await.expect("size"), sent as u64);
            store.append(id(1), Some(sent as u64), body(&bytes.slice(sent..end), 100_000), NO_LIMIT).await.expect("append");
            sent = end;
        }
        assert_eq!(state(folder.path(), 1).exists(), size > 8 * MIB);
        let store = opened(folder.path());
        store.finish(id(1), &sha256(&bytes)).await.expect("finish");
        assert!(store.read(&sha256(&bytes)).await.expect("read") == bytes);
        assert_eq!(files(folder.path().join("uploads")), []);
    }
}

#[tokio::test]
async fn a_saved_hash_spares_reading_the_bytes_again() {
    let folder = TempDir::new().expect("a folder");
    let bytes = content(9 * MIB, 1);
    let store = opened(folder.path());
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    store.append(id(1), None, body(&bytes, 100_000), NO_LIMIT).await.expect("append");
    drop(store);
    let file = File::options().write(true).open(upload(folder.path(), 1)).expect("the upload");
    file.write_all_at(b"others", 0).expect("a change that only reading would notice");
    opened(folder.path()).finish(id(1), &sha256(&bytes)).await.expect("finish");
}

#[tokio::test]
async fn sha512_is_remembered_from_the_begin() {
    let folder = TempDir::new().expect("a folder");
    let bytes = content(1000, 2);
    opened(folder.path()).begin(id(1), Algorithm::Sha512).await.expect("begin");
    // Written down at the end of the store.
    assert!(state(folder.path(), 1).exists());
    opened(folder.path()).append(id(1), None, body(&bytes, 100), NO_LIMIT).await.expect("append");
    opened(folder.path()).finish(id(1), &sha512(&bytes)).await.expect("finish");
    assert_eq!(files(folder.path().join("uploads")), []);
}

#[tokio::test]
async fn bytes_that_arrived_after_the_last_saved_state_count() {
    let folder = TempDir::new().expect("a folder");
    let bytes = content(10 * MIB, 3);
    let store = opened(folder.path());
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    store.append(id(1), None, body(&bytes.slice(..9 * MIB), 100_000), NO_LIMIT).await.expect("append");
    drop(store);
    // As after a crash in the middle of an append.
    let file = File::options().write(true).open(upload(folder.path(), 1)).expect("the upload");
    file.write_all_at(&bytes[9 * MIB..9 * MIB + 12_345], 9 * MIB as u64).expect("write");
    let store = opened(folder.path());
    let size = store.size(id(1)).await.expect("size");
    assert_eq!(size, 9 * MIB as u64 + 12_345);
    store.append(id(1), Some(size), body(&bytes.slice(9 * MIB + 12_345..), 100_000), NO_LIMIT).await.expect("append");
    store.finish(id(1), &sha256(&bytes)).await.expect("finish");
}

#[tokio::test]
async fn a_state_that_is_damaged_or_ahead_of_the_bytes_is_not_believed() {
    let folder = TempDir::new().expect("a folder");
    let bytes = content(9 * MIB, 4);
    let store = opened(folder.path());
    for number in [1, 2, 3] {
        store.begin(id(number), Algorithm::Sha256).await.expect("begin");
        store.append(id(number), None, body(&bytes, 100_000), NO_LIMIT).await.expect("append");
    }
    drop(store);
    let saved = fs::read(state(folder.path(), 1)).expect("a state");
    fs::write(state(folder.path(), 1), &saved[..saved.len() / 2]).expect("cut the state off");
    fs::write(state(folder.path(), 2), "").expect("empty the state");
    File::options().write(true).open(upload(folder.path(), 3)).expect("open").set_len(MIB as u64).expect("lose bytes");
    let store = opened(folder.path());
    assert_eq!(store.size(id(3)).await.expect("size"), MIB as u64);
    store.append(id(3), Some(MIB as u64), body(&bytes.slice(MIB..), 100_000), NO_LIMIT).await.expect("append");
    for number in [1, 2, 3] {
        store.finish(id(number), &sha256(&bytes)).await.expect("finish");
    }
}

#[tokio::test]
async fn an_upload_that_broke_off_goes_on_after_a_restart() {
    let folder = TempDir::new().expect("a folder");
    let bytes = content(12 * MIB, 5);
    let store = opened(folder.path());
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    let broken = store.append(id(1), None, broken_body(&bytes.slice(..10 * MIB + 7), 100_000), NO_LIMIT).await;
    assert!(matches!(broken, Err(UploadError::BrokenOff { .. })));
    drop(store);
    let store = opened(folder.path());
    let at = store.size(id(1)).await.expect("size");
    assert_eq!(at, 10 * MIB as u64 + 7);
    store.append(id(1), Some(at), body(&bytes.slice(10 * MIB + 7..), 100_000), NO_LIMIT).await.expect("append");
    store.finish(id(1), &sha256(&bytes)).await.expect("finish");
}

#[tokio::test]
async fn opening_clears_what_nobody_can_resume_and_nothing_else() {
    let folder = TempDir::new().expect("a folder");
    let bytes = content(10, 6);
    let store = opened(folder.path());
    store.begin(id(1), Algorithm::Sha512).await.expect("begin");
    store.put(&sha256(&bytes), bytes.clone()).await.expect("put");
    fs::write(folder.path().join("uploads/put-7"), b"half a manif").expect("write");
    drop(store);
    let store = opened(folder.path());
    assert_eq!(files(folder.path().join("uploads")).len(), 2, "the session and its state");
    assert_eq!(store.read(&sha256(&bytes)).await.expect("read"), bytes);
    assert_eq!(store.size(id(1)).await.expect("size"), 0);
}
