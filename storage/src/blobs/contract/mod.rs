//! What every blob store must do, as tests that each implementation runs against itself.
//!
//! An implementation calls [`contract_tests`] with a function that makes a fresh [`Subject`].

pub(crate) mod blobs;
pub(crate) mod uploads;

use std::any::Any;
use std::io;
use std::sync::Arc;

use ambar_domain::clock::{ManualClock, Timestamp};
use ambar_domain::digest::{Algorithm, Digest};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use sha2::Digest as _;

use super::{BlobReader, BlobStore, ByteStream, UploadStore};

/// A store without content, and the clock it reads.
pub(crate) struct Subject {
    pub(crate) store: Arc<dyn Both>,
    pub(crate) clock: Arc<ManualClock>,
    /// What must live as long as the store, such as its folder.
    pub(crate) _keep: Box<dyn Any + Send + Sync>,
}

/// Both ports on the same content.
pub(crate) trait Both: BlobStore + UploadStore {}
impl<S: BlobStore + UploadStore> Both for S {}

/// The time at which a subject's clock starts.
pub(crate) fn start() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().expect("a time")
}

/// Bytes that differ from place to place, and by `seed`.
pub(crate) fn content(len: usize, seed: u32) -> Bytes {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut bytes = Vec::with_capacity(len + 4);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(len);
    bytes.into()
}

pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    Digest::from_hash(Algorithm::Sha256, &sha2::Sha256::digest(bytes)).expect("a hash")
}

pub(crate) fn sha512(bytes: &[u8]) -> Digest {
    Digest::from_hash(Algorithm::Sha512, &sha2::Sha512::digest(bytes)).expect("a hash")
}

/// A body that arrives in chunks of `chunk` bytes.
pub(crate) fn body(bytes: &Bytes, chunk: usize) -> ByteStream {
    let chunks: Vec<_> = (0..bytes.len()).step_by(chunk).map(|at| Ok(bytes.slice(at..bytes.len().min(at + chunk)))).collect();
    stream::iter(chunks).boxed()
}

/// A body whose sender breaks off behind `bytes`.
pub(crate) fn broken_body(bytes: &Bytes, chunk: usize) -> ByteStream {
    body(bytes, chunk).chain(stream::iter([Err(io::ErrorKind::ConnectionReset.into())])).boxed()
}

/// Everything that a reader yields, which must be as much as it says.
pub(crate) async fn collected(reader: BlobReader) -> Vec<u8> {
    let pieces: Vec<Bytes> = reader.bytes.try_collect().await.expect("the bytes of a blob");
    let bytes = pieces.concat();
    assert_eq!(bytes.len() as u64, reader.len);
    bytes
}

/// Makes each rule of the contract a test.
macro_rules! contract_tests {
    ($subject:path) => {
        $crate::blobs::contract::contract_tests! { $subject, blobs:
            bytes_that_were_put_are_served_whole
            a_range_is_served_alone
            a_range_outside_the_blob_is_refused
            a_blob_that_is_not_stored_is_not_found
            putting_what_is_stored_changes_nothing
            a_deleted_blob_is_gone_and_can_come_back
        }
        $crate::blobs::contract::contract_tests! { $subject, uploads:
            appends_add_up_to_one_blob
            an_upload_without_bytes_is_the_empty_blob
            tiny_chunks_and_huge_ones_arrive_alike
            the_algorithm_may_be_known_at_the_begin_or_only_at_the_finish
            bytes_at_the_wrong_place_are_refused_and_change_nothing
            an_unknown_session_is_not_found
            an_id_is_used_once
            a_wrong_digest_ends_the_session_and_stores_nothing
            what_arrived_before_the_sender_broke_off_is_kept
            a_session_holds_no_more_than_its_limit
            one_request_at_a_time_works_on_a_session
            a_request_that_is_dropped_frees_the_session
            two_uploads_of_one_digest_both_succeed
            a_cancelled_session_is_gone
            only_sessions_without_news_expire
            a_session_in_use_does_not_expire
        }
    };
    ($subject:path, $part:ident: $($rule:ident)+) => {
        $(
            #[tokio::test]
            async fn $rule() {
                $crate::blobs::contract::$part::$rule($subject()).await;
            }
        )+
    };
}
pub(crate) use contract_tests;
