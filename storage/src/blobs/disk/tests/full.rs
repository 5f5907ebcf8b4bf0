//! A disk without space.
//!
//! Filling a real one takes rights that tests do not have, so the limit on the size of a file plays its part: a write that crosses it
//! is cut short, and the next one fails, as on a full disk. The limit holds for the whole process and comes with a signal that must be
//! ignored from the start, so the test runs itself again under a shell that arranges that.

use std::process::Command;

use ambar_domain::digest::Algorithm;
use bytes::Bytes;
use rustix::process::{Resource, Rlimit, setrlimit};
use tempfile::TempDir;

use super::super::DiskBlobs;
use super::{blob_files, files, id, opened};
use crate::blobs::contract::{body, content, sha256};
use crate::blobs::{BlobError, BlobStore, UploadError, UploadStore};

const IN_CHILD: &str = "AMBAR_TEST_OF_A_FULL_DISK";
const NO_LIMIT: u64 = u64::MAX;
const LIMIT: usize = (1 << 20) + 100;

#[test]
fn a_full_disk_refuses_clearly_keeps_what_was_there_and_works_again() {
    if std::env::var_os(IN_CHILD).is_some() {
        tokio::runtime::Runtime::new().expect("a runtime").block_on(fill_and_go_on());
        return;
    }
    let (_, module) = module_path!().split_once("::").expect("a path behind the crate's name");
    let output = Command::new("sh")
        .args(["-c", r#"trap '' XFSZ; exec "$0" "$@""#])
        .arg(std::env::current_exe().expect("this test's program"))
        .args(["--exact", &format!("{module}::a_full_disk_refuses_clearly_keeps_what_was_there_and_works_again")])
        .env(IN_CHILD, "1")
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn limit_files_to(current: Option<u64>) {
    setrlimit(Resource::Fsize, Rlimit { current, maximum: None }).expect("set the limit");
}

async fn fill_and_go_on() {
    let folder = TempDir::new().expect("a folder");
    let store = opened(folder.path());
    let bytes = content(3 << 20, 1);
    let (small, held) = (content(100, 2), content(16 << 10, 3));
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    store.append(id(1), None, body(&bytes.slice(..700_000), 50_000), NO_LIMIT).await.expect("append");

    limit_files_to(Some(LIMIT as u64));
    let refused = store.append(id(1), Some(700_000), body(&bytes.slice(700_000..), 50_000), NO_LIMIT).await;
    assert!(matches!(refused, Err(UploadError::Full)), "{refused:?}");
    let refused = store.put(&sha256(&bytes), bytes.clone()).await;
    assert!(matches!(refused, Err(BlobError::Full { .. })), "{refused:?}");
    assert_eq!(blob_files(folder.path()), []);
    store.put(&sha256(&small), small.clone()).await.expect("what fits is kept");

    // Small ones find no more room either, and a small upload stays what it was.
    store.begin(id(2), Algorithm::Sha256).await.expect("begin");
    store.append(id(2), None, body(&held, 4096), NO_LIMIT).await.expect("append");
    let refused = fill_with_small_blobs(&store).await;
    assert!(matches!(refused, BlobError::Full { .. }), "{refused:?}");
    let refused = store.finish(id(2), &sha256(&held)).await;
    assert!(matches!(refused, Err(UploadError::Full)), "{refused:?}");
    assert_eq!(store.size(id(2)).await.expect("size"), 16 << 10);
    assert!(!store.delete(&sha256(&bytes)).await.expect("what is not there needs no room to be deleted"));

    // The pieces that fitted have given their room back.
    let size = usize::try_from(store.size(id(1)).await.expect("size")).expect("a size");
    assert_eq!(size, 700_000);
    let sizes: Vec<u64> = files(folder.path().join("uploads")).into_iter().map(|(_, len)| len).collect();
    assert_eq!(sizes, [size as u64]);
    let refused = store.append(id(1), Some(size as u64), body(&bytes.slice(size..), 3 << 20), NO_LIMIT).await;
    assert!(matches!(refused, Err(UploadError::Full)), "still full: {refused:?}");
    assert_eq!(store.append(id(1), None, body(&Bytes::new(), 1), NO_LIMIT).await.expect("append"), size as u64);

    limit_files_to(None);
    store.finish(id(2), &sha256(&held)).await.expect("finish");
    store.append(id(1), Some(size as u64), body(&bytes.slice(size..), 50_000), NO_LIMIT).await.expect("append");
    store.finish(id(1), &sha256(&bytes)).await.expect("finish");
    assert!(store.read(&sha256(&bytes)).await.expect("read") == bytes);
    assert_eq!(files(folder.path().join("uploads")), []);
}

/// Keeps small blobs until one is refused; answers why.
async fn fill_with_small_blobs(store: &DiskBlobs) -> BlobError {
    for seed in 100.. {
        let bytes = content(16 << 10, seed);
        if let Err(refused) = store.put(&sha256(&bytes), bytes).await {
            return refused;
        }
    }
    unreachable!("the file may not grow for ever")
}
