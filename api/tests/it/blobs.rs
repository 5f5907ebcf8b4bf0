//! Blobs: pull in whole and in part, delete.

use crate::support::{TestRegistry, digest, image, sha512};

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect()
}

#[tokio::test]
async fn small_and_large_blobs_are_pulled_unchanged() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    for size in [0, 1, 512, 65_536, 65_537, 1 << 20, 3_000_001] {
        let bytes = content(size);
        let pushed = registry.push_blob(admin, "team/web", &bytes).await;
        pushed.assert(201);
        assert_eq!(pushed.header("location"), format!("/v2/team/web/blobs/{}", digest(&bytes)));
        assert_eq!(pushed.header("docker-content-digest"), digest(&bytes));
        let path = pushed.header("location");
        for _ in 0..2 {
            let pulled = registry.get(path).login(admin).send().await;
            pulled.assert(200);
            assert_eq!(pulled.body, bytes);
            assert_eq!(pulled.header("content-length"), size.to_string());
            assert_eq!(pulled.header("content-type"), "application/octet-stream");
            assert_eq!(pulled.header("docker-content-digest"), digest(&bytes));
        }
        let head = registry.head(path).login(admin).send().await;
        assert_eq!(head.header("content-length"), size.to_string());
        assert!(head.body.is_empty());
        let known = registry.get(path).login(admin).header("if-none-match", head.header("etag")).send().await;
        known.assert(304);
    }
}

#[tokio::test]
async fn a_part_is_served_from_small_and_large_blobs() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    for size in [2048_usize, 200_000] {
        let bytes = content(size);
        let path = registry.push_blob(admin, "team/web", &bytes).await.header("location").to_owned();
        for (range, part, stated) in [
            ("bytes=500-1499", &bytes[500..1500], format!("bytes 500-1499/{size}")),
            ("bytes=500-", &bytes[500..], format!("bytes 500-{}/{size}", size - 1)),
            ("bytes=-500", &bytes[size - 500..], format!("bytes {}-{}/{size}", size - 500, size - 1)),
            ("bytes=2000-500000", &bytes[2000..], format!("bytes 2000-{}/{size}", size - 1)),
        ] {
            let answer = registry.get(&path).login(admin).header("range", range).send().await;
            answer.assert(206);
            assert_eq!(answer.body, part);
            assert_eq!(answer.header("content-range"), stated);
            assert_eq!(answer.header("content-length"), part.len().to_string());
        }
        for range in ["bytes=500-0", "bytes=500000-600000", "bytes=-0", "bytes=x"] {
            let answer = registry.get(&path).login(admin).header("range", range).send().await;
            answer.assert_refused(416, "RANGE_INVALID");
            assert_eq!(answer.header("content-range"), format!("bytes */{size}"));
        }
        for (name, value) in [("range", "bytes=0-1,5-6"), ("range", "lines=1-2")] {
            registry.get(&path).login(admin).header(name, value).send().await.assert(200);
        }
        let changed = registry.get(&path).login(admin).header("range", "bytes=0-1").header("if-range", "\"other\"").send().await;
        changed.assert(200);
    }
}

#[tokio::test]
async fn an_empty_blob_has_no_part() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let path = registry.push_blob(admin, "team/web", b"").await.header("location").to_owned();
    let answer = registry.get(&path).login(admin).header("range", "bytes=0-").send().await;
    answer.assert_refused(416, "RANGE_INVALID");
    assert_eq!(answer.header("content-range"), "bytes */0");
}

#[tokio::test]
async fn a_blob_is_served_where_it_was_pushed_and_nowhere_else() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    registry.push(admin, "team/other", "v1", &image("other")).await.assert(201);
    registry.push_blob(admin, "team/web", b"layer").await.assert(201);
    let digest = digest(b"layer");
    registry.get(&format!("/v2/team/web/blobs/{digest}")).login(admin).send().await.assert(200);
    registry.get(&format!("/v2/team/other/blobs/{digest}")).login(admin).send().await.assert_refused(404, "BLOB_UNKNOWN");
    registry.get(&format!("/v2/team/none/blobs/{digest}")).login(admin).send().await.assert_refused(404, "NAME_UNKNOWN");
    registry.get("/v2/team/web/blobs/sha256:zz").login(admin).send().await.assert_refused(400, "DIGEST_INVALID");
}

#[tokio::test]
async fn a_blob_is_deleted_unless_a_manifest_needs_it() {
    let registry = TestRegistry::start().await;
    let (admin, web) = (&registry.administrator, image("web"));
    registry.push_blob(admin, "team/web", b"lonely").await.assert(201);
    let lonely = format!("/v2/team/web/blobs/{}", digest(b"lonely"));
    registry.delete(&lonely).login(admin).send().await.assert(202);
    registry.head(&lonely).login(admin).send().await.assert(404);
    registry.delete(&lonely).login(admin).send().await.assert(404);
    registry.push_blob(admin, "team/web", b"lonely").await.assert(201);
    registry.head(&lonely).login(admin).send().await.assert(200);

    registry.push(admin, "team/web", "v1", &web).await.assert(201);
    let layer = format!("/v2/team/web/blobs/{}", digest(&web.layer));
    let refused = registry.delete(&layer).login(admin).send().await;
    refused.assert_refused(405, "UNSUPPORTED");
    assert_eq!(refused.header("allow"), "GET, HEAD");
    registry.get(&layer).login(admin).send().await.assert(200);
    registry.delete(&format!("/v2/team/web/manifests/{}", web.digest())).login(admin).send().await.assert(202);
    registry.delete(&layer).login(admin).send().await.assert(202);
}

#[tokio::test]
async fn sha512_blobs_are_blobs_like_others() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    for query in ["?digest-algorithm=sha512", ""] {
        let bytes = format!("layer{query}").into_bytes();
        let started = registry.post(&format!("/v2/team/web/blobs/uploads/{query}")).login(admin).send().await;
        let finish = format!("{}?digest={}", started.header("location"), sha512(&bytes));
        let pushed = registry.put(&finish).login(admin).body(bytes.clone()).send().await;
        pushed.assert(201);
        assert_eq!(pushed.header("docker-content-digest"), sha512(&bytes));
        assert_eq!(registry.get(pushed.header("location")).login(admin).send().await.body, bytes);
    }
    registry.post("/v2/team/web/blobs/uploads/?digest-algorithm=md5").login(admin).send().await.assert_refused(400, "DIGEST_INVALID");
}
