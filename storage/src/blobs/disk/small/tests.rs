use super::*;
use crate::blobs::contract::{content, sha256, sha512};

fn opened(folder: &Path) -> SmallBlobs {
    SmallBlobs::open(&folder.join("small.db")).unwrap()
}

#[tokio::test]
async fn what_was_kept_is_found_by_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = content(MAX_BYTES, 1);
    for digest in [sha256(&bytes), sha512(&bytes)] {
        opened(folder.path()).put(&digest, bytes.clone()).await.unwrap();
        let small = opened(folder.path());
        assert_eq!(small.find(&digest).unwrap(), Some(bytes.clone()));
        assert_eq!(small.size(&digest).unwrap(), Some(MAX_BYTES as u64));
        assert!(small.remove(&digest).await.unwrap());
        assert!(!small.remove(&digest).await.unwrap());
        assert_eq!(small.find(&digest).unwrap(), None);
    }
}

#[tokio::test]
async fn a_blob_that_was_cut_is_replaced_by_whoever_has_the_right_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (small, bytes) = (opened(folder.path()), content(100, 2));
    small.put(&sha256(&bytes), bytes.slice(..50)).await.unwrap();
    small.put(&sha256(&bytes), bytes.clone()).await.unwrap();
    assert_eq!(small.find(&sha256(&bytes)).unwrap(), Some(bytes));
}

#[tokio::test]
async fn whoever_asks_behind_the_end_of_the_writer_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (small, bytes) = (opened(folder.path()), content(100, 3));
    small.queue.close();
    assert!(small.put(&sha256(&bytes), bytes.clone()).await.is_err());
    assert_eq!(small.find(&sha256(&bytes)).unwrap(), None);
}
