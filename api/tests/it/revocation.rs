//! What is taken away is gone with the next request (requirements I3, G3, S3).

use ambar_api::operations;
use ambar_domain::level::{Level, Role, Visibility};
use ambar_domain::repository::{RepositoryCommand, ShareDescription};
use bytes::Bytes;
use chrono::Duration;
use futures::{StreamExt, stream};
use tokio::sync::oneshot;

use crate::support::{Answer, Ask, TestRegistry, digest, image, index};

#[tokio::test]
async fn a_disabled_key_stops_logins_and_tokens_at_once() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let user = registry.member("user", Level::Edit).await;
    let token = registry.token(&user, "repository:team/web:pull,push").await;
    let pull = "/v2/team/web/manifests/v1";
    let upload = registry.post("/v2/team/web/blobs/uploads/").bearer(&token).send().await.header("location").to_owned();
    registry.get(pull).login(&user).send().await.assert(200);
    registry.get(pull).bearer(&token).send().await.assert(200);

    operations::disable_access_key(&registry.state, &registry.operator(), &user.key.access_key).await.unwrap();
    registry.get(pull).login(&user).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get(pull).bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.patch(&upload).bearer(&token).body("x").send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get("/token").login(&user).send().await.assert_refused(401, "UNAUTHORIZED");

    operations::enable_access_key(&registry.state, &registry.operator(), &user.key.access_key).await.unwrap();
    registry.get(pull).login(&user).send().await.assert(200);
    registry.get(pull).bearer(&token).send().await.assert(200);

    operations::delete_access_key(&registry.state, &registry.operator(), &user.key.access_key).await.unwrap();
    registry.get(pull).login(&user).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get(pull).bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_user_without_programmatic_access_cannot_log_in() {
    let registry = TestRegistry::start().await;
    let user = registry.member("user", Level::Read).await;
    registry.get("/v2/").login(&user).send().await.assert(200);
    operations::change_access_methods(&registry.state, &registry.operator(), &user.user, true, false).await.unwrap();
    registry.get("/v2/").login(&user).send().await.assert_refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_deleted_user_cannot_log_in() {
    let registry = TestRegistry::start().await;
    let user = registry.member("user", Level::Read).await;
    let token = registry.token(&user, "repository:team/web:pull").await;
    operations::delete_user(&registry.state, &registry.operator(), &user.user).await.unwrap();
    registry.get("/v2/").login(&user).send().await.assert_refused(401, "UNAUTHORIZED");
    registry.get("/v2/").bearer(&token).send().await.assert_refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_lowered_level_counts_for_tokens_that_are_out() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let user = registry.member("user", Level::Manage).await;
    let token = registry.token(&user, "repository:team/web:*").await;
    let upload = registry.post("/v2/team/web/blobs/uploads/").bearer(&token).send().await.header("location").to_owned();
    registry.grant("team", &user, Some(Level::Read)).await;
    registry.post("/v2/team/web/blobs/uploads/").bearer(&token).send().await.assert_refused(403, "DENIED");
    registry.put(&format!("{upload}?digest={}", digest(b"x"))).bearer(&token).body("x").send().await.assert_refused(403, "DENIED");
    registry.get("/v2/team/web/manifests/v1").bearer(&token).send().await.assert(200);
    registry.grant("team", &user, None).await;
    registry.get("/v2/team/web/manifests/v1").bearer(&token).send().await.assert_refused(403, "DENIED");
    registry.grant_on("team/web", &user, Some(Level::Read)).await;
    registry.get("/v2/team/web/manifests/v1").bearer(&token).send().await.assert(200);
}

#[tokio::test]
async fn an_administrator_who_is_none_any_more_loses_everything() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let user = registry.user("user").await;
    let role = Role::SwrAdministrator;
    operations::set_administrator(&registry.state, &registry.operator(), &user.user, role, true).await.unwrap();
    registry.get("/v2/team/web/manifests/v1").login(&user).send().await.assert(200);
    operations::set_administrator(&registry.state, &registry.operator(), &user.user, role, false).await.unwrap();
    registry.get("/v2/team/web/manifests/v1").login(&user).send().await.assert_refused(403, "DENIED");
}

#[tokio::test]
async fn a_repository_made_private_is_closed_at_once() {
    let registry = TestRegistry::start_with(|settings| settings.anonymous_pull = true).await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    registry.publish("team/web").await;
    let (_, stranger) = registry.other_account("globex").await;
    registry.get("/v2/team/web/manifests/v1").login(&stranger).send().await.assert(200);
    registry.get("/v2/team/web/manifests/v1").send().await.assert(200);
    registry.change_visibility("team/web", Visibility::Private).await;
    registry.get("/v2/team/web/manifests/v1").login(&stranger).send().await.assert_refused(403, "DENIED");
    registry.get("/v2/team/web/manifests/v1").send().await.assert_refused(401, "UNAUTHORIZED");
}

/// Sends a body in two parts, with something happening in between.
async fn send_around(ask: Ask, body: Vec<u8>, between: impl Future<Output = ()>) -> Answer {
    let (begun, has_begun) = oneshot::channel();
    let (go, may_go) = oneshot::channel::<()>();
    let (head, tail) = (Bytes::copy_from_slice(&body[..1]), Bytes::copy_from_slice(&body[1..]));
    let first = stream::once(async move {
        begun.send(()).unwrap();
        Ok(head)
    });
    let second = stream::once(async move {
        may_go.await.unwrap();
        Ok(tail)
    });
    let sent = tokio::spawn(ask.body_of(first.chain(second)).send());
    has_begun.await.unwrap();
    between.await;
    go.send(()).unwrap();
    sent.await.unwrap()
}

#[tokio::test]
async fn a_right_that_is_revoked_while_a_body_comes_is_not_used_any_more() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let user = registry.member("user", Level::Edit).await;
    let put = || registry.put("/v2/team/web/manifests/held").login(&user).header("content-type", "application/vnd.oci.image.index.v1+json");
    let started = registry.post("/v2/team/web/blobs/uploads/").login(&user).send().await;
    let finish = registry.put(&format!("{}?digest={}", started.header("location"), digest(b"blob"))).login(&user);
    let upload = send_around(finish, b"blob".to_vec(), registry.grant("team", &user, Some(Level::Read)));
    upload.await.assert_refused(403, "DENIED");
    registry.state.uploads.expire(registry.now() + chrono::Duration::days(1)).await.unwrap();

    registry.grant("team", &user, Some(Level::Edit)).await;
    let whole = registry.post(&format!("/v2/team/web/blobs/uploads/?digest={}", digest(b"blob"))).login(&user);
    let upload = send_around(whole, b"blob".to_vec(), registry.grant("team", &user, Some(Level::Read)));
    upload.await.assert_refused(403, "DENIED");
    let left = registry.state.uploads.expire(registry.now() + chrono::Duration::days(1)).await.unwrap();
    assert_eq!(left, 0, "nothing is left of an upload whose name nobody knows");

    registry.grant("team", &user, Some(Level::Edit)).await;
    let lowered = send_around(put(), index(&[]), registry.grant("team", &user, Some(Level::Read))).await;
    lowered.assert_refused(403, "DENIED");
    registry.grant("team", &user, Some(Level::Edit)).await;
    let disabled = send_around(put(), index(&[]), async {
        operations::disable_access_key(&registry.state, &registry.operator(), &user.key.access_key).await.unwrap();
    });
    disabled.await.assert_refused(401, "UNAUTHORIZED");
    registry.get("/v2/team/web/manifests/held").login(&registry.administrator).send().await.assert(404);
}

#[tokio::test]
async fn a_grant_on_an_image_does_not_bring_the_image_back() {
    let registry = TestRegistry::start().await;
    registry.push(&registry.administrator, "team/web", "v1", &image("web")).await.assert(201);
    let user = registry.user("user").await;
    registry.grant_on("team/web", &user, Some(Level::Edit)).await;
    let put = registry.put("/v2/team/web/manifests/held").login(&user).header("content-type", "application/vnd.oci.image.index.v1+json");
    let pushed = send_around(put, index(&[]), async {
        operations::delete_repository(&registry.state, &registry.operator(), &"team/web".parse().unwrap()).await.unwrap();
    });
    pushed.await.assert_refused(403, "DENIED");
    registry.get("/v2/team/web/tags/list").login(&registry.administrator).send().await.assert_refused(404, "NAME_UNKNOWN");
}

#[tokio::test]
async fn a_share_stops_at_its_end_to_the_second_for_logins_and_tokens_that_are_out() {
    let registry = TestRegistry::start().await;
    let web = image("web");
    registry.push(&registry.administrator, "team/web", "v1", &web).await.assert(201);
    let (account, stranger) = registry.other_account("globex").await;
    let token = registry.token(&stranger, "repository:team/web:pull,push").await;
    let pull = "/v2/team/web/manifests/v1";
    let blob = format!("/v2/team/web/blobs/{}", digest(&web.layer));
    registry.get(pull).bearer(&token).send().await.assert_refused(403, "DENIED");

    let (until, now) = (Some(registry.now() + Duration::seconds(60)), registry.now());
    let share = RepositoryCommand::ShareWith { account, until, description: ShareDescription::default(), now };
    registry.state.aggregates.repositories.execute("team/web", share, &registry.operator()).await.unwrap();
    for _ in 0..2 {
        registry.get(pull).login(&stranger).send().await.assert(200);
        registry.get(pull).bearer(&token).send().await.assert(200);
        registry.get(&blob).bearer(&token).send().await.assert(200);
    }
    registry.push(&stranger, "team/web", "v2", &web).await.assert_refused(403, "DENIED");
    registry.delete(pull).login(&stranger).send().await.assert_refused(403, "DENIED");

    registry.advance(Duration::seconds(59));
    registry.get(pull).bearer(&token).send().await.assert(200);
    registry.advance(Duration::seconds(1));
    registry.get(pull).bearer(&token).send().await.assert_refused(403, "DENIED");
    registry.get(&blob).bearer(&token).send().await.assert_refused(403, "DENIED");
    registry.get(pull).login(&stranger).send().await.assert_refused(403, "DENIED");
}
