//! Upload sessions.

use ambar_domain::clock::Clock;
use ambar_domain::digest::{Algorithm, Digest};
use bytes::Bytes;
use chrono::Duration;
use futures::channel::{mpsc, oneshot};
use futures::future::{join, select};
use futures::{StreamExt, stream};
use uuid::Uuid;

use super::{Both, Subject, body, broken_body, collected, content, sha256, sha512, start};
use crate::blobs::{ByteStream, Finished, UploadError, UploadId};

const NO_LIMIT: u64 = u64::MAX;

fn id(number: u128) -> UploadId {
    UploadId(Uuid::from_u128(number))
}

async fn uploaded(store: &dyn Both, id: UploadId, bytes: &Bytes) {
    store.begin(id, Algorithm::Sha256).await.expect("begin");
    assert_eq!(store.append(id, None, body(bytes, 4096), NO_LIMIT).await.expect("append"), bytes.len() as u64);
}

async fn assert_stored(store: &dyn Both, digest: &Digest, bytes: &[u8]) {
    let reader = store.open(digest, 0..bytes.len() as u64).await.expect("open");
    assert!(collected(reader).await == bytes, "the blob is what was uploaded");
}

async fn assert_gone(store: &dyn Both, id: UploadId) {
    assert!(matches!(store.size(id).await, Err(UploadError::NotFound { .. })));
    assert!(matches!(store.append(id, None, body(&Bytes::from_static(b"x"), 1), NO_LIMIT).await, Err(UploadError::NotFound { .. })));
    assert!(matches!(store.finish(id, &sha256(b"")).await, Err(UploadError::NotFound { .. })));
    assert!(matches!(store.cancel(id).await, Err(UploadError::NotFound { .. })));
}

/// A body that tells when it is asked for its first bytes, and has none until the sender gives some.
fn held_body() -> (oneshot::Receiver<()>, mpsc::UnboundedSender<std::io::Result<Bytes>>, ByteStream) {
    let (asked, is_asked) = oneshot::channel();
    let (sender, receiver) = mpsc::unbounded();
    let body = stream::once(async move { asked.send(()) }).filter_map(|_| async { None }).chain(receiver);
    (is_asked, sender, body.boxed())
}

pub(crate) async fn appends_add_up_to_one_blob(Subject { store, .. }: Subject) {
    let bytes = content(3_000_000, 1);
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    assert_eq!(store.size(id(1)).await.expect("size"), 0);
    let mut sent = 0;
    for end in [1, 1000, 1000, 700_000, 3_000_000] {
        let part = bytes.slice(sent..end);
        let size = store.append(id(1), Some(sent as u64), body(&part, 65_536), NO_LIMIT).await.expect("append");
        assert_eq!(size, end as u64);
        assert_eq!(store.size(id(1)).await.expect("size"), size);
        sent = end;
    }
    let digest = sha256(&bytes);
    assert_eq!(store.stat(&digest).await.expect("stat"), None, "nothing is stored before the finish");
    let finished = store.finish(id(1), &digest).await.expect("finish");
    assert_eq!(finished, Finished { digest: digest.clone(), size_bytes: 3_000_000 });
    assert_stored(&*store, &digest, &bytes).await;
    assert_gone(&*store, id(1)).await;
}

pub(crate) async fn an_upload_without_bytes_is_the_empty_blob(Subject { store, .. }: Subject) {
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    assert_eq!(store.append(id(1), Some(0), stream::empty().boxed(), NO_LIMIT).await.expect("append"), 0);
    assert_eq!(store.finish(id(1), &sha256(b"")).await.expect("finish").size_bytes, 0);
    assert_eq!(store.stat(&sha256(b"")).await.expect("stat"), Some(0));
    assert_stored(&*store, &sha256(b""), b"").await;
}

pub(crate) async fn tiny_chunks_and_huge_ones_arrive_alike(Subject { store, .. }: Subject) {
    let bytes = content(1_500_000, 2);
    let tiny = body(&bytes.slice(..20_000), 1);
    let mixed = body(&bytes.slice(20_000..300_000), 7_919).chain(stream::iter([Ok(Bytes::new()), Ok(bytes.slice(300_000..1_400_000))]));
    let all = tiny.chain(mixed).chain(body(&bytes.slice(1_400_000..), 9_000)).boxed();
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    assert_eq!(store.append(id(1), Some(0), all, NO_LIMIT).await.expect("append"), 1_500_000);
    store.finish(id(1), &sha256(&bytes)).await.expect("finish");
    assert_stored(&*store, &sha256(&bytes), &bytes).await;
}

pub(crate) async fn the_algorithm_may_be_known_at_the_begin_or_only_at_the_finish(Subject { store, .. }: Subject) {
    use Algorithm::{Sha256, Sha512};
    for (number, begun, finished) in [(1, Sha512, Sha512), (2, Sha256, Sha512), (3, Sha512, Sha256)] {
        let bytes = content(600_000, number);
        let digest = if finished == Sha256 { sha256(&bytes) } else { sha512(&bytes) };
        let id = id(number.into());
        store.begin(id, begun).await.expect("begin");
        store.append(id, None, body(&bytes, 10_000), NO_LIMIT).await.expect("append");
        assert_eq!(store.finish(id, &digest).await.expect("finish").digest, digest);
        assert_stored(&*store, &digest, &bytes).await;
    }
}

pub(crate) async fn bytes_at_the_wrong_place_are_refused_and_change_nothing(Subject { store, .. }: Subject) {
    let bytes = content(2000, 3);
    uploaded(&*store, id(1), &bytes.slice(..1000)).await;
    for wrong in [0, 999, 1001, u64::MAX] {
        let refused = store.append(id(1), Some(wrong), body(&bytes, 100), NO_LIMIT).await.expect_err("the wrong place");
        assert!(matches!(refused, UploadError::OutOfOrder { size_bytes: 1000 }), "at {wrong}: {refused}");
    }
    assert_eq!(store.size(id(1)).await.expect("size"), 1000);
    store.append(id(1), Some(1000), body(&bytes.slice(1000..), 100), NO_LIMIT).await.expect("append");
    store.finish(id(1), &sha256(&bytes)).await.expect("finish");
}

pub(crate) async fn an_unknown_session_is_not_found(Subject { store, .. }: Subject) {
    assert_gone(&*store, id(1)).await;
}

pub(crate) async fn an_id_is_used_once(Subject { store, .. }: Subject) {
    let bytes = content(100, 4);
    uploaded(&*store, id(1), &bytes).await;
    assert!(store.begin(id(1), Algorithm::Sha256).await.is_err());
    assert_eq!(store.size(id(1)).await.expect("size"), 100);
    store.finish(id(1), &sha256(&bytes)).await.expect("finish");
}

pub(crate) async fn a_wrong_digest_ends_the_session_and_stores_nothing(Subject { store, .. }: Subject) {
    let bytes = content(100_000, 5);
    for (number, wrong, right) in [(1, sha256(b"other"), sha256(&bytes)), (2, sha512(b"other"), sha512(&bytes))] {
        uploaded(&*store, id(number), &bytes).await;
        let refused = store.finish(id(number), &wrong).await.expect_err("a wrong digest");
        assert!(matches!(refused, UploadError::DigestMismatch { actual } if actual == right));
        assert_gone(&*store, id(number)).await;
        assert_eq!(store.stat(&wrong).await.expect("stat"), None);
        assert_eq!(store.stat(&right).await.expect("stat"), None);
    }
}

pub(crate) async fn what_arrived_before_the_sender_broke_off_is_kept(Subject { store, .. }: Subject) {
    let bytes = content(900_000, 6);
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    for (from, to) in [(0_usize, 0_usize), (0, 10), (10, 700_000)] {
        let broken = store.append(id(1), Some(from as u64), broken_body(&bytes.slice(from..to), 30_000), NO_LIMIT).await;
        assert!(matches!(broken, Err(UploadError::BrokenOff { size_bytes, .. }) if size_bytes == to as u64));
        assert_eq!(store.size(id(1)).await.expect("size"), to as u64);
    }
    store.append(id(1), Some(700_000), body(&bytes.slice(700_000..), 30_000), NO_LIMIT).await.expect("append");
    store.finish(id(1), &sha256(&bytes)).await.expect("finish");
    assert_stored(&*store, &sha256(&bytes), &bytes).await;
}

pub(crate) async fn a_session_holds_no_more_than_its_limit(Subject { store, .. }: Subject) {
    let bytes = content(2_000_000, 7);
    store.begin(id(1), Algorithm::Sha256).await.expect("begin");
    store.append(id(1), None, body(&bytes.slice(..1_500_000), 4096), 2_000_000).await.expect("within the limit");
    store.append(id(1), None, body(&bytes.slice(1_500_000..), 4096), 2_000_000).await.expect("up to the limit");
    store.append(id(1), None, stream::empty().boxed(), 2_000_000).await.expect("at the limit");
    let refused = store.append(id(1), None, body(&Bytes::from_static(b"x"), 1), 2_000_000).await.expect_err("one byte too many");
    assert!(matches!(refused, UploadError::TooLarge { limit_bytes: 2_000_000 }));
    assert_gone(&*store, id(1)).await;

    // An endless body ends at the limit, not with the memory.
    store.begin(id(2), Algorithm::Sha256).await.expect("begin");
    let endless = stream::repeat_with(move || Ok(bytes.slice(..300_000))).boxed();
    assert!(matches!(store.append(id(2), None, endless, 3_000_000).await, Err(UploadError::TooLarge { .. })));
    assert_gone(&*store, id(2)).await;
}

/// A session of a few bytes and one of many, which an implementation may keep in different ways.
const FEW_AND_MANY: [usize; 2] = [1000, 40_000];

pub(crate) async fn one_request_at_a_time_works_on_a_session(Subject { store, .. }: Subject) {
    for size in FEW_AND_MANY {
        let (bytes, one) = (content(size + 3, 10), id(size as u128));
        let (begin, end) = (bytes.slice(..size), bytes.slice(size..));
        uploaded(&*store, one, &begin).await;
        let (asked, sender, held) = held_body();
        let first = store.append(one, Some(size as u64), held, NO_LIMIT);
        let second = async {
            asked.await.expect("the first request is at work");
            assert!(matches!(store.append(one, None, body(&end, 1), NO_LIMIT).await, Err(UploadError::Busy)));
            assert!(matches!(store.finish(one, &sha256(&begin)).await, Err(UploadError::Busy)));
            assert!(matches!(store.cancel(one).await, Err(UploadError::Busy)));
            assert_eq!(store.size(one).await.expect("size"), size as u64);
            uploaded(&*store, id(size as u128 + 1), &Bytes::from_static(b"another session")).await;
            sender.unbounded_send(Ok(end.clone())).expect("the first request listens");
            drop(sender);
        };
        assert_eq!(join(first, second).await.0.expect("append"), bytes.len() as u64);
        store.finish(one, &sha256(&bytes)).await.expect("finish");
    }
}

pub(crate) async fn a_request_that_is_dropped_frees_the_session(Subject { store, .. }: Subject) {
    for size in FEW_AND_MANY {
        let (bytes, id) = (content(size + 3, 11), id(size as u128));
        uploaded(&*store, id, &bytes.slice(..size)).await;
        let (asked, _sender, held) = held_body();
        drop(select(store.append(id, None, held, NO_LIMIT), asked).await);
        store.append(id, Some(size as u64), body(&bytes.slice(size..), 1), NO_LIMIT).await.expect("append");
        store.finish(id, &sha256(&bytes)).await.expect("finish");
    }
}

pub(crate) async fn two_uploads_of_one_digest_both_succeed(Subject { store, .. }: Subject) {
    for round in 0..20 {
        let bytes = content(FEW_AND_MANY[round as usize % 2], 100 + round);
        let digest = sha256(&bytes);
        let ids = [1, 2, 3].map(|number| id(u128::from(round) * 3 + number));
        uploaded(&*store, ids[0], &bytes).await;
        uploaded(&*store, ids[1], &bytes).await;
        let (one, other) = join(store.finish(ids[0], &digest), store.finish(ids[1], &digest)).await;
        assert_eq!(one.expect("finish"), other.expect("finish"));
        assert_stored(&*store, &digest, &bytes).await;
        uploaded(&*store, ids[2], &bytes).await;
        store.finish(ids[2], &digest).await.expect("a third, later");
        assert_stored(&*store, &digest, &bytes).await;
    }
}

pub(crate) async fn a_cancelled_session_is_gone(Subject { store, .. }: Subject) {
    for size in FEW_AND_MANY {
        let id = id(size as u128);
        uploaded(&*store, id, &content(size, 8)).await;
        store.cancel(id).await.expect("cancel");
        assert_gone(&*store, id).await;
    }
}

pub(crate) async fn only_sessions_without_news_expire(Subject { store, clock, .. }: Subject) {
    let (hour, mut now) = (Duration::hours(1), start());
    for size in FEW_AND_MANY {
        let (bytes, [left, followed, begun]) = (content(size, 9), [1, 2, 3].map(|number| id(size as u128 + number)));
        uploaded(&*store, left, &bytes).await;
        uploaded(&*store, followed, &bytes.slice(..500)).await;
        clock.advance(hour);
        assert_eq!(store.expire(now).await.expect("expire"), 0);
        // What brings nothing is no news.
        store.append(left, None, stream::empty().boxed(), NO_LIMIT).await.expect("append");
        store.append(followed, None, body(&bytes.slice(500..), 100), NO_LIMIT).await.expect("append");
        store.begin(begun, Algorithm::Sha512).await.expect("begin");
        assert_eq!(store.expire(now + hour / 2).await.expect("expire"), 1);
        assert_gone(&*store, left).await;
        assert_eq!(store.size(begun).await.expect("size"), 0);
        store.finish(followed, &sha256(&bytes)).await.expect("finish");
        assert_eq!(store.expire(now + hour * 2).await.expect("expire"), 1);
        assert_eq!(store.stat(&sha256(&bytes)).await.expect("stat"), Some(size as u64), "blobs do not expire");
        now += hour;
    }
}

pub(crate) async fn a_session_in_use_does_not_expire(Subject { store, clock, .. }: Subject) {
    for size in FEW_AND_MANY {
        let (bytes, id) = (content(size + 4, 12), id(size as u128));
        uploaded(&*store, id, &bytes.slice(..size)).await;
        clock.advance(Duration::hours(2));
        let now = clock.now();
        let (asked, sender, held) = held_body();
        let expiry = async {
            asked.await.expect("the request is at work");
            assert_eq!(store.expire(now - Duration::hours(1)).await.expect("expire"), 0);
            sender.unbounded_send(Ok(bytes.slice(size..))).expect("the request listens");
            drop(sender);
        };
        let (appended, ()) = join(store.append(id, None, held, NO_LIMIT), expiry).await;
        assert_eq!(appended.expect("append"), bytes.len() as u64);
        store.finish(id, &sha256(&bytes)).await.expect("finish");
    }
}
