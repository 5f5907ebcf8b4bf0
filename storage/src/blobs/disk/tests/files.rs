//! The files themselves.

use std::collections::HashSet;
use std::fs::{self, File};

use ambar_domain::digest::Algorithm;
use chrono::Duration;
use futures::future::try_join_all;
use futures::{StreamExt, TryStreamExt, stream};
use rustix::fs::{Advice, fadvise};
use tempfile::TempDir;

use super::{blob_files, files, id, opened, upload};
use crate::blobs::contract::{body, collected, content, sha256, start};
use crate::blobs::{BlobError, BlobStore, UploadError, UploadStore};

const NO_LIMIT: u64 = u64::MAX;
const MIB: usize = 1 << 20;

#[tokio::test]
async fn the_folder_of_blobs_never_holds_a_part_of_one() {
    let folder = TempDir::new().expect("a folder");
    let blobs = || blob_files(folder.path());
    let store = opened(folder.path());
    let bytes = content(4 * MIB, 1);
    let digest = sha256(&bytes);
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    let root = folder.path().to_owned();
    let watched = body(&bytes, 100_000).inspect(move |_| assert_eq!(blob_files(&root), []));
    store.append(id(1), None, watched.boxed(), NO_LIMIT).await.expect("append");
    assert_eq!(blobs(), []);
    store.finish(id(1), &digest).await.expect("finish");
    let path = folder.path().join("blobs/sha256").join(&digest.hex()[..2]).join(digest.hex());
    assert_eq!(blobs(), [(path, 4 * MIB as u64)]);

    store.begin(id(2), Algorithm::Sha256).await.expect("begin");
    store.append(id(2), None, body(&bytes.slice(1..), 100_000), NO_LIMIT).await.expect("append");
    assert!(matches!(store.finish(id(2), &sha256(b"other")).await, Err(UploadError::DigestMismatch { .. })));
    assert_eq!(blobs().len(), 1);
    assert_eq!(files(folder.path().join("uploads")), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_uploads_of_one_digest_leave_one_file() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(100_000, 2);
    let digest = sha256(&bytes);
    for number in 0..16 {
        store.begin(id(number), Algorithm::Sha256).await.expect("begin");
        store.append(id(number), None, body(&bytes, 10_000), NO_LIMIT).await.expect("append");
    }
    try_join_all((0..16).map(|number| store.finish(id(number), &digest))).await.expect("finish");
    try_join_all((0..16).map(|_| store.put(&digest, bytes.clone()))).await.expect("put");
    assert_eq!(blob_files(folder.path()).len(), 1);
    assert_eq!(files(folder.path().join("uploads")), []);
    assert_eq!(store.read(&digest).await.expect("read"), bytes);
}

#[tokio::test]
async fn a_large_upload_is_flushed_while_it_arrives_and_stays_right() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(70 * MIB, 3);
    let digest = sha256(&bytes);
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    store.append(id(1), None, body(&bytes, 200_000), NO_LIMIT).await.expect("append");
    store.finish(id(1), &digest).await.expect("finish");
    assert!(collected(store.open(&digest, 0..70 * MIB as u64).await.expect("open")).await == bytes);
}

#[tokio::test]
async fn a_damaged_blob_is_replaced_by_whoever_has_the_right_bytes() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(100_000, 4);
    let digest = sha256(&bytes);
    let damage = || fs::write(&blob_files(folder.path())[0].0, b"cut").expect("write");
    store.put(&digest, bytes.clone()).await.expect("put");
    damage();
    store.put(&digest, bytes.clone()).await.expect("put");
    assert_eq!(store.read(&digest).await.expect("read"), bytes);
    damage();
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    store.append(id(1), None, body(&bytes, 1000), NO_LIMIT).await.expect("append");
    store.finish(id(1), &digest).await.expect("finish");
    assert_eq!(store.read(&digest).await.expect("read"), bytes);
}

#[tokio::test]
async fn bytes_that_are_not_in_memory_are_read_from_the_disk() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    for size in [100_000, 5 * MIB + 3] {
        let bytes = content(size, 5);
        let digest = sha256(&bytes);
        store.put(&digest, bytes.clone()).await.expect("put");
        let (path, _) = blob_files(folder.path()).into_iter().find(|(_, len)| *len == size as u64).expect("the file");
        fadvise(File::open(path).expect("open"), 0, None, Advice::DontNeed).expect("drop from memory");
        assert!(collected(store.open(&digest, 0..size as u64).await.expect("open")).await == bytes, "{size} bytes");
    }
}

#[tokio::test]
async fn pieces_are_read_into_few_buffers() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(8 * MIB, 6);
    let digest = sha256(&bytes);
    store.put(&digest, bytes).await.expect("put");
    let mut reader = store.open(&digest, 0..8 * MIB as u64).await.expect("open");
    let mut buffers = HashSet::new();
    let mut sending = None;
    while let Some(piece) = reader.bytes.try_next().await.expect("a piece") {
        buffers.insert(piece.as_ptr() as usize);
        sending = Some(piece);
    }
    assert!(sending.is_some());
    assert!(buffers.len() <= 3, "{} buffers", buffers.len());
}

#[tokio::test]
async fn a_blob_that_is_cut_while_it_is_read_ends_in_an_error() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(2 * MIB, 7);
    let digest = sha256(&bytes);
    store.put(&digest, bytes).await.expect("put");
    let mut reader = store.open(&digest, 0..2 * MIB as u64).await.expect("open");
    reader.bytes.try_next().await.expect("a piece");
    let (path, _) = blob_files(folder.path()).remove(0);
    File::options().write(true).open(path).expect("open").set_len(MIB as u64).expect("cut");
    let rest = reader.bytes.by_ref().try_for_each(|_| async { Ok(()) }).await;
    assert_eq!(rest.expect_err("an error").kind(), std::io::ErrorKind::UnexpectedEof);
    assert!(reader.bytes.next().await.is_none(), "nothing follows");
}

#[tokio::test]
async fn a_reader_finishes_though_the_blob_is_deleted() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(2 * MIB, 8);
    let digest = sha256(&bytes);
    store.put(&digest, bytes.clone()).await.expect("put");
    let reader = store.open(&digest, 0..2 * MIB as u64).await.expect("open");
    assert!(store.delete(&digest).await.expect("delete"));
    assert!(collected(reader).await == bytes);
}

#[tokio::test]
async fn a_request_that_is_dropped_while_it_writes_loses_only_what_was_not_written() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(6 * MIB, 9);
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    let endless = body(&bytes.slice(..4 * MIB), 100_000).chain(stream::pending());
    assert!(futures::poll!(store.append(id(1), None, endless.boxed(), NO_LIMIT)).is_pending());
    // The session is free when the piece that was being written is; until then it is busy.
    let size = loop {
        match store.append(id(1), None, stream::empty().boxed(), NO_LIMIT).await {
            Ok(size) => break usize::try_from(size).expect("a size"),
            Err(UploadError::Busy) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(fs::metadata(upload(folder.path(), 1)).expect("the upload").len(), size as u64);
    store.append(id(1), Some(size as u64), body(&bytes.slice(size..), 100_000), NO_LIMIT).await.expect("append");
    store.finish(id(1), &sha256(&bytes)).await.expect("finish");
}

#[tokio::test]
async fn expiry_clears_a_state_without_its_upload() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    store.begin(id(1), Algorithm::Sha512).await.expect("begin");
    store.begin(id(2), Algorithm::Sha512).await.expect("begin");
    drop(store);
    let store = opened(folder.path());
    fs::remove_file(upload(folder.path(), 1)).expect("remove");
    assert_eq!(store.expire(start()).await.expect("expire"), 0);
    // A state has the age that the system's clock gave it.
    let later = start() + Duration::days(100_000);
    assert_eq!(store.expire(later).await.expect("expire"), 1, "a state alone is no session");
    assert_eq!(files(folder.path().join("uploads")), []);
}

#[tokio::test]
async fn small_blobs_that_an_earlier_version_kept_in_files_are_served_and_deleted() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(1000, 10);
    let digest = sha256(&bytes);
    let keep_in_a_file = || {
        let shard = folder.path().join("blobs/sha256").join(&digest.hex()[..2]);
        fs::create_dir_all(&shard).expect("a folder");
        fs::write(shard.join(digest.hex()), &bytes).expect("write");
    };
    keep_in_a_file();
    assert_eq!(store.stat(&digest).await.expect("stat"), Some(1000));
    assert_eq!(store.read(&digest).await.expect("read"), bytes);
    assert!(store.delete(&digest).await.expect("delete"));
    keep_in_a_file();
    store.put(&digest, bytes.clone()).await.expect("put");
    assert!(store.delete(&digest).await.expect("delete both"));
    assert_eq!(store.stat(&digest).await.expect("stat"), None);
}

#[tokio::test]
async fn large_blobs_are_served_though_the_file_of_small_ones_is_damaged() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let (small, large) = (content(1000, 11), content(100_000, 12));
    for bytes in [&small, &large] {
        store.put(&sha256(bytes), bytes.clone()).await.expect("put");
    }
    drop(store);
    let file = File::options().write(true).open(folder.path().join("blobs/small.db")).expect("the file");
    // All but the page that says which tables there are.
    std::os::unix::fs::FileExt::write_all_at(&file, &[0xff; 3 * 4096], 4096).expect("damage it");
    let store = opened(folder.path());
    assert_eq!(store.stat(&sha256(&large)).await.expect("stat"), Some(100_000));
    assert!(store.read(&sha256(&large)).await.expect("read") == large);
    assert!(matches!(store.read(&sha256(&small)).await, Err(BlobError::Io { .. })), "what cannot be read is not said to be missing");
    assert!(matches!(store.stat(&sha256(&small)).await, Err(BlobError::Io { .. })));
}
