use std::sync::Arc;

use ambar_domain::clock::{Clock, ManualClock, Timestamp};
use ambar_domain::digest::{Algorithm, Digest};
use bytes::Bytes;
use futures::StreamExt;
use sha2::{Digest as _, Sha256, Sha512};
use uuid::Uuid;

use super::DiskBlobs;
use crate::blobs::{BlobError, BlobStore, ByteStream, UploadError, UploadId, UploadStore};

const LIMIT: u64 = 1 << 30;

struct Store {
    blobs: DiskBlobs,
    clock: Arc<ManualClock>,
    directory: tempfile::TempDir,
}

fn open() -> Store {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH + chrono::Duration::days(365 * 60)));
    let blobs = DiskBlobs::open(directory.path(), clock.clone()).unwrap();
    Store { blobs, clock, directory }
}

fn id(number: u128) -> UploadId {
    UploadId(Uuid::from_u128(number))
}

fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_hash(Algorithm::Sha256, &Sha256::digest(bytes)).unwrap()
}

fn sha512(bytes: &[u8]) -> Digest {
    Digest::from_hash(Algorithm::Sha512, &Sha512::digest(bytes)).unwrap()
}

fn pieces(bytes: &[u8], size: usize) -> ByteStream {
    let pieces: Vec<_> = bytes.chunks(size.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    futures::stream::iter(pieces).boxed()
}

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|index| (index * 31 % 251) as u8).collect()
}

async fn read(blobs: &DiskBlobs, digest: &Digest, range: std::ops::Range<u64>) -> Vec<u8> {
    let reader = blobs.open(digest, range).await.unwrap();
    let pieces: Vec<_> = reader.bytes.map(|piece| piece.unwrap()).collect().await;
    let bytes = pieces.concat();
    assert_eq!(bytes.len() as u64, reader.len);
    bytes
}

#[tokio::test]
async fn what_is_uploaded_in_pieces_is_read_back_whole_and_in_ranges() {
    let Store { blobs, directory: _directory, .. } = open();
    for (number, size) in [(1, 0), (2, 1), (3, 1_000), (4, 3_000_000)] {
        let bytes = content(size);
        let digest = sha256(&bytes);
        blobs.begin(id(number), Algorithm::Sha256).await.unwrap();
        let half = size / 2;
        assert_eq!(blobs.append(id(number), Some(0), pieces(&bytes[..half], 70_000), LIMIT).await.unwrap(), half as u64);
        assert_eq!(blobs.append(id(number), None, pieces(&bytes[half..], 1_000_000), LIMIT).await.unwrap(), size as u64);
        assert_eq!(blobs.stat(&digest).await.unwrap(), None, "nothing is visible before it is finished");
        assert_eq!(blobs.finish(id(number), &digest).await.unwrap().size_bytes, size as u64);
        assert_eq!(blobs.stat(&digest).await.unwrap(), Some(size as u64));
        assert_eq!(read(&blobs, &digest, 0..size as u64).await, bytes);
        assert_eq!(read(&blobs, &digest, half as u64..size as u64).await, &bytes[half..]);
    }
}

#[tokio::test]
async fn a_session_goes_on_after_a_restart() {
    let Store { blobs, clock, directory } = open();
    let bytes = content(2_500_000);
    blobs.begin(id(1), Algorithm::Sha256).await.unwrap();
    blobs.append(id(1), Some(0), pieces(&bytes[..2_000_000], 65_536), LIMIT).await.unwrap();
    drop(blobs);
    let blobs = DiskBlobs::open(directory.path(), clock).unwrap();
    assert_eq!(blobs.size(id(1)).await.unwrap(), 2_000_000);
    blobs.append(id(1), Some(2_000_000), pieces(&bytes[2_000_000..], 65_536), LIMIT).await.unwrap();
    blobs.finish(id(1), &sha256(&bytes)).await.unwrap();
    assert_eq!(read(&blobs, &sha256(&bytes), 0..2_500_000).await, bytes);
}

#[tokio::test]
async fn bytes_that_do_not_follow_are_refused_and_change_nothing() {
    let Store { blobs, directory: _directory, .. } = open();
    blobs.begin(id(1), Algorithm::Sha256).await.unwrap();
    blobs.append(id(1), Some(0), pieces(b"hello", 5), LIMIT).await.unwrap();
    for offset in [0, 4, 6] {
        let refused = blobs.append(id(1), Some(offset), pieces(b"x", 1), LIMIT).await;
        assert!(matches!(refused, Err(UploadError::OutOfOrder { size_bytes: 5 })), "{refused:?}");
    }
    blobs.finish(id(1), &sha256(b"hello")).await.unwrap();
}

#[tokio::test]
async fn a_wrong_digest_ends_the_session_and_stores_nothing() {
    let Store { blobs, directory: _directory, .. } = open();
    blobs.begin(id(1), Algorithm::Sha256).await.unwrap();
    blobs.append(id(1), None, pieces(b"hello", 5), LIMIT).await.unwrap();
    let refused = blobs.finish(id(1), &sha256(b"world")).await;
    assert!(matches!(&refused, Err(UploadError::DigestMismatch { actual }) if *actual == sha256(b"hello")), "{refused:?}");
    assert!(matches!(blobs.size(id(1)).await, Err(UploadError::NotFound { .. })));
    assert_eq!(blobs.stat(&sha256(b"hello")).await.unwrap(), None);
}

#[tokio::test]
async fn sha512_is_taken_whether_it_was_announced_or_not() {
    let Store { blobs, directory: _directory, .. } = open();
    let bytes = content(200_000);
    for (number, announced) in [(1, Algorithm::Sha512), (2, Algorithm::Sha256)] {
        blobs.begin(id(number), announced).await.unwrap();
        blobs.append(id(number), None, pieces(&bytes, 50_000), LIMIT).await.unwrap();
        assert_eq!(blobs.finish(id(number), &sha512(&bytes)).await.unwrap().digest, sha512(&bytes));
    }
    blobs.begin(id(3), Algorithm::Sha512).await.unwrap();
    blobs.append(id(3), None, pieces(&bytes, 50_000), LIMIT).await.unwrap();
    blobs.finish(id(3), &sha256(&bytes)).await.unwrap();
}

#[tokio::test]
async fn what_arrived_before_the_sender_broke_off_is_kept() {
    let Store { blobs, directory: _directory, .. } = open();
    blobs.begin(id(1), Algorithm::Sha256).await.unwrap();
    let broken = futures::stream::iter([Ok(Bytes::from_static(b"hel")), Err(std::io::Error::other("gone"))]).boxed();
    let broken = blobs.append(id(1), Some(0), broken, LIMIT).await;
    assert!(matches!(broken, Err(UploadError::BrokenOff { size_bytes: 3, .. })), "{broken:?}");
    blobs.append(id(1), Some(3), pieces(b"lo", 2), LIMIT).await.unwrap();
    blobs.finish(id(1), &sha256(b"hello")).await.unwrap();
}

#[tokio::test]
async fn more_than_the_limit_is_refused_while_it_arrives() {
    let Store { blobs, directory: _directory, .. } = open();
    blobs.begin(id(1), Algorithm::Sha256).await.unwrap();
    let refused = blobs.append(id(1), None, pieces(&content(1_000_000), 10_000), 500_000).await;
    assert!(matches!(refused, Err(UploadError::TooLarge { limit_bytes: 500_000 })), "{refused:?}");
    assert!(matches!(blobs.size(id(1)).await, Err(UploadError::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_finish_with_one_digest_at_once_all_succeed() {
    let Store { blobs, directory: _directory, .. } = open();
    let (blobs, bytes) = (Arc::new(blobs), content(300_000));
    let uploads = (0..8).map(|number| {
        let (blobs, bytes) = (blobs.clone(), bytes.clone());
        tokio::spawn(async move {
            blobs.begin(id(number), Algorithm::Sha256).await.unwrap();
            blobs.append(id(number), None, pieces(&bytes, 100_000), LIMIT).await.unwrap();
            blobs.finish(id(number), &sha256(&bytes)).await.unwrap();
        })
    });
    for upload in futures::future::join_all(uploads).await {
        upload.unwrap();
    }
    assert_eq!(blobs.read(&sha256(&bytes)).await.unwrap(), bytes);
}

#[tokio::test]
async fn cancelled_unknown_and_expired_sessions_are_not_found() {
    let Store { blobs, clock, directory: _directory } = open();
    blobs.begin(id(1), Algorithm::Sha256).await.unwrap();
    blobs.cancel(id(1)).await.unwrap();
    blobs.begin(id(2), Algorithm::Sha256).await.unwrap();
    assert_eq!(blobs.expire(Timestamp::UNIX_EPOCH).await.unwrap(), 0);
    assert_eq!(blobs.expire(clock.now() + chrono::Duration::days(1)).await.unwrap(), 1);
    for number in [1, 2, 3] {
        assert!(matches!(blobs.size(id(number)).await, Err(UploadError::NotFound { .. })), "{number}");
        assert!(matches!(blobs.cancel(id(number)).await, Err(UploadError::NotFound { .. })), "{number}");
        assert!(matches!(blobs.finish(id(number), &sha256(b"")).await, Err(UploadError::NotFound { .. })), "{number}");
    }
}

#[tokio::test]
async fn small_blobs_are_put_at_once_and_deleted_once() {
    let Store { blobs, directory: _directory, .. } = open();
    let digest = sha256(b"{}");
    blobs.put(&digest, Bytes::from_static(b"{}")).await.unwrap();
    blobs.put(&digest, Bytes::from_static(b"{}")).await.unwrap();
    assert_eq!(blobs.read(&digest).await.unwrap(), "{}");
    assert!(blobs.delete(&digest).await.unwrap());
    assert!(!blobs.delete(&digest).await.unwrap());
    assert!(matches!(blobs.read(&digest).await, Err(BlobError::NotFound { .. })));
}
