//! Layer uploads of an account: so many at once, so many in a second.

use ambar_api::operations;
use chrono::Duration;
use futures::{StreamExt, stream};
use tokio::sync::oneshot;

use super::{number, with_limits};
use crate::support::{Answer, Login, TestRegistry, digest};

async fn start(registry: &TestRegistry, login: &Login, path: &str) -> Answer {
    registry.post(path).login(login).send().await
}

async fn open(registry: &TestRegistry, login: &Login) -> Answer {
    start(registry, login, "/v2/team/web/blobs/uploads/").await
}

/// A whole blob in one request.
async fn upload(registry: &TestRegistry, login: &Login, content: &str) -> Answer {
    let path = format!("/v2/team/web/blobs/uploads/?digest={}", digest(content.as_bytes()));
    registry.post(&path).login(login).body(content.to_owned()).send().await
}

#[track_caller]
fn assert_too_many(answer: &Answer, message: &str, retry_after: &str) {
    answer.assert_refused(503, "TOOMANYREQUESTS");
    assert_eq!((answer.message(), answer.header("retry-after")), (message.to_owned(), retry_after));
}

const AT_ONCE: &str = "too many layer uploads at once; try again later";
const IN_A_SECOND: &str = "too many layer uploads in a second; try again later";

#[tokio::test]
async fn the_users_of_an_account_have_so_many_uploads_at_once_and_those_of_another_as_many() {
    let registry = with_limits(|limits| limits.uploads_at_once = number(2)).await;
    let (admin, editor) = (&registry.administrator, registry.member("editor", ambar_domain::level::Level::Edit).await);
    let first = open(&registry, admin).await;
    first.assert(202);
    open(&registry, &editor).await.assert(202);
    for login in [admin, &editor] {
        assert_too_many(&open(&registry, login).await, AT_ONCE, "5");
        assert_too_many(&upload(&registry, login, "whole").await, AT_ONCE, "5");
    }
    let (globex, other) = registry.other_account("globex").await;
    operations::create_organization(&registry.state, &registry.operator(), &globex, &"others".parse().unwrap()).await.unwrap();
    start(&registry, &other, "/v2/others/web/blobs/uploads/").await.assert(202);
    // What is refused leaves nothing behind, and what is under way goes on.
    let finish = format!("{}?digest={}", first.header("location"), digest(b"bytes"));
    registry.patch(first.header("location")).login(admin).body("bytes").send().await.assert(202);
    registry.put(&finish).login(admin).send().await.assert(201);
    upload(&registry, &editor, "whole").await.assert(201);
    let second = open(&registry, &editor).await;
    second.assert(202);
    assert_too_many(&open(&registry, admin).await, AT_ONCE, "5");
    registry.delete(second.header("location")).login(&editor).send().await.assert(204);
    open(&registry, admin).await.assert(202);
}

#[tokio::test]
async fn what_a_client_leaves_behind_takes_nobodys_place_for_long_and_goes_on_later() {
    let registry = with_limits(|limits| limits.uploads_at_once = number(1)).await;
    let admin = &registry.administrator;
    let left = open(&registry, admin).await;
    left.assert(202);
    registry.advance(Duration::seconds(59));
    assert_too_many(&open(&registry, admin).await, AT_ONCE, "5");
    registry.advance(Duration::seconds(1));
    let other = open(&registry, admin).await;
    other.assert(202);
    // Meanwhile the first has no place, and stays what it was.
    let go_on = async || registry.patch(left.header("location")).login(admin).body("bytes").send().await;
    assert_too_many(&go_on().await, AT_ONCE, "5");
    registry.get(left.header("location")).login(admin).send().await.assert(204);
    registry.delete(other.header("location")).login(admin).send().await.assert(204);
    go_on().await.assert(202);
    let finish = format!("{}?digest={}", left.header("location"), digest(b"bytes"));
    registry.put(&finish).login(admin).send().await.assert(201);
}

#[tokio::test]
async fn an_upload_keeps_its_place_for_as_long_as_its_body_comes() {
    let registry = with_limits(|limits| limits.uploads_at_once = number(1)).await;
    let admin = &registry.administrator;
    let started = open(&registry, admin).await;
    let ((begun, has_begun), (end, has_ended)) = (oneshot::channel(), oneshot::channel());
    let first = stream::once(async move {
        begun.send(()).unwrap();
        Ok("first".into())
    });
    let last = stream::once(async move {
        has_ended.await.unwrap();
        Err(std::io::Error::other("the connection is gone"))
    });
    let patch = registry.patch(started.header("location")).login(admin).body_of(first.chain(last));
    let sent = tokio::spawn(patch.send());
    has_begun.await.unwrap();
    registry.advance(Duration::hours(1));
    assert_too_many(&open(&registry, admin).await, AT_ONCE, "5");
    end.send(()).unwrap();
    sent.await.unwrap().assert(400);
    assert_too_many(&open(&registry, admin).await, AT_ONCE, "5");
    registry.advance(Duration::minutes(1));
    open(&registry, admin).await.assert(202);
}

#[tokio::test]
async fn a_failed_upload_in_one_request_gives_its_place_back() {
    let registry = with_limits(|limits| limits.uploads_at_once = number(1)).await;
    let admin = &registry.administrator;
    let wrong = format!("/v2/team/web/blobs/uploads/?digest={}", digest(b"else"));
    registry.post(&wrong).login(admin).body("bytes").send().await.assert_refused(400, "DIGEST_INVALID");
    open(&registry, admin).await.assert(202);
}

#[tokio::test]
async fn so_many_uploads_start_in_a_second() {
    let registry = with_limits(|limits| limits.uploads_per_second = number(2)).await;
    let admin = &registry.administrator;
    upload(&registry, admin, "one").await.assert(201);
    open(&registry, admin).await.assert(202);
    assert_too_many(&open(&registry, admin).await, IN_A_SECOND, "1");
    assert_too_many(&upload(&registry, admin, "two").await, IN_A_SECOND, "1");
    registry.advance(Duration::milliseconds(500));
    upload(&registry, admin, "two").await.assert(201);
    assert_too_many(&open(&registry, admin).await, IN_A_SECOND, "1");
}

#[tokio::test]
async fn a_mount_is_no_upload_unless_the_blob_has_to_be_sent() {
    let registry = with_limits(|limits| (limits.uploads_at_once, limits.uploads_per_second) = (number(1), number(1))).await;
    let admin = &registry.administrator;
    upload(&registry, admin, "shared").await.assert(201);
    let mount = |content: &[u8]| format!("/v2/team/other/blobs/uploads/?from=team/web&mount={}", digest(content));
    for _ in 0..3 {
        start(&registry, admin, &mount(b"shared")).await.assert(201);
    }
    assert_too_many(&start(&registry, admin, &mount(b"missing")).await, IN_A_SECOND, "1");
    registry.advance(Duration::seconds(1));
    start(&registry, admin, &mount(b"missing")).await.assert(202);
    assert_too_many(&start(&registry, admin, &mount(b"missing")).await, AT_ONCE, "5");
}

#[tokio::test]
async fn who_may_not_push_takes_no_place() {
    let registry = with_limits(|limits| (limits.uploads_at_once, limits.uploads_per_second) = (number(1), number(1))).await;
    let nobody = registry.user("nobody").await;
    for _ in 0..3 {
        open(&registry, &nobody).await.assert_refused(403, "DENIED");
    }
    open(&registry, &registry.administrator).await.assert(202);
}
