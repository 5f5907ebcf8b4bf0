//! Whole blobs.

use bytes::Bytes;

use super::{Subject, collected, content, sha256, sha512};
use crate::blobs::BlobError;

/// Around the sizes at which an implementation may change its ways.
const SIZES: [usize; 9] = [0, 1, 1024, 16 << 10, (16 << 10) + 1, 128 << 10, (128 << 10) + 1, 256 << 10, (1 << 20) + 17];

pub(crate) async fn bytes_that_were_put_are_served_whole(Subject { store, .. }: Subject) {
    for size in SIZES {
        let bytes = content(size, 1);
        for digest in [sha256(&bytes), sha512(&bytes)] {
            store.put(&digest, bytes.clone()).await.expect("put");
            assert_eq!(store.stat(&digest).await.expect("stat"), Some(size as u64));
            assert_eq!(store.read(&digest).await.expect("read"), bytes);
            assert!(collected(store.open(&digest, 0..size as u64).await.expect("open")).await == bytes, "{size} bytes");
        }
    }
}

pub(crate) async fn a_range_is_served_alone(Subject { store, .. }: Subject) {
    for size in [5000, (1 << 20) + 17] {
        let bytes = content(size, 2);
        let digest = sha256(&bytes);
        store.put(&digest, bytes.clone()).await.expect("put");
        for start in [0, 1, 4095, 128 << 10, (256 << 10) - 1, 256 << 10, 1 << 20, size].into_iter().filter(|start| *start <= size) {
            for len in [0, 1, 4096, 128 << 10, (256 << 10) + 1, size] {
                let end = size.min(start + len);
                let read = collected(store.open(&digest, start as u64..end as u64).await.expect("open")).await;
                assert!(read == bytes[start..end], "{start}..{end} of {size}");
            }
        }
    }
}

pub(crate) async fn a_range_outside_the_blob_is_refused(Subject { store, .. }: Subject) {
    let bytes = content(100, 3);
    let digest = sha256(&bytes);
    store.put(&digest, bytes).await.expect("put");
    for (start, end) in [(0, 101), (101, 101), (u64::MAX - 1, u64::MAX), (50, 40)] {
        let refused = store.open(&digest, start..end).await.expect_err("a range outside the blob");
        assert!(matches!(refused, BlobError::Io { .. }), "{start}..{end}");
    }
}

pub(crate) async fn a_blob_that_is_not_stored_is_not_found(Subject { store, .. }: Subject) {
    for digest in [sha256(b"nowhere"), sha512(b"nowhere")] {
        assert_eq!(store.stat(&digest).await.expect("stat"), None);
        assert!(matches!(store.read(&digest).await, Err(BlobError::NotFound { .. })));
        assert!(matches!(store.open(&digest, 0..1).await, Err(BlobError::NotFound { .. })));
        assert!(!store.delete(&digest).await.expect("delete"));
    }
}

pub(crate) async fn putting_what_is_stored_changes_nothing(Subject { store, .. }: Subject) {
    let bytes = Bytes::from_static(b"{}");
    let digest = sha256(&bytes);
    for _ in 0..3 {
        store.put(&digest, bytes.clone()).await.expect("put");
        assert_eq!(store.read(&digest).await.expect("read"), bytes);
    }
}

pub(crate) async fn a_deleted_blob_is_gone_and_can_come_back(Subject { store, .. }: Subject) {
    for size in [1000, 100_000] {
        let bytes = content(size, 4);
        let digest = sha256(&bytes);
        store.put(&digest, bytes.clone()).await.expect("put");
        assert!(store.delete(&digest).await.expect("delete"));
        assert_eq!(store.stat(&digest).await.expect("stat"), None);
        assert!(!store.delete(&digest).await.expect("delete again"));
        store.put(&digest, bytes.clone()).await.expect("put again");
        assert_eq!(store.read(&digest).await.expect("read"), bytes);
    }
}
