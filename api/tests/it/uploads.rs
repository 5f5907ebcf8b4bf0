//! Uploads: in one request, in chunks, broken off and gone on with.

use chrono::Duration;
use futures::{StreamExt, stream};

use crate::support::{Answer, Login, TestRegistry, digest};

async fn start(registry: &TestRegistry, login: &Login) -> String {
    let started = registry.post("/v2/team/web/blobs/uploads/").login(login).send().await;
    started.assert(202);
    started.header("location").to_owned()
}

async fn chunk(registry: &TestRegistry, location: &str, range: &str, bytes: &[u8]) -> Answer {
    let request = registry.patch(location).login(&registry.administrator).header("content-range", range);
    request.body(bytes.to_vec()).send().await
}

#[tokio::test]
async fn an_upload_session_says_where_it_stands() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let started = registry.post("/v2/team/web/blobs/uploads/").login(admin).send().await;
    started.assert(202);
    assert_eq!(started.header("range"), "0-0");
    assert_eq!(started.header("content-length"), "0");
    assert!(started.header("location").starts_with("/v2/team/web/blobs/uploads/"));
    assert_eq!(started.header("docker-upload-uuid").len(), 32);
    started.header("oci-chunk-min-length").parse::<u64>().unwrap();

    let location = started.header("location");
    let status = registry.get(location).login(admin).send().await;
    status.assert(204);
    assert_eq!(status.header("range"), "0-0");
    assert_eq!(status.header("location"), location);
    let streamed = registry.patch(location).login(admin).stream(vec![Ok("hello ".into()), Ok("world".into())]).send().await;
    streamed.assert(202);
    assert_eq!(streamed.header("range"), "0-10");
    assert_eq!(registry.get(location).login(admin).send().await.header("range"), "0-10");

    let finish = format!("{location}?digest={}", digest(b"hello world"));
    let finished = registry.put(&finish).login(admin).send().await;
    finished.assert(201);
    assert_eq!(registry.get(finished.header("location")).login(admin).send().await.body, "hello world");
    registry.get(location).login(admin).send().await.assert_refused(404, "BLOB_UPLOAD_UNKNOWN");
    registry.put(&finish).login(admin).send().await.assert_refused(404, "BLOB_UPLOAD_UNKNOWN");
}

#[tokio::test]
async fn a_blob_may_come_in_one_request() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let path = format!("/v2/team/web/blobs/uploads/?digest={}", digest(b"all at once"));
    let pushed = registry.post(&path).login(admin).body("all at once").send().await;
    pushed.assert(201);
    assert_eq!(registry.get(pushed.header("location")).login(admin).send().await.body, "all at once");
    registry.post(&path).login(admin).body("something else").send().await.assert_refused(400, "DIGEST_INVALID");
    let malformed = registry.post("/v2/team/web/blobs/uploads/?digest=sha256:x").login(admin).body("x").send().await;
    malformed.assert_refused(400, "DIGEST_INVALID");
}

#[tokio::test]
async fn chunks_must_follow_one_another() {
    let registry = TestRegistry::start().await;
    let location = start(&registry, &registry.administrator).await;
    let early = chunk(&registry, &location, "5-9", b"world").await;
    early.assert_refused(416, "BLOB_UPLOAD_INVALID");
    assert_eq!(early.header("range"), "0-0");
    assert_eq!(early.header("location"), location);
    chunk(&registry, &location, "0-4", b"hello").await.assert(202);
    let again = chunk(&registry, &location, "0-4", b"hello").await;
    again.assert(416);
    assert_eq!(again.header("range"), "0-4");
    chunk(&registry, &location, "bytes 5-9/15", b" worl").await.assert(202);

    let finish = format!("{location}?digest={}", digest(b"hello world"));
    let admin = &registry.administrator;
    registry.put(&finish).login(admin).header("content-range", "11-11").body("d").send().await.assert(416);
    registry.put(&finish).login(admin).header("content-range", "10-10").body("d").send().await.assert(201);
}

#[tokio::test]
async fn a_chunk_must_be_as_long_as_it_says() {
    let registry = TestRegistry::start().await;
    let location = start(&registry, &registry.administrator).await;
    chunk(&registry, &location, "0-9", b"hello").await.assert_refused(400, "SIZE_INVALID");
    for range in ["", "x", "5", "4-0", "-5"] {
        chunk(&registry, &location, range, b"hello").await.assert_refused(400, "BLOB_UPLOAD_INVALID");
    }
    assert_eq!(registry.get(&location).login(&registry.administrator).send().await.header("range"), "0-0");
}

#[tokio::test]
async fn a_chunk_whose_length_is_not_announced_counts_as_far_as_it_came_and_no_further_than_its_range() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let location = start(&registry, admin).await;
    for (range, stands) in [("0-9", "0-4"), ("5-6", "0-4")] {
        let chunk = registry.patch(&location).login(admin).header("content-range", range).stream(vec![Ok("hello".into())]);
        chunk.send().await.assert_refused(400, "SIZE_INVALID");
        assert_eq!(registry.get(&location).login(admin).send().await.header("range"), stands);
    }
    let finish = format!("{location}?digest={}", digest(b"hello"));
    registry.put(&finish).login(admin).send().await.assert(201);
}

#[tokio::test]
async fn a_body_that_stops_coming_is_broken_off_and_the_session_is_free() {
    let registry = TestRegistry::start_with(|settings| settings.body_pause = std::time::Duration::from_millis(20)).await;
    let admin = &registry.administrator;
    let location = start(&registry, admin).await;
    let silent = || stream::iter([Ok("hello".into())]).chain(stream::pending());
    registry.patch(&location).login(admin).body_of(silent()).send().await.assert_refused(400, "SIZE_INVALID");
    assert_eq!(registry.get(&location).login(admin).send().await.header("range"), "0-4");
    let manifest = registry.put("/v2/team/web/manifests/v1").login(admin).body_of(silent()).send().await;
    manifest.assert_refused(400, "SIZE_INVALID");
    registry.post("/token").body_of(silent()).send().await.assert(400);
    registry.put(&format!("{location}?digest={}", digest(b"hello"))).login(admin).send().await.assert(201);
}

#[tokio::test]
async fn bytes_that_are_not_what_the_digest_says_are_refused() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let location = start(&registry, admin).await;
    registry.put(&location).login(admin).body("x").send().await.assert_refused(400, "DIGEST_INVALID");
    registry.put(&format!("{location}?digest=nonsense")).login(admin).body("x").send().await.assert_refused(400, "DIGEST_INVALID");
    let wrong = format!("{location}?digest={}", digest(b"right"));
    registry.put(&wrong).login(admin).body("wrong").send().await.assert_refused(400, "DIGEST_INVALID");
    registry.head(&format!("/v2/team/web/blobs/{}", digest(b"right"))).login(admin).send().await.assert(404);
    registry.head(&format!("/v2/team/web/blobs/{}", digest(b"wrong"))).login(admin).send().await.assert(404);
}

#[tokio::test]
async fn a_broken_upload_goes_on_where_it_stopped() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let location = start(&registry, admin).await;
    let broken = vec![Ok("hello".into()), Err(std::io::ErrorKind::ConnectionReset.into())];
    registry.patch(&location).login(admin).stream(broken).send().await.assert_refused(400, "SIZE_INVALID");
    let status = registry.get(&location).login(admin).send().await;
    assert_eq!(status.header("range"), "0-4");
    chunk(&registry, &location, "5-10", b" world").await.assert(202);
    let finish = format!("{location}?digest={}", digest(b"hello world"));
    registry.put(&finish).login(admin).send().await.assert(201);
}

#[tokio::test]
async fn a_cancelled_upload_is_gone() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let location = start(&registry, admin).await;
    registry.delete(&location).login(admin).send().await.assert(204);
    registry.get(&location).login(admin).send().await.assert_refused(404, "BLOB_UPLOAD_UNKNOWN");
    registry.delete(&location).login(admin).send().await.assert_refused(404, "BLOB_UPLOAD_UNKNOWN");
}

#[tokio::test]
async fn a_blob_over_the_limit_is_refused() {
    let registry = TestRegistry::start_with(|settings| settings.max_blob_bytes = 10).await;
    let admin = &registry.administrator;
    registry.push_blob(admin, "team/web", b"0123456789").await.assert(201);
    let refused = registry.push_blob(admin, "team/web", b"0123456789a").await;
    refused.assert_refused(413, "SIZE_INVALID");
    assert_eq!(refused.message(), "the blob has more than 10 bytes");
}

#[tokio::test]
async fn an_upload_goes_on_after_its_token_has_run_out_and_nothing_else_does() {
    let registry = TestRegistry::start().await;
    let token = registry.token(&registry.administrator, "repository:team/web:pull,push").await;
    let started = registry.post("/v2/team/web/blobs/uploads/").bearer(&token).send().await;
    let location = started.header("location").to_owned();
    registry.advance(Duration::hours(1));

    registry.post("/v2/team/web/blobs/uploads/").bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.head(&format!("/v2/team/web/blobs/{}", digest(b"x"))).bearer(&token).send().await.assert(401);
    registry.patch(&location).bearer(&token).body("hello").send().await.assert(202);
    registry.get(&location).bearer(&token).send().await.assert(204);
    let foreign = location.replace("team/web", "team/other");
    let refused = registry.patch(&foreign).bearer(&token).body("hello").send().await;
    refused.assert_refused(401, "UNAUTHORIZED");
    assert!(refused.header("www-authenticate").contains("repository:team/other:pull,push"));
    let finish = format!("{location}?digest={}", digest(b"hello"));
    registry.put(&finish).bearer(&token).send().await.assert(201);
}

#[tokio::test]
async fn an_upload_belongs_to_one_repository_and_one_user() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    let colleague = registry.member("colleague", ambar_domain::level::Level::Manage).await;
    let location = start(&registry, admin).await;
    for (login, location) in [(&colleague, location.clone()), (admin, location.replace("team/web", "team/other"))] {
        registry.get(&location).login(login).send().await.assert_refused(404, "BLOB_UPLOAD_UNKNOWN");
        registry.patch(&location).login(login).body("x").send().await.assert_refused(404, "BLOB_UPLOAD_UNKNOWN");
        registry.put(&format!("{location}?digest={}", digest(b"x"))).login(login).body("x").send().await.assert(404);
        registry.delete(&location).login(login).send().await.assert_refused(404, "BLOB_UPLOAD_UNKNOWN");
    }
    for session in ["x", "x.y", "0123.", &"0".repeat(32), &format!("{}.AAAA", "0".repeat(32))] {
        let path = format!("/v2/team/web/blobs/uploads/{session}");
        registry.get(&path).login(admin).send().await.assert_refused(404, "BLOB_UPLOAD_UNKNOWN");
    }
    registry.get(&location).login(admin).send().await.assert(204);
}

#[tokio::test]
async fn an_upload_makes_no_repository() {
    let registry = TestRegistry::start().await;
    let admin = &registry.administrator;
    registry.push_blob(admin, "team/new", b"layer").await.assert(201);
    registry.get("/v2/team/new/tags/list").login(admin).send().await.assert_refused(404, "NAME_UNKNOWN");
    registry.get(&format!("/v2/team/new/blobs/{}", digest(b"layer"))).login(admin).send().await.assert(200);
}
