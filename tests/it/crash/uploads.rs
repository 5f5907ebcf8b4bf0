//! Uploads that are open when the server is killed: each goes on where the server says, or is gone, and never becomes other bytes.

use std::sync::{Arc, Mutex};

use ambar_load::client::Client;
use ambar_load::content::{Blob, Random};
use ambar_load::subject::Subject;

use super::whole::refusal;

/// Bytes of a blob whose upload is left open.
const SIZE: usize = 40_000;
/// How many of the uploads of one round are gone on with: the youngest, which the kill may have met.
const RESUMED: usize = 6;

/// An upload that was begun and not finished.
#[derive(Debug)]
pub(super) struct Open {
    repository: String,
    location: String,
    blob: Blob,
}

/// Opens uploads and sends half of each, until the server is gone.
pub(super) async fn leave_open(subject: Subject, repository: String, seed: u64, open: Arc<Mutex<Vec<Open>>>) {
    let Ok(endpoint) = subject.authorized(std::slice::from_ref(&repository)).await else { return };
    let (mut client, mut random) = (Client::new(endpoint), Random::new(seed));
    while let Ok(location) = client.begin_upload(&repository).await {
        let blob = Blob::random(&mut random, SIZE);
        let half = blob.bytes[..SIZE / 2].to_vec();
        open.lock().unwrap().push(Open { repository: repository.clone(), location: location.clone(), blob });
        if client.append(&location, &[&half]).await.is_err() {
            return;
        }
    }
}

/// Goes on with the youngest uploads; answers how many of them could be.
pub(super) async fn resume(client: &mut Client, open: Vec<Open>) -> usize {
    let skipped = open.len().saturating_sub(RESUMED);
    let mut resumed = 0;
    for upload in &open[skipped..] {
        match client.expect("GET", &upload.location, 204).await {
            Ok(status) => {
                let range = status.head.field("range").unwrap();
                finish(client, upload, range).await;
                resumed += 1;
            }
            Err(error) => assert_eq!(refusal(&error), (404, "BLOB_UPLOAD_UNKNOWN".to_owned()), "{upload:?}"),
        }
    }
    resumed
}

/// Sends what the server does not have yet and closes the upload: the blob is served, and is what was meant.
async fn finish(client: &mut Client, upload: &Open, range: &str) {
    let last: usize = range.strip_prefix("0-").unwrap().parse().unwrap();
    // Nothing at all is said as `0-0`, too; of these uploads none ever has a single byte.
    let received = if last == 0 { 0 } else { last + 1 };
    assert!(received <= SIZE / 2, "{range}");
    let location = client.append(&upload.location, &[&upload.blob.bytes[received..]]).await.unwrap();
    client.finish_upload(&location, &upload.blob.digest).await.unwrap();
    client.get_blob(&upload.repository, &upload.blob).await.unwrap();
}
